"""Test events of a verification: stored before they are written, and removed whatever happens in between.

They are private, without attendees (so that nobody is mailed) and a year ahead.
"""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from roomstead.application.ports.calendar import CalendarProvider, EventRef
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.ledger import Mailing
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.booking import IntentKind
from roomstead.domain.errors import NeedsAdmin, OutcomeUnknown, OutOfReach, RetryLater, WorldMoved
from roomstead.domain.event import CalendarEvent, EventId, OutgoingEvent, WriteKey
from roomstead.domain.integration import VerificationId
from roomstead.domain.mailbox import IntegrationId, MailboxRef
from roomstead.domain.timespan import Timespan
from roomstead.domain.verification import TestEvent, TestEventId

LOOK_AFTER = timedelta(minutes=2)
"""From then on a sweep looks whether an event was left: longer than any call may take."""
SETTLED_AFTER = timedelta(minutes=10)
"""An event of which the provider never told the id and that is not found by then was never written."""
AGAIN_AFTER = timedelta(minutes=15)
AHEAD = timedelta(days=365)
LENGTH = timedelta(minutes=30)

_TITLE = "Roomstead test"
_TEXT = "Written to verify this mailbox, and removed again within moments. It may be deleted."


def overlapping_spans(now: datetime) -> tuple[Timespan, Timespan]:
    """Two spans a year ahead that share a quarter of an hour."""
    start = (now + AHEAD).replace(minute=0, second=0, microsecond=0)
    first = Timespan(start, start + LENGTH)
    return first, first.moved_to(start + LENGTH / 2)


async def write_test_event(
    provider: CalendarProvider,
    mailbox: MailboxRef,
    span: Timespan,
    *,
    owner: tuple[IntegrationId, VerificationId],
    units: UnitsOfWork,
    clock: Clock,
) -> CalendarEvent:
    """Write one test event; its row comes first. A lost answer is asked for again once with the same request.

    Raises what the provider raises; the row then stays until the event is certainly gone.
    """
    event_id = TestEventId(uuid.uuid4())
    prepared = provider.prepare_create(mailbox, _outgoing(event_id, span))
    now = clock.now()
    row = TestEvent(event_id, owner[0], owner[1], mailbox, prepared.payload, None, span, now)
    async with units() as uow:
        await uow.verifications.add_test_event(row, now + LOOK_AFTER)
        await uow.commit()
    try:
        written = await provider.send(prepared)
    except OutcomeUnknown:
        written = await provider.send(prepared)
    if written is None:
        raise OutcomeUnknown
    async with units() as uow:
        await uow.verifications.test_event_written(event_id, written.event_id)
        await uow.commit()
    return written


async def remove_test_event(provider: CalendarProvider, event: TestEvent, *, units: UnitsOfWork, clock: Clock) -> bool:
    """Remove one test event if it is there. Answers whether it is certainly gone; if not, it is tried again later."""
    removed, is_gone = None, False
    try:
        removed = await _remove(provider, event)
        is_gone = removed is not None or clock.now() - event.created_at >= SETTLED_AFTER
    except (RetryLater, NeedsAdmin, OutOfReach, WorldMoved):
        pass
    now = clock.now()
    async with units() as uow:
        if is_gone:
            await uow.verifications.test_event_removed(event.id, now)
            if removed is not None and event.asks_a_room:
                await uow.ledger.enter(invitation_of(event))
                await uow.ledger.enter(_withdrawal_of(event, now))
        else:
            await uow.verifications.test_event_stayed(event.id, now + AGAIN_AFTER)
        await uow.commit()
    return is_gone


async def remove_test_events_of(
    provider: CalendarProvider, verification_id: VerificationId, *, units: UnitsOfWork, clock: Clock
) -> bool:
    """Remove what a verification wrote, also in a run of it that died. Answers whether all of it is gone."""
    async with units() as uow:
        left = await uow.verifications.test_events_of(verification_id)
    return all([await remove_test_event(provider, one, units=units, clock=clock) for one in left])


def invitation_of(event: TestEvent) -> Mailing:
    """What asking a room makes the mailbox send."""
    return Mailing(
        integration_id=event.integration_id,
        host=event.mailbox.address,
        at=event.created_at,
        kind=IntentKind.CREATE,
        act_id=event.id,
        recipients=1,
        outsiders=0,
    )


def _withdrawal_of(event: TestEvent, now: datetime) -> Mailing:
    return replace(invitation_of(event), at=now, kind=IntentKind.CANCEL, act_id=uuid.uuid5(event.id, "withdrawn"))


async def _remove(provider: CalendarProvider, event: TestEvent) -> EventId | None:
    """Cancel it if it is there; answers which event it was."""
    event_id = None if event.event_id is None else EventId(event.event_id)
    if event_id is None:
        found = await provider.find_event(event.mailbox, str(event.id), event.span)
        if found is None:
            return None
        event_id = found.event_id
    await provider.send(provider.prepare_cancel(EventRef(event.mailbox, event_id), ""))
    return event_id


def _outgoing(event_id: TestEventId, span: Timespan) -> OutgoingEvent:
    return OutgoingEvent(
        booking_tag=str(event_id),
        write_key=WriteKey(str(event_id)),
        title=_TITLE,
        description=_TEXT,
        span=span,
        zone="UTC",
        attendees=(),
        location="",
        is_private=True,
        reminder_minutes=None,
    )
