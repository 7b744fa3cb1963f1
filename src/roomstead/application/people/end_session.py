"""Sign one browser out from another."""

from roomstead.application.person_rules import require_self_or_admin
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.people import Actor, PersonId
from roomstead.domain.sessions import SessionId


async def end_session(
    session_id: SessionId, person_id: PersonId, actor: Actor, *, units: UnitsOfWork, clock: Clock
) -> None:
    """End one session of a person; one that is over, or somebody else's, changes nothing."""
    require_self_or_admin(actor, person_id)
    async with units() as uow:
        if session_id not in {each.id for each in await uow.sessions.of_person(person_id)}:
            return
        await uow.sessions.end(session_id)
        await uow.audit.record(
            "person.sessions_ended", Subject("person", person_id), actor, at=clock.now(), detail={"count": 1}
        )
        await uow.commit()
