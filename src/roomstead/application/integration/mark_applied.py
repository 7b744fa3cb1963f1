"""An admin says *I have run this*: a failed check is watched while the change spreads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.verifying import TOPIC
from roomstead.domain.errors import Conflict, NotFound
from roomstead.domain.integration import VerificationId
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.spreading import next_look
from roomstead.domain.verification import (
    SPREADING_CHECKS,
    Check,
    CheckKey,
    CheckStatus,
    Verification,
    VerificationStatus,
)


@dataclass(frozen=True, slots=True)
class MarkApplied:
    """Which check's remedy was applied."""

    verification_id: VerificationId
    check: CheckKey


async def mark_applied(command: MarkApplied, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> Verification:
    """Look again after 5, 15, 30 and 60 minutes, then hourly for a day; two successes ten minutes apart count.

    Raises NotFound, and Conflict for a check that did not fail, that no change of access could mend, or of a
    verification that a newer one replaced.
    """
    require_admin(actor)
    now = clock.now()
    async with units() as uow:
        held = await uow.verifications.get_for_change(command.verification_id)
        if held is None:
            raise NotFound("There is no such verification.")
        newest = await uow.verifications.newest_of(held.integration_id, held.purpose)
        if newest is not None and newest.id != held.id:
            raise Conflict("A newer verification has taken the place of this one.", remedy="Mark it there.")
        check = _markable(command.check, await uow.verifications.checks(held.id))
        changed = _reopened(held, check, now)
        await uow.verifications.save(changed)
        await uow.verifications.save_check(held.id, _spreading(check, changed))
        await uow.audit.record(
            "verification.marked",
            Subject("verification", held.id),
            actor,
            at=now,
            integration_id=held.integration_id,
            detail={"check": check.key.value},
        )
        await uow.announce(TOPIC, held.id)
        await uow.commit()
    return changed


def _markable(key: CheckKey, checks: Sequence[Check]) -> Check:
    check = next((one for one in checks if one.key is key), None)
    if check is None:
        raise NotFound("This verification has no such check.")
    if check.status not in {CheckStatus.FAILED, CheckStatus.PROPAGATING} or key not in SPREADING_CHECKS:
        raise Conflict("This check does not wait for a change of access.", remedy="Verify again instead.")
    return check


def _reopened(held: Verification, check: Check, now: datetime) -> Verification:
    """Open again, with the next look; a look that is due earlier, or a run under way, stays as it is."""
    look = next_look(now, now)
    times = [at for at in (held.next_attempt_at, look) if at is not None]
    under_way = held.status in {VerificationStatus.REQUESTED, VerificationStatus.RUNNING}
    return replace(
        held,
        status=held.status if under_way else VerificationStatus.PROPAGATING,
        scope=replace(held.scope, marks={**held.scope.marks, check.key: now}),
        finished_at=None,
        next_attempt_at=min(times),
    )


def _spreading(check: Check, changed: Verification) -> Check:
    at = changed.next_attempt_at
    look = "" if at is None else f" Next look {at:%H:%M} UTC; you may close this page."
    return replace(
        check,
        status=CheckStatus.PROPAGATING,
        sentence=f"Spreading: usually 30 min to 2 h, seen up to 24 h.{look}",
        finished_at=None,
    )
