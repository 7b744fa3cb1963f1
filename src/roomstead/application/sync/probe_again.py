"""Ask mailboxes that refused us again now and then, so that access granted meanwhile is noticed."""

import logging
from datetime import timedelta

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.connections import Connections
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.access import Access, Capability, Verdict
from roomstead.domain.errors import AppError, NeedsAdmin, RetryLater
from roomstead.domain.integration import IntegrationStatus
from roomstead.domain.mailbox import IntegrationId, MailboxRef

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
AT_ONCE = 100


async def probe_again(*, units: UnitsOfWork, connections: Connections, clock: Clock) -> int:
    """Probe *write* of organisers' mailboxes that were last found refused an hour ago or longer. Answers how many
    were asked. One integration that cannot be asked now stops no other."""
    async with units.reading() as uow:
        working = [
            integration.id
            for integration in await uow.integrations.all()
            if integration.status is IntegrationStatus.WORKING
        ]
    asked = 0
    for integration_id in working:
        asked += await _probe_refused(units, connections, clock, integration_id)
    return asked


async def _probe_refused(
    units: UnitsOfWork, connections: Connections, clock: Clock, integration_id: IntegrationId
) -> int:
    async with units.reading() as uow:
        stale = await uow.access.refused_before(integration_id, Capability.WRITE, clock.now() - EVERY, AT_ONCE)
    if not stale:
        return 0
    mailboxes = [MailboxRef(address) for address in stale]
    try:
        async with connections.open(integration_id) as provider:
            results = await provider.probe_many(mailboxes, Capability.WRITE)
    except AppError as error:
        if not isinstance(error, RetryLater | NeedsAdmin):
            log.exception("probe_failed", extra={"integration": str(integration_id)})
        return 0
    found = [
        Access(
            address=address,
            capability=Capability.WRITE,
            verdict=result.verdict,
            cause=result.cause,
            probed_at=clock.now(),
            provider_code=result.provider_code,
            request_id=result.request_id,
        )
        for address, result in results.items()
        if result.verdict is not Verdict.UNKNOWN
    ]
    async with units() as uow:
        await uow.access.record(integration_id, found)
        await uow.commit()
    return len(mailboxes)
