"""Forget what an admin typed of a new integration, its secret included."""

from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.people import Actor, require_admin


async def drop_draft(actor: Actor, *, units: UnitsOfWork) -> None:
    """One's own; doing it twice changes nothing."""
    require_admin(actor)
    if actor.person_id is None:
        return
    async with units() as uow:
        await uow.drafts.drop(actor.person_id)
        await uow.commit()
