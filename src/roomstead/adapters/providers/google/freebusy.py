"""Free/busy of many (Calendar API docs: freebusy.query): fifty calendars to a call."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from roomstead.adapters.providers.google.calls import CallKind, GoogleCall, Reach
from roomstead.adapters.providers.google.client import GoogleClient
from roomstead.adapters.providers.google.mapping import Json, is_object
from roomstead.adapters.providers.google.times import parse_moment, rfc3339
from roomstead.application.ports.calendar import BusyTimes
from roomstead.domain.errors import InvalidInput, UnreadableAnswer
from roomstead.domain.mailbox import Address, MailboxRef
from roomstead.domain.timespan import Timespan

_CALENDARS_PER_CALL = 50
_LONGEST = timedelta(days=62)


async def read_free_busy(
    client: GoogleClient, mailboxes: Sequence[MailboxRef], span: Timespan, via: MailboxRef
) -> Mapping[Address, BusyTimes]:
    """Busy times by address; a calendar with an error of its own, or left out of the answer, is unknown, never free."""
    if span.duration > _LONGEST:
        raise InvalidInput({"span": f"Free/busy can be asked for at most {_LONGEST.days} days at once."})
    found = {one.address: BusyTimes(one.address, error="not answered") for one in mailboxes}
    for first in range(0, len(mailboxes), _CALENDARS_PER_CALL):
        asked = [one.address for one in mailboxes[first : first + _CALENDARS_PER_CALL]]
        calendars = (await client.json(_call(asked, span, via))).get("calendars")
        if not is_object(calendars):
            raise UnreadableAnswer(details={"missing": "calendars"})
        for name, told in calendars.items():
            address = Address(name.lower())
            if address in found:
                found[address] = _read(address, told)
    return found


def _call(asked: Sequence[Address], span: Timespan, via: MailboxRef) -> GoogleCall:
    body = {"timeMin": rfc3339(span.start), "timeMax": rfc3339(span.end), "items": [{"id": one} for one in asked]}
    content = json.dumps(body).encode()
    return GoogleCall("POST", "/freeBusy", CallKind.MAILBOX, via, body=content, reach=Reach.FREE_BUSY)


def _read(address: Address, told: object) -> BusyTimes:
    if not is_object(told):
        return BusyTimes(address, error="not answered")
    errors, busy = told.get("errors"), told.get("busy")
    if isinstance(errors, list) and errors:
        return BusyTimes(address, error=_reason(errors[0]))
    if not isinstance(busy, list):
        return BusyTimes(address, error="not answered")
    try:
        return BusyTimes(address, tuple(sorted(_span(one) for one in busy if is_object(one))))
    except (UnreadableAnswer, ValueError):
        return BusyTimes(address, error="unreadable")


def _span(told: Json) -> Timespan:
    return Timespan(parse_moment(told.get("start")), parse_moment(told.get("end")))


def _reason(error: object) -> str:
    reason = error.get("reason") if is_object(error) else None
    return reason if isinstance(reason, str) and reason else "unknown"
