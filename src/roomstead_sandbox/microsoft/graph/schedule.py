"""``getSchedule``: free/busy of many mailboxes, asked through one (Microsoft Graph docs: "calendar: getSchedule").

The mailbox in the path must be in the app's reach.  Whether targets outside it are answered is not documented: a
switch.  Errors of single mailboxes stand inside a 200.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from roomstead_sandbox.microsoft.access import READ_ANY, granted
from roomstead_sandbox.microsoft.errors import GraphError, bad_request, unreadable
from roomstead_sandbox.microsoft.graph.answers import collection
from roomstead_sandbox.microsoft.graph.call import Call, member
from roomstead_sandbox.microsoft.graph.words import SHOW_AS, Json, date_time, working_hours
from roomstead_sandbox.microsoft.zones import parse_local
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world.events import Event, Sensitivity, ShowAs
from roomstead_sandbox.world.people import MailboxKind, User

LONGEST_WINDOW = timedelta(days=62)
MOST_MAILBOXES = 100
MOST_ENTRIES = 1000
INTERVALS = range(5, 1441)
DEFAULT_INTERVAL = 30
DIGITS: dict[ShowAs, int] = {
    ShowAs.FREE: 0,
    ShowAs.UNKNOWN: 0,
    ShowAs.TENTATIVE: 1,
    ShowAs.BUSY: 2,
    ShowAs.OUT_OF_OFFICE: 3,
    ShowAs.WORKING_ELSEWHERE: 4,
}
STRENGTH = {4: 0, 0: 1, 1: 2, 2: 3, 3: 4}
"""What wins where items overlap: away, busy, tentative, and elsewhere only when nothing else."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request that was understood."""

    schedules: tuple[str, ...]
    start: datetime
    end: datetime
    interval: timedelta


def get_schedule(call: Call) -> Answer:
    """POST …/calendar/getSchedule."""
    question = _question(call.json_body())
    answers = [_schedule(call, question, address) for address in question.schedules]
    return collection(call, "Collection(microsoft.graph.scheduleInformation)", answers)


def _question(body: Mapping[str, Any]) -> Question:
    schedules = member(body, "schedules")
    if not isinstance(schedules, list) or not all(isinstance(item, str) for item in schedules):
        raise unreadable("schedules must be a collection of addresses.")
    if len(schedules) > MOST_MAILBOXES:
        raise bad_request(
            "There are too many target users in the EmailAddress array. "
            f"The allowed size = {MOST_MAILBOXES}; the actual size = {len(schedules)}.",
            "ErrorMailboxDataArrayTooBig",
        )
    start, end = _moment(member(body, "startTime")), _moment(member(body, "endTime"))
    if end <= start:
        raise bad_request("The end time must be after the start time.", "ErrorInvalidTimeInterval")
    if end - start > LONGEST_WINDOW:
        raise bad_request(
            "The requested time duration specified for FreeBusyViewOptions.TimeWindow is not within the allowed "
            f"limits. The allowed limit = {LONGEST_WINDOW.days} days; the actual limit = {(end - start).days} days.",
            "ErrorTimeIntervalTooBig",
        )
    return Question(tuple(schedules), start, end, _interval(body))


def _interval(body: Mapping[str, Any]) -> timedelta:
    named = any(name.lower() == "availabilityviewinterval" for name in body)
    minutes = member(body, "availabilityViewInterval")
    if named and minutes is None:
        raise GraphError(500, "generalException", "An internal server error occurred. The operation failed.")
    minutes = DEFAULT_INTERVAL if minutes is None else minutes
    if not isinstance(minutes, int) or isinstance(minutes, bool) or minutes not in INTERVALS:
        raise bad_request(
            "The merged free/busy interval must be between 5 and 1440 minutes.",
            "ErrorInvalidMergedFreeBusyInterval",
        )
    return timedelta(minutes=minutes)


def _moment(value: object) -> datetime:
    if not isinstance(value, Mapping) or not isinstance(value.get("dateTime"), str):
        raise unreadable("A dateTimeTimeZone needs a dateTime.")
    try:
        return parse_local(value["dateTime"], str(value.get("timeZone") or "UTC"))
    except (ValueError, OverflowError) as error:
        raise bad_request("The time is not valid.", "ErrorInvalidTimeInterval") from error


def _schedule(call: Call, question: Question, address: str) -> Json:
    user = call.world.directory.find(call.owner.tenant_id, address)
    if user is None or user.mailbox is MailboxKind.NONE:
        return _failed(address, "5009", f"Unable to resolve e-mail address {address} to an Active Directory object.")
    if not _may_see(call, user):
        return _failed(address, "ErrorNoFreeBusyAccess", "The caller does not have access to free/busy data.")
    if user.mailbox is not MailboxKind.CLOUD:
        return _failed(address, "5037", "The mailbox's free/busy server could not be reached.")
    events = call.world.mailboxes.of(user.id).view(question.start, question.end)
    if len(events) > MOST_ENTRIES:
        return _failed(address, "5006", "The result set contains too many calendar entries.")
    shown = [event for event in events if event.blocks_time]
    return {
        "scheduleId": address,
        "availabilityView": availability_view(shown, question.start, question.end, question.interval),
        "scheduleItems": [_item(call, user, event) for event in shown],
        "workingHours": working_hours(user.working_hours),
    }


def _failed(address: str, code: str, message: str) -> Json:
    return {
        "scheduleId": address,
        "availabilityView": "",
        "scheduleItems": [],
        "error": {"message": message, "responseCode": code},
    }


def _may_see(call: Call, user: User) -> bool:
    if user.id == call.owner.id or call.world.switches.free_busy_outside_scope:
        return True
    try:
        granted(call.state, call.claims, user, READ_ANY)
    except GraphError:
        return False
    return True


def _item(call: Call, user: User, event: Event) -> Json:
    """One entry.  Titles show on one's own calendar only: everybody else has free/busy rights by default."""
    lens = call.lens
    shown: Json = {
        "isPrivate": event.content.sensitivity in (Sensitivity.PRIVATE, Sensitivity.CONFIDENTIAL),
        "status": SHOW_AS[event.content.show_as],
        "start": date_time(event.start, lens.zone, lens.zone_name),
        "end": date_time(event.end, lens.zone, lens.zone_name),
    }
    if user.id == call.owner.id:
        places = event.content.locations
        shown |= {"subject": event.content.subject, "location": places[0].name if places else ""}
    return shown


def availability_view(events: Sequence[Event], start: datetime, end: datetime, interval: timedelta) -> str:
    """One digit per interval from ``start``: 0 free, 1 tentative, 2 busy, 3 away, 4 working elsewhere."""
    length = -((start - end) // interval)
    digits = [0] * length
    for event in events:
        digit = DIGITS[event.content.show_as]
        first = max((event.start - start) // interval, 0)
        last = min(-((start - event.end) // interval), length)
        for position in range(first, last):
            if digits[position] == 0 or STRENGTH[digit] > STRENGTH[digits[position]]:
                digits[position] = digit
    return "".join(map(str, digits))
