"""A booking as a file for any calendar (RFC 5545)."""

import unicodedata
from datetime import UTC, datetime

from roomstead.application.booking_view import BookingView
from roomstead.domain.booking import BookingState

WIDEST = 75
"""Octets of a line, its end not counted (RFC 5545, 3.1)."""

_STATUS = {
    BookingState.CANCELLED: "CANCELLED",
    BookingState.CANCELLING: "CANCELLED",
    BookingState.CONFIRMED: "CONFIRMED",
}
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
_NO_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})


def calendar_file(view: BookingView, address: str, now: datetime) -> bytes:
    """The file. ``address``: where the booking can be read."""
    rooms = ", ".join(each.name for each in view.rooms)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Roomstead//Roomstead//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{view.id}@roomstead",
        f"DTSTAMP:{_moment(now)}",
        f"LAST-MODIFIED:{_moment(view.updated_at)}",
        f"SEQUENCE:{view.version}",
        f"DTSTART:{_moment(view.intended.start)}",
        f"DTEND:{_moment(view.intended.end)}",
        f"SUMMARY:{_text(view.title)}",
        f"LOCATION:{_text(rooms)}",
        f"STATUS:{_STATUS.get(view.state, 'TENTATIVE')}",
        f"URL:{address}",
        *([f"DESCRIPTION:{_text(view.description)}"] if view.description else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """As a value; characters that some readers take for the end of a line, or for nothing good, become blanks."""
    return "".join(" " if unicodedata.category(each) in _NO_TEXT else each for each in text.translate(_ESCAPES))


def _folded(line: str) -> str:
    """Broken where it is too long, never inside a character."""
    parts: list[str] = []
    part, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > WIDEST:
            parts.append(part)
            part, size = " ", 1
        part, size = part + letter, size + width
    return "\r\n".join([*parts, part])
