"""List integrations."""

from dataclasses import dataclass

from roomstead.application.integration_overview import IntegrationOverview, overview
from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.providers import Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.integration import IntegrationStatus
from roomstead.domain.people import Actor, require_admin


@dataclass(frozen=True, slots=True)
class ListIntegrations:
    """Which integrations; None: all."""

    status: IntegrationStatus | None = None


async def list_integrations(
    command: ListIntegrations,
    actor: Actor,
    *,
    units: UnitsOfWork,
    providers: Providers,
    sealer: Sealer,
    clock: Clock,
    policy: Policy,
) -> tuple[IntegrationOverview, ...]:
    """Every integration by name, with what a card shows of it. For Global Admins."""
    require_admin(actor)
    async with units.reading() as uow:
        held = [one for one in await uow.integrations.all() if command.status in {None, one.status}]
        return tuple(
            [await overview(uow, one, clock.now(), providers=providers, sealer=sealer, policy=policy) for one in held]
        )
