"""News of what was committed, for those who wait for it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID


class Announcements(Protocol):
    """Listens to what units of work announce (``UnitOfWork.announce``). A hint: look again, nothing more."""

    def about(self, topic: str, ref: UUID) -> AbstractAsyncContextManager[AsyncIterator[None]]:
        """One item whenever something happened to ``ref``, from the moment of entering on; many at once may be one.

        Also gives an item when news may have been missed (the connection was lost), and now and then without any.
        """
        ...
