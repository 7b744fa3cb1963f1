"""Write the mails that are due and hand them to the mail server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from roomstead.application.notice_letters import letter_of
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.mail import Letters, Mail, Mailer, MailNotAllowed, MailRefused, MailUnavailable
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.domain.backoff import backoff
from roomstead.domain.notice import WORTH_SENDING, Notice, NoticeId, NoticeKind

AT_ONCE = 50
IN_HAND = timedelta(minutes=5)
"""How long a sender may be silent before another attempt: should it die, the mail is sent again, with the same id."""
TOO_LATE = "It could not be sent within a day."
NOT_WANTED = "The person does not want it, or it no longer concerns them."


@dataclass(frozen=True, slots=True)
class _Ready:
    mail: Mail
    notices: tuple[Notice, ...]

    @property
    def ids(self) -> list[NoticeId]:
        return [each.id for each in self.notices]


async def deliver_notices(*, units: UnitsOfWork, clock: Clock, mailer: Mailer, letters: Letters, link_base: str) -> int:
    """Send what is due; how many mails the server took.

    A mail is taken in hand in one transaction, sent outside any, and its outcome stored in another: at least once.
    """
    async with units() as uow:
        ready = await _take_in_hand(uow, clock, letters, link_base)
        await uow.commit()
    taken = 0
    for each in ready:
        taken += await _send(each, units=units, clock=clock, mailer=mailer)
    return taken


async def _take_in_hand(uow: UnitOfWork, clock: Clock, letters: Letters, link_base: str) -> list[_Ready]:
    now = clock.now()
    ready = []
    for notices in _together(await uow.notices.due(now, AT_ONCE)):
        ids = [each.id for each in notices]
        if notices[0].created_at + WORTH_SENDING <= now:
            await uow.notices.give_up(ids, now, TOO_LATE)
        elif (letter := await letter_of(uow, notices, link_base)) is None:
            await uow.notices.give_up(ids, now, NOT_WANTED)
        else:
            await uow.notices.put_off(ids, now + IN_HAND)
            ready.append(_Ready(letters.write(letter, mail_id=str(ids[0]), at=now), notices))
    return ready


def _together(due: Sequence[Notice]) -> list[tuple[Notice, ...]]:
    """What goes into one mail each: all answers to one person, and everything else by itself."""
    groups: dict[UUID, list[Notice]] = {}
    for each in due:
        groups.setdefault(each.person_id if each.kind is NoticeKind.ANSWERED else each.id, []).append(each)
    return [tuple(group) for group in groups.values()]


async def _send(ready: _Ready, *, units: UnitsOfWork, clock: Clock, mailer: Mailer) -> int:
    first = ready.notices[0]
    try:
        await mailer.send(ready.mail)
    except MailRefused as error:
        async with units() as uow:
            await uow.notices.give_up(ready.ids, clock.now(), error.message)
            await uow.commit()
        return 0
    except (MailUnavailable, MailNotAllowed) as error:
        async with units() as uow:
            again = clock.now() + backoff(first.id, first.attempts + 1)
            await uow.notices.put_off(ready.ids, again, error.message)
            await uow.commit()
        return 0
    async with units() as uow:
        await uow.notices.sent(ready.ids, clock.now())
        await uow.commit()
    return 1
