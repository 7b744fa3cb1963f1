"""Google's event JSON → our events. Fields without a value are left out there; fields that we may not see, too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeGuard, TypeVar

from roomstead.adapters.providers.google.calls import ROOM_SUFFIX
from roomstead.adapters.providers.google.description import to_text
from roomstead.adapters.providers.google.recurrence import series_part
from roomstead.adapters.providers.google.times import is_date, known_zone, parse_span
from roomstead.domain.errors import UnreadableAnswer
from roomstead.domain.event import (
    Attendee,
    AttendeeRole,
    AttendeeStatus,
    CalendarEvent,
    Change,
    EventId,
    EventKind,
    ICalUid,
    RemovedEvent,
    ResponseStatus,
    Revision,
    WriteKey,
)
from roomstead.domain.mailbox import Address, InvalidAddress, parse_address

Json = Mapping[str, object]

T = TypeVar("T")

BOOKING_TAG = "roomsteadBooking"
WRITE_KEY = "roomsteadWrite"
"""Extended properties that hold our booking's tag and our key, for ever; names of at most 44 characters (Google
Calendar API: extended properties)."""

_RESPONSES = {
    "needsAction": ResponseStatus.NEEDS_ACTION,
    "accepted": ResponseStatus.ACCEPTED,
    "tentative": ResponseStatus.TENTATIVE,
    "declined": ResponseStatus.DECLINED,
}
_PRIVATE = {"private", "confidential"}
_TIMES_ONLY = {"none", "freeBusyReader"}


@dataclass(frozen=True, slots=True)
class Vantage:
    """Where an event was seen from: what a list says of its calendar, once for all of them."""

    zone: str | None = None
    access_role: str | None = None

    @staticmethod
    def of(page: Json) -> "Vantage":
        """What a page of events tells of its calendar."""
        return Vantage(known_zone(page.get("timeZone")), text_of(page, "accessRole"))


NOWHERE = Vantage()


def read_change(item: Json, seen_from: Vantage = NOWHERE) -> Change:
    """One entry of a list of changes. What is cancelled is gone; of it no more than its id is promised."""
    if item.get("status") == "cancelled":
        return RemovedEvent(_event_id(item))
    return read_event(item, seen_from)


def read_event(item: Json, seen_from: Vantage = NOWHERE) -> CalendarEvent:
    """One copy of an event.

    Of a masked copy nothing is known but when it is. Elsewhere a missing title or text is an empty one. Whoever holds
    the calendar is no attendee, though Google's own editor lists them among those.
    """
    part = series_part(item, calendar_zone=seen_from.zone)
    masked = is_masked(item)
    organizer = item.get("organizer")
    is_host_copy = _is_self(organizer)
    is_cancelled = item.get("status") == "cancelled"
    return CalendarEvent(
        event_id=_event_id(item),
        ical_uid=_optional(ICalUid, text_of(item, "iCalUID")),
        kind=part.kind,
        span=parse_span(item.get("start"), item.get("end"), calendar_zone=seen_from.zone),
        is_cancelled=is_cancelled,
        is_busy=not is_cancelled
        and part.kind is not EventKind.SERIES_MASTER
        and item.get("transparency") != "transparent",
        is_host_copy=is_host_copy,
        is_private=_is_private(item, seen_from, masked=masked),
        is_all_day=is_date(item.get("start")),
        organizer=address_of(text_of(organizer, "email")),
        organizer_name=(text_of(organizer, "displayName") or "").strip(),
        title=None if masked else (text_of(item, "summary") or "").strip(),
        description=None if masked else to_text(text_of(item, "description") or ""),
        attendees=tuple(_attendees(item)),
        own_response=None if is_host_copy else _own_response(item),
        revision=_optional(Revision, text_of(item, "etag")),
        write_key=_optional(WriteKey, private_property(item, WRITE_KEY)),
        series_master_id=part.master_id,
        original_start=part.original_start,
        zone=known_zone(text_of(item.get("start"), "timeZone")),
    )


def is_masked(item: Json) -> bool:
    """Whether we may not see what it is about: then it has neither title nor organiser, and says private."""
    return "summary" not in item and "organizer" not in item and item.get("visibility") == "private"


def is_object(value: object) -> TypeGuard[Json]:
    """Whether a JSON value is an object. A parser makes nothing but dictionaries of them, which is quick to ask."""
    return isinstance(value, dict)


def text_of(item: object, name: str) -> str | None:
    """A text field; None when it is missing, null or something else."""
    value = item.get(name) if isinstance(item, dict) else None
    return value if isinstance(value, str) else None


def objects_of(value: object) -> list[Json]:
    """The objects of a list; none where there is no list."""
    return [one for one in value if is_object(one)] if isinstance(value, list) else []


def address_of(text: str | None) -> Address | None:
    """An address; None for what is none, such as the id of a profile."""
    if not text:
        return None
    try:
        return parse_address(text)
    except InvalidAddress:
        return None


def private_property(item: Json, name: str) -> str | None:
    """One of the extended properties that this copy alone has."""
    properties = item.get("extendedProperties")
    return text_of(properties.get("private"), name) if is_object(properties) else None


def _event_id(item: Json) -> EventId:
    event_id = text_of(item, "id")
    if not event_id:
        raise UnreadableAnswer("Google answered an event without an id.")
    return EventId(event_id)


def _optional(make: Callable[[str], T], text: str | None) -> T | None:
    return make(text) if text else None


def _is_self(someone: object) -> bool:
    return is_object(someone) and someone.get("self") is True


def _is_private(item: Json, seen_from: Vantage, *, masked: bool) -> bool | None:
    """Whoever sees times alone is told of every event that it is private, whether it is or not."""
    if masked and (seen_from.access_role is None or seen_from.access_role in _TIMES_ONLY):
        return None
    return text_of(item, "visibility") in _PRIVATE


def _attendees(item: Json) -> list[AttendeeStatus]:
    """Who is invited, with answers; not the organiser, and nobody without a usable address."""
    found = []
    for entry in objects_of(item.get("attendees")):
        address = address_of(text_of(entry, "email"))
        if address is None or entry.get("organizer") is True:
            continue
        attendee = Attendee(address, (text_of(entry, "displayName") or "").strip(), _role(entry))
        response = _RESPONSES.get(text_of(entry, "responseStatus") or "", ResponseStatus.NEEDS_ACTION)
        found.append(AttendeeStatus(attendee, response))
    return found


def _role(entry: Json) -> AttendeeRole:
    if entry.get("resource") is True or (text_of(entry, "email") or "").lower().endswith(ROOM_SUFFIX):
        return AttendeeRole.ROOM
    return AttendeeRole.OPTIONAL if entry.get("optional") is True else AttendeeRole.REQUIRED


def _own_response(item: Json) -> ResponseStatus | None:
    """What the calendar's holder answered, where the list of attendees shows it."""
    entry = next((one for one in objects_of(item.get("attendees")) if _is_self(one)), None)
    return None if entry is None else _RESPONSES.get(text_of(entry, "responseStatus") or "")
