"""Read an integration."""

from roomstead.application.integration_overview import IntegrationOverview, overview
from roomstead.application.integration_rules import known_integration
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.providers import Providers
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin


async def read_integration(
    integration_id: IntegrationId, actor: Actor, *, units: UnitsOfWork, providers: Providers, clock: Clock
) -> IntegrationOverview:
    """One integration with credentials (never their secrets), service accounts, rooms and last verification."""
    require_admin(actor)
    async with units() as uow:
        return await overview(uow, await known_integration(uow, integration_id), providers, clock.now())
