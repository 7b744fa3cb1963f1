"""What holds for every service account, whichever use case touches it."""

import uuid
from dataclasses import replace
from datetime import datetime

from roomstead.application.ports.store import UnitOfWork
from roomstead.application.verifying import TOPIC
from roomstead.domain.errors import InvalidInput
from roomstead.domain.integration import Integration, ServiceMailbox, ServiceMailboxId, ServiceMailboxStatus
from roomstead.domain.mailbox import Address, IntegrationId, MailboxRef
from roomstead.domain.verification import VerificationStatus

HOSTING_TIER = 2
"""The lowest tier in which a service account may write."""


def new_account(integration_id: IntegrationId, address: Address) -> ServiceMailbox:
    """A service account that waits for its verification."""
    return ServiceMailbox(
        id=ServiceMailboxId(uuid.uuid4()),
        integration_id=integration_id,
        mailbox=MailboxRef(address),
        display_name="",
        status=ServiceMailboxStatus.PENDING,
        activated_at=None,
        retiring_since=None,
    )


async def require_free_to_host(uow: UnitOfWork, integration: Integration, address: Address) -> None:
    """Raise InvalidInput when what is known already speaks against this mailbox, before anybody is asked."""
    if integration.tier < HOSTING_TIER:
        raise InvalidInput(
            {"address": "This integration only reads rooms. Choose a tier that lets a service account write."}
        )
    if await uow.rooms.by_address(integration.id, address) is not None:
        raise InvalidInput({"address": f"{address} is a room. Choose a user or shared mailbox."})
    if address in {one.address for one in await uow.access.must_be_refused(integration.id)}:
        raise InvalidInput({"address": f"{address} is named as a mailbox that must be refused."})


async def retire_pending(uow: UnitOfWork, pending: ServiceMailbox, now: datetime) -> None:
    """Give a pending service account up, with the verification that is under way for it."""
    for one in await uow.verifications.open_of(pending.integration_id):
        if one.service_mailbox_id == pending.id:
            await uow.verifications.save(
                replace(one, status=VerificationStatus.SUPERSEDED, finished_at=now, next_attempt_at=None)
            )
            await uow.announce(TOPIC, one.id)
    await uow.integrations.save_service_mailbox(
        replace(pending, status=ServiceMailboxStatus.RETIRED, version=pending.version + 1), now
    )
