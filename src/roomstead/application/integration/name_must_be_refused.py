"""Name a mailbox that Roomstead must never reach: the counter-example that proves a restriction (S12, B3)."""

from dataclasses import dataclass

from roomstead.application.integration_rules import integration_for_change, parsed_address, record_change
from roomstead.application.ports.access import MustBeRefused
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.verifying import Wanted, begin_verification
from roomstead.domain.errors import InvalidInput
from roomstead.domain.integration import Integration
from roomstead.domain.mailbox import Address, IntegrationId
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.verification import Purpose

LONGEST_REASON = 255
MOST = 100


@dataclass(frozen=True, slots=True)
class NameMustBeRefused:
    """The mailbox, and why, for colleagues who read the list later."""

    integration_id: IntegrationId
    address: str
    reason: str = ""


async def name_must_be_refused(
    command: NameMustBeRefused, actor: Actor, *, units: UnitsOfWork, clock: Clock
) -> MustBeRefused:
    """Put it on the list and try it. Raises NotFound, and InvalidInput for a mailbox that the integration needs."""
    require_admin(actor)
    address = parsed_address(command.address, "address")
    if len(command.reason) > LONGEST_REASON or not command.reason.isprintable():
        raise InvalidInput({"reason": f"Keep the reason on one line of {LONGEST_REASON} characters."})
    named = MustBeRefused(address, command.reason.strip(), clock.now())
    async with units() as uow:
        integration = await integration_for_change(uow, command.integration_id)
        await _require_not_needed(uow, integration, address)
        if await uow.access.name_must_be_refused(integration.id, named):
            wanted = Wanted(integration.id, Purpose.RESTRICTION)
            await begin_verification(uow, wanted, actor, named.created_at)
            await record_change(uow, "must_be_refused.named", integration.id, actor, named.created_at)
        await uow.commit()
    return named


async def _require_not_needed(uow: UnitOfWork, integration: Integration, address: Address) -> None:
    accounts = await uow.integrations.service_mailboxes(integration.id)
    if address in {one.mailbox.address for one in accounts}:
        raise InvalidInput({"address": f"{address} is a service account; it has to be reached."})
    if await uow.rooms.by_address(integration.id, address) is not None:
        raise InvalidInput({"address": f"{address} is a room; it has to be reached. Leave it out first."})
    if len(await uow.access.must_be_refused(integration.id)) >= MOST:
        raise InvalidInput({"address": f"Keep to {MOST} mailboxes; one is enough to prove a restriction."})
