"""A saved world knows its Google events, tokens of lists and channels again."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Rehearsal

Build = Callable[..., dict[str, Any]]
BOT, JANE = "rooms-bot@corp.example", "jane.doe@corp.example"
CANAL = "c_1880canal@resource.calendar.google.com"


def test_events_tokens_and_channels_outlive_saving(
    rehearsal: "Rehearsal",
    meeting: Build,
    hook: Any,  # noqa: ANN401  (loaded by its path)
    tmp_path: Path,
) -> None:
    events = rehearsal.events()
    body = meeting(
        JANE,
        CANAL,
        recurrence=["RRULE:FREQ=DAILY;COUNT=3"],
        colorId="4",
        extendedProperties={"private": {"bookingId": "1"}},
    )
    made = events.insert(calendarId="primary", body=body).execute()
    second = f"{made['id']}_20261202T090000Z"
    events.delete(calendarId="primary", eventId=second).execute()
    token = events.list(calendarId="primary").execute()["nextSyncToken"]
    channel = {"id": "channel-1", "type": "web_hook", "address": hook.url}
    events.watch(calendarId="primary", body=channel).execute()
    hook.told(1)
    before = events.get(calendarId="primary", eventId=made["id"]).execute()
    rehearsal.control.post("save", {"path": str(tmp_path / "world")})
    events.delete(calendarId="primary", eventId=made["id"]).execute()
    rehearsal.control.post("load", {"path": str(tmp_path / "world")})
    assert events.get(calendarId="primary", eventId=made["id"]).execute() == before
    assert events.get(calendarId="primary", eventId=second).execute()["status"] == "cancelled"
    rehearsal.settle()  # the room had not answered when the world was saved
    changes = events.list(calendarId="primary", syncToken=token).execute()["items"]
    assert changes[0]["attendees"][1]["responseStatus"] == "accepted"
    hook.told(3)
    found = events.list(calendarId="primary", privateExtendedProperty="bookingId=1").execute()["items"]
    assert made["id"] in [item["id"] for item in found]
