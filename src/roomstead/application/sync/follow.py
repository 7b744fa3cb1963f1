"""Keep the list of followed mailboxes in step with rooms, service accounts and bookings."""

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork


async def follow_mailboxes(*, units: UnitsOfWork, clock: Clock) -> int:
    """Follow what should be followed, and only that. Answers how many mailboxes are newly followed."""
    async with units() as uow:
        newly = await uow.mirror.follow(clock.now())
        await uow.commit()
    return newly
