"""Events through Google's own client: the thread that everything else hangs on."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Rehearsal

Build = Callable[..., dict[str, Any]]
BOT, JANE = "rooms-bot@corp.example", "jane.doe@corp.example"
TULIP = "c_1880tulip@resource.calendar.google.com"
ID = "qo4k61li2d1tva0mkgo66t1o2k"


def answers(event: dict[str, Any]) -> dict[str, str]:
    """Who answered what."""
    return {attendee["email"]: attendee["responseStatus"] for attendee in event["attendees"]}


def test_a_booking_is_made_answered_followed_and_cancelled(rehearsal: "Rehearsal", meeting: Build) -> None:
    events = rehearsal.calendar().events()
    first = events.list(calendarId="primary").execute()
    made = events.insert(calendarId="primary", body=meeting(JANE, TULIP, id=ID), sendUpdates="all").execute()
    assert (made["id"], made["iCalUID"], made["sequence"]) == (ID, f"{ID}@google.com", 0)
    assert made["start"] == {"dateTime": "2026-12-01T10:00:00+01:00", "timeZone": "Europe/Amsterdam"}
    assert made["creator"] == made["organizer"] == {"email": BOT, "self": True}
    assert answers(made) == {JANE: "needsAction", TULIP: "needsAction"}
    assert rehearsal.refused(events.insert(calendarId="primary", body=meeting(id=ID))) == (409, "duplicate")
    rehearsal.control.post("clock/settle", {})
    changed = events.list(calendarId="primary", syncToken=first["nextSyncToken"]).execute()
    assert [answers(item) for item in changed["items"]] == [{JANE: "needsAction", TULIP: "accepted"}]
    assert changed["items"][0]["etag"] != made["etag"]
    room = events.get(calendarId=TULIP, eventId=ID).execute()
    assert room["organizer"] == {"email": BOT}
    assert [a["email"] for a in room["attendees"] if a.get("self")] == [TULIP]
    events.delete(calendarId="primary", eventId=ID).execute()
    assert rehearsal.refused(events.delete(calendarId="primary", eventId=ID)) == (410, "deleted")
    assert events.get(calendarId="primary", eventId=ID).execute()["status"] == "cancelled"
    assert rehearsal.refused(events.insert(calendarId="primary", body=meeting(id=ID))) == (409, "duplicate")
    gone = events.list(calendarId="primary", syncToken=changed["nextSyncToken"]).execute()
    assert [(item["id"], item["status"]) for item in gone["items"]] == [(ID, "cancelled")]
    assert ID not in [item["id"] for item in events.list(calendarId=TULIP).execute()["items"]]
