"""How often a provider may be called: kept by whoever makes the calls, shared by all that name the same app."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LimitRules:
    """The bounds that a provider's app has to stay within.

    ``mailbox_concurrency``: calls at a time per app and mailbox; ``app_concurrency``: calls at a time per app;
    ``calls_per_window`` in each ``window``, per app and mailbox; ``patience``: how long a caller is made to wait
    before it is sent away to come back later.
    """

    mailbox_concurrency: int = 4
    app_concurrency: int = 16
    calls_per_window: int = 10_000
    window: timedelta = timedelta(minutes=10)
    patience: timedelta = timedelta(seconds=10)


class CallLimits(Protocol):
    """Lets a call through when the app and the mailbox have room for it.

    ``app`` names tenant and app, ``mailbox`` the mailbox in the call's path; an empty ``mailbox`` is a call about
    none (directory, several at once) and counts for the app only.
    """

    def slot(self, app: str, mailbox: str) -> AbstractAsyncContextManager[None]:
        """Hold one place for the length of a call, waiting for it up to the patience of the rules.

        Raises Throttled, with the time to come back, when the mailbox is paused or its window used up for longer.
        """
        ...

    async def pause(self, app: str, mailbox: str, length: timedelta) -> None:
        """The provider asked to be left alone: nobody calls this mailbox (or, if empty, this app) for ``length``."""
        ...
