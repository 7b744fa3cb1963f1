"""What follows from a run: how the verification stands, and what it puts in force."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from roomstead.application.checks.runner import Ended
from roomstead.application.checks.words import UNREACHABLE, error_evidence
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.restriction_facts import RELEVANT_ROOMS
from roomstead.application.verifying import TOPIC, is_trial
from roomstead.domain.errors import RetryLater, Throttled
from roomstead.domain.integration import (
    Attention,
    Integration,
    IntegrationStatus,
    RoomStatus,
    ServiceMailboxId,
    ServiceMailboxStatus,
)
from roomstead.domain.verification import (
    Check,
    CheckKey,
    CheckStatus,
    FindingStatus,
    Purpose,
    Verification,
    VerificationStatus,
    may_activate,
    outcome,
)

MOST_ATTEMPTS = 5
"""How often in a row a run is put off before the check that it hangs on is given up and the others go on."""
UNAVAILABLE = "unavailable"
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=15)
_CALLS_ADMIN = (CheckKey.TENANT, CheckKey.CREDENTIAL, CheckKey.PERMISSIONS)
_CALLS_ADMIN_ON_TRIAL = (CheckKey.TENANT, CheckKey.CREDENTIAL)
"""Permissions may be tried in the name of the mailbox: what one on trial lacks stops nothing."""


async def conclude(verification: Verification, ended: Ended, *, units: UnitsOfWork, clock: Clock) -> None:
    """Store the outcome and put in force what passed, in one unit of work."""
    now = clock.now()
    async with units() as uow:
        integration = await uow.integrations.get_for_change(verification.integration_id)
        held = await uow.verifications.get_for_change(verification.id)
        if integration is None or held is None or not held.status.is_open:
            return
        if ended.put_off is None:
            await _store(uow, held, ended, now)
        elif held.scope.attempts < MOST_ATTEMPTS:
            await _tell_why(uow, held, ended.checks, ended.put_off)
            await uow.verifications.save(_put_off(held, ended.put_off, now))
        else:
            await _give_up(uow, held, ended.checks, ended.put_off, now)
        await _put_in_force(uow, held, integration, ended.checks, now)
        await uow.announce(TOPIC, held.id)
        await uow.announce("integration", integration.id)
        await uow.commit()


def _put_off(held: Verification, error: RetryLater, now: datetime) -> Verification:
    wait = error.after or min(_LONGEST_WAIT, _FIRST_WAIT * 2**held.scope.attempts)
    scope = replace(held.scope, attempts=held.scope.attempts + 1)
    return replace(held, scope=scope, next_attempt_at=now + wait)


async def _tell_why(uow: UnitOfWork, held: Verification, checks: Sequence[Check], error: RetryLater) -> None:
    """The check that is under way says what it waits for."""
    for check in checks:
        if check.status is CheckStatus.RUNNING:
            told = replace(check, sentence=error.message, cause=error.code, evidence=error_evidence(error))
            await uow.verifications.save_check(held.id, told)


async def _give_up(
    uow: UnitOfWork, held: Verification, checks: Sequence[Check], error: RetryLater, now: datetime
) -> None:
    """The check that was under way fails; the next run, due at once, goes on with those after it."""
    sentence = f"{error.message} It was asked {MOST_ATTEMPTS + 1} times. Verify again later."
    for check in checks:
        if check.status is CheckStatus.RUNNING:
            failed = replace(
                check,
                status=CheckStatus.FAILED,
                sentence=sentence,
                cause=UNAVAILABLE,
                remedy=None if isinstance(error, Throttled) else UNREACHABLE,
                evidence=error_evidence(error),
                finished_at=now,
            )
            await uow.verifications.save_check(held.id, failed)
    await uow.verifications.save(replace(held, scope=replace(held.scope, attempts=0), next_attempt_at=now))


async def _store(uow: UnitOfWork, held: Verification, ended: Ended, now: datetime) -> None:
    checks = ended.checks
    status = outcome(checks)
    for check in checks:
        await uow.verifications.save_check(held.id, check)
    goes_on = status.is_open
    await uow.verifications.save(
        replace(
            held,
            status=status,
            scope=replace(held.scope, attempts=0),
            finished_at=None if goes_on else now,
            next_attempt_at=ended.next_look_at if goes_on else None,
        )
    )
    if not goes_on:
        await uow.audit.record(
            "integration.verified",
            Subject("verification", held.id),
            held.requested_by,
            at=now,
            integration_id=held.integration_id,
            detail={
                "purpose": held.purpose.value,
                "status": status.value,
                "checks": {check.key.value: check.status.value for check in checks},
            },
        )


async def _put_in_force(
    uow: UnitOfWork, held: Verification, integration: Integration, checks: Sequence[Check], now: datetime
) -> None:
    """Where the mark for the admin is taken away, the sweep lets go what waited for it."""
    by_key = {check.key: check for check in checks}
    if held.purpose is Purpose.CREDENTIAL:
        await _replace_credential(uow, held, integration, checks, now)
        return
    telling = _CALLS_ADMIN_ON_TRIAL if await is_trial(uow, held, integration) else _CALLS_ADMIN
    failed = next((by_key[key] for key in telling if key in by_key and _has_failed(by_key[key])), None)
    if failed is not None:
        remedy = "" if failed.remedy is None else failed.remedy.sentence
        await uow.integrations.call_admin(
            integration.id, Attention(failed.cause or failed.key.value, failed.sentence, remedy, now)
        )
    elif CheckKey.PERMISSIONS in by_key and by_key[CheckKey.PERMISSIONS].status is CheckStatus.PASSED:
        await uow.integrations.clear_attention(integration.id)
    await _mark_proven(uow, held, by_key.get(CheckKey.CONCURRENT_BOOKINGS), now)
    if held.service_mailbox_id is not None and may_activate(checks):
        await _activate(uow, held, integration, held.service_mailbox_id, now)
    await _start_working(uow, integration, by_key)


async def _replace_credential(
    uow: UnitOfWork, held: Verification, integration: Integration, checks: Sequence[Check], now: datetime
) -> None:
    """The next credential becomes the current one when it is proven."""
    if outcome(checks) is not VerificationStatus.PASSED:
        return
    if await uow.integrations.promote_credential(integration.id):
        await uow.integrations.clear_attention(integration.id)
        await _record(uow, held, integration, "integration.credential_replaced", now)


def _has_failed(check: Check) -> bool:
    return check.status is CheckStatus.FAILED


async def _start_working(uow: UnitOfWork, integration: Integration, by_key: dict[CheckKey, Check]) -> None:
    """A new integration works once it can sign in and one room is live."""
    if integration.status is not IntegrationStatus.SETTING_UP:
        return
    if by_key[CheckKey.CREDENTIAL].status is not CheckStatus.PASSED:
        return
    if (await uow.rooms.count_by_status(integration.id)).get(RoomStatus.LIVE, 0):
        await uow.integrations.set_status(integration.id, IntegrationStatus.WORKING)


async def _mark_proven(uow: UnitOfWork, held: Verification, concurrency: Check | None, now: datetime) -> None:
    """A dry run puts a service account in force without the proof; from the proof on, bookings go out through it."""
    if concurrency is None or concurrency.status is not CheckStatus.PASSED:
        return
    account = (
        await uow.integrations.service_mailbox(held.service_mailbox_id)
        if held.service_mailbox_id is not None
        else await uow.integrations.active_service_mailbox(held.integration_id)
    )
    if account is not None:
        await uow.integrations.save_service_mailbox(replace(account, proven_at=now), now)


async def _activate(
    uow: UnitOfWork, held: Verification, integration: Integration, new_id: ServiceMailboxId, now: datetime
) -> None:
    """The pending service account takes over; the one before it retires and goes on hosting what it hosts."""
    new = await uow.integrations.service_mailbox(new_id)
    if new is None or new.status is not ServiceMailboxStatus.PENDING:
        return
    old = await uow.integrations.active_service_mailbox(integration.id)
    if old is not None:
        await uow.integrations.save_service_mailbox(
            replace(old, status=ServiceMailboxStatus.RETIRING, retiring_since=now, version=old.version + 1), now
        )
    await uow.integrations.save_service_mailbox(
        replace(new, status=ServiceMailboxStatus.ACTIVE, activated_at=now, version=new.version + 1), now
    )
    await _take_rooms(uow, held, integration)
    await _record(uow, held, integration, "service_account.activated", now)


async def _take_rooms(uow: UnitOfWork, held: Verification, integration: Integration) -> None:
    """Rooms are from now on as they look in the name of the mailbox that is in force."""
    found = {one.subject: one.status for one in await uow.verifications.findings(held.id, CheckKey.ROOMS)}
    rooms = await uow.rooms.of_integration(integration.id, RELEVANT_ROOMS)
    for wanted, status in ((FindingStatus.PASSED, RoomStatus.LIVE), (FindingStatus.FAILED, RoomStatus.UNREACHABLE)):
        ids = [room.id for room in rooms if found.get(room.mailbox.address) is wanted]
        await uow.rooms.set_statuses(ids, status)


async def _record(uow: UnitOfWork, held: Verification, integration: Integration, action: str, now: datetime) -> None:
    await uow.audit.record(
        action,
        Subject("integration", integration.id),
        held.requested_by,
        at=now,
        integration_id=integration.id,
        detail={"verification": str(held.id)},
    )
