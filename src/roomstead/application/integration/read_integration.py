"""Read an integration."""

from roomstead.application.integration_overview import IntegrationOverview, overview
from roomstead.application.integration_rules import known_integration
from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.providers import Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin


async def read_integration(
    integration_id: IntegrationId,
    actor: Actor,
    *,
    units: UnitsOfWork,
    providers: Providers,
    sealer: Sealer,
    clock: Clock,
    policy: Policy,
) -> IntegrationOverview:
    """One integration with credentials (never their secrets), service accounts, rooms and last verification."""
    require_admin(actor)
    async with units.reading() as uow:
        held = await known_integration(uow, integration_id)
        return await overview(uow, held, clock.now(), providers=providers, sealer=sealer, policy=policy)
