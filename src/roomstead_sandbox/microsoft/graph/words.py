"""Graph's words for the world's values, both ways, and the small pieces of JSON that several resources share."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from roomstead_sandbox.microsoft.zones import local_text, windows_name
from roomstead_sandbox.world.events import NEVER, Answer, EventKind, PatternKind, Role, Sensitivity, ShowAs
from roomstead_sandbox.world.people import BookingType, Purpose, WorkingHours

Json = dict[str, Any]
Word = TypeVar("Word", bound=StrEnum)

EVENT_TYPES: dict[EventKind, str] = {
    EventKind.SINGLE: "singleInstance",
    EventKind.SERIES_MASTER: "seriesMaster",
    EventKind.OCCURRENCE: "occurrence",
    EventKind.EXCEPTION: "exception",
}
RESPONSES: dict[Answer, str] = {
    Answer.NONE: "none",
    Answer.ORGANIZER: "organizer",
    Answer.ACCEPTED: "accepted",
    Answer.TENTATIVE: "tentativelyAccepted",
    Answer.DECLINED: "declined",
    Answer.NOT_RESPONDED: "notResponded",
}
SHOW_AS: dict[ShowAs, str] = {
    ShowAs.FREE: "free",
    ShowAs.TENTATIVE: "tentative",
    ShowAs.BUSY: "busy",
    ShowAs.OUT_OF_OFFICE: "oof",
    ShowAs.WORKING_ELSEWHERE: "workingElsewhere",
    ShowAs.UNKNOWN: "unknown",
}
SENSITIVITIES: dict[Sensitivity, str] = {sensitivity: sensitivity.value for sensitivity in Sensitivity}
ROLES: dict[Role, str] = {role: role.value for role in Role}
PATTERNS: dict[PatternKind, str] = {
    PatternKind.DAILY: "daily",
    PatternKind.WEEKLY: "weekly",
    PatternKind.ABSOLUTE_MONTHLY: "absoluteMonthly",
    PatternKind.RELATIVE_MONTHLY: "relativeMonthly",
    PatternKind.ABSOLUTE_YEARLY: "absoluteYearly",
    PatternKind.RELATIVE_YEARLY: "relativeYearly",
}
PURPOSES: dict[Purpose, str] = {purpose: purpose.value for purpose in Purpose}
BOOKING_TYPES: dict[BookingType, str] = {kind: kind.value for kind in BookingType}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
INDEXES: dict[int, str] = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
IMPORTANCES = frozenset({"low", "normal", "high"})
MINIMAL_TIME = "0001-01-01T00:00:00Z"
ADDRESS_KEY = "emailAddress"


def inverse(words: Mapping[Word, str]) -> dict[str, Word]:
    """From Graph's word to the world's value; Graph reads words without regard to case."""
    return {text.lower(): value for value, text in words.items()}


def time_or_minimal(moment: datetime) -> str:
    """An instant with ``Z``; "never" is the first second of year one."""
    if moment == NEVER:
        return MINIMAL_TIME
    text = moment.isoformat()[:-6]
    return (text + "0Z") if "." in text else (text + "Z")


def date_time(moment: datetime, zone: ZoneInfo | None, zone_name: str) -> Json:
    """A ``dateTimeTimeZone``."""
    return {"dateTime": local_text(moment, zone), "timeZone": zone_name}


def mail_address(name: str | None, address: str | None) -> Json:
    """An ``emailAddress``; a missing name shows as the address."""
    return {"name": name or address, "address": address}


def working_hours(hours: WorkingHours) -> Json:
    """A ``workingHours``."""
    return {
        "daysOfWeek": [DAYS[day] for day in hours.days],
        "startTime": hours.start.strftime("%H:%M:%S.0000000"),
        "endTime": hours.end.strftime("%H:%M:%S.0000000"),
        "timeZone": {"name": windows_name(hours.zone)},
    }
