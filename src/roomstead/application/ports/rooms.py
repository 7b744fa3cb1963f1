"""Rooms, buildings and what makes rooms busy."""

from typing import Protocol


class RoomRepository(Protocol):
    """Rooms, buildings and what makes rooms busy."""
