"""Events through Google's own client: the thread that everything else hangs on."""

from typing import TYPE_CHECKING, Any

import pytest
from googleapiclient.errors import HttpError

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Rehearsal

BOT, JANE = "rooms-bot@corp.example", "jane.doe@corp.example"
TULIP = "c_1880tulip@resource.calendar.google.com"
ID = "qo4k61li2d1tva0mkgo66t1o2k"


def meeting(*guests: str, **more: object) -> dict[str, Any]:
    """An event of the first of December, ten to eleven in Amsterdam."""
    return {
        "summary": "Design review",
        "start": {"dateTime": "2026-12-01T10:00:00", "timeZone": "Europe/Amsterdam"},
        "end": {"dateTime": "2026-12-01T11:00:00", "timeZone": "Europe/Amsterdam"},
        "attendees": [{"email": guest} for guest in guests],
        **more,
    }


def refused(request: Any) -> tuple[int, str]:  # noqa: ANN401  (a discovered request)
    """The status and reason with which a request is refused."""
    with pytest.raises(HttpError) as caught:
        request.execute()
    return caught.value.status_code, caught.value.error_details[0]["reason"]


def answers(event: dict[str, Any]) -> dict[str, str]:
    """Who answered what."""
    return {attendee["email"]: attendee["responseStatus"] for attendee in event["attendees"]}


def test_a_booking_is_made_answered_followed_and_cancelled(rehearsal: "Rehearsal") -> None:
    events = rehearsal.calendar().events()
    first = events.list(calendarId="primary").execute()
    made = events.insert(calendarId="primary", body=meeting(JANE, TULIP, id=ID), sendUpdates="all").execute()
    assert (made["id"], made["iCalUID"], made["sequence"]) == (ID, f"{ID}@google.com", 0)
    assert made["start"] == {"dateTime": "2026-12-01T10:00:00+01:00", "timeZone": "Europe/Amsterdam"}
    assert made["creator"] == made["organizer"] == {"email": BOT, "self": True}
    assert answers(made) == {JANE: "needsAction", TULIP: "needsAction"}
    assert refused(events.insert(calendarId="primary", body=meeting(id=ID))) == (409, "duplicate")
    rehearsal.control.post("clock/settle", {})
    changed = events.list(calendarId="primary", syncToken=first["nextSyncToken"]).execute()
    assert [answers(item) for item in changed["items"]] == [{JANE: "needsAction", TULIP: "accepted"}]
    assert changed["items"][0]["etag"] != made["etag"]
    room = events.get(calendarId=TULIP, eventId=ID).execute()
    assert room["organizer"] == {"email": BOT}
    assert [a["email"] for a in room["attendees"] if a.get("self")] == [TULIP]
    events.delete(calendarId="primary", eventId=ID).execute()
    assert refused(events.delete(calendarId="primary", eventId=ID)) == (410, "deleted")
    assert events.get(calendarId="primary", eventId=ID).execute()["status"] == "cancelled"
    assert refused(events.insert(calendarId="primary", body=meeting(id=ID))) == (409, "duplicate")
    gone = events.list(calendarId="primary", syncToken=changed["nextSyncToken"]).execute()
    assert [(item["id"], item["status"]) for item in gone["items"]] == [(ID, "cancelled")]
    assert ID not in [item["id"] for item in events.list(calendarId=TULIP).execute()["items"]]
