"""Find what is due and leave jobs for it: so a lost job, a dead worker or an emptied queue costs time, never work."""

from datetime import datetime

from roomstead.application import settling
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.due import Due
from roomstead.application.ports.jobs import (
    DeliverWebhooks,
    DiscoverRooms,
    Job,
    PullMailbox,
    PushBooking,
    RunVerification,
)
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.domain.booking import HELD_BY_ADMIN_NEEDED
from roomstead.domain.errors import IntegrationDisabled
from roomstead.domain.integration import STOPS_CALLS, Integration, IntegrationStatus

AT_ONCE = 2_000
"""How many of a kind are left in one sweep; the rest is found by the next."""
RELEASED_AT_ONCE = 200
_OVER = STOPS_CALLS | {IntegrationDisabled.code}
"""What surely holds no longer where calls are not stopped."""


async def sweep(*, units: UnitsOfWork, clock: Clock) -> int:
    """Leave a job for everything that is due now. Answers how many things were due.

    A job that waits already is not left twice; one that runs already is followed by another that finds nothing to do.
    """
    now = clock.now()
    async with units.reading() as uow:
        due = await uow.due.by(now, AT_ONCE)
    jobs = _jobs_for(due)
    if not jobs and not due.holding:
        return 0
    async with units() as uow:
        for integration_id in due.holding:
            integration = await uow.integrations.get(integration_id)
            if integration is not None:
                jobs += await _released(uow, integration, now)
        await uow.jobs.defer_all(jobs)
        await uow.commit()
    return len(jobs)


def _jobs_for(due: Due) -> list[Job]:
    return [
        *map(PushBooking, due.bookings),
        *map(PullMailbox, due.mailboxes),
        *map(RunVerification, due.verifications),
        *map(DiscoverRooms, due.discoveries),
        *map(DeliverWebhooks, due.endpoints),
    ]


async def _released(uow: UnitOfWork, integration: Integration, now: datetime) -> list[Job]:
    """Acts that waited for an admin go on once nothing is left for the admin to do.

    What waited for a sign-in goes on as soon as there is one, whatever else an admin is called for by then.
    """
    attention = integration.attention
    if integration.status is IntegrationStatus.DISABLED or (attention is not None and attention.stops_calls):
        return []
    codes = None if attention is None else _OVER
    released: list[Job] = []
    for booking_id in await uow.intents.held(integration.id, HELD_BY_ADMIN_NEEDED, RELEASED_AT_ONCE, codes=codes):
        await settling.record_released(uow, booking_id, HELD_BY_ADMIN_NEEDED, now=now)
        released.append(PushBooking(booking_id))
    return released
