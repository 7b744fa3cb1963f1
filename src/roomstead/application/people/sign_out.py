"""Sign out, in one browser."""

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.session_secret import digest_of
from roomstead.application.sign_in_rules import page_actor


async def sign_out(secret: str, *, units: UnitsOfWork, clock: Clock) -> None:
    """End the session of a browser's secret; an unknown one changes nothing."""
    async with units() as uow:
        found = await uow.sessions.by_digest(digest_of(secret))
        if found is None:
            return
        await uow.sessions.end(found.session.id)
        await uow.audit.record(
            "person.signed_out", Subject("person", found.person.id), page_actor(found.person), at=clock.now()
        )
        await uow.commit()
