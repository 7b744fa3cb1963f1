"""Ids of events: the same on every copy, because they follow from the UID (Google's page "Create events").

An event made by Google has the UID ``<id>@google.com``. A foreign UID becomes ``_`` and the UID in base32hex, as ids of
imported events look. An occurrence is named after its series and its original start.
"""

import base64
import re
from datetime import UTC, date, datetime
from random import Random
from typing import NamedTuple

DOMAIN = "@google.com"
DIGITS = "0123456789abcdefghijklmnopqrstuv"
_NEW_LENGTH = 26
_VALID = re.compile(r"[a-v0-9]{5,1024}")
_PLAIN = re.compile(r"[A-Za-z0-9_]{1,1024}")
_OCCURRENCE = re.compile(r"(?P<base>.+)_(?P<start>\d{8}(?:T\d{6}Z)?)")
_DATE_LENGTH = 8


class EventName(NamedTuple):
    """What an id says: the UID, and for an occurrence its original start (a date for whole days)."""

    ical_uid: str
    start: datetime | date | None = None


def is_valid(event_id: str) -> bool:
    """Whether a client may choose this id: base32hex digits, 5 to 1024 of them."""
    return _VALID.fullmatch(event_id) is not None


def new_id(chance: Random) -> str:
    """A fresh id."""
    return "".join(chance.choice(DIGITS) for _ in range(_NEW_LENGTH))


def uid_of(event_id: str) -> str:
    """The UID of an event by the id that a client chose for it."""
    return event_id + DOMAIN


def base_id(ical_uid: str) -> str:
    """The id of a single event or series."""
    local = ical_uid.removesuffix(DOMAIN)
    if local != ical_uid and _PLAIN.fullmatch(local) and not local.startswith("_"):
        return local
    return "_" + base64.b32hexencode(ical_uid.encode()).decode().rstrip("=").lower()


def occurrence_id(ical_uid: str, original_start: datetime, *, day: date | None = None) -> str:
    """The id of one occurrence; ``day`` for an event of whole days."""
    start = f"{day:%Y%m%d}" if day is not None else f"{original_start.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{base_id(ical_uid)}_{start}"


def readings(event_id: str) -> list[EventName]:
    """What an id may mean, the likeliest first: an id that looks like an occurrence's may be an event's, too."""
    found = []
    match = _OCCURRENCE.fullmatch(event_id)
    start = _start(match["start"]) if match is not None else None
    if match is not None and start is not None:
        uid = _uid(match["base"])
        found += [EventName(uid, start)] if uid is not None else []
    uid = _uid(event_id)
    return [*found, EventName(uid)] if uid is not None else found


def _uid(base: str) -> str | None:
    if not base.startswith("_"):
        return base + DOMAIN
    text = base[1:].upper()
    try:
        return base64.b32hexdecode(text + "=" * (-len(text) % 8)).decode()
    except (ValueError, UnicodeDecodeError):
        return None


def _start(text: str) -> datetime | date | None:
    try:
        if len(text) == _DATE_LENGTH:
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
