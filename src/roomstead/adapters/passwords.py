"""Passwords hashed with argon2id, a few at a time. Parameters: OWASP Password Storage Cheat Sheet, the first set."""

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

AT_ONCE = 2
"""Each hash takes 46 MiB and all of a core for some time: many at once must not take the service down."""

MEMORY_KIB = 47_104
ROUNDS = 1
PARALLELISM = 1


class Argon2Hasher:
    """Implements ``PasswordHasher``."""

    def __init__(self) -> None:
        """Nothing is loaded before the first password."""
        self._places = asyncio.Semaphore(AT_ONCE)
        self._nobody: str | None = None

    @cached_property
    def _argon2(self) -> "PasswordHasher":
        from argon2 import PasswordHasher  # most commands hash nothing

        return PasswordHasher(memory_cost=MEMORY_KIB, time_cost=ROUNDS, parallelism=PARALLELISM)

    async def hash(self, text: str) -> str:
        """What to store."""
        async with self._places:
            return await asyncio.to_thread(self._argon2.hash, text)

    async def is_right(self, text: str, stored: str | None) -> bool:
        """Whether the text is the password."""
        if self._nobody is None:
            self._nobody = await self.hash("nobody has this password")
        async with self._places:
            matches = await asyncio.to_thread(self._verify, stored or self._nobody, text)
        return matches and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether to hash again at the next chance."""
        return self._argon2.check_needs_rehash(stored)

    def _verify(self, stored: str, text: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return self._argon2.verify(stored, text)
        except (VerificationError, InvalidHashError):
            return False
