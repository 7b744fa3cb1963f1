"""Look at a one-time link without using it."""

from dataclasses import dataclass

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.session_secret import digest_of
from roomstead.application.sign_in_links import worthless
from roomstead.domain.people import Person
from roomstead.domain.sessions import LinkPurpose


@dataclass(frozen=True, slots=True)
class LinkFound:
    """What a link is for, and for whom; None: for whoever sets Roomstead up."""

    purpose: LinkPurpose
    person: Person | None


async def read_link(secret: str, purpose: LinkPurpose, *, units: UnitsOfWork, clock: Clock) -> LinkFound:
    """The link behind a secret. ``purpose``: the first admin's, or any other. Raises LinkWorthless."""
    async with units.reading() as uow:
        link = await uow.passwords.link(digest_of(secret), clock.now())
        if link is None or (link.purpose is LinkPurpose.FIRST_ADMIN) is not (purpose is LinkPurpose.FIRST_ADMIN):
            raise worthless(purpose)
        if link.person_id is None:
            if await uow.people.has_admin():
                raise worthless(purpose)
            return LinkFound(link.purpose, None)
        person = await uow.people.get(link.person_id)
    if person is None or not person.is_active:
        raise worthless(purpose)
    return LinkFound(link.purpose, person)
