"""Acts of one booking that become one. Pure."""

from dataclasses import replace
from datetime import datetime

from roomstead.domain.booking import Booking, Field, Intent, IntentId, IntentKind, IntentStatus, Wanted
from roomstead.domain.mailbox import Address


def replacing(booking: Booking, changed: Intent) -> Booking:
    """The booking with one of its acts changed."""
    return replace(booking, intents=tuple(changed if intent.id == changed.id else intent for intent in booking.intents))


def merged(intent: Intent, fields: frozenset[Field], gone: frozenset[Address], booking: Booking) -> Wanted:
    """What an unsent act wants once it delivers these fields, too; ``gone``: invited earlier, wanted no longer."""
    invited = {each.address for each in booking.attendees}
    invited |= {request.room.mailbox.address for request in booking.occurrence.wanted_rooms}
    withdrawn = (set(intent.wanted.withdrawn) | gone) - invited
    if intent.kind is IntentKind.CREATE:
        return replace(intent.wanted, withdrawn=())
    return replace(intent.wanted, fields=intent.wanted.fields | fields, withdrawn=tuple(sorted(withdrawn)))


def handed_on(booking: Booking, failed_id: IntentId, now: datetime) -> Booking:
    """After an act failed for good: a change behind it delivers what it could not.

    Behind a create that failed there is nothing to change: it says it all when somebody tries it again.
    """
    over = next(each for each in booking.intents if each.id == failed_id)
    behind = _changes_behind(booking, failed_id)
    if over.kind is IntentKind.CREATE:
        for later in behind:
            dropped = replace(later, status=IntentStatus.DROPPED, done_at=now, next_attempt_at=None)
            booking = replacing(booking, dropped)
        return booking
    if over.kind is IntentKind.CHANGE and behind:
        booking = replacing(booking, replace(over, status=IntentStatus.DROPPED))
        heir = behind[0]
        wanted = merged(heir, over.wanted.fields, frozenset(over.wanted.withdrawn), booking)
        return replacing(booking, replace(heir, wanted=wanted))
    return booking


def _changes_behind(booking: Booking, intent_id: IntentId) -> list[Intent]:
    """Changes that wait behind an act; none of them was ever sent, since the oldest is carried through first."""
    seq = next(each.seq for each in booking.intents if each.id == intent_id)
    return [each for each in booking.unfinished if each.seq > seq and each.kind is IntentKind.CHANGE]
