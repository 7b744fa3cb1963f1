"""Make a link with which a person chooses a password: an invitation, or a reset."""

from roomstead.application.person_rules import no_such_person
from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.sign_in_links import MadeLink, make_link
from roomstead.domain.errors import Conflict
from roomstead.domain.people import Actor, PersonId, require_admin
from roomstead.domain.sessions import LinkPurpose


async def make_password_link(
    person_id: PersonId, actor: Actor, *, units: UnitsOfWork, clock: Clock, policy: Policy
) -> MadeLink:
    """A link for one person, in place of earlier ones. For Global Admins and the operator.

    Raises NotFound, and Conflict for a person who is not active.
    """
    require_admin(actor)
    now = clock.now()
    async with units() as uow:
        person = await uow.people.get(person_id)
        if person is None:
            raise no_such_person()
        if not person.is_active:
            raise Conflict(f"{person.name} is not active.", remedy="Make the person active first.")
        has_one = await uow.passwords.hash_of(person.id) is not None
        purpose = LinkPurpose.RESET if has_one else LinkPurpose.INVITATION
        made = await make_link(purpose, person.id, uow.passwords, now, public_url=policy.public_url)
        await uow.audit.record(
            "person.link_made", Subject("person", person.id), actor, at=now, detail={"purpose": purpose.value}
        )
        await uow.commit()
    return made
