"""Guests under the addresses by which their calendar shows them. Pure."""

from dataclasses import replace

from roomstead.domain.booking import Booking, BookingAttendee
from roomstead.domain.event import CalendarEvent
from roomstead.domain.mailbox import Address


def by_shown_addresses(booking: Booking, event: CalendarEvent) -> Booking:
    """The booking with its guests as the event shows them, so that an alias is nobody else; what was typed is kept.

    Whoever was invited twice, by two addresses of theirs, is one guest.
    """
    shown = {each.invited_as: each.attendee.address for each in event.attendees if each.invited_as is not None}
    if not any(each.address in shown for each in booking.attendees):
        return booking
    guests: dict[Address, BookingAttendee] = {}
    for each in booking.attendees:
        address = shown.get(each.address, each.address)
        guests.setdefault(address, replace(each, address=address, typed=each.typed or each.address))
    return replace(booking, attendees=tuple(guests.values()))
