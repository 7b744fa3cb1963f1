"""What cannot be understood is raised for whoever runs this, and stops nothing else: it is not asked again at once."""

import pytest
from tests.application.conftest import Given
from tests.application.integration.conftest import SERVICE, Json, Office

from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.sync.probe_again import probe_again
from roomstead.application.test_events import overlapping_spans, write_test_event
from roomstead.domain.access import Access, AccessCause, Capability, Verdict
from roomstead.domain.errors import AppError
from roomstead.domain.integration import Integration
from roomstead.domain.mailbox import MailboxRef, parse_address

STRANGE: Json = {"status": 400, "code": "NeverHeardOf", "after_commit": False}


async def test_a_room_list_that_cannot_be_understood_is_not_asked_for_again_at_once(office: Office) -> None:
    integration = await office.connected()
    office.sandbox.advance(7 * 3600)
    office.fault("answer", method="GET", operation="/places/room", count=10, **STRANGE)
    with pytest.raises(AppError):
        await office.discover(integration.id)
    async with office.units() as uow:
        assert await uow.integrations.due_for_discovery(office.clock.now(), 10) == []


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


async def _provider(office: Office, integration: Integration) -> CalendarProvider:
    async with office.connections.open(integration.id) as provider:
        return provider
