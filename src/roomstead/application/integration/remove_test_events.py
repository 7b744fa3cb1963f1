"""Remove test events that verifications left behind. For the sweep."""

import logging

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.connections import Connections
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.test_events import AGAIN_AFTER, remove_test_event
from roomstead.domain.errors import AppError, NeedsAdmin, NotFound
from roomstead.domain.verification import TestEvent

log = logging.getLogger("roomstead.test_events")

_AT_A_TIME = 20


async def remove_test_events(*, units: UnitsOfWork, connections: Connections, clock: Clock) -> int:
    """Look for every test event whose time has come and remove it. Answers how many are certainly gone.

    One that cannot be removed now (no access, provider down, credential lost) is tried again later.
    """
    async with units.reading() as uow:
        due = await uow.verifications.test_events_due(clock.now(), _AT_A_TIME)
    return sum([await _remove(event, units=units, connections=connections, clock=clock) for event in due])


async def _remove(event: TestEvent, *, units: UnitsOfWork, connections: Connections, clock: Clock) -> bool:
    try:
        async with connections.open(event.integration_id) as provider:
            return await remove_test_event(provider, event, units=units, clock=clock)
    except AppError as error:
        if not isinstance(error, NeedsAdmin | NotFound):
            log.exception("test_event_not_removed", extra={"test_event": str(event.id)})
        async with units() as uow:
            await uow.verifications.test_event_stayed(event.id, clock.now() + AGAIN_AFTER)
            await uow.commit()
        return False
