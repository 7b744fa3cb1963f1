"""What a room answers a request: proven by a probe booking, or told by the settings of its mailbox. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from roomstead.domain.event import ResponseStatus
from roomstead.domain.timespan import Timespan

AHEAD = timedelta(days=60)
"""Far enough that nobody minds, within the half year in which rooms take bookings unless set otherwise."""
LENGTH = timedelta(minutes=15)
_DAYS_TRIED = 10
_FROM, _UNTIL = time(10), time(16)
_SATURDAY = 5


class RoomAnswer(StrEnum):
    """How a room answers."""

    ACCEPTS = "accepts"
    DECLINES = "declines"
    ASKS_A_PERSON = "asks_a_person"
    SILENT = "silent"
    NOT_TRIED = "not_tried"
    """It has no free quarter of an hour to try it in."""
    REMOVED = "removed"
    """Somebody took the probe booking away before the room had answered."""


def read_answer(response: ResponseStatus, *, is_late: bool) -> RoomAnswer | None:
    """What a room's answer so far means; None: wait."""
    match response:
        case ResponseStatus.ACCEPTED:
            return RoomAnswer.ACCEPTS
        case ResponseStatus.DECLINED:
            return RoomAnswer.DECLINES
        case ResponseStatus.TENTATIVE:
            return RoomAnswer.ASKS_A_PERSON
        case ResponseStatus.NEEDS_ACTION:
            return RoomAnswer.SILENT if is_late else None


def days_to_try(now: datetime, zone: ZoneInfo) -> tuple[Timespan, ...]:
    """Office hours of some weekdays far ahead, in the room's zone: many rooms take bookings at those times alone."""
    first = (now + AHEAD).astimezone(zone).date()
    days = [first + timedelta(days=number) for number in range(_DAYS_TRIED)]
    return tuple(_office_hours(day, zone) for day in days if day.weekday() < _SATURDAY)


def free_slot(day: Timespan, busy: Sequence[Timespan]) -> Timespan | None:
    """The first quarter of an hour of ``day`` that nothing touches."""
    slot = Timespan(day.start, day.start + LENGTH)
    while slot.end <= day.end:
        if not any(slot.overlaps(one) for one in busy):
            return slot
        slot = slot.moved_to(slot.start + LENGTH)
    return None


def _office_hours(day: date, zone: ZoneInfo) -> Timespan:
    return Timespan(datetime.combine(day, _FROM, zone), datetime.combine(day, _UNTIL, zone))
