"""Make the link with which the first Global Admin sets Roomstead up."""

from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.sign_in_links import MadeLink, make_link
from roomstead.domain.errors import Conflict
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.sessions import LinkPurpose


async def make_setup_link(actor: Actor, *, units: UnitsOfWork, clock: Clock, policy: Policy) -> MadeLink:
    """A link, as long as there is no Global Admin who could let others in. Raises Conflict afterwards."""
    require_admin(actor)
    now = clock.now()
    async with units() as uow:
        if await uow.people.has_admin():
            raise Conflict(
                "There is a Global Admin already.",
                remedy="Run `roomstead people list --role global_admin`, then `roomstead people reset-link ADDRESS`.",
            )
        made = await make_link(LinkPurpose.FIRST_ADMIN, None, uow.passwords, now, public_url=policy.public_url)
        await uow.audit.record("setup.link_made", Subject("setup"), actor, at=now)
        await uow.commit()
    return made
