"""The attendees of a write: always the whole list; whoever is left out is out (Microsoft Graph docs: "Update event").

An existing attendee keeps their answer; a ``status`` sent along is honoured, except that ``declined`` turns into "not
responded" at a far time (public issue reports).  Whether a list without ``status`` takes answers back is a switch of
the world, judged where the list is applied.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from roomstead_sandbox.microsoft.errors import bad_request, unreadable
from roomstead_sandbox.microsoft.graph.words import RESPONSES, ROLES, inverse
from roomstead_sandbox.microsoft.zones import parse_instant
from roomstead_sandbox.world.events import NEVER, Answer, Attendee, Person, same_address

LIMIT = 500
FAR_TIME = datetime(4501, 1, 1, tzinfo=UTC)
_ROLES = inverse(ROLES)
_RESPONSES = inverse(RESPONSES)


def parse_attendees(value: object, before: Sequence[Attendee]) -> tuple[Attendee, ...]:
    """The new list.  GraphError 400 for more than 500 people (the code is not documented) or a bad address."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise unreadable("attendees must be a collection.")
    if len(value) > LIMIT:
        raise bad_request(f"The number of attendees must not exceed {LIMIT}.", "ErrorInvalidRequest")
    found: dict[str, Attendee] = {}
    for item in value:
        attendee = _attendee(item, before)
        found.setdefault(attendee.address.casefold(), attendee)
    return tuple(found.values())


def without_statuses(value: object) -> bool:
    """Whether a list of attendees came without any answer in it."""
    return isinstance(value, list) and not any(isinstance(i, Mapping) and i.get("status") for i in value)


def parse_people(value: object) -> tuple[Person, ...]:
    """The ``toRecipients`` of a forward.  GraphError 400 when there is none or one has no address."""
    if not isinstance(value, list) or not value:
        raise bad_request("At least one recipient isn't valid.", "ErrorInvalidRecipients")
    return tuple(_person(item) for item in value)


def _attendee(item: object, before: Iterable[Attendee]) -> Attendee:
    person = _person(item)
    body: Mapping[str, Any] = item if isinstance(item, Mapping) else {}
    role = _ROLES.get(str(body.get("type") or "required").lower())
    if role is None:
        raise unreadable(f"Requested value '{body.get('type')}' was not found.")
    known = next((a for a in before if same_address(a.address, person.address)), None)
    attendee = Attendee(person.address, person.name, role)
    if known is not None:
        attendee = replace(attendee, answer=known.answer, answered_at=known.answered_at)
    status = body.get("status")
    return _with_status(attendee, status) if isinstance(status, Mapping) else attendee


def _with_status(attendee: Attendee, status: Mapping[str, Any]) -> Attendee:
    answer = _RESPONSES.get(str(status.get("response") or "none").lower())
    if answer is None:
        raise unreadable(f"Requested value '{status.get('response')}' was not found.")
    if answer in (Answer.ACCEPTED, Answer.TENTATIVE):
        return replace(attendee, answer=answer, answered_at=_time(status.get("time")))
    if answer is Answer.DECLINED:
        return replace(attendee, answer=Answer.NOT_RESPONDED, answered_at=FAR_TIME)
    return attendee


def _time(value: object) -> datetime:
    try:
        return parse_instant(value) if isinstance(value, str) else NEVER
    except ValueError as error:
        raise unreadable(f"Cannot convert the literal '{value}' to a time.") from error


def _person(item: object) -> Person:
    email = item.get("emailAddress") if isinstance(item, Mapping) else None
    address = email.get("address") if isinstance(email, Mapping) else None
    if not isinstance(address, str) or "@" not in address.strip("@"):
        raise bad_request("At least one recipient isn't valid.", "ErrorInvalidRecipients")
    name = email.get("name") if isinstance(email, Mapping) else None
    return Person(address.strip(), name if isinstance(name, str) else "")
