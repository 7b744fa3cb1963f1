"""The scopes that Roomstead asks for, one to a token: a refused one then takes no other with it."""

from collections.abc import Mapping

from roomstead.adapters.providers.google.calls import GoogleCall, Reach, is_room

_BASE = "https://www.googleapis.com/auth/"

OWN_EVENTS = "calendar.events.owned"
"""Read and write events in the calendars that the asker owns (Calendar API docs: scopes)."""
READ_EVENTS = "calendar.events.readonly"
FREE_BUSY = "calendar.freebusy"
ROOMS = "admin.directory.resource.calendar.readonly"
PEOPLE = "admin.directory.user.readonly"
WHO_SIGNS_IN = ("openid", "email")
"""Of a mailbox's own sign-in: Google says whose it is (Google identity docs: OpenID Connect)."""
DELEGATED = (OWN_EVENTS, READ_EVENTS, FREE_BUSY, ROOMS, PEOPLE)
"""What a delegation to everyone's calendars lists, in the order in which it is shown."""

_SCOPES: Mapping[Reach, str] = {Reach.FREE_BUSY: FREE_BUSY, Reach.ROOMS: ROOMS, Reach.PEOPLE: PEOPLE}


def full_name(scope: str) -> str:
    """As Google writes it."""
    return _BASE + scope


def short_names(text: str) -> tuple[str, ...]:
    """Of a token's own list, those that are Google's, sorted."""
    return tuple(sorted(one.removeprefix(_BASE) for one in text.split() if one.startswith(_BASE)))


def scope_for(call: GoogleCall) -> str:
    """The narrowest scope that lets a call through. A room's events are not owned by whoever reads them."""
    if call.scope:
        return call.scope
    if call.reach is not Reach.EVENTS:
        return _SCOPES[call.reach]
    return READ_EVENTS if call.mailbox is not None and is_room(call.mailbox.address) else OWN_EVENTS
