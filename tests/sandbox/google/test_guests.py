"""What guests and readers do and see: answers, masks, private events."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Rehearsal

Build = Callable[..., dict[str, Any]]
Json = dict[str, Any]
BOT, JANE, MARCUS = "rooms-bot@corp.example", "jane.doe@corp.example", "marcus.lee@corp.example"
CANAL, MIRADOURO = "c_1880canal@resource.calendar.google.com", "c_1880miradouro@resource.calendar.google.com"
SKELETON = {"kind", "etag", "id", "status", "htmlLink", "updated", "start", "end", "visibility", "iCalUID"}


def answers(event: Json) -> dict[str, str]:
    """Who answered what."""
    return {attendee["email"]: attendee["responseStatus"] for attendee in event["attendees"]}


def answering(event: Json, who: str, answer: str, **more: object) -> Json:
    """The attendees of an event, one of them with another answer."""
    rows = [
        {**row, "responseStatus": answer, **more} if row["email"] == who else row for row in event["attendees"]
    ]  # fmt: skip
    return {"attendees": rows}


def test_an_answer_reaches_every_copy(rehearsal: "Rehearsal", meeting: Build) -> None:
    made = rehearsal.events().insert(calendarId="primary", body=meeting(JANE, MARCUS)).execute()
    janes = rehearsal.events(JANE)
    copy = janes.get(calendarId="primary", eventId=made["id"]).execute()
    assert [row["email"] for row in copy["attendees"] if row.get("self")] == [JANE]
    body = answering(copy, JANE, "tentative", comment="Perhaps", additionalGuests=1)
    janes.patch(calendarId="primary", eventId=made["id"], body=body, sendUpdates="all").execute()
    for subject in (BOT, MARCUS):
        seen = rehearsal.events(subject).get(calendarId="primary", eventId=made["id"]).execute()
        jane = next(row for row in seen["attendees"] if row["email"] == JANE)
        assert (jane["responseStatus"], jane["comment"], jane["additionalGuests"]) == ("tentative", "Perhaps", 1)
    assert rehearsal.control.get("mail", kind="response")[-1]["answer"] == "tentative"


def test_what_belongs_to_the_organiser_is_not_a_guests_to_change(rehearsal: "Rehearsal", meeting: Build) -> None:
    made = rehearsal.events().insert(calendarId="primary", body=meeting(JANE)).execute()
    janes = rehearsal.events(JANE)
    forbidden = (403, "forbiddenForNonOrganizer")
    put = janes.update(calendarId="primary", eventId=made["id"], body=made)
    assert rehearsal.refused(put) == forbidden
    patch = janes.patch(calendarId="primary", eventId=made["id"], body={"guestsCanModify": True})
    assert rehearsal.refused(patch) == forbidden
    own = {"summary": "My name for it", "colorId": "3", "transparency": "transparent"}
    janes.patch(calendarId="primary", eventId=made["id"], body=own).execute()
    assert rehearsal.events().get(calendarId="primary", eventId=made["id"]).execute()["summary"] == "Design review"
    rehearsal.events().patch(calendarId="primary", eventId=made["id"], body={"location": "Canal"}).execute()
    copy = janes.get(calendarId="primary", eventId=made["id"]).execute()
    assert (copy["summary"], copy["colorId"], copy["transparency"]) == ("Design review", "3", "transparent")


def test_a_guest_who_may_modify_changes_it_for_all(rehearsal: "Rehearsal", meeting: Build) -> None:
    made = rehearsal.events().insert(calendarId="primary", body=meeting(JANE, guestsCanModify=True)).execute()
    rehearsal.events(JANE).patch(calendarId="primary", eventId=made["id"], body={"summary": "Ours"}).execute()
    assert rehearsal.events().get(calendarId="primary", eventId=made["id"]).execute()["summary"] == "Ours"


def test_a_guest_brings_others_along_unless_told_not_to(rehearsal: "Rehearsal", meeting: Build) -> None:
    made = rehearsal.events().insert(calendarId="primary", body=meeting(JANE)).execute()
    body = {"attendees": [*made["attendees"], {"email": MARCUS}]}
    rehearsal.events(JANE).patch(calendarId="primary", eventId=made["id"], body=body).execute()
    assert MARCUS in answers(rehearsal.events().get(calendarId="primary", eventId=made["id"]).execute())
    alone = rehearsal.events().insert(calendarId="primary", body=meeting(JANE, guestsCanInviteOthers=False)).execute()
    rehearsal.events(JANE).patch(calendarId="primary", eventId=alone["id"], body=body).execute()
    assert MARCUS not in answers(rehearsal.events().get(calendarId="primary", eventId=alone["id"]).execute())


def test_deleting_a_copy_is_declining(rehearsal: "Rehearsal", meeting: Build) -> None:
    made = rehearsal.events().insert(calendarId="primary", body=meeting(JANE)).execute()
    janes = rehearsal.events(JANE)
    janes.delete(calendarId="primary", eventId=made["id"]).execute()
    assert rehearsal.refused(janes.delete(calendarId="primary", eventId=made["id"])) == (410, "deleted")
    stands = rehearsal.events().get(calendarId="primary", eventId=made["id"]).execute()
    assert answers(stands) == {JANE: "declined"}
    rehearsal.events().patch(calendarId="primary", eventId=made["id"], body={"summary": "Still on"}).execute()
    assert janes.get(calendarId="primary", eventId=made["id"]).execute()["status"] == "cancelled"


def test_guests_who_may_not_see_each_other_see_themselves(rehearsal: "Rehearsal", meeting: Build) -> None:
    body = meeting(JANE, MARCUS, guestsCanSeeOtherGuests=False)
    made = rehearsal.events().insert(calendarId="primary", body=body).execute()
    copy = rehearsal.events(JANE).get(calendarId="primary", eventId=made["id"]).execute()
    assert list(answers(copy)) == [JANE]
    assert copy["attendeesOmitted"] is True
    few = rehearsal.events(JANE).get(calendarId="primary", eventId=made["id"], maxAttendees=1).execute()
    assert list(answers(few)) == [JANE]


def test_in_large_meetings_guests_do_not_hear_of_each_others_answers(rehearsal: "Rehearsal", meeting: Build) -> None:
    many = [f"person{number}@corp.example" for number in range(200)]
    made = rehearsal.events().insert(calendarId="primary", body=meeting(JANE, MARCUS, *many)).execute()
    body = answering(made, JANE, "accepted")
    rehearsal.events(JANE).patch(calendarId="primary", eventId=made["id"], body=body).execute()
    seen = {
        who: answers(rehearsal.events(who).get(calendarId="primary", eventId=made["id"]).execute())[JANE]
        for who in (BOT, JANE, MARCUS)
    }
    assert seen == {BOT: "accepted", JANE: "accepted", MARCUS: "needsAction"}


def test_free_busy_readers_see_ten_fields_and_single_events(rehearsal: "Rehearsal", meeting: Build) -> None:
    daily = meeting(MIRADOURO, recurrence=["RRULE:FREQ=DAILY;COUNT=3"], summary="Secret")
    made = rehearsal.events(JANE).insert(calendarId="primary", body=daily).execute()
    public = meeting(MIRADOURO, visibility="public", summary="Open day")
    public["start"]["dateTime"], public["end"]["dateTime"] = "2026-12-01T15:00:00", "2026-12-01T16:00:00"
    rehearsal.events(JANE).insert(calendarId="primary", body=public).execute()
    rehearsal.settle()
    page = rehearsal.events().list(calendarId=MIRADOURO, timeMin="2026-12-01T00:00:00Z").execute()
    assert page["accessRole"] == "freeBusyReader"
    masked = [item for item in page["items"] if "summary" not in item]
    assert [item["summary"] for item in page["items"] if "summary" in item] == ["Open day"]
    assert [set(item) for item in masked] == [SKELETON] * 3
    assert masked[0]["id"] == f"{made['id']}_20261201T090000Z"
    assert {item["iCalUID"] for item in masked} == {made["iCalUID"]}
    assert {item["visibility"] for item in masked} == {"private"}
    assert page["nextSyncToken"]
    rehearsal.switch(masked_lists_can_sync=False)
    assert "nextSyncToken" not in rehearsal.events().list(calendarId=MIRADOURO).execute()


@pytest.mark.parametrize(("role", "sees"), [("reader", False), ("writer", True)])
def test_private_events_are_for_writers(rehearsal: "Rehearsal", meeting: Build, role: str, sees: bool) -> None:  # noqa: FBT001  (a parameter)
    rehearsal.share(JANE, BOT, role)
    made = rehearsal.events(JANE).insert(calendarId="primary", body=meeting(visibility="private")).execute()
    seen = rehearsal.events().get(calendarId=JANE, eventId=made["id"]).execute()
    assert ("summary" in seen) is sees
    assert seen["visibility"] == "private"
    if not sees:
        assert set(seen) == SKELETON | {"eventType"}
        rehearsal.switch(private_rows_name_series=False)
        assert set(rehearsal.events().get(calendarId=JANE, eventId=made["id"]).execute()) == SKELETON


def test_a_scope_for_free_busy_masks_even_ones_own(rehearsal: "Rehearsal", meeting: Build) -> None:
    made = rehearsal.events().insert(calendarId="primary", body=meeting()).execute()
    seen = rehearsal.events(BOT, "calendar.events.freebusy").get(calendarId="primary", eventId=made["id"]).execute()
    assert set(seen) == SKELETON


def test_a_manager_answers_for_a_room_that_waits(rehearsal: "Rehearsal", meeting: Build) -> None:
    rehearsal.control.patch(f"rooms/{CANAL}", {"processing": {"automate_processing": "auto_update"}})
    made = rehearsal.events(JANE).insert(calendarId="primary", body=meeting(CANAL)).execute()
    rehearsal.settle()
    copy = rehearsal.events().get(calendarId=CANAL, eventId=made["id"]).execute()
    assert answers(copy) == {CANAL: "needsAction"}
    assert len(rehearsal.control.get(f"rooms/{CANAL}/awaiting")) == 1
    body = answering(copy, CANAL, "accepted")
    rehearsal.events().patch(calendarId=CANAL, eventId=made["id"], body=body).execute()
    assert answers(rehearsal.events(JANE).get(calendarId="primary", eventId=made["id"]).execute()) == {
        CANAL: "accepted"
    }
    assert rehearsal.control.get(f"rooms/{CANAL}/awaiting") == []


def test_people_act_in_their_calendar_by_control(rehearsal: "Rehearsal", meeting: Build) -> None:
    made = rehearsal.events().insert(calendarId="primary", body=meeting(JANE, CANAL)).execute()
    act = rehearsal.control.post
    act("act/respond", {"who": JANE, "meeting": made["iCalUID"], "answer": "accepted"})
    rehearsal.settle()
    stands = rehearsal.events().get(calendarId="primary", eventId=made["id"]).execute()
    assert answers(stands) == {JANE: "accepted", CANAL: "accepted"}
    start = "2026-12-02T09:00:00Z"
    act("act/move", {"who": BOT, "meeting": "Design review", "start": start})
    act("act/edit", {"who": BOT, "meeting": made["iCalUID"], "subject": "Moved", "add": [MARCUS]})
    rehearsal.settle()
    marcus = rehearsal.events(MARCUS).get(calendarId="primary", eventId=made["id"]).execute()
    assert (marcus["summary"], marcus["start"]["dateTime"]) == ("Moved", "2026-12-02T10:00:00+01:00")
    assert answers(marcus) == {JANE: "accepted", CANAL: "accepted", MARCUS: "needsAction"}
    act("act/forward", {"who": MARCUS, "meeting": made["iCalUID"], "to": ["ines.costa@corp.example"]})
    act("act/delete", {"who": JANE, "meeting": made["iCalUID"]})
    stands = rehearsal.events().get(calendarId="primary", eventId=made["id"]).execute()
    assert (answers(stands)[JANE], "ines.costa@corp.example" in answers(stands)) == ("declined", True)
    act("act/cancel", {"who": BOT, "meeting": made["iCalUID"]})
    assert rehearsal.events(MARCUS).get(calendarId="primary", eventId=made["id"]).execute()["status"] == "cancelled"
    created = act("act/create", {"who": JANE, "subject": "Own", "start": start, "end": "2026-12-02T10:00:00Z"})
    assert created["uid"].endswith("@google.com")
