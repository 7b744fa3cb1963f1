"""Bookings, their occurrences, rooms, attendees and hosting."""

from typing import Protocol


class BookingRepository(Protocol):
    """Bookings, their occurrences, rooms, attendees and hosting."""
