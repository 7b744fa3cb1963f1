"""The mail that lets somebody choose a new password."""

from roomstead.application.ports.mail import Letter
from roomstead.application.ports.store import UnitOfWork
from roomstead.application.sign_in_links import make_link
from roomstead.domain.notice import Notice
from roomstead.domain.people import Person
from roomstead.domain.sessions import LinkPurpose


async def reset_letter(uow: UnitOfWork, notice: Notice, person: Person, link_base: str) -> Letter | None:
    """The letter with a new link, which makes earlier ones worthless; None: there is no address to lead to."""
    if not link_base:
        return None
    made = await make_link(LinkPurpose.RESET, person.id, uow.passwords, notice.created_at, public_url=link_base)
    zone = (await uow.sessions.preferences(person.id)).zone or "UTC"
    return Letter(kind=notice.kind, to=person.addresses[0], name=person.name, zone=zone, link=made.url)
