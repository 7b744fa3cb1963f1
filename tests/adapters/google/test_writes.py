"""Writes that are sent again, and what they meet the second time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from roomstead.adapters.providers.google.ids import event_id
from roomstead.application.ports.calendar import CalendarProvider, EventRef
from roomstead.domain.errors import Broken, Conflict, EventGone, OutcomeUnknown, StaleRevision
from roomstead.domain.event import Attendee, EventId, OutgoingEvent, WriteKey
from roomstead.domain.mailbox import Address, MailboxRef
from roomstead.domain.timespan import Timespan

if TYPE_CHECKING:
    from tests.adapters.conftest import Asked, ScriptedServer

pytestmark = pytest.mark.usefixtures("signed_in")

HOST = MailboxRef(Address("rooms-bot@corp.example"))
EVENTS = "/calendar/v3/calendars/rooms-bot@corp.example/events"
START = datetime(2026, 12, 1, 9, tzinfo=UTC)
SPAN = Timespan(START, START + timedelta(hours=1))
DUPLICATE = {"error": {"code": 409, "errors": [{"domain": "global", "reason": "duplicate", "message": "taken"}]}}
STALE = {"error": {"code": 412, "errors": [{"domain": "global", "reason": "conditionNotMet", "message": "no"}]}}
DELETED = {"error": {"code": 410, "errors": [{"domain": "global", "reason": "deleted", "message": "gone"}]}}
NOT_FOUND = {"error": {"code": 404, "errors": [{"domain": "global", "reason": "notFound", "message": "Not Found"}]}}


def booking(**changed: Any) -> OutgoingEvent:  # noqa: ANN401 - a table of changes
    values: dict[str, Any] = {
        "booking_tag": "bk",
        "write_key": WriteKey("k"),
        "title": "Kick-off",
        "description": None,
        "span": SPAN,
        "zone": "Europe/Amsterdam",
        "attendees": (Attendee(Address("jane@corp.example")),),
        "location": "Oak",
    }
    return OutgoingEvent(**{**values, **changed})


def answered(attempt: int = 1, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """The event as Google holds it."""
    chosen = event_id(WriteKey("k"), attempt)
    return {
        "id": chosen,
        "iCalUID": f"{chosen}@google.com",
        "etag": '"1"',
        "status": "confirmed",
        "summary": "Kick-off",
        "location": "Oak",
        "organizer": {"email": HOST.address, "self": True},
        "start": {"dateTime": "2026-12-01T10:00:00+01:00", "timeZone": "Europe/Amsterdam"},
        "end": {"dateTime": "2026-12-01T11:00:00+01:00", "timeZone": "Europe/Amsterdam"},
        "attendees": [{"email": "jane@corp.example", "responseStatus": "accepted"}],
        "extendedProperties": {"private": {"roomsteadBooking": "bk", "roomsteadWrite": "k"}},
        **changed,
    }


def query_of(asked: Asked) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(asked.path).query))


def sent(asked: Asked) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(asked.body)
    return body


def path_of(attempt: int) -> str:
    return f"{EVENTS}/{event_id(WriteKey('k'), attempt)}"


async def test_a_create_names_its_id_and_tells_everybody(provider: CalendarProvider, scripted: ScriptedServer) -> None:
    scripted.on("POST", EVENTS, scripted.told(200, answered()))
    made = await provider.send(provider.prepare_create(HOST, booking()))
    (asked,) = scripted.calls("POST", EVENTS)
    assert made is not None
    assert sent(asked)["id"] == made.event_id == event_id(WriteKey("k"), 1)
    query = query_of(asked)
    assert (query["sendUpdates"], query["conferenceDataVersion"]) == ("all", "1")
    assert len(query["quotaUser"]) == 40


@pytest.mark.parametrize("properties", [{"private": {"roomsteadWrite": "k"}}, {"shared": {}}, None])
async def test_an_id_that_is_taken_by_our_own_event_is_that_event(
    provider: CalendarProvider, scripted: ScriptedServer, properties: object
) -> None:
    scripted.on("POST", EVENTS, scripted.told(409, DUPLICATE))
    scripted.on("GET", path_of(1), scripted.told(200, answered(extendedProperties=properties, summary="Renamed")))
    made = await provider.send(provider.prepare_create(HOST, booking()))
    assert made is not None
    assert (made.event_id, made.title) == (event_id(WriteKey("k"), 1), "Renamed")
    assert len(scripted.calls("POST", EVENTS)) == 1


@pytest.mark.parametrize(
    "left", [answered(status="cancelled"), {"id": event_id(WriteKey("k"), 1), "status": "cancelled"}]
)
async def test_what_our_create_made_and_somebody_deleted_is_not_made_again(
    provider: CalendarProvider, scripted: ScriptedServer, left: dict[str, Any]
) -> None:
    scripted.on("POST", EVENTS, scripted.told(409, DUPLICATE))
    scripted.on("GET", path_of(1), scripted.told(200, left))
    with pytest.raises(EventGone):
        await provider.send(provider.prepare_create(HOST, booking()))
    assert len(scripted.calls("POST", EVENTS)) == 1


@pytest.mark.parametrize("status", ["confirmed", "cancelled"])
async def test_an_id_that_something_else_has_is_left_to_it(
    provider: CalendarProvider, scripted: ScriptedServer, status: str
) -> None:
    other = {"private": {"roomsteadWrite": "another key"}}
    scripted.on("POST", EVENTS, scripted.told(409, DUPLICATE), scripted.told(200, answered(attempt=2)))
    scripted.on("GET", path_of(1), scripted.told(200, answered(status=status, extendedProperties=other)))
    made = await provider.send(provider.prepare_create(HOST, booking()))
    assert made is not None
    assert [sent(one)["id"] for one in scripted.calls("POST", EVENTS)] == [
        event_id(WriteKey("k"), attempt) for attempt in (1, 2)
    ]
    assert made.event_id == event_id(WriteKey("k"), 2)


async def test_ids_that_are_all_taken_by_others_are_a_defect(
    provider: CalendarProvider, scripted: ScriptedServer
) -> None:
    other = {"private": {"roomsteadWrite": "another key"}}
    scripted.on("POST", EVENTS, scripted.told(409, DUPLICATE))
    scripted.on("GET", EVENTS, scripted.told(200, answered(extendedProperties=other)))
    with pytest.raises(Broken):
        await provider.send(provider.prepare_create(HOST, booking()))


async def test_an_id_that_is_taken_by_what_cannot_be_read_yet_proves_nothing(
    provider: CalendarProvider, scripted: ScriptedServer
) -> None:
    scripted.on("POST", EVENTS, scripted.told(409, DUPLICATE))
    scripted.on("GET", path_of(1), scripted.told(404, NOT_FOUND))
    with pytest.raises(OutcomeUnknown):
        await provider.send(provider.prepare_create(HOST, booking()))
    assert len(scripted.calls("POST", EVENTS)) == 1


async def test_a_change_puts_the_whole_event_back_over_the_version_that_was_read(
    provider: CalendarProvider, scripted: ScriptedServer
) -> None:
    first = answered(conferenceData={"conferenceId": "aaa"}, eventLabelId="label-1")
    second = {**first, "etag": '"2"'}
    scripted.on("GET", path_of(1), scripted.told(200, first), scripted.told(200, second))
    scripted.on("PUT", path_of(1), scripted.told(412, STALE), scripted.told(200, {**second, "summary": "New"}))
    ref = EventRef(HOST, event_id(WriteKey("k"), 1))
    changed = await provider.send(provider.prepare_change(ref, booking(title="New")))
    assert changed is not None
    assert changed.title == "New"
    puts = scripted.calls("PUT")
    assert [one.headers["if-match"] for one in puts] == ['"1"', '"2"']
    assert sent(puts[1])["conferenceData"] == {"conferenceId": "aaa"}
    query = query_of(puts[1])
    assert {name: query[name] for name in ("sendUpdates", "conferenceDataVersion", "supportsAttachments")} == {
        "sendUpdates": "all",
        "conferenceDataVersion": "1",
        "supportsAttachments": "true",
    }
    assert query["eventLabelVersion"] == "1"


async def test_a_change_that_loses_every_race_gives_up(provider: CalendarProvider, scripted: ScriptedServer) -> None:
    scripted.on("GET", path_of(1), scripted.told(200, answered()))
    scripted.on("PUT", path_of(1), scripted.told(412, STALE))
    ref = EventRef(HOST, event_id(WriteKey("k"), 1))
    with pytest.raises(StaleRevision):
        await provider.send(provider.prepare_change(ref, booking(title="New")))


async def test_somebody_elses_event_is_neither_changed_nor_deleted(
    provider: CalendarProvider, scripted: ScriptedServer
) -> None:
    scripted.on("GET", path_of(1), scripted.told(200, answered(organizer={"email": "tom@corp.example"})))
    ref = EventRef(HOST, event_id(WriteKey("k"), 1))
    for prepared in (provider.prepare_change(ref, booking(title="New")), provider.prepare_cancel(ref, "")):
        with pytest.raises(Conflict):
            await provider.send(prepared)
    assert scripted.calls("PUT") == scripted.calls("DELETE") == []


async def test_a_cancellation_of_what_is_gone_succeeds(provider: CalendarProvider, scripted: ScriptedServer) -> None:
    scripted.on(
        "GET",
        path_of(1),
        scripted.told(200, answered()),
        scripted.told(200, answered(status="cancelled")),
        scripted.told(404, NOT_FOUND),
    )
    scripted.on("DELETE", path_of(1), scripted.told(410, DELETED))
    prepared = provider.prepare_cancel(EventRef(HOST, event_id(WriteKey("k"), 1)), "")
    assert [await provider.send(prepared) for _ in range(3)] == [None, None, None]
    (asked,) = scripted.calls("DELETE")
    assert query_of(asked)["sendUpdates"] == "all"


async def test_whole_days_are_read_where_the_calendar_is(provider: CalendarProvider, scripted: ScriptedServer) -> None:
    days = answered(start={"date": "2026-12-01"}, end={"date": "2026-12-02"})
    scripted.on("GET", path_of(1), scripted.told(200, days))
    scripted.on("GET", EVENTS, scripted.told(200, {"timeZone": "Europe/Amsterdam", "items": []}))
    read = await provider.read_event(EventRef(HOST, event_id(WriteKey("k"), 1)))
    assert read.span is not None
    assert read.span.start == datetime(2026, 11, 30, 23, tzinfo=UTC)


async def test_our_event_is_found_behind_an_empty_page_and_by_its_time(
    provider: CalendarProvider, scripted: ScriptedServer
) -> None:
    far = answered(attempt=2, start={"dateTime": "2026-12-09T10:00:00Z"}, end={"dateTime": "2026-12-09T11:00:00Z"})
    scripted.on(
        "GET",
        EVENTS,
        scripted.told(200, {"items": [], "nextPageToken": "p2"}),
        scripted.told(200, {"items": [far, answered(), {"id": "x", "status": "cancelled"}]}),
    )
    found = await provider.find_event(HOST, "bk=o'clock", SPAN)
    assert found is not None
    assert found.event_id == event_id(WriteKey("k"), 1)
    first, second = scripted.calls("GET", EVENTS)
    assert query_of(first)["privateExtendedProperty"] == "roomsteadBooking=bk=o'clock"
    assert query_of(second)["pageToken"] == "p2"


@pytest.mark.parametrize("changed", [{"provider": "other"}, {"verb": "dance"}, {"payload": {}}])
async def test_a_write_that_is_not_ours_or_not_whole_is_a_defect(
    provider: CalendarProvider, changed: dict[str, Any]
) -> None:
    prepared = provider.prepare_cancel(EventRef(HOST, EventId("x")), "")
    with pytest.raises(Broken):
        await provider.send(replace(prepared, **changed))
