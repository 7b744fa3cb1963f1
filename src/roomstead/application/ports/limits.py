"""How often a provider may be called: kept by whoever makes the calls, shared by all that name the same app."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LimitRules:
    """The bounds that an operator sets.

    ``mailbox_concurrency``: calls at a time per app and mailbox; ``app_concurrency``: calls at a time per app;
    ``patience``: how long a caller is made to wait before it is sent away to come back later; ``turn_patience``: the
    same where many wait for their turn, so that they do not keep a worker's hands from everybody else.
    """

    mailbox_concurrency: int = 4
    app_concurrency: int = 16
    patience: timedelta = timedelta(seconds=10)
    turn_patience: timedelta = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``calls`` within any ``window``, of which ``at_once`` may come together and the rest evenly."""

    calls: int
    window: timedelta
    at_once: int

    def __post_init__(self) -> None:
        """A rate at which nobody would ever get through is a mistake."""
        if not 0 < self.at_once < self.calls:
            raise ValueError("A rate lets at least one call through at once, and fewer than all.")

    @property
    def interval(self) -> timedelta:
        """Between one call and the next, where many wait."""
        return self.window / (self.calls - self.at_once)

    @property
    def credit(self) -> timedelta:
        """How far calls may run ahead of the even pace."""
        return self.interval * (self.at_once - 1)


@dataclass(frozen=True, slots=True)
class Meter:
    """A line in which calls wait for their turn, first come, first served. Providers name their own.

    ``times``: for how many calls one counts that asks several things at once.
    """

    name: str
    rate: Rate
    times: int = 1

    @property
    def pace(self) -> timedelta:
        """Between this call and the next, where many wait."""
        return self.rate.interval * self.times


class CallLimits(Protocol):
    """Lets a call through when the app and the mailbox have room for it.

    ``app`` names tenant and app, ``mailbox`` the mailbox in the call's path; an empty ``mailbox`` is a call about
    none (directory, several at once) and counts for the app only. ``meters`` are the rates that the provider sets and
    that this call counts for, each named once; several apps may share one.
    """

    def slot(self, app: str, mailbox: str, meters: Sequence[Meter] = ()) -> AbstractAsyncContextManager[None]:
        """Hold one place for the length of a call, waiting for it up to the patience of the rules.

        Raises Throttled, with the time to come back, when the mailbox is paused or its turn comes later than that.
        """
        ...

    async def pause(self, app: str, mailbox: str, length: timedelta) -> None:
        """The provider asked to be left alone: nobody calls this mailbox (or, if empty, this app) for ``length``."""
        ...
