"""Hashing of passwords."""

from typing import Protocol


class PasswordHasher(Protocol):
    """Slow on purpose, and salted."""

    async def hash(self, text: str) -> str:
        """What to store."""
        ...

    async def is_right(self, text: str, stored: str | None) -> bool:
        """Whether the text is the password behind a hash. Without a hash: no, after the same work."""
        ...

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        ...
