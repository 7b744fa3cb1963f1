"""The parameters of events.list (and of a channel on it), read and judged."""

import hashlib
import json
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.errors import (
    bad_request,
    invalid,
    sync_token_with_restrictions,
    time_range_empty,
    updated_min_too_long_ago,
)
from roomstead_sandbox.google.events import times
from roomstead_sandbox.google.roles import Role

NOT_WITH_TOKEN = (
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
)
"""What a sync token takes the place of (Google's page "Synchronize resources efficiently")."""

EVENT_TYPES = ("birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation")
_LONGEST_AGO = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which events, in which form and order."""

    single_events: bool
    show_deleted: bool
    time_min: datetime | None = None
    time_max: datetime | None = None
    updated_min: datetime | None = None
    ical_uid: str | None = None
    words: str | None = None
    properties: tuple[tuple[str, str], ...] = ()
    event_types: tuple[str, ...] = ()
    order_by: str | None = None

    @property
    def key(self) -> Hashable:
        """All that the list depends on."""
        return self

    @property
    def digest(self) -> str:
        """What must stay the same from one round to the next."""
        asked = [self.single_events, sorted(self.event_types)]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:12]


def read_query(call: Call) -> ListQuery:
    """The query of a list. GoogleError 400, or 410 for a modification time too far in the past."""
    query, syncing = call.query, call.query.get("syncToken") is not None
    if syncing and any(query.get(name) is not None for name in NOT_WITH_TOKEN):
        raise sync_token_with_restrictions()
    if syncing and query.get("showDeleted") is not None and not query.flag("showDeleted"):
        raise sync_token_with_restrictions()
    found = ListQuery(
        single_events=query.flag("singleEvents") or call.role is Role.FREE_BUSY_READER,
        show_deleted=query.flag("showDeleted") or syncing,
        time_min=_bound(call, "timeMin"),
        time_max=_bound(call, "timeMax"),
        updated_min=_bound(call, "updatedMin"),
        ical_uid=query.get("iCalUID"),
        words=(query.get("q") or "").strip().casefold() or None,
        properties=_properties(call),
        event_types=tuple(query.all("eventTypes")),
        order_by=query.get("orderBy"),
    )
    _judge(call, found)
    return found


def _judge(call: Call, query: ListQuery) -> None:
    if any(kind not in EVENT_TYPES for kind in query.event_types):
        raise invalid(f"Invalid value. Values must be one of: {list(EVENT_TYPES)}", "eventTypes")
    if query.order_by not in (None, "startTime", "updated"):
        raise invalid("Invalid value. Values must be one of: [startTime, updated]", "orderBy")
    if query.order_by == "startTime" and not query.single_events:
        raise bad_request("The requested ordering is not available for the particular query.")
    if query.time_min is not None and query.time_max is not None and query.time_max <= query.time_min:
        raise time_range_empty()
    if query.updated_min is not None and query.updated_min < call.now - _LONGEST_AGO:
        raise updated_min_too_long_ago()


def _bound(call: Call, name: str) -> datetime | None:
    text = call.query.get(name)
    return None if text is None else times.parse_bound(text, name)


def _properties(call: Call) -> tuple[tuple[str, str], ...]:
    found = []
    for kind in ("private", "shared"):
        for pair in call.query.all(f"{kind}ExtendedProperty"):
            name, equals, value = pair.partition("=")
            if not equals or not name:
                raise invalid("Invalid Value", f"{kind}ExtendedProperty")
            found.append((f"{kind}/{name}", value))
    return tuple(found)
