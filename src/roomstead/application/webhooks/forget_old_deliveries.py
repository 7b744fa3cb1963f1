"""Clear the log of webhooks."""

from datetime import timedelta

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork

WARNINGS_KEPT = timedelta(days=90)
"""Longer than the first warning of a credential's end, so that none is told twice."""


async def forget_old_deliveries(*, units: UnitsOfWork, clock: Clock, kept: timedelta) -> int:
    """Remove events of longer ago than ``kept`` with all about them; how many."""
    now = clock.now()
    async with units() as uow:
        removed = await uow.deliveries.forget_before(now - kept, warnings_before=now - max(kept, WARNINGS_KEPT))
        await uow.commit()
    return removed
