"""The addresses in what we want an event to say, and in what it says."""

from collections.abc import Mapping

from roomstead.adapters.providers.google.mapping import Json, address_of, objects_of, text_of
from roomstead.domain.mailbox import Address


def invited_in(event: Json) -> list[Address]:
    """Whom an event invites; whoever holds the calendar is not invited."""
    told = [
        address_of(text_of(one, "email"))
        for one in objects_of(event.get("attendees"))
        if one.get("organizer") is not True
    ]
    return [each for each in told if each is not None]


def meant_in(wanted: Json) -> list[Address]:
    """Whom a wanted state names: those whom it invites, and those whom it invites no longer."""
    return [*invited_in(wanted), *_withdrawn(wanted)]


def with_shown_addresses(wanted: Json, shown: Mapping[Address, Address]) -> Json:
    """A wanted state in the addresses by which the event shows the same people."""
    if not shown:
        return wanted
    attendees = [
        {**one, "email": shown.get(address, address)} if (address := address_of(text_of(one, "email"))) else one
        for one in objects_of(wanted.get("attendees"))
    ]
    withdrawn = [shown.get(each, each) for each in _withdrawn(wanted)]
    return {**wanted, "attendees": attendees, "withdrawn": withdrawn}


def _withdrawn(wanted: Json) -> list[Address]:
    told = wanted.get("withdrawn")
    return [Address(each) for each in told if isinstance(each, str)] if isinstance(told, list) else []
