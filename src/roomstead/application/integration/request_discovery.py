"""Ask for the room list to be read again."""

from roomstead.application.integration_rules import known_integration, record_change
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.jobs import DiscoverRooms
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin


async def request_discovery(integration_id: IntegrationId, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> None:
    """Leave it to a worker. New rooms are verified as soon as they are known. Raises NotFound."""
    require_admin(actor)
    async with units() as uow:
        integration = await known_integration(uow, integration_id)
        await uow.jobs.defer(DiscoverRooms(integration.id))
        await record_change(uow, "rooms.discovery_requested", integration.id, actor, clock.now())
        await uow.commit()
