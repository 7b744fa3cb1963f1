"""Following a calendar: which questions are asked, and what their answers mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from roomstead.application.ports.calendar import CalendarProvider, ChangePage
from roomstead.domain.errors import CursorExpired, UnreadableAnswer
from roomstead.domain.event import CalendarEvent, RemovedEvent
from roomstead.domain.mailbox import Address, MailboxRef
from roomstead.domain.timespan import Timespan

if TYPE_CHECKING:
    from tests.adapters.conftest import ScriptedServer

pytestmark = pytest.mark.usefixtures("signed_in")

ROOM = MailboxRef(Address("c_1880oak@resource.calendar.google.com"))
HOST = MailboxRef(Address("rooms-bot@corp.example"))
EVENTS = "/calendar/v3/calendars/c_1880oak@resource.calendar.google.com/events"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
WINDOW = Timespan(NOW, NOW + timedelta(days=30))


def gone(reason: str, parameter: str) -> dict[str, Any]:
    told = {"domain": "calendar", "reason": reason, "location": parameter, "message": "no longer valid"}
    return {"error": {"code": 410, "errors": [told], "message": "no longer valid"}}


def item(event_id: str, day: int = 1, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of an event
    start, end = (f"2026-12-{day:02}T{hour}:00:00Z" for hour in ("09", "10"))
    times = {"start": {"dateTime": start}, "end": {"dateTime": end}}
    return {"id": event_id, "status": "confirmed", "organizer": {"email": "jane@corp.example"}, **times, **more}


def queries(scripted: ScriptedServer) -> list[dict[str, str]]:
    asked = [dict(parse_qsl(urlsplit(one.path).query)) for one in scripted.calls("GET", "/events")]
    return [{name: value for name, value in query.items() if name != "quotaUser"} for query in asked]


async def follow(provider: CalendarProvider) -> list[ChangePage]:
    """A full round."""
    pages = [await provider.changes(ROOM, None, WINDOW)]
    while not pages[-1].is_last:
        pages.append(await provider.changes(ROOM, pages[-1].cursor, WINDOW))
    return pages


async def test_a_full_round_names_a_window_and_changes_name_a_token_alone(
    provider: CalendarProvider, scripted: ScriptedServer
) -> None:
    scripted.on(
        "GET",
        EVENTS,
        scripted.told(200, {"items": [], "nextPageToken": "p2"}),
        scripted.told(200, {"items": [item("a")], "nextSyncToken": "t1="}),
        scripted.told(200, {"items": [item("b")], "nextPageToken": "p3"}),
        scripted.told(200, {"items": [], "nextSyncToken": "t2"}),
        scripted.told(200, {"items": [], "nextSyncToken": "t2"}),
    )
    pages = await follow(provider)
    pages.append(await provider.changes(ROOM, pages[-1].cursor, WINDOW))
    pages.append(await provider.changes(ROOM, pages[-1].cursor, WINDOW))
    pages.append(await provider.changes(ROOM, pages[-1].cursor, WINDOW))
    assert [(page.is_full, page.is_last) for page in pages] == [
        (True, False),
        (True, True),
        (False, False),
        (False, True),
        (False, True),
    ]
    always = {"singleEvents": "true", "eventTypes": "default", "maxResults": "1000"}
    window = {"timeMin": "2026-11-23T10:00:00Z", "timeMax": "2026-12-23T10:00:00Z"}
    assert queries(scripted) == [
        always | window,
        always | window | {"pageToken": "p2"},
        always | {"syncToken": "t1="},
        always | {"syncToken": "t1=", "pageToken": "p3"},
        always | {"syncToken": "t2"},
    ]


async def test_of_a_person_series_are_asked_for_as_such(provider: CalendarProvider, scripted: ScriptedServer) -> None:
    scripted.on("GET", "/calendar/v3/calendars/rooms-bot", scripted.told(200, {"items": [], "nextSyncToken": "t"}))
    await provider.changes(HOST, None, WINDOW)
    assert queries(scripted)[0]["singleEvents"] == "false"


async def test_whoever_is_given_no_token_reads_the_window_whole_each_time(
    provider: CalendarProvider, scripted: ScriptedServer
) -> None:
    masked = {"id": "m", "visibility": "private", "start": item("m")["start"], "end": item("m")["end"]}
    scripted.on("GET", EVENTS, scripted.told(200, {"items": [masked], "accessRole": "freeBusyReader"}))
    (page,) = await follow(provider)
    assert (page.is_full, page.is_last) == (True, True)
    (seen,) = page.changes
    assert isinstance(seen, CalendarEvent)
    assert (seen.title, seen.is_private, seen.is_busy) == (None, None, True)
    with pytest.raises(CursorExpired):
        await provider.changes(ROOM, page.cursor, WINDOW)
    assert len(queries(scripted)) == 1


async def test_a_round_of_changes_that_names_no_new_place_keeps_the_old_one(
    provider: CalendarProvider, scripted: ScriptedServer
) -> None:
    scripted.on(
        "GET", EVENTS, scripted.told(200, {"items": [], "nextSyncToken": "t1"}), scripted.told(200, {"items": []})
    )
    (page,) = await follow(provider)
    again = await provider.changes(ROOM, page.cursor, WINDOW)
    await provider.changes(ROOM, again.cursor, WINDOW)
    assert [query.get("syncToken") for query in queries(scripted)] == [None, "t1", "t1"]


@pytest.mark.parametrize("refusal", [gone("fullSyncRequired", "syncToken"), gone("updatedMinTooLongAgo", "updatedMin")])
async def test_both_ways_of_forgetting_our_place_begin_anew(
    provider: CalendarProvider, scripted: ScriptedServer, refusal: dict[str, Any]
) -> None:
    scripted.on("GET", EVENTS, scripted.told(200, {"items": [], "nextSyncToken": "t1"}), scripted.told(410, refusal))
    (page,) = await follow(provider)
    with pytest.raises(CursorExpired):
        await provider.changes(ROOM, page.cursor, WINDOW)


async def test_a_page_that_google_forgot_begins_anew(provider: CalendarProvider, scripted: ScriptedServer) -> None:
    invalid = {"error": {"code": 400, "errors": [{"domain": "global", "reason": "invalid", "message": "Invalid"}]}}
    scripted.on("GET", EVENTS, scripted.told(200, {"items": [], "nextPageToken": "p2"}), scripted.told(400, invalid))
    page = await provider.changes(ROOM, None, WINDOW)
    with pytest.raises(CursorExpired):
        await provider.changes(ROOM, page.cursor, WINDOW)


async def test_what_left_the_window_is_removed_and_series_stay(
    provider: CalendarProvider, scripted: ScriptedServer
) -> None:
    changed = [item("in"), item("out", day=28), item("series", day=28, recurrence=["RRULE:FREQ=DAILY"])]
    scripted.on(
        "GET",
        EVENTS,
        scripted.told(200, {"items": [], "nextSyncToken": "t1"}),
        scripted.told(200, {"items": [*changed, {"id": "gone", "status": "cancelled"}], "nextSyncToken": "t2"}),
    )
    (page,) = await follow(provider)
    wider = Timespan(WINDOW.start, WINDOW.end + timedelta(days=365))
    seen = (await provider.changes(ROOM, page.cursor, wider)).changes
    removed = [change.event_id for change in seen if isinstance(change, RemovedEvent)]
    assert [change.event_id for change in seen] == ["in", "out", "series", "gone"]
    assert removed == ["out", "gone"]


async def test_one_bad_event_does_not_stop_the_others(provider: CalendarProvider, scripted: ScriptedServer) -> None:
    items = [{**item("bad"), "start": {"dateTime": "soon"}}, {"summary": "no id"}, item("good")]
    scripted.on("GET", EVENTS, scripted.told(200, {"items": items, "nextSyncToken": "t"}))
    (page,) = await follow(provider)
    seen = [change for change in page.changes if isinstance(change, CalendarEvent)]
    assert [(change.event_id, change.span is None) for change in seen] == [("bad", True), ("good", False)]


async def test_a_page_without_a_list_is_not_an_empty_one(provider: CalendarProvider, scripted: ScriptedServer) -> None:
    scripted.on("GET", EVENTS, scripted.told(200, {"nextSyncToken": "t"}))
    with pytest.raises(UnreadableAnswer):
        await provider.changes(ROOM, None, WINDOW)
