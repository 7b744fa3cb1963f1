"""Secondary calendars: organisers of their own events, apart from their owner's primary calendar."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Rehearsal

Build = Callable[..., dict[str, Any]]
BOT, JANE = "rooms-bot@corp.example", "jane.doe@corp.example"
CANAL = "c_1880canal@resource.calendar.google.com"


def test_a_secondary_calendar_hosts_under_its_own_name(rehearsal: "Rehearsal", meeting: Build) -> None:
    service = rehearsal.calendar()
    second = service.calendars().insert(body={"summary": "Bookings"}).execute()["id"]
    events = service.events()
    made = events.insert(calendarId=second, body=meeting(BOT, JANE, CANAL)).execute()
    assert made["organizer"] == {"email": second, "displayName": "Bookings", "self": True}
    assert made["creator"] == {"email": BOT}
    rehearsal.settle()
    stands = events.get(calendarId=second, eventId=made["id"]).execute()
    assert {row["email"]: row["responseStatus"] for row in stands["attendees"]}[CANAL] == "accepted"
    taken = events.insert(calendarId=second, body=meeting(CANAL)).execute()
    rehearsal.settle()
    stands = events.get(calendarId=second, eventId=taken["id"]).execute()
    assert stands["attendees"][0]["responseStatus"] == "declined"
    assert rehearsal.control.get("mail", kind="response", uid=taken["iCalUID"]) == []  # nobody hears of it by mail
    events.delete(calendarId=second, eventId=taken["id"]).execute()
    own = events.get(calendarId="primary", eventId=made["id"]).execute()
    assert own["organizer"] == {"email": second, "displayName": "Bookings"}
    moved = events.move(calendarId=second, eventId=made["id"], destination="primary").execute()
    assert moved["organizer"] == {"email": BOT, "self": True}
    assert events.get(calendarId=second, eventId=made["id"]).execute()["status"] == "cancelled"
    assert events.list(calendarId=second).execute()["items"] == []
