"""Graph's event JSON → our events. Tolerant of what Exchange really sends; never guesses what it did not."""

from collections.abc import Callable, Mapping
from typing import TypeGuard, TypeVar

from roomstead.adapters.providers.microsoft.description import to_text
from roomstead.adapters.providers.microsoft.times import parse_moment, parse_span
from roomstead.adapters.providers.microsoft.windows_zones import iana_name
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

_KINDS = {
    "singleInstance": EventKind.SINGLE,
    "seriesMaster": EventKind.SERIES_MASTER,
    "occurrence": EventKind.OCCURRENCE,
    "exception": EventKind.EXCEPTION,
}
_RESPONSES = {
    "none": ResponseStatus.NEEDS_ACTION,
    "notResponded": ResponseStatus.NEEDS_ACTION,
    "accepted": ResponseStatus.ACCEPTED,
    "organizer": ResponseStatus.ACCEPTED,
    "tentativelyAccepted": ResponseStatus.TENTATIVE,
    "declined": ResponseStatus.DECLINED,
}
_ROLES = {"optional": AttendeeRole.OPTIONAL, "resource": AttendeeRole.ROOM}
_PRIVATE = {"private", "confidential"}
_NO_TIME_TAKEN = {"free"}


def read_change(item: Json) -> Change:
    """One entry of a list of changes."""
    if "@removed" in item:
        return RemovedEvent(_event_id(item))
    return read_event(item)


def read_event(item: Json) -> CalendarEvent:
    """One copy of an event. What the JSON leaves out stays None; a series master takes no time by itself.

    ``own_response`` is None on the host's own copy, where Graph says "organizer": nobody was asked.
    """
    kind = _KINDS.get(text_of(item, "type") or "singleInstance", EventKind.SINGLE)
    is_cancelled = item.get("isCancelled") is True
    is_all_day = item.get("isAllDay") is True
    is_host_copy = item.get("isOrganizer") is True
    zone = iana_name(text_of(item, "originalStartTimeZone"))
    organizer = _email_address(item.get("organizer"))
    return CalendarEvent(
        event_id=_event_id(item),
        ical_uid=_optional(ICalUid, text_of(item, "iCalUId")),
        kind=kind,
        span=parse_span(item.get("start"), item.get("end"), is_all_day=is_all_day, own_zone=zone),
        is_cancelled=is_cancelled,
        is_busy=not is_cancelled
        and kind is not EventKind.SERIES_MASTER
        and text_of(item, "showAs") not in _NO_TIME_TAKEN,
        is_host_copy=is_host_copy,
        is_private=_is_private(item),
        is_all_day=is_all_day,
        organizer=address_of(organizer),
        organizer_name=(text_of(organizer, "name") or "").strip(),
        title=_stripped(item, "subject"),
        description=_description(item),
        attendees=tuple(_attendees(item)),
        own_response=None if is_host_copy else _response(item.get("responseStatus")),
        revision=_revision(item),
        write_key=_optional(WriteKey, text_of(item, "transactionId")),
        series_master_id=_optional(EventId, text_of(item, "seriesMasterId")),
        original_start=parse_moment(item.get("originalStart")),
        zone=zone,
    )


def is_object(value: object) -> TypeGuard[Json]:
    """Whether a JSON value is an object. A parser makes nothing but dictionaries of them, which is quick to ask."""
    return isinstance(value, dict)


def text_of(item: object, name: str) -> str | None:
    """A text field; None when it is missing, null or something else."""
    value = item.get(name) if isinstance(item, dict) else None
    return value if isinstance(value, str) else None


def address_of(email_address: object) -> Address | None:
    """The address of an emailAddress object.

    None where it is a directory name such as ``/o=ExchangeLabs/…`` or otherwise no address: Exchange answers those
    for organisers that it could not resolve.
    """
    text = text_of(email_address, "address")
    if not text:
        return None
    try:
        return parse_address(text.removeprefix("SMTP:").removeprefix("smtp:"))
    except InvalidAddress:
        return None


def _event_id(item: Json) -> EventId:
    event_id = text_of(item, "id")
    if not event_id:
        raise UnreadableAnswer("Graph answered an event without an id.")
    return EventId(event_id)


def _optional(make: Callable[[str], T], text: str | None) -> T | None:
    return make(text) if text else None


def _stripped(item: Json, name: str) -> str | None:
    """A title, trimmed: the organiser's name that rooms put in its place ends in a blank. An empty one was told."""
    if name not in item:
        return None
    return (text_of(item, name) or "").strip()


def _is_private(item: Json) -> bool | None:
    sensitivity = text_of(item, "sensitivity")
    return None if sensitivity is None else sensitivity in _PRIVATE


def _description(item: Json) -> str | None:
    body = item.get("body")
    content = text_of(body, "content")
    return None if content is None else to_text(content, text_of(body, "contentType") or "text")


def _revision(item: Json) -> Revision | None:
    etag = text_of(item, "@odata.etag")
    if etag:
        return Revision(etag)
    change_key = text_of(item, "changeKey")
    return Revision(f'W/"{change_key}"') if change_key else None


def _email_address(recipient: object) -> object:
    """The emailAddress inside a recipient; organisers may be null."""
    return recipient.get("emailAddress") if is_object(recipient) else None


def _attendees(item: Json) -> list[AttendeeStatus]:
    """Who is invited, with answers. An entry without a usable address cannot be matched to anybody and is left out."""
    listed = item.get("attendees")
    found = []
    for entry in listed if isinstance(listed, list) else []:
        email_address = _email_address(entry)
        address = address_of(email_address)
        if address is None:
            continue
        role = _ROLES.get(text_of(entry, "type") or "", AttendeeRole.REQUIRED)
        status = entry.get("status")
        response = _response(status) or ResponseStatus.NEEDS_ACTION
        answered_at = parse_moment(status.get("time")) if is_object(status) else None
        attendee = Attendee(address, (text_of(email_address, "name") or "").strip(), role)
        found.append(AttendeeStatus(attendee, response, answered_at))
    return found


def _response(status: object) -> ResponseStatus | None:
    return _RESPONSES.get(text_of(status, "response") or "")
