"""Sign a person out in many browsers at once."""

from roomstead.application.person_rules import no_such_person, require_self_or_admin
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.people import Actor, PersonId
from roomstead.domain.sessions import SessionId


async def end_sessions(
    person_id: PersonId, actor: Actor, *, but: SessionId | None = None, units: UnitsOfWork, clock: Clock
) -> int:
    """End all sessions of a person except one; how many. For the person and for Global Admins."""
    require_self_or_admin(actor, person_id)
    async with units() as uow:
        if await uow.people.get(person_id) is None:
            raise no_such_person()
        ended = await uow.sessions.end_all(person_id, but=but)
        if ended:
            await uow.audit.record(
                "person.sessions_ended", Subject("person", person_id), actor, at=clock.now(), detail={"count": ended}
            )
        await uow.commit()
    return ended
