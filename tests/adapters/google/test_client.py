"""Calls: encoded, counted for the right user, repeated only where that is harmless, paused where asked."""

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.adapters.google.test_writes import booking

from roomstead.application.ports.calendar import CalendarProvider
from roomstead.domain.access import Capability, Verdict
from roomstead.domain.errors import OutcomeUnknown, ProviderUnavailable, Throttled, UnreadableAnswer
from roomstead.domain.mailbox import Address, MailboxRef

if TYPE_CHECKING:
    from tests.adapters.conftest import HandClock, ScriptedServer

pytestmark = pytest.mark.usefixtures("signed_in")
JANE = MailboxRef(Address("jane+x@corp.example"))
ROOM = MailboxRef(Address("c_1880oak@resource.calendar.google.com"))
ROLE = {"accessRole": "owner", "timeZone": "Europe/Amsterdam"}
SLOW = {"error": {"code": 403, "errors": [{"domain": "usageLimits", "reason": "userRateLimitExceeded"}]}}
READ_ONLY = {"error": {"code": 403, "errors": [{"domain": "usageLimits", "reason": "quotaExceeded"}]}}


async def test_a_call_names_the_calendar_and_is_counted_for_it(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))
    for mailbox, path in ((JANE, "jane%2Bx%40corp.example"), (ROOM, "c_1880oak%40resource.calendar.google.com")):
        await provider.probe(mailbox, Capability.TIMES)
        asked = urlsplit(scripted.calls("GET")[-1].path)
        assert asked.path == f"/calendar/v3/calendars/{path}/events"
        (user,) = parse_qs(asked.query)["quotaUser"]
        assert user == hashlib.sha1(mailbox.address.encode(), usedforsecurity=False).hexdigest()
        assert len(user) == 40


async def test_probing_reads_our_role_and_no_event(provider: CalendarProvider, scripted: "ScriptedServer") -> None:
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))
    await provider.probe(JANE, Capability.WRITE)
    query = parse_qs(urlsplit(scripted.calls("GET")[-1].path).query)
    assert query["fields"] == ["accessRole,timeZone,summary"]


@pytest.mark.parametrize(
    ("role", "granted"),
    [
        ("none", set()),
        ("freeBusyReader", {Capability.TIMES}),
        ("reader", {Capability.TIMES, Capability.DETAILS}),
        ("writerWithoutPrivateAccess", {Capability.TIMES, Capability.DETAILS, Capability.WRITE}),
        ("owner", {Capability.TIMES, Capability.DETAILS, Capability.WRITE}),
        ("aRoleOfNextYear", set()),
    ],
)
async def test_what_a_role_lets_us_do(
    provider: CalendarProvider, scripted: "ScriptedServer", role: str, granted: set[Capability]
) -> None:
    scripted.on("GET", "/calendar", scripted.told(200, {**ROLE, "accessRole": role}))
    for capability in (Capability.TIMES, Capability.DETAILS, Capability.WRITE):
        found = await provider.probe(ROOM, capability)
        assert (found.verdict is Verdict.GRANTED) is (capability in granted)
        assert found.verdict is Verdict.GRANTED or found.provider_code == role


async def test_a_read_is_repeated_a_little(provider: CalendarProvider, scripted: "ScriptedServer") -> None:
    scripted.on("GET", "/calendar", scripted.told(503), scripted.told(drops=True), scripted.told(200, ROLE))
    assert (await provider.host_facts(JANE)).can_edit
    assert len(scripted.calls("GET")) == 3


async def test_a_write_is_sent_once_and_its_lost_answer_said(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    for lost in (scripted.told(drops=True), scripted.told(503), scripted.told(200, raw=b"<html>")):
        scripted.rules = scripted.rules[:1]
        scripted.on("POST", "/calendar", lost)
        before = len(scripted.calls("POST", "/calendar"))
        with pytest.raises(OutcomeUnknown):
            await provider.send(provider.prepare_create(JANE, booking()))
        assert len(scripted.calls("POST", "/calendar")) == before + 1


async def test_a_pause_that_google_asks_for_holds_for_that_calendar_alone(
    provider: CalendarProvider, scripted: "ScriptedServer", clock: "HandClock"
) -> None:
    scripted.on("POST", "/calendar", scripted.told(403, SLOW, headers={"Retry-After": "120"}))
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))
    with pytest.raises(Throttled) as first:
        await provider.send(provider.prepare_create(JANE, booking()))
    assert first.value.after == timedelta(seconds=120)
    with pytest.raises(Throttled):
        await provider.host_facts(JANE)
    assert (await provider.probe(ROOM, Capability.TIMES)).verdict is Verdict.GRANTED
    clock.move(timedelta(seconds=121))
    assert (await provider.host_facts(JANE)).can_edit


def too_fast(reason: str, quota: str = "") -> dict[str, object]:
    told = [{"reason": "RATE_LIMIT_EXCEEDED", "metadata": {"quota_limit": quota}}] if quota else []
    errors = [{"domain": "usageLimits", "reason": reason}]
    return {"error": {"code": 403, "errors": errors, "details": told}}


@pytest.mark.parametrize(
    ("refusal", "is_for_all"),
    [
        (too_fast("rateLimitExceeded"), True),
        (too_fast("rateLimitExceeded", "defaultPerMinutePerProject"), True),
        (too_fast("rateLimitExceeded", "defaultPerMinutePerUser"), False),
        (too_fast("userRateLimitExceeded"), False),
    ],
)
async def test_a_refusal_for_the_whole_project_makes_all_its_calendars_wait(
    provider: CalendarProvider,
    scripted: "ScriptedServer",
    refusal: dict[str, object],
    is_for_all: bool,  # noqa: FBT001 - a table's column
) -> None:
    scripted.on("GET", "/calendar/v3/calendars/jane", scripted.told(403, refusal, headers={"Retry-After": "120"}))
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))
    with pytest.raises(Throttled):
        await provider.host_facts(JANE)
    before = len(scripted.calls("GET"))
    found = await provider.probe_many([ROOM], Capability.TIMES)
    assert (found[ROOM.address].verdict is Verdict.UNKNOWN) is is_for_all
    assert (len(scripted.calls("GET")) == before) is is_for_all


async def test_a_write_that_is_refused_without_details_makes_only_its_calendar_wait(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    told = scripted.told(403, too_fast("rateLimitExceeded"), headers={"Retry-After": "120"})
    scripted.on("POST", "/calendar", told)
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))
    with pytest.raises(Throttled):
        await provider.send(provider.prepare_create(JANE, booking()))
    assert (await provider.probe(ROOM, Capability.TIMES)).verdict is Verdict.GRANTED


async def test_a_calendar_that_google_made_read_only_is_left_alone_for_long_and_still_read(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("POST", "/calendar", scripted.told(403, READ_ONLY))
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))
    with pytest.raises(ProviderUnavailable, match="read-only") as later:
        await provider.send(provider.prepare_create(JANE, booking()))
    assert later.value.after is not None
    assert later.value.after >= timedelta(hours=1)
    assert (await provider.host_facts(JANE)).can_edit


async def test_many_are_asked_whatever_one_of_them_answers(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("GET", "/calendar/v3/calendars/jane", scripted.told(418))
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))
    found = await provider.probe_many([JANE, ROOM], Capability.TIMES)
    assert found[JANE.address].verdict is Verdict.UNKNOWN
    assert found[ROOM.address].verdict is Verdict.GRANTED


@pytest.mark.parametrize("raw", [b"[]", b"<html>", b'"text"'])
async def test_an_answer_that_cannot_be_read_is_said_so(
    provider: CalendarProvider, scripted: "ScriptedServer", raw: bytes
) -> None:
    scripted.on("GET", "/calendar", scripted.told(200, raw=raw))
    with pytest.raises(UnreadableAnswer):
        await provider.host_facts(JANE)


async def test_nobody_listening_is_no_refusal(provider: CalendarProvider, scripted: "ScriptedServer") -> None:
    scripted.close()
    with pytest.raises(ProviderUnavailable):
        await provider.probe(JANE, Capability.WRITE)
