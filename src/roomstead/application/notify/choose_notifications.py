"""Choose what one is told by mail."""

from dataclasses import dataclass

from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import Forbidden, InvalidInput
from roomstead.domain.notice import NoticeTopic
from roomstead.domain.people import Actor


@dataclass(frozen=True, slots=True)
class ChooseNotifications:
    """The names of the topics that are wanted."""

    wanted: tuple[str, ...]


async def choose_notifications(command: ChooseNotifications, actor: Actor, *, units: UnitsOfWork) -> None:
    """Store one's own choices. Raises InvalidInput for what is no topic, Forbidden for a program.

    What cannot concern one (integrations, for members) stays as it is: they may become admins.
    """
    if actor.person_id is None:
        raise Forbidden("Only people are told things by mail.")
    names = {each.value for each in NoticeTopic}
    if set(command.wanted) - names:
        raise InvalidInput({"wanted": "Choose from the list."})
    async with units() as uow:
        off = {each for each in NoticeTopic if each.value not in command.wanted}
        if not actor.is_admin:
            before = await uow.notices.switched_off(actor.person_id)
            off = (off - {NoticeTopic.INTEGRATIONS}) | (before & {NoticeTopic.INTEGRATIONS})
        await uow.notices.switch_off(actor.person_id, frozenset(off))
        await uow.commit()
