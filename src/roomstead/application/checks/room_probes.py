"""Probe bookings: a private meeting far ahead that asks one room, and goes as soon as the room has answered.

Its row comes before the call, and its id follows from verification and room: however often a worker dies and begins
again, there is one request per room, and the sweep removes what is left.
"""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

from roomstead.application.checks.run import Run, Target
from roomstead.application.ports.calendar import EventRef
from roomstead.application.test_events import invitation_of, remove_test_event
from roomstead.domain.errors import EventGone
from roomstead.domain.event import Attendee, AttendeeRole, EventId, OutgoingEvent, WriteKey
from roomstead.domain.integration import Room
from roomstead.domain.room_answers import RoomAnswer, days_to_try, free_slot, read_answer
from roomstead.domain.timespan import Timespan
from roomstead.domain.verification import ASKED_ROOM, TestEvent, TestEventId

LEFT_AFTER = timedelta(minutes=5)
"""After a room's last moment to answer, a probe booking that is still there was left by a worker that died."""
_TITLE = "Roomstead test"
_TEXT = "Asks whether the room accepts, and is cancelled again within minutes. It may be deleted."


async def ask_room(run: Run, host: Target, room: Room, probes: dict[TestEventId, TestEvent]) -> RoomAnswer | None:
    """Ask, or read the answer; None: it has not answered yet. ``probes``: what this verification wrote and not removed.

    Raises what the provider raises.
    """
    probe_id = TestEventId(uuid.uuid5(run.verification.id, room.mailbox.address))
    probe = probes.get(probe_id)
    if probe is None:
        span = await _slot(run, room)
        if span is None:
            return RoomAnswer.NOT_TRIED
        asks = {ASKED_ROOM: room.mailbox.address}
        probe = TestEvent(
            probe_id, run.integration.id, run.verification.id, host.ref, asks, None, span, run.clock.now()
        )
    if probe.event_id is None:
        return await _send(run, room, probe)
    try:
        seen = await run.provider.read_event(EventRef(probe.mailbox, EventId(probe.event_id)))
    except EventGone:
        return RoomAnswer.REMOVED
    is_late = run.clock.now() - probe.created_at >= run.policy.room_answer_deadline
    answers = [one.response for one in seen.attendees if one.attendee.address == room.mailbox.address]
    return read_answer(answers[0], is_late=is_late) if answers else RoomAnswer.REMOVED


async def remove_probe(run: Run, room: Room, probes: dict[TestEventId, TestEvent]) -> None:
    """Cancel what asked this room; if that fails, the sweep tries again."""
    probe = probes.get(TestEventId(uuid.uuid5(run.verification.id, room.mailbox.address)))
    if probe is not None:
        await remove_test_event(run.provider, probe, units=run.units, clock=run.clock)


async def _slot(run: Run, room: Room) -> Timespan | None:
    for day in days_to_try(run.clock.now(), ZoneInfo(room.zone or "UTC")):
        async with run.units() as uow:
            busy = (await uow.availability.blocks([room.id], day)).get(room.id, ())
        slot = free_slot(day, [one.span for one in busy])
        if slot is not None:
            return slot
    return None


async def _send(run: Run, room: Room, probe: TestEvent) -> RoomAnswer | None:
    prepared = run.provider.prepare_create(probe.mailbox, _outgoing(room, probe))
    look_at = probe.created_at + run.policy.room_answer_deadline + LEFT_AFTER
    async with run.units() as uow:
        is_wanted = await uow.verifications.add_test_event(probe, look_at)
        await uow.commit()
    if not is_wanted:  # asked before, and removed since: by us after it was due, or by a sweep after a long outage
        return RoomAnswer.SILENT
    written = await run.provider.send(prepared)
    if written is not None:
        async with run.units() as uow:
            await uow.verifications.test_event_written(probe.id, written.event_id)
            await uow.ledger.enter(invitation_of(probe))
            await uow.commit()
    return None


def _outgoing(room: Room, probe: TestEvent) -> OutgoingEvent:
    return OutgoingEvent(
        booking_tag=str(probe.id),
        write_key=WriteKey(str(probe.id)),
        title=_TITLE,
        description=_TEXT,
        span=probe.span,
        zone="UTC",
        attendees=(Attendee(room.mailbox.address, room.name, AttendeeRole.ROOM),),
        location=room.name,
        is_private=True,
        reminder_minutes=None,
    )
