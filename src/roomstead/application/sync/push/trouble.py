"""What becomes of an act that did not get through."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from roomstead.application import settling
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitOfWork
from roomstead.application.sync.push.act import Act, PushContext, Step
from roomstead.application.sync.push.giving_up import fail_what_waits_behind, never_known
from roomstead.application.sync.push.host import finding_of
from roomstead.domain.access import ProbeResult, Verdict
from roomstead.domain.booking import HELD_BY_ADMIN_NEEDED, IntentKind
from roomstead.domain.booking_settling import Trouble
from roomstead.domain.errors import (
    AccessLost,
    AppError,
    EventGone,
    IntegrationDisabled,
    NeedsAdmin,
    OutcomeUnknown,
    OutOfReach,
    Refused,
    RetryLater,
    ServiceAccountUnproven,
    WorldMoved,
)
from roomstead.domain.hosting import HostKind
from roomstead.domain.integration import Attention
from roomstead.domain.people import SYSTEM

SERVICE_ACCOUNT_OUT_OF_REACH = "service_account_out_of_reach"

_BUSY = "The calendar cannot take it just now."
_UNKNOWN = "The calendar's answer was lost, so it is not known yet whether it was taken."
_NO_SIGN_IN = "Not sent yet: Roomstead cannot sign in to the calendar. A Global Admin has to act."
_LOST = "Not sent yet: many mailboxes fell out of reach at once. A Global Admin has to act."
_UNPROVEN = "Not sent yet: the service account has to be verified first. A Global Admin has to act."
_NEEDS_ADMIN = {AccessLost.code: _LOST, ServiceAccountUnproven.code: _UNPROVEN}
_HOST_CLOSED = "Not sent yet: the service account's mailbox is out of reach. A Global Admin has to act."
_CLOSED_MEANWHILE = "The organiser's mailbox is out of reach, and the invitation may already be in it."
_SEEN_IN_ROOM = "The meeting is in the room's calendar; the organiser's own is out of reach."
_UNREACHABLE = "The mailbox that holds this meeting is out of reach."
_DISABLED = "Not sent yet: the calendar integration is disabled."
_DEFECT = "Something went wrong in Roomstead while this was sent."


@dataclass(frozen=True, slots=True)
class _Case:
    """An act, what happened to it, and the transaction in which that is recorded.

    ``was_begun``: whether the request of this attempt may have gone out.
    """

    context: PushContext
    uow: UnitOfWork
    act: Act
    error: AppError
    was_begun: bool


async def settle_trouble(context: PushContext, act: Act, error: AppError, *, was_begun: bool) -> Step:
    """Record what ``error`` means for the act. ``was_begun``: whether the request of this attempt may have gone out.

    Raises nothing for foreseen trouble; the caller raises what is a defect once it is recorded here.
    """
    async with context.units() as uow:
        case = _Case(context, uow, act, error, was_begun)
        answer = next((answer for kind, answer in _ANSWERS if isinstance(error, kind)), _defect)
        step = await answer(case)
        await uow.commit()
    return step


async def _out_of_reach(case: _Case) -> Step:
    """The mailbox that hosts, or shall host, is closed to us. What may lie in it is never hosted elsewhere."""
    act, error = case.act, case.error
    if isinstance(error, OutOfReach):
        result = ProbeResult(Verdict.REFUSED, error.cause, error.provider_code, error.request_id)
        finding = finding_of(act.hosting.mailbox.address, result, case.context)
        await case.uow.access.record(act.integration.id, [finding])
    is_seen = act.is_resend and act.intent.kind is IntentKind.CREATE and await _is_seen_in_room(case)
    if act.hosting.kind is HostKind.SERVICE_ACCOUNT and await _is_in_force(case):
        return await _service_account_out_of_reach(case)
    if act.is_first_create:
        now = case.context.clock.now()
        trouble = Trouble(error.code, _BUSY)
        await settling.record_put_off(case.uow, act.booking.id, act.intent.id, trouble, now=now, at=now)
        return Step.GO_ON
    if act.intent.kind is IntentKind.CREATE:
        return await _unsettled(case, is_seen=is_seen)
    return await _fail(case, Trouble(error.code, _UNREACHABLE))


async def _unsettled(case: _Case, *, is_seen: bool) -> Step:
    """A create of unknown outcome in a mailbox that is closed to us."""
    now = case.context.clock.now()
    if is_seen:
        await fail_what_waits_behind(case.uow, case.act, now)
        return await _unknown(case, _SEEN_IN_ROOM)
    given_up = await never_known(case.uow, case.act, now)
    return await _unknown(case, _CLOSED_MEANWHILE) if given_up is None else await _fail(case, given_up)


async def _is_in_force(case: _Case) -> bool:
    """Whether new bookings are hosted there, too. One that was replaced is nobody's to mend: its meetings say so."""
    active = await case.uow.integrations.active_service_mailbox(case.act.integration.id)
    return active is not None and active.mailbox.address == case.act.hosting.mailbox.address


async def _is_seen_in_room(case: _Case) -> bool:
    """An earlier attempt got through if the room's calendar shows it (what is not there may still come)."""
    booking, now = case.act.booking, case.context.clock.now()
    for place in case.act.intent.wanted.placements:
        seen = await case.uow.mirror.seen_in_room(place, case.act.hosting.mailbox.address, booking.id)
        if seen is not None:
            await settling.record_seen_in_room(
                case.uow, booking.id, place, seen, now=now, answer_within=case.context.policy.room_answer_deadline
            )
            await case.uow.mirror.adopt(booking.id, seen.ical_uid)
            return True
    return False


async def _service_account_out_of_reach(case: _Case) -> Step:
    attention = Attention(
        SERVICE_ACCOUNT_OUT_OF_REACH,
        "The service account's mailbox is out of reach, so bookings through it wait.",
        "Grant Roomstead access to it, then verify the integration again.",
        case.context.clock.now(),
    )
    await _call_admin(case, attention)
    return await _hold(case, Trouble(SERVICE_ACCOUNT_OUT_OF_REACH, _HOST_CLOSED))


async def _needs_admin(case: _Case) -> Step:
    """The integration is marked, and its acts wait without being tried until the mark is taken away."""
    error = case.error
    await _call_admin(case, Attention(error.code, error.message, error.remedy, case.context.clock.now()))
    return await _hold(case, Trouble(error.code, _NEEDS_ADMIN.get(error.code, _NO_SIGN_IN)))


async def _disabled(case: _Case) -> Step:
    return await _hold(case, Trouble(case.error.code, _DISABLED))


async def _call_admin(case: _Case, attention: Attention) -> None:
    await case.uow.integrations.call_admin(case.act.integration.id, attention)
    await case.uow.announce("integration", case.act.integration.id)


async def _hold(case: _Case, trouble: Trouble) -> Step:
    """It waits for an admin; what surely was not sent is decided afresh then."""
    now, act = case.context.clock.now(), case.act
    if not act.is_resend:
        await settling.record_put_off(case.uow, act.booking.id, act.intent.id, trouble, now=now, at=now)
    await settling.record_held(case.uow, act.booking.id, act.intent.id, HELD_BY_ADMIN_NEEDED, trouble, now=now)
    return Step.WAIT


async def _gone(case: _Case) -> Step:
    """Somebody cancelled the event in the calendar: there is nothing left to deliver."""
    now, act = case.context.clock.now(), case.act
    await settling.record_gone(case.uow, act.booking.id, now=now)
    await case.uow.mirror.looked(act.booking.id, None, seen_at=now)
    noticed = {"noticed_by": act.intent.kind.value}
    await _audit(case.context, case.uow, act, "booking.cancelled_outside", noticed)
    return Step.GO_ON


async def _lost_answer(case: _Case) -> Step:
    return await _unknown(case, _UNKNOWN)


async def _later(case: _Case) -> Step:
    """This attempt surely came to nothing; an earlier one of a create may not have."""
    act = case.act
    if act.is_resend and act.intent.kind is IntentKind.CREATE:
        return await _unknown(case, _BUSY)
    now = case.context.clock.now()
    at = now + act.wait(_asked(case))
    trouble = Trouble(case.error.code, _BUSY)
    await settling.record_put_off(case.uow, act.booking.id, act.intent.id, trouble, now=now, at=at)
    return Step.WAIT


async def _unknown(case: _Case, sentence: str) -> Step:
    now, act = case.context.clock.now(), case.act
    at = now + act.wait(_asked(case))
    trouble = Trouble(case.error.code, sentence)
    await settling.record_unknown(case.uow, act.booking.id, act.intent.id, trouble, now=now, at=at)
    return Step.WAIT


def _asked(case: _Case) -> timedelta | None:
    return case.error.after if isinstance(case.error, RetryLater) else None


async def _refused(case: _Case) -> Step:
    return await _fail(case, Trouble(case.error.code, case.error.message))


async def give_up(context: PushContext, act: Act, trouble: Trouble) -> Step:
    """It is not tried any more, and nobody is asked."""
    async with context.units() as uow:
        await _record_failed(context, uow, act, trouble)
        await uow.commit()
    return Step.GO_ON


async def _fail(case: _Case, trouble: Trouble) -> Step:
    await _record_failed(case.context, case.uow, case.act, trouble)
    return Step.GO_ON


async def _record_failed(context: PushContext, uow: UnitOfWork, act: Act, trouble: Trouble) -> None:
    now = context.clock.now()
    await settling.record_failed(uow, act.booking.id, act.intent.id, trouble, now=now)
    detail = {"act": act.intent.kind.value, "code": trouble.code}
    await _audit(context, uow, act, "booking.not_delivered", detail)


async def _defect(case: _Case) -> Step:
    if case.was_begun:
        return await _unknown(case, _DEFECT)
    return await _later(case)


async def _audit(context: PushContext, uow: UnitOfWork, act: Act, action: str, detail: Mapping[str, object]) -> None:
    await uow.audit.record(
        action,
        Subject("booking", act.booking.id),
        SYSTEM,
        at=context.clock.now(),
        integration_id=act.integration.id,
        detail={**detail, "host": act.hosting.mailbox.address},
    )


_ANSWERS: tuple[tuple[type[AppError], Callable[[_Case], Awaitable[Step]]], ...] = (
    (OutOfReach, _out_of_reach),
    (IntegrationDisabled, _disabled),
    (NeedsAdmin, _needs_admin),
    (EventGone, _gone),
    (OutcomeUnknown, _lost_answer),
    (RetryLater, _later),
    (WorldMoved, _later),
    (Refused, _refused),
)
"""The first that fits; anything else is a defect."""
