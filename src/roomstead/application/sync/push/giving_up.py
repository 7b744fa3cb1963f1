"""When waiting ends: what is of no use any more, and what nobody will get to know.

A create of unknown outcome in a mailbox that is closed to us would wait for as long as the mailbox stays closed. After
a while the room's calendar decides: a meeting that it does not show holds no room. What people asked for behind a
meeting that it does show cannot reach the mailbox, and says so. Both can be tried again at any time.
"""

from datetime import datetime, timedelta

from roomstead.application import settling
from roomstead.application.ports.store import UnitOfWork
from roomstead.application.sync.push.act import Act
from roomstead.domain.booking import NEVER_SETTLED, Intent, IntentKind
from roomstead.domain.booking_settling import Trouble
from roomstead.domain.errors import OutOfReach

WAITED_FOR = timedelta(hours=2)
"""How long an outcome that cannot be seen is waited for."""
ROOM_HEARS_WITHIN = timedelta(minutes=10)
"""An invitation that was sent is in the room's calendar by then."""
TOO_LATE = Trouble("too_late", "The meeting's time was over before the calendar could take it.")
_NEVER_TOLD = Trouble(NEVER_SETTLED, "The meeting's time was over before the calendar said whether it had taken it.")
_NOT_IN_ROOM = Trouble(
    NEVER_SETTLED,
    "The room's calendar does not show this meeting, and the organiser's mailbox, which may hold it, is out of reach. "
    "The room is not booked. A Global Admin can grant access to that mailbox; then try again here.",
)
_UNREACHABLE = Trouble(OutOfReach.code, "The mailbox that holds this meeting is out of reach.")


def use_is_over(act: Act, now: datetime) -> Trouble | None:
    """Why a create is not sent any more: whatever it would put into a calendar has passed."""
    if act.intent.kind is not IntentKind.CREATE:
        return None
    ends = [each.span.end for each in act.intent.wanted.placements] + [act.booking.occurrence.span.end]
    if max(ends) > now:
        return None
    return _NEVER_TOLD if act.is_resend else TOO_LATE


async def never_known(uow: UnitOfWork, act: Act, now: datetime) -> Trouble | None:
    """Why a create that its room does not show is waited for no longer; None: it may still come."""
    sent_at = act.intent.sent_at
    if sent_at is None or now - sent_at < WAITED_FOR:
        return None
    rooms = {request.room.room_no: request.room.id for request in act.booking.occurrence.rooms}
    for place in act.intent.wanted.placements:
        room_id = rooms.get(place.room_no)
        if room_id is None or not await uow.mirror.has_read(room_id, place.span, since=sent_at + ROOM_HEARS_WITHIN):
            return None
    return _NOT_IN_ROOM


async def fail_what_waits_behind(uow: UnitOfWork, act: Act, now: datetime) -> None:
    """The meeting was made and cannot be changed or cancelled from here: say so instead of waiting on."""
    for later in _waiting(act, now):
        await settling.record_failed(uow, act.booking.id, later.id, _UNREACHABLE, now=now)


def _waiting(act: Act, now: datetime) -> list[Intent]:
    behind = [each for each in act.booking.unfinished if each.id != act.intent.id]
    return [each for each in behind if now - each.created_at >= WAITED_FOR]
