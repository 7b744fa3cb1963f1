"""What cannot be understood is raised for whoever runs this, and stops nothing else: it is not asked again at once."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import cast

import pytest
from tests.application.conftest import Given
from tests.application.integration.conftest import SERVICE, Json, Office, check_of

from roomstead.application.checks.run import LEASE
from roomstead.application.integration.run_verification import run_verification
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.connections import CURRENT, Connections
from roomstead.application.sync.probe_again import probe_again
from roomstead.application.test_events import overlapping_spans, write_test_event
from roomstead.domain.access import Access, AccessCause, Capability, Verdict
from roomstead.domain.errors import AppError
from roomstead.domain.integration import Integration, RoomStatus
from roomstead.domain.mailbox import Address, IntegrationId, MailboxRef, parse_address
from roomstead.domain.verification import DEFECTS_AT_MOST, CheckKey, CheckStatus, VerificationStatus

STRANGE: Json = {"status": 400, "code": "NeverHeardOf", "after_commit": False}


async def test_a_room_list_that_cannot_be_understood_is_not_asked_for_again_at_once(office: Office) -> None:
    integration = await office.connected()
    office.sandbox.advance(7 * 3600)
    office.fault("answer", method="GET", operation="/places/room", count=10, **STRANGE)
    with pytest.raises(AppError):
        await office.discover(integration.id)
    async with office.units() as uow:
        assert (await uow.due.by(office.clock.now(), 10)).discoveries == ()


async def test_one_test_event_that_cannot_be_removed_keeps_no_other(office: Office) -> None:
    integration = await office.connected()
    for address in ("jane.doe@contoso.example", SERVICE):
        await write_test_event(
            await _provider(office, integration),
            MailboxRef(parse_address(address)),
            overlapping_spans(office.clock.now())[0],
            owner=(integration.id, (await office.request(integration.id)).id),
            units=office.units,
            clock=office.clock,
        )
        office.sandbox.advance(1)
    office.sandbox.advance(600)
    office.fault("answer", mailbox="jane.doe@contoso.example", method="GET", count=10, **STRANGE)
    assert await office.sweep_test_events() == 1
    assert office.test_events() == []
    assert len(office.test_events("jane.doe")) == 1
    assert await office.sweep_test_events() == 0  # the strange one is left alone for a while
    office.sandbox.control.delete("faults")
    office.sandbox.advance(1200)
    assert await office.sweep_test_events() == 1
    assert office.test_events("jane.doe") == []


async def test_one_integration_that_cannot_be_understood_keeps_no_other_from_noticing_access(
    office: Office, given: Given
) -> None:
    await given.person("Jane Doe", "jane.doe@contoso.example")
    first, second = await office.connected(), await office.connected(name="Second")
    for integration in (first, second):
        finding = Access(
            parse_address("jane.doe@contoso.example"),
            Capability.WRITE,
            Verdict.REFUSED,
            AccessCause.REFUSED,
            office.clock.now(),
        )
        async with office.units() as uow:
            await uow.access.record(integration.id, [finding])
            await uow.commit()
    office.sandbox.advance(2 * 3600)
    office.fault("answer", operation="/$batch", **STRANGE)
    await probe_again(units=office.units, connections=office.connections, clock=office.clock)
    verdicts = []
    for integration in (first, second):
        found = await office.access(integration.id, "jane.doe", Capability.WRITE)
        assert found is not None
        verdicts.append(found.verdict)
    assert sorted(verdicts) == [Verdict.GRANTED, Verdict.REFUSED]


class Breaking:
    """Implements ``CalendarProvider``: one call meets a defect of ours, so many times."""

    def __init__(self, provider: CalendarProvider, call: str, left: list[int]) -> None:
        self._provider = provider
        self._call = call
        self._left = left

    def __getattr__(self, name: str) -> object:
        if name == self._call and self._left[0] > 0:
            self._left[0] -= 1
            raise ZeroDivisionError
        return getattr(self._provider, name)


class BreakingConnections:
    """Implements ``Connections``: the calls of all providers break, or opening one does."""

    def __init__(self, connections: Connections, call: str, times: int) -> None:
        self._connections = connections
        self._call = call
        self.left = [times]

    @asynccontextmanager
    async def open(
        self, integration_id: IntegrationId, slot: str = CURRENT, *, acting: Address | None = None
    ) -> AsyncGenerator[CalendarProvider]:
        """One that breaks."""
        if self._call == "open" and self.left[0] > 0:
            self.left[0] -= 1
            raise ZeroDivisionError
        async with self._connections.open(integration_id, slot, acting=acting) as provider:
            yield cast("CalendarProvider", Breaking(provider, self._call, self.left))

    async def redeem(self, integration_id: IntegrationId, slot: str = CURRENT) -> None:
        """As ever."""
        await self._connections.redeem(integration_id, slot)


async def carry_on(office: Office, connections: BreakingConnections) -> None:
    """What the sweep and the worker do about what is due."""
    async with office.units() as uow:
        due = (await uow.due.by(office.clock.now(), 10)).verifications
    for each in due:
        await run_verification(
            each,
            units=office.units,
            connections=connections,
            providers=office.providers,
            clock=office.clock,
            policy=office.policy,
        )


@pytest.mark.parametrize(("call", "key"), [("resolve", CheckKey.MAILBOX), ("open", CheckKey.CREDENTIAL)])
async def test_a_defect_of_ours_is_tried_again_twice_and_then_named(office: Office, call: str, key: CheckKey) -> None:
    added = await office.connect()
    breaking = BreakingConnections(office.connections, call, 1000)
    for _ in range(DEFECTS_AT_MOST - 1):
        with pytest.raises(ZeroDivisionError):
            await carry_on(office, breaking)
        assert (await office.view(added.verification.id)).verification.status.is_open
        office.sandbox.advance(LEASE.total_seconds())
    await carry_on(office, breaking)
    view = await office.view(added.verification.id)
    broke = check_of(view, key)
    assert broke.status is CheckStatus.FAILED
    assert "itself broke (ZeroDivisionError)" in broke.sentence
    assert broke.remedy is not None
    assert "verification_broke" in broke.remedy.sentence
    assert view.verification.status is VerificationStatus.FAILED
    office.sandbox.advance(24 * 3600)
    async with office.units() as uow:
        assert (await uow.due.by(office.clock.now(), 10)).verifications == ()


async def test_what_other_checks_find_holds_though_one_breaks(office: Office) -> None:
    added = await office.connect()
    breaking = BreakingConnections(office.connections, "resolve", 1000)
    for _ in range(DEFECTS_AT_MOST - 1):
        with pytest.raises(ZeroDivisionError):
            await carry_on(office, breaking)
        office.sandbox.advance(LEASE.total_seconds())
    await carry_on(office, breaking)
    assert len(await office.rooms(added.integration.id, RoomStatus.LIVE)) > 0


async def test_a_defect_that_passes_leaves_no_trace(office: Office) -> None:
    added = await office.connect()
    breaking = BreakingConnections(office.connections, "resolve", 1)
    with pytest.raises(ZeroDivisionError):
        await carry_on(office, breaking)
    office.sandbox.advance(LEASE.total_seconds())
    await carry_on(office, breaking)
    assert (await office.view(added.verification.id)).verification.status is VerificationStatus.PASSED


async def _provider(office: Office, integration: Integration) -> CalendarProvider:
    async with office.connections.open(integration.id) as provider:
        return provider
