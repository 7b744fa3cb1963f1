"""List the browsers in which a person is signed in."""

from collections.abc import Sequence

from roomstead.application.person_rules import require_self_or_admin
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.people import Actor, PersonId
from roomstead.domain.sessions import WebSession


async def list_sessions(person_id: PersonId, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> Sequence[WebSession]:
    """Those that still hold, the last seen first. For the person and for Global Admins."""
    require_self_or_admin(actor, person_id)
    now = clock.now()
    async with units() as uow:
        return [each for each in await uow.sessions.of_person(person_id) if not each.is_over(now)]
