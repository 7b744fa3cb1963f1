"""The ``Prefer`` header: several headers or a comma list, unknown preferences ignored.

(RFC 7240; Microsoft Graph docs: "Use the Microsoft Graph API", request headers.)
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from roomstead_sandbox.microsoft.zones import zone_of

_PREFERENCE = re.compile(r"""\s*([\w.\-]+)(?:\s*=\s*("[^"]*"|[^,;\s"]*))?\s*(?:;[^,]*)?(?:,|$)""")


@dataclass(frozen=True)
class Preferences:
    """What a caller prefers, and the words that say what was honoured."""

    immutable_ids: bool = False
    zone: ZoneInfo | None = None
    zone_name: str = "UTC"
    text_bodies: bool = False
    page_size: int | None = None
    applied: tuple[str, ...] = ()


def parse_preferences(headers: Iterable[str]) -> Preferences:
    """The preferences in ``Prefer`` headers; the first of a name counts.

    Raises GraphError 400 for a time zone that Exchange does not know.
    """
    found: dict[str, str] = {}
    for header in headers:
        for name, value in _PREFERENCE.findall(header):
            found.setdefault(name.lower(), value.strip('"'))
    return _understood(found) if found else Preferences()


def _understood(found: dict[str, str]) -> Preferences:
    applied: list[str] = []
    immutable = found.get("idtype", "").lower() == "immutableid"
    if immutable:
        applied.append('IdType="ImmutableId"')
    zone, zone_name = None, found.get("outlook.timezone", "")
    if zone_name:
        rules = zone_of(zone_name)
        zone = None if rules.key == "UTC" else rules
        applied.append(f'outlook.timezone="{zone_name}"')
    text_bodies = found.get("outlook.body-content-type", "").lower() == "text"
    if text_bodies:
        applied.append('outlook.body-content-type="text"')
    page_size = _page_size(found.get("odata.maxpagesize", ""))
    if page_size is not None:
        applied.append(f"odata.maxpagesize={page_size}")
    return Preferences(immutable, zone, zone_name or "UTC", text_bodies, page_size, tuple(applied))


def _page_size(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) > 0 else None
