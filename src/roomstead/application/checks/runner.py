"""Running the checks of a verification, in order, from wherever it stands."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from roomstead.application.checks.concurrency import check_concurrent_bookings
from roomstead.application.checks.directory import check_directory
from roomstead.application.checks.mailbox import check_mailbox
from roomstead.application.checks.new_room import check_new_room
from roomstead.application.checks.organizers import check_organizers
from roomstead.application.checks.permissions import check_permissions
from roomstead.application.checks.refused import check_must_be_refused
from roomstead.application.checks.room_answers import check_room_answers
from roomstead.application.checks.rooms import check_rooms
from roomstead.application.checks.run import NoLongerWanted, Result, Run
from roomstead.application.checks.sign_in import check_sign_in
from roomstead.application.checks.words import access_remedy, broke, error_evidence, error_remedy
from roomstead.domain.errors import (
    AppError,
    CredentialMissing,
    CredentialRejected,
    IntegrationDisabled,
    OutOfReach,
    RetryLater,
)
from roomstead.domain.verification import (
    SIGN_IN_CHECKS,
    Check,
    CheckKey,
    CheckStatus,
    Finding,
    FindingStatus,
    blocking,
)

_CHECKS: Mapping[CheckKey, Callable[[Run, Check], Awaitable[tuple[Check, Result]]]] = {
    CheckKey.PERMISSIONS: check_permissions,
    CheckKey.DIRECTORY: check_directory,
    CheckKey.MAILBOX: check_mailbox,
    CheckKey.CONCURRENT_BOOKINGS: check_concurrent_bookings,
    CheckKey.NEW_ROOM: check_new_room,
    CheckKey.ROOMS: check_rooms,
    CheckKey.MUST_BE_REFUSED: check_must_be_refused,
    CheckKey.ORGANIZERS: check_organizers,
    CheckKey.ROOM_ANSWERS: check_room_answers,
}
_SETTLED = frozenset({CheckStatus.PASSED, CheckStatus.SKIPPED, CheckStatus.FAILED})
log = logging.getLogger("roomstead.verification")

BROKE = "check_broke"
"""The cause of a check that failed by a defect of ours."""

_UNFINISHED = frozenset({CheckStatus.PROPAGATING, CheckStatus.NOT_RUN, CheckStatus.RUNNING})
_SIGN_IN_LOST = (CredentialRejected, CredentialMissing, IntegrationDisabled)


@dataclass(frozen=True, slots=True)
class Ended:
    """How far a run came. ``put_off``: the provider asked to be left alone in the middle of a check."""

    checks: tuple[Check, ...]
    next_look_at: datetime | None = None
    put_off: RetryLater | None = None


async def run_checks(run: Run, checks: Sequence[Check]) -> Ended:
    """Run what is not settled. Each check is stored before it begins and as soon as it ends.

    Raises NoLongerWanted when a newer verification took its place.
    """
    held = {check.key: check for check in checks}
    looks: list[datetime] = []
    for key in list(held):
        check = held[key]
        if check.status in _SETTLED:
            continue
        blocker = blocking(check, list(held.values())) or _lack_of_trial(run, check, held)
        if blocker is not None:
            held[key] = waiting_for(check, blocker)
            await run.save_check(held[key])
            continue
        begun = _begun(check, run.clock.now())
        await run.save_check(begun)
        try:
            results = await _guarded(run, begun)
        except RetryLater as error:
            held[key] = await _stored(run, key)
            mailbox = held.get(CheckKey.MAILBOX)
            if mailbox is not None and mailbox.status is CheckStatus.FAILED:  # who asks in its name gets no answer
                held[key] = waiting_for(held[key], mailbox)
                await run.save_check(held[key])
                continue
            return Ended(tuple(held.values()), put_off=error)
        for ended, result in results:
            held[ended.key] = _ended(ended, result, run.clock.now())
            await run.save_check(held[ended.key])
            looks += [result.next_look_at] if result.next_look_at is not None else []
    return Ended(tuple(held.values()), min(looks, default=None))


def _lack_of_trial(run: Run, check: Check, held: Mapping[CheckKey, Check]) -> Check | None:
    """A mailbox that cannot host takes no place, so how rooms look in its name says nothing."""
    mailbox = held.get(CheckKey.MAILBOX)
    if not run.is_trial or check.key is not CheckKey.ROOMS or mailbox is None:
        return None
    return mailbox if mailbox.status is CheckStatus.FAILED else None


def waiting_for(check: Check, blocker: Check) -> Check:
    """A check that something else holds back."""
    sentence = f"Not run: needs check {blocker.number}."
    return replace(check, status=CheckStatus.NOT_RUN, sentence=sentence, cause=blocker.key.value, remedy=None)


def without_connection(checks: Sequence[Check], error: AppError, now: datetime) -> tuple[Check, ...]:
    """All checks when there is nothing to sign in with: that one fails, the others wait for it."""
    failed = next(check for check in checks if check.key is CheckKey.CREDENTIAL)
    failed = _ended(failed, _error_result(error), now)
    return tuple(
        failed if check.key is failed.key else check if check.status in _SETTLED else waiting_for(check, failed)
        for check in checks
    )


def _begun(check: Check, now: datetime) -> Check:
    """A check under way; one that a dead worker had begun goes on as the same."""
    started_at = check.started_at if check.status is CheckStatus.RUNNING else now
    return replace(check, status=CheckStatus.RUNNING, sentence="", cause="", started_at=started_at, finished_at=None)


def _ended(check: Check, result: Result, now: datetime) -> Check:
    return replace(
        check,
        status=result.status,
        sentence=result.sentence,
        cause=result.cause,
        remedy=result.remedy,
        evidence={name: text for name, text in result.evidence.items() if text},
        started_at=check.started_at or now,
        finished_at=None if result.status in _UNFINISHED else now,
    )


async def _guarded(run: Run, check: Check) -> Sequence[tuple[Check, Result]]:
    """As ``_perform``; a defect of ours is raised, to be tried again later, until there were enough of them."""
    try:
        return await _perform(run, check)
    except (RetryLater, NoLongerWanted):
        raise
    except Exception as error:
        if not run.is_last_try:
            raise
        log.exception("verification_broke", extra={"verification": str(run.verification.id), "check": check.key.value})
        sentence, remedy = broke(error)
        return [(await _stored(run, check.key), Result(CheckStatus.FAILED, sentence, BROKE, remedy))]


async def _perform(run: Run, check: Check) -> Sequence[tuple[Check, Result]]:
    """Run one check; every error but RetryLater becomes a result of it, or of the credential's."""
    try:
        if check.key in SIGN_IN_CHECKS:
            return await _sign_in(run)
        return [await _CHECKS[check.key](run, check)]
    except RetryLater:
        raise
    except _SIGN_IN_LOST as error:
        lost = Result(CheckStatus.NOT_RUN, "Not run: the credential was rejected meanwhile.", error.code)
        return [(await _stored(run, CheckKey.CREDENTIAL), _error_result(error)), (check, lost)]
    except OutOfReach as error:
        found = Finding(error.mailbox, FindingStatus.FAILED, run.clock.now(), error.cause.value)
        result = replace(_error_result(error), remedy=access_remedy(run.guide, run.facts, [found]))
        return [(check, result)]
    except AppError as error:
        return [(check, _error_result(error))]


async def _sign_in(run: Run) -> Sequence[tuple[Check, Result]]:
    """One sign-in answers up to three checks; what it could not tell waits for what failed."""
    return [(await _stored(run, key), result) for key, result in (await check_sign_in(run)).items()]


async def _stored(run: Run, key: CheckKey) -> Check:
    async with run.units() as uow:
        checks = await uow.verifications.checks(run.verification.id)
    return next(check for check in checks if check.key is key)


def _error_result(error: AppError) -> Result:
    return Result(CheckStatus.FAILED, error.message, error.code, error_remedy(error), error_evidence(error))
