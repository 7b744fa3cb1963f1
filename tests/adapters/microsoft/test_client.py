"""Calls as they go over the wire, and answers that no documentation promises."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.providers.microsoft.calls import CallKind, GraphCall
from roomstead.adapters.providers.registry import build_providers
from roomstead.application.ports.calendar import CalendarProvider, EventRef, SyncCursor
from roomstead.application.ports.limits import Meter
from roomstead.application.ports.providers import Connection
from roomstead.domain.access import Capability, Verdict
from roomstead.domain.errors import (
    Broken,
    ConsentMissing,
    CredentialRejected,
    OutcomeUnknown,
    ProviderUnavailable,
    Throttled,
    UnreadableAnswer,
)
from roomstead.domain.event import CalendarEvent, EventId, OutgoingEvent, WriteKey
from roomstead.domain.mailbox import Address, MailboxRef
from roomstead.domain.timespan import Timespan

if TYPE_CHECKING:
    from tests.adapters.conftest import HandClock, ScriptedServer

JANE = MailboxRef(Address("jane@contoso.com"), "cd209b0b-3f83")
WINDOW = Timespan(datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC))
CALENDAR = {"id": "c", "canEdit": True, "isDefaultCalendar": True, "isTallyingResponses": True}

pytestmark = pytest.mark.usefixtures("signed_in")


def booking() -> OutgoingEvent:
    start = datetime(2026, 12, 1, 8, tzinfo=UTC)
    span = Timespan(start, start + timedelta(hours=1))
    return OutgoingEvent("bk_1", WriteKey("key-1"), "Kick-off", None, span, "Europe/Berlin", (), "Room")


async def test_every_call_asks_for_lasting_ids_utc_and_text(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("GET", "/graph", scripted.told(200, CALENDAR))
    await provider.host_facts(JANE)
    call = scripted.calls("GET")[0]
    assert call.headers["prefer"] == 'IdType="ImmutableId", outlook.timezone="UTC", outlook.body-content-type="text"'
    assert call.headers["authorization"] == "Bearer opaque"
    assert call.path.startswith("/graph/v1.0/users/cd209b0b-3f83/calendar?$select=")


@pytest.mark.parametrize(
    ("event_id", "path"),
    [
        ("AAMk/a+b==", "/users/jane%23ext%23@contoso.com/events/AAMk%2Fa%2Bb%3D%3D"),
        ("../../me", "/users/jane%23ext%23@contoso.com/events/..%2F..%2Fme"),
        ("a b?c#d", "/users/jane%23ext%23@contoso.com/events/a%20b%3Fc%23d"),
    ],
)
def test_names_in_a_path_cannot_leave_their_place(event_id: str, path: str) -> None:
    jane = MailboxRef(Address("jane#ext#@contoso.com"))
    call = GraphCall("GET", "/users/{mailbox}/events/{event}", CallKind.EVENT, jane, values={"event": event_id})
    assert call.relative_url() == path


def test_blanks_and_plus_signs_in_a_filter_stay_what_they_are() -> None:
    call = GraphCall("GET", "/users", CallKind.DIRECTORY, query={"$filter": "mail eq 'a+b@x.org'"})
    assert call.relative_url() == "/users?$filter=mail%20eq%20%27a%2Bb@x.org%27"


@pytest.mark.parametrize("failure", [500, 502, 503, 504])
async def test_one_hiccup_loses_no_read(provider: CalendarProvider, scripted: "ScriptedServer", failure: int) -> None:
    scripted.on("GET", "/graph", scripted.told(failure, {}), scripted.told(200, CALENDAR))
    assert (await provider.host_facts(JANE)).can_edit


async def test_a_dropped_read_is_repeated_and_given_up_in_the_end(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("GET", "/graph", scripted.told(drops=True))
    with pytest.raises(ProviderUnavailable):
        await provider.host_facts(JANE)
    assert len(scripted.calls("GET")) == 3


@pytest.mark.parametrize(("status", "sends"), [(500, 1), (504, 1), (429, 1)])
async def test_a_write_is_sent_once(
    provider: CalendarProvider, scripted: "ScriptedServer", status: int, sends: int
) -> None:
    scripted.on("POST", "/graph", scripted.told(status, {}))
    with pytest.raises(Throttled if status == 429 else OutcomeUnknown):
        await provider.send(provider.prepare_create(JANE, booking()))
    assert len(scripted.calls("POST", "/events")) == sends


async def test_a_write_that_never_left_is_no_unknown_outcome(
    connect: Callable[..., CalendarProvider], scripted: "ScriptedServer"
) -> None:
    provider = connect(endpoints={"login": f"{scripted.url}/login", "api": "http://127.0.0.1:9"})
    with pytest.raises(ProviderUnavailable):
        await provider.send(provider.prepare_create(JANE, booking()))


@pytest.mark.parametrize("raw", [b"<html>", b"[]", b'"text"', b'{"id": 5}'])
async def test_a_write_answered_by_what_we_cannot_read_is_unknown_or_unreadable_and_never_done(
    provider: CalendarProvider, scripted: "ScriptedServer", raw: bytes
) -> None:
    scripted.on("POST", "/graph", scripted.told(201, raw=raw))
    with pytest.raises((OutcomeUnknown, UnreadableAnswer)):
        await provider.send(provider.prepare_create(JANE, booking()))


async def test_the_same_bytes_are_sent_again(provider: CalendarProvider, scripted: "ScriptedServer") -> None:
    scripted.on("POST", "/graph", scripted.told(504, {}))
    prepared = provider.prepare_create(JANE, booking())
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            await provider.send(prepared)
    first, second = scripted.calls("POST", "/events")
    assert first.body == second.body
    assert json.loads(first.body)["transactionId"] == "key-1"


@pytest.mark.parametrize(
    "link",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://graph.microsoft.com.evil.example/v1.0/users",
        "{url}@evil.example/graph/v1.0/x",
        "{url}/login/steal",
        "{url}/graph/v1.0evil/x",
        "//evil.example/graph/v1.0/x",
        "/graph/v1.0/users",
    ],
)
async def test_a_link_that_leads_elsewhere_is_not_followed(
    provider: CalendarProvider, scripted: "ScriptedServer", link: str
) -> None:
    elsewhere = link.format(url=scripted.url)
    scripted.on("GET", "/graph", scripted.told(200, {"value": [], "@odata.nextLink": elsewhere}))
    page = await provider.changes(JANE, None, WINDOW)
    with pytest.raises(Broken):
        await provider.changes(JANE, page.cursor, WINDOW)
    with pytest.raises(Broken):
        [room async for room in provider.list_rooms()]
    assert len(scripted.calls("GET")) == 2


async def test_an_answer_without_its_list_is_not_an_empty_list(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("GET", "/graph", scripted.told(200, {}))
    with pytest.raises(UnreadableAnswer):
        [room async for room in provider.list_rooms()]
    with pytest.raises(UnreadableAnswer):
        await provider.changes(JANE, None, WINDOW)


async def test_a_round_that_ends_without_a_place_is_unreadable(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("GET", "/graph", scripted.told(200, {"value": []}))
    with pytest.raises(UnreadableAnswer):
        await provider.changes(JANE, None, WINDOW)


async def test_one_bad_event_does_not_stop_the_others(provider: CalendarProvider, scripted: "ScriptedServer") -> None:
    good = {"dateTime": "2026-12-01T08:00:00", "timeZone": "UTC"}
    items = [
        {"id": "bad", "start": {"dateTime": "soon", "timeZone": "UTC"}, "end": good},
        {"start": good, "end": good},
        {"id": "good", "start": good, "end": {**good, "dateTime": "2026-12-01T09:00:00"}},
    ]
    link = f"{scripted.url}/graph/v1.0/users/x/calendarView/delta?$deltatoken=1"
    scripted.on("GET", "/graph", scripted.told(200, {"value": items, "@odata.deltaLink": link}))
    page = await provider.changes(JANE, None, WINDOW)
    found = [(one.event_id, one.span is not None) for one in page.changes if isinstance(one, CalendarEvent)]
    assert found == [("bad", False), ("good", True)]


async def test_the_first_page_names_the_window_and_the_next_ones_follow_the_link(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    base = f"{scripted.url}/graph/v1.0/users/x/calendarView/delta"
    scripted.on(
        "GET",
        "/graph",
        scripted.told(200, {"value": [], "@odata.nextLink": f"{base}?$skiptoken=R0"}),
        scripted.told(200, {"value": [], "@odata.deltaLink": f"{base}?$deltatoken=R1"}),
        scripted.told(200, {"value": [], "@odata.deltaLink": f"{base}?$deltatoken=R2"}),
    )
    cursor: SyncCursor | None = None
    told = []
    for _ in range(3):
        page = await provider.changes(JANE, cursor, WINDOW)
        cursor = page.cursor
        told.append((page.is_full, page.is_last))
    assert told == [(True, False), (True, True), (False, True)]
    first, second, third = scripted.calls("GET")
    assert "startDateTime=2026-11-01T00:00:00Z&endDateTime=2027-05-01T00:00:00Z" in first.decoded_path
    assert second.decoded_path.endswith("$skiptoken=R0")
    assert third.decoded_path.endswith("$deltatoken=R1")
    assert {"odata.maxpagesize=200" in one.headers["prefer"] for one in (first, second, third)} == {True}


BATCH_ERROR = {"error": {"code": "ErrorAccessDenied"}}


async def test_answers_of_a_batch_come_in_any_order(provider: CalendarProvider, scripted: "ScriptedServer") -> None:
    told = {
        "responses": [
            {"id": "1", "status": 403, "headers": {"Content-Type": "application/json"}, "body": BATCH_ERROR},
            {"id": "0", "status": 200, "body": CALENDAR},
        ]
    }
    scripted.on("POST", "/graph/v1.0/$batch", scripted.told(200, told))
    scripted.on("GET", "/graph", scripted.told(403, BATCH_ERROR, {"request-id": "r-9"}))
    tom = MailboxRef(Address("tom@contoso.com"))
    found = await provider.probe_many([JANE, tom], Capability.TIMES)
    assert found[JANE.address].verdict is Verdict.GRANTED
    assert (found[tom.address].verdict, found[tom.address].request_id) == (Verdict.REFUSED, "r-9")


@pytest.mark.parametrize(
    "told", [{}, {"responses": {}}, {"responses": [{"id": "0"}]}, {"responses": [{"id": "7", "status": 200}]}]
)
async def test_a_batch_that_answers_for_others_is_unreadable(
    provider: CalendarProvider, scripted: "ScriptedServer", told: object
) -> None:
    scripted.on("POST", "/graph/v1.0/$batch", scripted.told(200, told))
    with pytest.raises(UnreadableAnswer):
        await provider.probe_many([JANE], Capability.TIMES)


async def test_a_credential_that_fails_stops_the_whole_batch(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("POST", "/graph/v1.0/$batch", scripted.told(401, {"error": {"code": "InvalidAuthenticationToken"}}))
    many = [MailboxRef(Address(f"room{number}@contoso.com")) for number in range(90)]
    with pytest.raises(CredentialRejected):
        await provider.probe_many(many, Capability.TIMES)


async def test_a_throttled_batch_makes_the_app_wait(
    provider: CalendarProvider, scripted: "ScriptedServer", clock: "HandClock"
) -> None:
    ok = {"responses": [{"id": "0", "status": 200, "body": CALENDAR}]}
    throttled = scripted.told(429, {}, {"Retry-After": "4"})
    scripted.on("POST", "/graph/v1.0/$batch", throttled, scripted.told(200, ok))
    found = await provider.probe_many([JANE], Capability.TIMES)
    assert found[JANE.address].verdict is Verdict.GRANTED
    assert clock.waited == [4]


class CountingLimits:
    """Implements ``CallLimits``: counts, by mailbox, what calls are charged for."""

    def __init__(self, clock: "HandClock") -> None:
        self.charged: Counter[str] = Counter()
        self._limits = LocalCallLimits(clock, sleep=clock.sleep)

    def slot(self, app: str, mailbox: str, meters: Sequence[Meter] = ()) -> AbstractAsyncContextManager[None]:
        """Hold a place."""
        for meter in meters:
            self.charged[meter.name.rpartition(" ")[2]] += meter.times
        return self._limits.slot(app, mailbox, meters)

    async def pause(self, app: str, mailbox: str, length: timedelta) -> None:
        """Make others wait."""
        await self._limits.pause(app, mailbox, length)


async def test_a_batch_is_charged_to_every_mailbox_that_it_asks_about(
    scripted: "ScriptedServer", clock: "HandClock"
) -> None:
    limits = CountingLimits(clock)
    access = {"login": f"{scripted.url}/login", "api": f"{scripted.url}/graph"}
    connection = Connection("microsoft", "contoso.com", access, "secret", {"app_id": "app"}, {"client_secret": "hush"})
    provider = build_providers(clock, limits, HttpSettings()).connect(connection)
    answers = [{"id": str(number), "status": 200, "body": CALENDAR} for number in range(20)]
    scripted.on("POST", "/graph/v1.0/$batch", scripted.told(200, {"responses": answers}))
    rooms = [MailboxRef(Address(f"room{number}@contoso.com")) for number in range(19)]
    await provider.probe_many([JANE, *rooms], Capability.TIMES)
    await provider.probe_many([JANE, *rooms], Capability.TIMES)
    await provider.aclose()
    assert limits.charged == {each.key: 2 for each in (JANE, *rooms)}


async def test_nothing_is_asked_for_nobody(provider: CalendarProvider, scripted: "ScriptedServer") -> None:
    assert await provider.probe_many([], Capability.TIMES) == {}
    assert scripted.calls("POST", "batch") == []


async def test_a_cancellation_where_nobody_is_invited_deletes(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("GET", "/graph", scripted.told(200, {"id": "e", "isOrganizer": True, "attendees": []}))
    scripted.on("DELETE", "/graph", scripted.told(204))
    await provider.send(provider.prepare_cancel(EventRef(JANE, EventId("e")), "bye"))
    assert len(scripted.calls("DELETE")) == 1


async def test_rooms_are_read_leniently(provider: CalendarProvider, scripted: "ScriptedServer") -> None:
    rooms = [
        {"emailAddress": "A@contoso.com", "displayName": "A", "capacity": "12", "isWheelchairAccessible": True},
        {"emailAddress": "b@contoso.com", "displayName": None, "capacity": 0, "floorNumber": 0, "tags": None},
        {"emailAddress": "c@contoso.com", "bookingType": "reserved", "displayDevice": "hub", "tags": ["hub", "x"]},
        {"emailAddress": None, "displayName": "no address"},
    ]
    scripted.on("GET", "/graph", scripted.told(200, {"value": rooms}))
    a, b, c = [room async for room in provider.list_rooms()]
    assert (a.address, a.name, a.capacity, a.is_wheelchair_accessible) == ("a@contoso.com", "A", 12, True)
    assert (b.name, b.capacity, b.floor, b.equipment) == ("b@contoso.com", None, "0", ())
    assert (c.is_bookable, c.equipment) == (False, ("hub", "x"))


async def test_free_busy_never_takes_an_error_for_free(provider: CalendarProvider, scripted: "ScriptedServer") -> None:
    part = {"dateTime": "2026-12-01T08:00:00.0000000", "timeZone": "UTC"}
    later = {**part, "dateTime": "2026-12-01T09:00:00.0000000"}
    schedules = [
        {
            "scheduleId": "A@contoso.com",
            "scheduleItems": [
                {"status": "busy", "start": part, "end": later},
                {"status": "free", "start": part, "end": later},
            ],
        },
        {"scheduleId": "b@contoso.com", "scheduleItems": [], "error": {"responseCode": "5009"}},
        {"scheduleId": "c@contoso.com", "scheduleItems": [{"status": "busy", "start": {"dateTime": "x"}, "end": part}]},
    ]
    scripted.on("POST", "/graph", scripted.told(200, {"value": schedules}))
    rooms = [MailboxRef(Address(f"{name}@contoso.com")) for name in "abcd"]
    found = await provider.free_busy(rooms, booking().span, via=JANE)
    assert [len(found[room.address].busy) for room in rooms] == [1, 0, 0, 0]
    assert [found[room.address].error for room in rooms] == ["", "5009", "unreadable", "not answered"]
    body = scripted.calls("POST", "getSchedule")[0].json()
    assert isinstance(body, dict)
    assert body["availabilityViewInterval"] == 30


async def test_a_tenant_without_consent_says_so(provider: CalendarProvider, scripted: "ScriptedServer") -> None:
    scripted.on("GET", "/graph", scripted.told(403, {"error": {"code": "Authorization_RequestDenied"}}))
    with pytest.raises(ConsentMissing):
        [room async for room in provider.list_rooms()]
