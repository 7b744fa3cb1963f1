"""What people type, checked: every mistake named at once, in a sentence that says what to change. Pure."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from roomstead.domain.errors import InvalidInput
from roomstead.domain.event import AttendeeRole
from roomstead.domain.mailbox import Address, InvalidAddress, parse_address
from roomstead.domain.timespan import Timespan

LONGEST_TITLE = 255
LARGEST_DESCRIPTION = 32 * 1024
MOST_PEOPLE = 500
"""Attendees of one event, room and organiser included, whatever the provider; it may take fewer."""
BESIDE_GUESTS = 2
"""The organiser and the room, who are invited, too."""
LONGEST = timedelta(days=14)
LONG = timedelta(hours=24)
GRACE = timedelta(minutes=5)
"""How long ago a booking may begin: forms are filled in slowly."""

_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class TypedAttendee:
    """Somebody to invite, as typed."""

    address: str
    name: str = ""
    role: AttendeeRole = AttendeeRole.REQUIRED


@dataclass(frozen=True, slots=True)
class CheckedAttendee:
    """Somebody to invite: a valid address, and how it was typed."""

    address: Address
    typed: str
    name: str
    role: AttendeeRole


@dataclass
class Mistakes:
    """Collects sentences by field; the first of a field counts."""

    found: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, sentence: str) -> None:
        """Remember a mistake."""
        self.found.setdefault(name, sentence)

    def raise_any(self) -> None:
        """Raise InvalidInput if there was one."""
        if self.found:
            raise InvalidInput(self.found)


def checked_title(text: str, mistakes: Mistakes) -> str:
    """One line of text: breaks become blanks; what is invisible or turns the reading direction is taken out.

    Letters of every script stay, and so do the joiners that some scripts and emoji need.
    """
    title = " ".join(_plain(text, keep="").split())
    if not title:
        mistakes.add("title", "Give the meeting a title.")
    elif len(title) > LONGEST_TITLE:
        mistakes.add("title", f"Shorten the title to {LONGEST_TITLE} characters; it has {len(title)}.")
    return title


def checked_description(text: str, mistakes: Mistakes) -> str:
    """Plain text of several lines; what looks like HTML is kept as the text it is."""
    plain = _plain(text.replace("\r\n", "\n").replace("\r", "\n"), keep="\n\t").strip()
    size = len(plain.encode("utf-8"))
    if size > LARGEST_DESCRIPTION:
        mistakes.add("description", f"Shorten the description to 32 kB; it has {size // 1024} kB.")
    return plain


def _plain(text: str, *, keep: str) -> str:
    """Without control characters, directional controls and halves of characters."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(each if each in keep or _is_plain(each) else _gap(each) for each in composed)


def _is_plain(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} and character not in _BIDI_CONTROLS


def _gap(character: str) -> str:
    """Breaks keep words apart; everything else that is taken out leaves nothing."""
    return " " if character in "\t\n\r\v\f\u0085\u2028\u2029" else ""


def checked_zone(name: str, mistakes: Mistakes) -> str:
    """A time zone by its IANA name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        mistakes.add("zone", f"“{name[:40]}” is not a time zone; write one like Europe/Berlin.")
    return name


def checked_span(start: datetime, end: datetime, now: datetime, mistakes: Mistakes) -> Timespan | None:
    """A span that may still be booked at ``now``; None when there is a mistake."""
    for name, moment in (("start", start), ("end", end)):
        if moment.tzinfo is None or moment.utcoffset() is None:
            mistakes.add(name, "Add the offset from UTC, like 2026-12-01T09:00:00+01:00.")
    if "start" in mistakes.found or "end" in mistakes.found:
        return None
    try:
        span = Timespan(start, end)
    except (ValueError, OverflowError):
        sentence = (
            "The end is the start: give the meeting a length." if start == end else "The end lies before the start."
        )
        mistakes.add("end", sentence)
        return None
    if span.start < now - GRACE:
        mistakes.add("start", "The start lies in the past.")
    if span.duration > LONGEST:
        mistakes.add("end", "A room can be booked for at most 14 days at a time.")
    return span


def span_warnings(span: Timespan) -> tuple[str, ...]:
    """What is allowed and yet worth a second look."""
    if span.duration > LONG:
        return ("This is longer than a day. One booking for each day is easier to change.",)
    return ()


def checked_attendees(
    typed: Sequence[TypedAttendee], never: Iterable[Address], mistakes: Mistakes
) -> tuple[CheckedAttendee, ...]:
    """Each address once, whatever its case. ``never``: the organiser's addresses and service accounts, left out."""
    left_out = set(never)
    result: dict[Address, CheckedAttendee] = {}
    for index, each in enumerate(typed):
        try:
            address = parse_address(each.address)
        except InvalidAddress as error:
            mistakes.add(f"attendees.{index}.address", str(error))
            continue
        if address not in left_out and address not in result:
            name = " ".join(_plain(each.name, keep="").split())[:LONGEST_TITLE]
            result[address] = CheckedAttendee(address, each.address.strip(), name, each.role)
    if len(result) + BESIDE_GUESTS > MOST_PEOPLE:
        most = MOST_PEOPLE - BESIDE_GUESTS
        mistakes.add(
            "attendees", f"Invite at most {most} people beside the organiser and the room; these are {len(result)}."
        )
    return tuple(result.values())
