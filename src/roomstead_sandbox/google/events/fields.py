"""Fields of an event that the world keeps as they were sent: their names, and where extended properties lie."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
SHARED, PRIVATE = "shared/", "private/"

CREATOR, STATUS, VISIBILITY, CONFERENCE, EVENT_TYPE = "creator", "status", "visibility", "conferenceData", "eventType"
SWITCHES = {"guestsCanInviteOthers": True, "guestsCanModify": False, "anyoneCanAddSelf": False, "locked": False}
"""True-or-false fields that every copy shares, with their defaults; a default is not shown."""

KEPT = (
    "source",
    "attachments",
    "outOfOfficeProperties",
    "focusTimeProperties",
    "workingLocationProperties",
    "birthdayProperties",
    "eventLabelId",
)
"""Shared fields that mean nothing to this world and are given back as they came."""

OWN = ("colorId", "reminders")
"""Fields that each copy has for itself."""

LONGEST_KEY, LONGEST_VALUE, MOST_PROPERTIES = 44, 1024, 300


def extended(properties: Mapping[str, str] | None) -> Json:
    """Extended properties as an event shows them."""
    found: dict[str, dict[str, str]] = {}
    for name, value in sorted((properties or {}).items()):
        kind, _, key = name.partition("/")
        if kind in ("private", "shared"):
            found.setdefault(kind, {})[key] = value
    return found


def stored_properties(data: object) -> dict[str, str]:
    """Extended properties as they are kept. Names that are too long vanish, values that are too long are cut.

    (Google's page "Extended properties".)
    """
    found: dict[str, str] = {}
    for kind in ("private", "shared"):
        held = data.get(kind) if isinstance(data, Mapping) else None
        for key, value in held.items() if isinstance(held, Mapping) else ():
            if value is not None and 0 < len(str(key)) <= LONGEST_KEY and len(found) < MOST_PROPERTIES:
                found[f"{kind}/{key}"] = str(value)[:LONGEST_VALUE]
    return found
