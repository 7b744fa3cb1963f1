"""Bad luck on order: a registry of faults that faces and the engine ask whether one strikes.

Selectors are neutral: `mailbox` (a user's id), `operation` (a face's name for what is called, as in its request
log), `method` (HTTP), each None for any; `count` for the next N, None for ever; `probability` with the world's
seeded chance. Faults strike in the order in which they were added.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from roomstead_sandbox.world.clock import Scalar


class FaultKind(StrEnum):
    """What goes wrong."""

    ANSWER = "answer"  # an error answer: status, code, message, headers; before or after the work was done
    DROP = "drop"  # the connection closes without an answer; before or after the work was done
    SLOW = "slow"  # the answer takes `seconds` longer (real time); before or after the work was done
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 - the bearer token is no longer good; not a password
    BLOCKED_BY_POLICY = "blocked_by_policy"  # refused as if an access policy said so
    STALE_PRECONDITION = "stale_precondition"  # the item seems to have changed since it was read
    ZONE_REFUSED = "zone_refused"  # the time zone is said to be unknown
    CURSOR_EXPIRED = "cursor_expired"  # following changes must start again (gone, with a new address)
    CURSOR_UNKNOWN = "cursor_unknown"  # the same as a plain client error
    REPLAY = "replay"  # changes that were reported before are reported again
    EMPTY_PAGE = "empty_page"  # a page without items that is not the last
    NOTIFICATION_LOST = "notification_lost"
    NOTIFICATION_DOUBLED = "notification_doubled"
    NOTIFICATION_DELAYED = "notification_delayed"  # by `seconds` of world time
    NOTIFICATION_REORDERED = "notification_reordered"  # delivered after the next one
    ROOM_SILENT = "room_silent"  # the attendant of `mailbox` does nothing with the next request
    ROOM_LATE = "room_late"  # …decides `seconds` later
    ROOM_DECLINES = "room_declines"  # …declines whatever the rules say
    MAIL_LOST = "mail_lost"  # a meeting message to `mailbox` never arrives


@dataclass(slots=True)
class Fault:
    """One fault. `parameters`: what the kind needs beyond the named fields, for the face that interprets it."""

    kind: FaultKind
    mailbox: str | None = None
    operation: str | None = None
    method: str | None = None
    count: int | None = 1
    probability: float = 1.0
    after_commit: bool = False
    status: int | None = None
    code: str | None = None
    message: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    parameters: dict[str, Scalar] = field(default_factory=dict)
    number: int = 0
    struck: int = 0

    def selects(self, mailbox: str | None, operation: str | None, method: str | None) -> bool:
        """Whether the fault concerns such a call."""
        return (
            self.mailbox in (None, mailbox)
            and self.operation in (None, operation)
            and (self.method is None or (method is not None and self.method.upper() == method.upper()))
        )


class Faults:
    """The faults in force."""

    def __init__(self, chance: Random) -> None:
        self._faults: list[Fault] = []
        self._numbers = 0
        self._chance = chance

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force and number it."""
        self._numbers += 1
        fault.number = self._numbers
        self._faults.append(fault)
        return fault

    def list(self) -> list[Fault]:
        """The faults in force, oldest first."""
        return list(self._faults)

    def restore(self, faults: Sequence[Fault]) -> None:
        """Put saved faults in force, numbers and counts as they were."""
        self._faults = [*faults]
        self._numbers = max((fault.number for fault in faults), default=0)

    def clear(self, number: int | None = None) -> int:
        """Take one fault, or all, out of force. Returns how many."""
        before = len(self._faults)
        self._faults = [f for f in self._faults if number is not None and f.number != number]
        return before - len(self._faults)

    def strike(
        self,
        kinds: Iterable[FaultKind],
        *,
        mailbox: str | None = None,
        operation: str | None = None,
        method: str | None = None,
    ) -> Fault | None:
        """The first fault of these kinds that strikes this call, counted down; None when all goes well."""
        wanted = frozenset(kinds)
        for fault in self._faults:
            if fault.kind in wanted and fault.selects(mailbox, operation, method) and self._hits(fault):
                fault.struck += 1
                if fault.count is not None:
                    fault.count -= 1
                    if fault.count <= 0:
                        self._faults.remove(fault)
                return fault
        return None

    def _hits(self, fault: Fault) -> bool:
        return fault.probability >= 1.0 or self._chance.random() < fault.probability
