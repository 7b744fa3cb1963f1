"""Events made, changed and deleted by their organiser, through Google's own client."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Rehearsal

Build = Callable[..., dict[str, Any]]
Json = dict[str, Any]
BOT, JANE, MARCUS = "rooms-bot@corp.example", "jane.doe@corp.example", "marcus.lee@corp.example"
CANAL, FADO = "c_1880canal@resource.calendar.google.com", "c_1880fado@resource.calendar.google.com"
OUTSIDER = "ada@fabrikam.example"
ID = "qo4k61li2d1tva0mkgo66t1o2k"


def answers(event: Json) -> dict[str, str]:
    """Who answered what."""
    return {attendee["email"]: attendee["responseStatus"] for attendee in event["attendees"]}


@pytest.mark.parametrize("event_id", ["abc", "ABCDEFGH", "wxyzwxyz", "with-dash", "a" * 1025])
def test_an_id_outside_the_alphabet_is_refused(rehearsal: "Rehearsal", meeting: Build, event_id: str) -> None:
    request = rehearsal.events().insert(calendarId="primary", body=meeting(id=event_id))
    assert rehearsal.refused(request) == (400, "invalid")


def test_an_id_of_googles_own_has_26_digits_and_gives_the_uid(rehearsal: "Rehearsal", meeting: Build) -> None:
    made = rehearsal.events().insert(calendarId="primary", body=meeting()).execute()
    assert len(made["id"]) == 26
    assert set(made["id"]) <= set("0123456789abcdefghijklmnopqrstuv")
    assert made["iCalUID"] == f"{made['id']}@google.com"
    assert made["htmlLink"].startswith("https://www.google.com/calendar/event?eid=")


def test_ids_are_unique_per_calendar_only(rehearsal: "Rehearsal", meeting: Build) -> None:
    for subject in (BOT, JANE):
        rehearsal.events(subject).insert(calendarId="primary", body=meeting(id=ID, summary=subject)).execute()
    assert rehearsal.events(JANE).get(calendarId="primary", eventId=ID).execute()["summary"] == JANE


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start": None}, "required"),
        ({"end": None}, "required"),
        ({"start": {"dateTime": "2026-12-01T10:00:00"}}, "required"),
        ({"start": {"date": "2026-12-01"}}, "invalid"),
        ({"start": {"date": "2026-12-01", "dateTime": "2026-12-01T10:00:00Z"}}, "invalid"),
        ({"start": {"dateTime": "yesterday"}}, "invalid"),
        ({"start": {"dateTime": "2026-12-01T10:00:00", "timeZone": "Middle/Earth"}}, "invalid"),
        ({"end": {"dateTime": "2026-12-01T09:00:00Z"}}, "timeRangeEmpty"),
        ({"attendees": [{"email": "nobody"}]}, "invalid"),
        ({"attendees": [{"email": "a@b.example", "responseStatus": "maybe"}]}, "invalid"),
        ({"recurrence": ["RRULE:FREQ=NEVER"]}, "invalid"),
        ({"recurrence": ["every day"]}, "invalid"),
        ({"reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 50000}]}}, "invalid"),
        ({"visibility": "hidden"}, "invalid"),
        ({"eventType": "party"}, "invalid"),
    ],
)
def test_what_makes_no_sense_is_refused(rehearsal: "Rehearsal", meeting: Build, change: Json, reason: str) -> None:
    body = {name: value for name, value in meeting(**change).items() if value is not None}
    assert rehearsal.refused(rehearsal.events().insert(calendarId="primary", body=body)) == (400, reason)
    assert rehearsal.events().list(calendarId="primary").execute()["items"] == []


def test_an_event_comes_back_as_it_was_sent(rehearsal: "Rehearsal", meeting: Build) -> None:
    sent = meeting(
        description="Agenda",
        location="Canal",
        colorId="5",
        transparency="transparent",
        visibility="public",
        status="tentative",
        guestsCanModify=True,
        guestsCanInviteOthers=False,
        guestsCanSeeOtherGuests=False,
        reminders={"useDefault": False, "overrides": [{"method": "popup", "minutes": 10}]},
        source={"title": "Roomstead", "url": "https://rooms.example/1"},
    )
    sent["attendees"] = [{"email": OUTSIDER, "optional": True, "displayName": "Ada", "additionalGuests": 2}]
    made = rehearsal.events().insert(calendarId="primary", body=sent).execute()
    expected = {name: value for name, value in sent.items() if name not in ("attendees", "start", "end")}
    assert {name: made[name] for name in expected} == expected
    assert made["attendees"] == [{**sent["attendees"][0], "responseStatus": "needsAction"}]


def test_whole_days_are_dates(rehearsal: "Rehearsal", meeting: Build) -> None:
    body = meeting(start={"date": "2026-12-01"}, end={"date": "2026-12-03"})
    made = rehearsal.events().insert(calendarId="primary", body=body).execute()
    assert (made["start"], made["end"]) == ({"date": "2026-12-01"}, {"date": "2026-12-03"})
    other = rehearsal.events().get(calendarId="primary", eventId=made["id"], timeZone="America/New_York").execute()
    assert other["start"] == {"date": "2026-12-01"}


def test_times_show_in_the_zone_that_is_asked_for(rehearsal: "Rehearsal", meeting: Build) -> None:
    made = rehearsal.events().insert(calendarId="primary", body=meeting()).execute()
    seen = rehearsal.events().get(calendarId="primary", eventId=made["id"], timeZone="Asia/Tokyo").execute()
    assert seen["start"] == {"dateTime": "2026-12-01T18:00:00+09:00", "timeZone": "Europe/Amsterdam"}


def test_extended_properties_are_dropped_and_cut_without_a_word(rehearsal: "Rehearsal", meeting: Build) -> None:
    held = {"private": {"a": "1", "k" * 45: "x", "long": "y" * 2000}, "shared": {"b": "2"}}
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(JANE, extendedProperties=held)).execute()
    shown = made["extendedProperties"]
    assert shown == {"private": {"a": "1", "long": "y" * 1024}, "shared": {"b": "2"}}
    janes = rehearsal.events(JANE).get(calendarId="primary", eventId=made["id"]).execute()
    assert janes["extendedProperties"] == {"shared": {"b": "2"}}
    patch = {"extendedProperties": {"private": {"a": None, "c": "3"}, "shared": {"b": None}}}
    patched = events.patch(calendarId="primary", eventId=made["id"], body=patch).execute()
    assert patched["extendedProperties"] == {"private": {"long": "y" * 1024, "c": "3"}}
    janes = rehearsal.events(JANE).get(calendarId="primary", eventId=made["id"]).execute()
    assert "extendedProperties" not in janes


def test_put_replaces_everything_and_patch_what_it_names(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(JANE, description="Agenda", location="Canal")).execute()
    patched = events.patch(calendarId="primary", eventId=made["id"], body={"summary": "Other"}).execute()
    assert (patched["summary"], patched["description"], patched["location"]) == ("Other", "Agenda", "Canal")
    cleared = events.patch(calendarId="primary", eventId=made["id"], body={"description": None}).execute()
    assert "description" not in cleared
    put = events.update(calendarId="primary", eventId=made["id"], body=meeting()).execute()
    assert "location" not in put
    assert "attendees" not in put
    assert rehearsal.events(JANE).get(calendarId="primary", eventId=made["id"]).execute()["status"] == "cancelled"


def test_an_answer_moves_the_etag_and_makes_a_stale_write_fail(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(CANAL)).execute()
    rehearsal.settle()
    write = events.update(calendarId="primary", eventId=made["id"], body=made)
    write.headers["If-Match"] = made["etag"]
    assert rehearsal.refused(write) == (412, "conditionNotMet")
    stands = events.get(calendarId="primary", eventId=made["id"]).execute()
    assert stands["updated"] > made["updated"]
    again = events.update(calendarId="primary", eventId=made["id"], body={**stands, "summary": "Again"})
    again.headers["If-Match"] = stands["etag"]
    assert answers(again.execute()) == {CANAL: "accepted"}
    gone = events.delete(calendarId="primary", eventId=made["id"])
    gone.headers["If-Match"] = stands["etag"]
    assert rehearsal.refused(gone) == (412, "conditionNotMet")


def test_what_is_held_already_is_not_sent_again(rehearsal: "Rehearsal", meeting: Build) -> None:
    made = rehearsal.events().insert(calendarId="primary", body=meeting()).execute()
    read = rehearsal.events().get(calendarId="primary", eventId=made["id"])
    read.headers["If-None-Match"] = made["etag"]
    assert rehearsal.refused_status(read) == 304


def test_a_precondition_fails_on_order(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting()).execute()
    rehearsal.fault("stale_precondition", mailbox=rehearsal.user(BOT).id)
    write = events.update(calendarId="primary", eventId=made["id"], body=made)
    assert rehearsal.refused(write) == (412, "conditionNotMet")
    assert write.execute()["sequence"] == 0


def test_moving_asks_the_room_again_and_keeps_the_guests_answers(rehearsal: "Rehearsal", meeting: Build) -> None:
    events, janes = rehearsal.events(), rehearsal.events(JANE)
    made = events.insert(calendarId="primary", body=meeting(JANE, CANAL)).execute()
    rehearsal.settle()
    answer = {"attendees": [{"email": JANE, "responseStatus": "accepted"}, {"email": CANAL, "resource": True}]}
    janes.patch(calendarId="primary", eventId=made["id"], body=answer).execute()
    stands = events.get(calendarId="primary", eventId=made["id"]).execute()
    assert answers(stands) == {JANE: "accepted", CANAL: "accepted"}
    later = {"dateTime": "2026-12-01T12:00:00", "timeZone": "Europe/Amsterdam"}
    until = {"dateTime": "2026-12-01T13:00:00", "timeZone": "Europe/Amsterdam"}
    moved = events.update(calendarId="primary", eventId=made["id"], body={**stands, "start": later, "end": until})
    shown = moved.execute()
    assert (answers(shown), shown["sequence"]) == ({JANE: "accepted", CANAL: "needsAction"}, 1)
    rehearsal.settle()
    assert answers(events.get(calendarId="primary", eventId=made["id"]).execute())[CANAL] == "accepted"
    rehearsal.switch(moved_guests_answer_again=True)
    back = events.update(calendarId="primary", eventId=made["id"], body=stands).execute()
    assert answers(back) == {JANE: "needsAction", CANAL: "needsAction"}


def test_the_second_to_ask_for_a_room_is_declined(rehearsal: "Rehearsal", meeting: Build) -> None:
    first = rehearsal.events().insert(calendarId="primary", body=meeting(CANAL)).execute()
    second = rehearsal.events(JANE).insert(calendarId="primary", body=meeting(CANAL)).execute()
    rehearsal.settle()
    one = rehearsal.events().get(calendarId="primary", eventId=first["id"]).execute()
    two = rehearsal.events(JANE).get(calendarId="primary", eventId=second["id"]).execute()
    assert (answers(one), answers(two)) == ({CANAL: "accepted"}, {CANAL: "declined"})
    mails = rehearsal.control.get("mail", kind="response")
    assert mails[-1]["recipients"] == [JANE]
    swapped = [{"email": FADO, "resource": True}]
    rehearsal.events(JANE).patch(calendarId="primary", eventId=second["id"], body={"attendees": swapped}).execute()
    rehearsal.settle()
    stands = rehearsal.events(JANE).get(calendarId="primary", eventId=second["id"]).execute()
    assert answers(stands) == {FADO: "accepted"}
    assert stands["attendees"][0] == {
        "email": FADO, "displayName": "Fado", "resource": True, "responseStatus": "accepted",
    }  # fmt: skip


def test_a_cancelled_event_can_be_restored_by_its_organiser(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(JANE, CANAL)).execute()
    events.delete(calendarId="primary", eventId=made["id"]).execute()
    restored = events.patch(calendarId="primary", eventId=made["id"], body={"status": "confirmed"}).execute()
    assert restored["status"] == "confirmed"
    rehearsal.settle()
    assert answers(events.get(calendarId="primary", eventId=made["id"]).execute())[CANAL] == "accepted"
    assert rehearsal.events(JANE).get(calendarId="primary", eventId=made["id"]).execute()["status"] == "confirmed"


def test_status_cancelled_is_a_deletion(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting()).execute()
    gone = events.patch(calendarId="primary", eventId=made["id"], body={"status": "cancelled"}).execute()
    assert (gone["status"], gone["summary"]) == ("cancelled", "Design review")


def test_a_bare_service_account_invites_nobody(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events(None)
    assert rehearsal.refused(events.insert(calendarId="primary", body=meeting(CANAL))) == (
        403,
        "forbiddenForServiceAccounts",
    )
    assert events.insert(calendarId="primary", body=meeting()).execute()["organizer"]["self"] is True


def test_writing_needs_the_role_for_it(rehearsal: "Rehearsal", meeting: Build) -> None:
    made = rehearsal.events(MARCUS).insert(calendarId="primary", body=meeting()).execute()
    events = rehearsal.events()
    for request in (
        events.insert(calendarId=MARCUS, body=meeting()),
        events.update(calendarId=MARCUS, eventId=made["id"], body=meeting()),
        events.delete(calendarId=MARCUS, eventId=made["id"]),
    ):
        assert rehearsal.refused(request) == (403, "requiredAccessLevel")
    unknown = "nobody@corp.example"
    assert rehearsal.refused(events.insert(calendarId=unknown, body=meeting())) == (404, "notFound")
    assert rehearsal.refused(events.delete(calendarId="primary", eventId="nosuchid")) == (404, "notFound")


def test_mail_goes_out_as_asked_for(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()

    def told() -> list[list[str]]:
        return [mail["recipients"] for mail in rehearsal.control.get("mail", sender=BOT)]

    events.insert(calendarId="primary", body=meeting(JANE, OUTSIDER, CANAL)).execute()
    assert told() == []
    rehearsal.settle()
    assert rehearsal.events(JANE).list(calendarId="primary", q="Design review").execute()["items"]
    events.insert(calendarId="primary", body=meeting(JANE, OUTSIDER, CANAL), sendUpdates="externalOnly").execute()
    made = events.insert(calendarId="primary", body=meeting(JANE, OUTSIDER, CANAL), sendUpdates="all").execute()
    assert told() == [[OUTSIDER], [JANE, OUTSIDER]]
    accepted = [{"email": JANE, "responseStatus": "accepted"}, {"email": OUTSIDER}]
    events.insert(calendarId="primary", body={**meeting(), "attendees": accepted}, sendUpdates="all").execute()
    assert told()[-1] == [OUTSIDER]
    events.delete(calendarId="primary", eventId=made["id"], sendUpdates="all").execute()
    assert rehearsal.control.get("mail", kind="cancellation")[-1]["recipients"] == [JANE, OUTSIDER]


def test_a_conference_is_made_a_moment_after_it_was_asked_for(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    wanted = {"createRequest": {"requestId": "r1", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}
    without = events.insert(calendarId="primary", body=meeting(conferenceData=wanted)).execute()
    assert "conferenceData" not in without
    body = meeting(JANE, conferenceData=wanted)
    made = events.insert(calendarId="primary", body=body, conferenceDataVersion=1).execute()
    assert made["conferenceData"]["createRequest"]["status"] == {"statusCode": "pending"}
    rehearsal.settle()
    ready = rehearsal.events(JANE).get(calendarId="primary", eventId=made["id"]).execute()
    assert ready["conferenceData"]["createRequest"]["status"] == {"statusCode": "success"}
    assert ready["hangoutLink"] == ready["conferenceData"]["entryPoints"][0]["uri"]
    kept = events.update(calendarId="primary", eventId=made["id"], body=meeting(JANE)).execute()
    assert kept["hangoutLink"] == ready["hangoutLink"]
    gone = events.patch(
        calendarId="primary", eventId=made["id"], body={"conferenceData": None}, conferenceDataVersion=1
    ).execute()
    assert "hangoutLink" not in gone


def test_an_event_is_handed_to_another_calendar(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(MARCUS, JANE, CANAL)).execute()
    rehearsal.settle()
    move = events.move(calendarId="primary", eventId=made["id"], destination=JANE)
    assert rehearsal.refused(move) == (403, "requiredAccessLevel")
    rehearsal.share(JANE, BOT, "writer")
    moved = move.execute()
    assert (moved["id"], moved["organizer"]) == (made["id"], {"email": JANE, "self": True})
    left = events.get(calendarId="primary", eventId=made["id"]).execute()
    assert left["status"] == "cancelled"
    assert "summary" not in left
    marcus = rehearsal.events(MARCUS).get(calendarId="primary", eventId=made["id"]).execute()
    assert (marcus["organizer"], answers(marcus)[CANAL]) == ({"email": JANE}, "accepted")
    again = rehearsal.events(MARCUS).move(calendarId="primary", eventId=made["id"], destination=MARCUS)
    assert rehearsal.refused(again) == (400, "cannotChangeOrganizer")


def test_importing_makes_a_copy_that_asks_nobody(rehearsal: "Rehearsal", meeting: Build) -> None:
    body = meeting(BOT, CANAL, iCalUID="040000008200E00074C5B7101A82E008", organizer={"email": OUTSIDER})
    made = rehearsal.events().import_(calendarId="primary", body=body).execute()
    assert made["id"].startswith("_")
    assert made["iCalUID"] == "040000008200E00074C5B7101A82E008"
    rehearsal.settle()
    stands = rehearsal.events().get(calendarId="primary", eventId=made["id"]).execute()
    assert answers(stands)[CANAL] == "needsAction"
    strangers = meeting(JANE, iCalUID="x@y", organizer={"email": OUTSIDER})
    refusal = rehearsal.refused(rehearsal.events().import_(calendarId="primary", body=strangers))
    assert refusal == (400, "participantIsNeitherOrganizerNorAttendee")


def test_too_many_outside_guests_make_the_account_read_only(rehearsal: "Rehearsal", meeting: Build) -> None:
    rehearsal.state.quotas.limits.external_guests = 1
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting(OUTSIDER, "bob@fabrikam.example", JANE)).execute()
    assert rehearsal.refused(events.insert(calendarId="primary", body=meeting())) == (403, "quotaExceeded")
    assert events.get(calendarId="primary", eventId=made["id"]).execute()["status"] == "confirmed"


def test_a_deleted_event_may_stay_so(rehearsal: "Rehearsal", meeting: Build) -> None:
    rehearsal.switch(deleted_events_stay_deleted=True)
    events = rehearsal.events()
    made = events.insert(calendarId="primary", body=meeting()).execute()
    events.delete(calendarId="primary", eventId=made["id"]).execute()
    restore = events.update(calendarId="primary", eventId=made["id"], body=meeting())
    assert rehearsal.refused(restore) == (403, "forbidden")
