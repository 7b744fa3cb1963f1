"""Enable an integration again; a verification says how it stands."""

from dataclasses import replace

from roomstead.application.integration_rules import integration_for_change, record_change, require_version
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.verifying import Wanted, begin_verification
from roomstead.domain.integration import Integration, IntegrationStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.verification import Purpose


async def enable_integration(
    integration_id: IntegrationId,
    actor: Actor,
    *,
    units: UnitsOfWork,
    clock: Clock,
    expected_version: int | None = None,
) -> Integration:
    """It works again when its verification passes. Doing it twice changes nothing. Raises NotFound, StaleRevision."""
    require_admin(actor)
    now = clock.now()
    async with units() as uow:
        held = await integration_for_change(uow, integration_id)
        if held.status is not IntegrationStatus.DISABLED:
            return held
        require_version(held, expected_version)
        changed = replace(held, status=IntegrationStatus.SETTING_UP, version=held.version + 1)
        await uow.integrations.save(changed)
        pending = await uow.integrations.pending_service_mailbox(held.id)
        wanted = Wanted(held.id, Purpose.INTEGRATION, service_mailbox_id=pending.id if pending else None)
        await begin_verification(uow, wanted, actor, now)
        await record_change(uow, "integration.enabled", held.id, actor, now)
        await uow.announce("integration", held.id)
        await uow.commit()
    return changed
