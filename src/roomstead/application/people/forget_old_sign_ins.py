"""Remove sessions, links, counts of attempts and what was told of failed ones, once their time is over."""

from roomstead.application.failed_attempts import KEPT_FOR
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.sign_in_rules import WINDOW


async def forget_old_sign_ins(*, units: UnitsOfWork, clock: Clock) -> int:
    """How many rows went."""
    now = clock.now()
    async with units() as uow:
        gone = await uow.sessions.end_old(now) + await uow.passwords.forget_old(now, window=WINDOW)
        gone += await uow.tallies.forget_old(now - WINDOW) + await uow.audit.forget_attempts(now - KEPT_FOR)
        await uow.commit()
    return gone
