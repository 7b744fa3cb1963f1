"""What every step of a pull needs."""

from dataclasses import dataclass
from datetime import datetime

from roomstead.application import settling
from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.domain.booking import Booking, BookingId, Field
from roomstead.domain.booking_settling import SeenAnswer
from roomstead.domain.event import CalendarEvent, ResponseStatus
from roomstead.domain.looking import is_settled, next_look, once_settled
from roomstead.domain.mailbox import Address
from roomstead.domain.people import SYSTEM


@dataclass(frozen=True, slots=True)
class PullContext:
    """The ports of a pull, and what it does to bookings. Each booking has a transaction of its own, so that one that
    cannot be brought up to date stops no other."""

    units: UnitsOfWork
    clock: Clock
    policy: Policy

    async def observe(self, booking_id: BookingId, event: CalendarEvent, *, asked_at: datetime) -> None:
        """The host's copy was seen whole; one that may be older than our last write is looked at again instead."""
        async with self.units() as uow:
            before = await self._settled(uow, booking_id, asked_at)
            if before is None:
                return
            after = await settling.record_observed(uow, booking_id, event, now=asked_at, policy=self.policy)
            if after is not None:
                await self._audit(uow, before, after)
                if event.ical_uid is not None:
                    await uow.mirror.adopt(booking_id, event.ical_uid)
                await self._plan_next(uow, after, asked_at)
            await uow.commit()

    async def gone(self, booking_id: BookingId, *, asked_at: datetime) -> None:
        """The host's copy is not there any more."""
        async with self.units() as uow:
            before = await self._settled(uow, booking_id, asked_at)
            if before is None:
                return
            after = await settling.record_gone(uow, booking_id, now=asked_at)
            if after is not None:
                await self._audit(uow, before, after)
                await uow.mirror.looked(booking_id, None, seen_at=asked_at)
            await uow.commit()

    async def room_answered(
        self, booking_id: BookingId, room: Address, answer: ResponseStatus, *, asked_at: datetime
    ) -> None:
        """The room's own copy shows its answer."""
        async with self.units() as uow:
            before = await self._settled(uow, booking_id, asked_at)
            if before is None:
                return
            span = before.occurrence.observed
            await settling.record_answers(uow, booking_id, span, (SeenAnswer(room, answer),), now=asked_at)
            await uow.commit()

    async def _settled(self, uow: UnitOfWork, booking_id: BookingId, asked_at: datetime) -> Booking | None:
        """The booking, locked, if what was asked for can be believed; else a look soon is planned."""
        booking = await uow.bookings.get_for_change(booking_id)
        if booking is None:
            return None
        if not is_settled(booking, asked_at):
            await uow.mirror.looked(booking_id, once_settled(booking, self.clock.now()), seen_at=asked_at)
            await uow.commit()
            return None
        return booking

    async def _plan_next(self, uow: UnitOfWork, booking: Booking, seen_at: datetime) -> None:
        at = next_look(booking, self.clock.now(), self.policy.pull_interval)
        await uow.mirror.looked(booking.id, at, seen_at=seen_at)

    async def _audit(self, uow: UnitOfWork, before: Booking, after: Booking) -> None:
        """What others changed in the calendar, by field; never the contents."""
        fields = sorted(field.value for field in _differing(before, after))
        is_cancelled = after.cancelled_at is not None and before.cancelled_at is None
        if fields or is_cancelled:
            await uow.audit.record(
                "booking.cancelled_outside" if is_cancelled else "booking.changed_outside",
                Subject("booking", after.id),
                SYSTEM,
                at=self.clock.now(),
                integration_id=after.integration_id,
                detail={"fields": fields},
            )


def _differing(before: Booking, after: Booking) -> frozenset[Field]:
    differs = {
        Field.TITLE: before.title != after.title,
        Field.DESCRIPTION: before.description != after.description,
        Field.PRIVACY: before.is_private != after.is_private,
        Field.TIME: before.occurrence.span != after.occurrence.span,
        Field.ROOM: _rooms(before) != _rooms(after),
        Field.ATTENDEES: {each.address for each in before.attendees} != {each.address for each in after.attendees},
    }
    return frozenset(name for name, is_so in differs.items() if is_so)


def _rooms(booking: Booking) -> set[int]:
    return {request.room.room_no for request in booking.occurrence.wanted_rooms}
