"""The addresses in what we want an event to say, and in what it says."""

from collections.abc import Mapping

from roomstead.adapters.providers.microsoft.mapping import Json, address_of, is_object
from roomstead.domain.mailbox import Address


def invited_in(event: Json) -> list[Address]:
    """Whom an event invites."""
    told = [address_of(one.get("emailAddress")) for one in _attendees(event)]
    return [each for each in told if each is not None]


def meant_in(wanted: Json) -> list[Address]:
    """Whom a wanted state names: those whom it invites, and those whom it invites no longer."""
    return [*invited_in(wanted), *_withdrawn(wanted)]


def with_shown_addresses(wanted: Json, shown: Mapping[Address, Address]) -> Json:
    """A wanted state in the addresses by which the event shows the same people."""
    if not shown:
        return wanted
    attendees = [_shown(one, shown) for one in _attendees(wanted)]
    withdrawn = [shown.get(each, each) for each in _withdrawn(wanted)]
    return {**wanted, "attendees": attendees, "withdrawn": withdrawn}


def _shown(attendee: Json, shown: Mapping[Address, Address]) -> Json:
    named = attendee.get("emailAddress")
    address = address_of(named)
    if address is None or not is_object(named):
        return attendee
    return {**attendee, "emailAddress": {**named, "address": shown.get(address, address)}}


def _attendees(event: Json) -> list[Json]:
    told = event.get("attendees")
    return [one for one in told if is_object(one)] if isinstance(told, list) else []


def _withdrawn(wanted: Json) -> list[Address]:
    told = wanted.get("withdrawn")
    return [Address(each) for each in told if isinstance(each, str)] if isinstance(told, list) else []
