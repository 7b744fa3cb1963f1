"""How a room decides: its calendar processing applied to one request. Pure.

Order and meaning follow the documented parameters (Exchange docs: Set-CalendarProcessing).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from roomstead_sandbox.world.people import WorkingHours
from roomstead_sandbox.world.processing import Processing

Span = tuple[datetime, datetime]


class Verdict(StrEnum):
    """What the room does with a request."""

    ACCEPT = "accept"
    DECLINE = "decline"
    ASK_DELEGATE = "ask_delegate"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the room sees it. `spans` are the occurrences within reach, one for a single meeting.

    `listed` says in which of the three policy lists the organiser stands.
    """

    spans: tuple[Span, ...]
    recurring: bool
    last_start: datetime | None  # None: a series without end
    headcount: int
    in_book: bool
    in_request: bool
    in_request_out: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict with its reason in words; occurrences declined one by one; where a series is cut."""

    verdict: Verdict
    reason: str = ""
    declined: tuple[datetime, ...] = ()
    cut_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """What the rules need to know of the room."""

    processing: Processing
    hours: WorkingHours
    capacity: int | None
    reserved: bool


def decide(asked: Asked, room: Room, taken: Sequence[Span], now: datetime) -> Decision:
    """The room's decision on a request, given the spans already taken in its calendar (half-open)."""
    rules = room.processing
    if room.reserved:
        return Decision(Verdict.DECLINE, "The room cannot be booked.")
    horizon = now + timedelta(days=rules.booking_window_in_days)
    outside = _out_of_policy(asked, room, horizon)
    if outside:
        if rules.all_request_out_of_policy or asked.in_request_out:
            return Decision(Verdict.ASK_DELEGATE, outside)
        return Decision(Verdict.DECLINE, outside)
    conflicts = () if rules.allow_conflicts else _conflicts(asked, taken, horizon)
    if conflicts and not _bearable(rules, asked, conflicts):
        return Decision(Verdict.DECLINE, "The room is already booked at that time.", conflicts)
    cut_at = horizon if asked.recurring and _runs_past(asked, horizon) else None
    verdict, reason = _permission(asked, rules)
    return Decision(verdict, reason, conflicts, cut_at)


def _permission(asked: Asked, rules: Processing) -> tuple[Verdict, str]:
    if rules.all_book_in_policy or asked.in_book:
        return Verdict.ACCEPT, ""
    if rules.all_request_in_policy or asked.in_request:
        return Verdict.ASK_DELEGATE, "The request was sent to the room's delegates."
    return Verdict.DECLINE, "You do not have permission to book this room."


def _out_of_policy(asked: Asked, room: Room, horizon: datetime) -> str | None:
    rules = room.processing
    start, _ = asked.spans[0]
    longest = max((end - begin for begin, end in asked.spans), default=timedelta())
    if asked.recurring and not rules.allow_recurring_meetings:
        return "The room does not take recurring meetings."
    if start > horizon:
        return f"The room can be booked at most {rules.booking_window_in_days} days ahead."
    if asked.recurring and rules.enforce_scheduling_horizon and _runs_past(asked, horizon):
        return f"The series runs past the {rules.booking_window_in_days} days for which the room can be booked."
    if rules.maximum_duration_in_minutes and longest > timedelta(minutes=rules.maximum_duration_in_minutes):
        return f"The room can be booked for at most {rules.maximum_duration_in_minutes} minutes."
    if longest < timedelta(minutes=rules.minimum_duration_in_minutes):
        return f"The room can be booked for no less than {rules.minimum_duration_in_minutes} minutes."
    return _people_and_hours(asked, room)


def _people_and_hours(asked: Asked, room: Room) -> str | None:
    rules = room.processing
    if rules.enforce_capacity and room.capacity is not None and asked.headcount > room.capacity:
        return f"The room holds {room.capacity} people."
    if rules.schedule_only_during_work_hours and not all(_in_hours(span, room.hours) for span in asked.spans):
        return "The room can be booked during working hours only."
    return None


def _runs_past(asked: Asked, horizon: datetime) -> bool:
    return asked.last_start is None or asked.last_start > horizon


def _conflicts(asked: Asked, taken: Sequence[Span], horizon: datetime) -> tuple[datetime, ...]:
    """Starts of the occurrences that overlap something; those beyond the horizon are cut anyway."""
    within = [span for span in asked.spans if span[0] <= horizon]
    return tuple(s for s, e in within if any(begin < e and end > s for begin, end in taken))


def _bearable(rules: Processing, asked: Asked, conflicts: Sequence[datetime]) -> bool:
    """Whether a series is accepted although some of its occurrences are taken; never so for a single meeting."""
    if not asked.recurring:
        return False
    share = 100 * len(conflicts) / len(asked.spans)
    return len(conflicts) <= rules.maximum_conflict_instances and share <= rules.conflict_percentage_allowed


def _in_hours(span: Span, hours: WorkingHours) -> bool:
    zone = ZoneInfo(hours.zone)
    start, end = span[0].astimezone(zone), span[1].astimezone(zone)
    same_day = start.date() == end.date()
    return same_day and start.weekday() in hours.days and hours.start <= start.time() and end.time() <= hours.end
