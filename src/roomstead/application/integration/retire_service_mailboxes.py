"""Let go of retiring service accounts that host nothing any more. For the sweep."""

from dataclasses import replace

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.integration import ServiceMailboxStatus
from roomstead.domain.people import SYSTEM


async def retire_service_mailboxes(*, units: UnitsOfWork, clock: Clock) -> int:
    """Answers how many were let go."""
    now = clock.now()
    async with units() as uow:
        retired = 0
        for integration in await uow.integrations.all():
            for account in await uow.integrations.service_mailboxes(integration.id):
                is_retiring = account.status is ServiceMailboxStatus.RETIRING
                if not is_retiring or (await uow.integrations.hosted_meetings(account.id, now)).count:
                    continue
                await uow.integrations.save_service_mailbox(
                    replace(account, status=ServiceMailboxStatus.RETIRED, version=account.version + 1), now
                )
                await uow.audit.record(
                    "service_account.retired",
                    Subject("integration", integration.id),
                    SYSTEM,
                    at=now,
                    integration_id=integration.id,
                    detail={"service_mailbox": str(account.id)},
                )
                retired += 1
        await uow.commit()
    return retired
