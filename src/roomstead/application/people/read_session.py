"""Find out whose browser it is."""

from datetime import timedelta

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.session_secret import digest_of
from roomstead.domain.sessions import SignedIn

SEEN_IS_NOTED_EVERY = timedelta(minutes=5)


async def read_session(secret: str, *, units: UnitsOfWork, clock: Clock) -> SignedIn | None:
    """The session of a browser's secret, with its person as of now.

    None where there is none, it is over, or the person is no longer active.
    """
    now = clock.now()
    async with units.reading() as uow:
        found = await uow.sessions.by_digest(digest_of(secret))
    if found is None or found.session.is_over(now) or not found.person.is_active:
        return None
    if now - found.session.seen_at > SEEN_IS_NOTED_EVERY:
        async with units() as uow:
            await uow.sessions.seen(found.session.id, now)
            await uow.commit()
    return found
