"""The use case: push one booking."""

from roomstead.application import settling
from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.connections import Connections
from roomstead.application.ports.jobs import PushBooking
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.sync.push.act import Act, PushContext, Step, next_act
from roomstead.application.sync.push.attempt import Attempt
from roomstead.application.sync.push.giving_up import use_is_over
from roomstead.application.sync.push.trouble import give_up, settle_trouble
from roomstead.domain.booking import HELD_BY_ADMIN_NEEDED, BookingId
from roomstead.domain.booking_settling import Trouble
from roomstead.domain.errors import AppError, Broken

MOST_STEPS = 12
"""In one job; a booking has a handful of acts, and each may have to be decided afresh once or twice."""
_WAITS_FOR_ADMIN = "Not sent yet: Roomstead cannot sign in to the calendar. A Global Admin has to act."


async def push_booking(
    job: PushBooking, *, units: UnitsOfWork, connections: Connections, clock: Clock, policy: Policy
) -> None:
    """Deliver the acts of a booking, oldest first, until all are done or one has to wait.

    The decided request is stored before it is sent, and its outcome after, with no transaction open in between. An
    attempt whose outcome was not seen is settled by the same request again before anything else. Foreseen trouble is
    recorded with when to try again and ends the job well; a defect is recorded too, then raised.
    """
    context = PushContext(units, clock, policy)
    for _ in range(MOST_STEPS):
        act = await next_act(context, BookingId(job.booking_id))
        if act is None or await _work_on(context, connections, act) is Step.WAIT:
            return


async def _work_on(context: PushContext, connections: Connections, act: Act) -> Step:
    attention = act.integration.attention
    if attention is not None and attention.stops_calls:
        return await _hold(context, act, Trouble(attention.code, _WAITS_FOR_ADMIN))
    over = use_is_over(act, context.clock.now())
    if over is not None:
        return await give_up(context, act, over)
    attempt = Attempt(context, act)
    try:
        async with connections.open(act.integration.id) as provider:
            return await attempt.make(provider)
    except AppError as error:
        step = await settle_trouble(context, attempt.act, error, was_begun=attempt.was_begun)
        if isinstance(error, Broken):
            raise
        return step
    except Exception:
        defect = Broken("A push broke off unexpectedly.")
        await settle_trouble(context, attempt.act, defect, was_begun=attempt.was_begun)
        raise


async def _hold(context: PushContext, act: Act, trouble: Trouble) -> Step:
    async with context.units() as uow:
        await settling.record_held(
            uow, act.booking.id, act.intent.id, HELD_BY_ADMIN_NEEDED, trouble, now=context.clock.now()
        )
        await uow.commit()
    return Step.WAIT
