"""Take a mailbox off the list of those that must be refused."""

from dataclasses import dataclass

from roomstead.application.integration_rules import integration_for_change, parsed_address, record_change
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import NotFound
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin


@dataclass(frozen=True, slots=True)
class DropMustBeRefused:
    """Which mailbox."""

    integration_id: IntegrationId
    address: str


async def drop_must_be_refused(command: DropMustBeRefused, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> None:
    """Raises NotFound when it is not on the list."""
    require_admin(actor)
    address = parsed_address(command.address, "address")
    async with units() as uow:
        integration = await integration_for_change(uow, command.integration_id)
        if not await uow.access.drop_must_be_refused(integration.id, address):
            raise NotFound(f"{address} is not on the list.")
        await record_change(uow, "must_be_refused.dropped", integration.id, actor, clock.now())
        await uow.commit()
