"""Free/busy of many (Microsoft Graph docs: getSchedule): twenty mailboxes and 62 days to a call."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from roomstead.adapters.providers.microsoft.calls import CallKind, GraphCall
from roomstead.adapters.providers.microsoft.client import GraphClient, values_of
from roomstead.adapters.providers.microsoft.mapping import Json, is_object, text_of
from roomstead.adapters.providers.microsoft.times import graph_time, parse_span
from roomstead.application.ports.calendar import BusyTimes
from roomstead.domain.errors import InvalidInput, UnreadableAnswer
from roomstead.domain.mailbox import Address, MailboxRef
from roomstead.domain.timespan import Timespan

_MAILBOXES_PER_CALL = 20
_LONGEST = timedelta(days=62)
_INTERVAL_MINUTES = 30
"""Of the merged view, which is not read; left out it is answered by an error of the server."""


async def read_free_busy(
    client: GraphClient, mailboxes: Sequence[MailboxRef], span: Timespan, via: MailboxRef
) -> Mapping[Address, BusyTimes]:
    """Busy times by address; a mailbox with an error of its own, or left out of the answer, is unknown, never free."""
    if span.duration > _LONGEST:
        raise InvalidInput({"span": f"Free/busy can be asked for at most {_LONGEST.days} days at once."})
    found = {one.address: BusyTimes(one.address, error="not answered") for one in mailboxes}
    for first in range(0, len(mailboxes), _MAILBOXES_PER_CALL):
        asked = [one.address for one in mailboxes[first : first + _MAILBOXES_PER_CALL]]
        for schedule in values_of(await client.json(_call(asked, span, via))):
            address = Address((text_of(schedule, "scheduleId") or "").lower())
            if address in found:
                found[address] = _read(address, schedule)
    return found


def _call(asked: Sequence[Address], span: Timespan, via: MailboxRef) -> GraphCall:
    body = {
        "schedules": asked,
        "startTime": graph_time(span.start, "UTC"),
        "endTime": graph_time(span.end, "UTC"),
        "availabilityViewInterval": _INTERVAL_MINUTES,
    }
    content = json.dumps(body).encode()
    return GraphCall("POST", "/users/{mailbox}/calendar/getSchedule", CallKind.MAILBOX, via, body=content)


def _read(address: Address, schedule: Json) -> BusyTimes:
    error = schedule.get("error")
    if is_object(error):
        return BusyTimes(address, error=str(error.get("responseCode") or "unknown"))
    items = schedule.get("scheduleItems")
    if not isinstance(items, list):
        return BusyTimes(address, error="not answered")
    try:
        spans = [parse_span(item.get("start"), item.get("end")) for item in items if _takes_time(item)]
    except UnreadableAnswer:
        return BusyTimes(address, error="unreadable")
    return BusyTimes(address, tuple(sorted(span for span in spans if span is not None)))


def _takes_time(item: object) -> bool:
    return is_object(item) and text_of(item, "status") != "free"
