"""Asking for a verification, in the unit of work of whatever makes it necessary."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from roomstead.application.ports.connections import CURRENT
from roomstead.application.ports.jobs import RunVerification
from roomstead.application.ports.store import UnitOfWork
from roomstead.domain.integration import Integration, ServiceMailboxId, ServiceMailboxStatus, VerificationId
from roomstead.domain.mailbox import Address, IntegrationId
from roomstead.domain.people import Actor
from roomstead.domain.verification import (
    CheckKey,
    Purpose,
    Scope,
    Verification,
    VerificationStatus,
    plan_checks,
)

TOPIC = "verification"
"""What changes of a verification are announced under."""
_WHOLE = frozenset({Purpose.INTEGRATION, Purpose.SERVICE_ACCOUNT})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be verified. ``addresses`` empty: everything that the purpose covers."""

    integration_id: IntegrationId
    purpose: Purpose
    addresses: tuple[Address, ...] = ()
    service_mailbox_id: ServiceMailboxId | None = None
    credential_slot: str = CURRENT


async def begin_verification(uow: UnitOfWork, wanted: Wanted, actor: Actor, now: datetime) -> Verification:
    """Leave a verification for a worker; one that asks the same and is under way already is enough.

    Others of the same scope end as superseded; what an admin marked as done in them stays marked.
    """
    marks: Mapping[CheckKey, datetime] = {}
    for earlier in await uow.verifications.open_of(wanted.integration_id):
        if not _same_scope(earlier, wanted):
            continue
        if _asks(earlier) == wanted and earlier.status is not VerificationStatus.PROPAGATING:
            return earlier
        marks = {**earlier.scope.marks, **marks}
        await uow.verifications.save(
            replace(earlier, status=VerificationStatus.SUPERSEDED, finished_at=now, next_attempt_at=None)
        )
        await uow.announce(TOPIC, earlier.id)
    verification = Verification(
        id=VerificationId(uuid.uuid4()),
        integration_id=wanted.integration_id,
        purpose=wanted.purpose,
        status=VerificationStatus.REQUESTED,
        requested_by=actor,
        created_at=now,
        service_mailbox_id=wanted.service_mailbox_id,
        credential_slot=wanted.credential_slot,
        scope=Scope(addresses=wanted.addresses, marks=marks),
        next_attempt_at=now,
    )
    await uow.verifications.add(verification, plan_checks(wanted.purpose))
    await uow.jobs.defer(RunVerification(verification.id))
    await uow.announce(TOPIC, verification.id)
    return verification


async def is_trial(uow: UnitOfWork, held: Verification, integration: Integration) -> bool:
    """Whether a service account is verified that shall take the place of one, or of an admin's address, in force."""
    if held.service_mailbox_id is None:
        return False
    account = await uow.integrations.service_mailbox(held.service_mailbox_id)
    if account is None or account.status is not ServiceMailboxStatus.PENDING:
        return False
    active = await uow.integrations.active_service_mailbox(integration.id)
    return active is not None or integration.setup_address is not None


def _asks(earlier: Verification) -> Wanted:
    return Wanted(
        earlier.integration_id,
        earlier.purpose,
        earlier.scope.addresses,
        earlier.service_mailbox_id,
        earlier.credential_slot,
    )


def _same_scope(earlier: Verification, wanted: Wanted) -> bool:
    """Whether the wanted one makes the earlier one pointless."""
    if earlier.purpose in _WHOLE and wanted.purpose in _WHOLE:
        return True
    return earlier.purpose is wanted.purpose and earlier.scope.addresses == wanted.addresses
