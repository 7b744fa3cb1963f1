"""Mail oneself, to see whether mail arrives."""

import uuid

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import Forbidden
from roomstead.domain.notice import Notice, NoticeId, NoticeKind
from roomstead.domain.people import Actor, require_admin


async def send_test_mail(actor: Actor, *, units: UnitsOfWork, clock: Clock) -> None:
    """Leave a test mail to the actor, which the worker sends. For Global Admins; raises Forbidden."""
    require_admin(actor)
    if actor.person_id is None:
        raise Forbidden("A test mail goes to whoever asks for it, and a program has no mailbox.")
    now = clock.now()
    async with units() as uow:
        await uow.notices.add([Notice(NoticeId(uuid.uuid4()), actor.person_id, NoticeKind.TEST, now, now)])
        await uow.commit()
