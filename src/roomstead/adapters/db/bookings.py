"""Rows of this area, read and written on the connection of the unit of work."""

from sqlalchemy.ext.asyncio import AsyncConnection


class BookingStore:
    """Implements the port of the same area."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection
