"""Read what a person is told by mail."""

from collections.abc import Mapping

from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import Forbidden
from roomstead.domain.notice import NoticeTopic
from roomstead.domain.people import Actor


async def read_notifications(actor: Actor, *, units: UnitsOfWork) -> Mapping[NoticeTopic, bool]:
    """One's own choices: each topic that can concern one, and whether it is told. Raises Forbidden for a program."""
    if actor.person_id is None:
        raise Forbidden("Only people are told things by mail.")
    async with units.reading() as uow:
        off = await uow.notices.switched_off(actor.person_id)
    return {each: each not in off for each in NoticeTopic if actor.is_admin or each is not NoticeTopic.INTEGRATIONS}
