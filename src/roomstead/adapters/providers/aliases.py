"""Guests who were invited by one of their addresses and are shown by another.

A calendar may show whoever was invited by an alias under the primary address. Compared by letters that would be two
people: one who is missing and has to be invited again, and one whom somebody else invited. The directory knows better;
it is asked only where an event shows both, somebody missing and somebody new.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace

from roomstead.domain.errors import AppError, NeedsAdmin, RetryLater
from roomstead.domain.event import AttendeeStatus, CalendarEvent
from roomstead.domain.mailbox import Address, MailboxFacts

MOST_ASKED = 20
"""How many are looked up for one event; more than that are not aliases but a change of guests."""


class Aliases:
    """Finds people of one tenant by any of their addresses."""

    def __init__(self, resolve: Callable[[Address], Awaitable[MailboxFacts]]) -> None:
        """``resolve`` as the port says."""
        self._resolve = resolve

    async def shown(self, ours: Collection[Address], there: Collection[Address]) -> Mapping[Address, Address]:
        """Addresses of ours that the event shows otherwise → by which address it shows them. Raises RetryLater."""
        strangers = set(there) - set(ours)
        missing = sorted(set(ours) - set(there))
        if not strangers or len(missing) > MOST_ASKED:
            return {}
        found: dict[Address, Address] = {}
        for each in missing:
            try:
                address = (await self._resolve(each)).ref.address
            except NeedsAdmin:
                return found  # the directory is closed to us
            except RetryLater:
                raise
            except AppError:
                continue
            if address in strangers:
                found[each] = address
        return found

    async def named(self, event: CalendarEvent, invited: Collection[Address]) -> CalendarEvent:
        """An event that was just made, told by which addresses its guests were invited; as it is where none can say."""
        there = [each.attendee.address for each in event.attendees]
        try:
            return with_invited_as(event, await self.shown(invited, there))
        except RetryLater:
            return event


def with_invited_as(event: CalendarEvent, shown: Mapping[Address, Address]) -> CalendarEvent:
    """The event with those addresses by which we invited them."""
    if not shown:
        return event
    invited = {address: each for each, address in shown.items()}
    return replace(event, attendees=tuple(_named(status, invited) for status in event.attendees))


def _named(status: AttendeeStatus, invited: Mapping[Address, Address]) -> AttendeeStatus:
    known = invited.get(status.attendee.address)
    return status if known is None else replace(status, invited_as=known)
