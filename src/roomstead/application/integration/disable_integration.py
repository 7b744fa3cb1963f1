"""Disable an integration: nothing is read or sent until it is enabled again."""

from dataclasses import replace

from roomstead.application.integration_rules import integration_for_change, record_change, require_version
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.integration import Integration, IntegrationStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin


async def disable_integration(
    integration_id: IntegrationId,
    actor: Actor,
    *,
    units: UnitsOfWork,
    clock: Clock,
    expected_version: int | None = None,
) -> Integration:
    """Bookings and credential stay; outgoing acts wait. Doing it twice changes nothing.

    Raises NotFound, StaleRevision.
    """
    require_admin(actor)
    now = clock.now()
    async with units() as uow:
        held = await integration_for_change(uow, integration_id)
        if held.status is IntegrationStatus.DISABLED:
            return held
        require_version(held, expected_version)
        changed = replace(held, status=IntegrationStatus.DISABLED, version=held.version + 1)
        await uow.integrations.save(changed)
        await record_change(uow, "integration.disabled", held.id, actor, now)
        await uow.announce("integration", held.id)
        await uow.commit()
    return changed
