"""News of what was committed, for those who wait for it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID


class Announcements(Protocol):
    """Listens to what units of work announce (``UnitOfWork.announce``). A hint: look again, nothing more."""

    def about(self, topic: str, ref: UUID) -> AbstractAsyncContextManager[AsyncIterator[bool]]:
        """One item whenever something happened to ``ref``, from the moment of entering on; many at once may be one.

        True: there is news, or some may have been missed (the connection was lost). False: none for a while.
        """
        ...

    def of(self, *topics: str) -> AbstractAsyncContextManager[AsyncIterator[bool]]:
        """As ``about``, whatever it is about: one item whenever something happened to anything of these topics."""
        ...
