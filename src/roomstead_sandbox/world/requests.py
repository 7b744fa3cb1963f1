"""What was asked of the faces: one line per call, so that tests can count and read a client's calls."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

_KEPT = 20_000


@dataclass(slots=True)
class Request:
    """One call. `template` is the path with placeholders; `mailbox` the user's id when one was addressed.

    The log gives the `number`, from 1.
    """

    at: datetime
    face: str
    method: str
    template: str
    status: int
    mailbox: str | None = None
    code: str | None = None
    request_id: str | None = None
    app: str | None = None
    number: int = 0


class RequestLog:
    """The latest calls (20,000 are kept) and the count of all."""

    def __init__(self) -> None:
        self._kept: deque[Request] = deque(maxlen=_KEPT)
        self.total = 0

    def record(self, call: Request) -> Request:
        """Add a call and number it."""
        self.total += 1
        call.number = self.total
        self._kept.append(call)
        return call

    def restore(self, calls: list[Request]) -> None:
        """Take saved calls as they are."""
        self._kept.extend(calls)

    def since(self, number: int = 0) -> list[Request]:
        """Calls after this number, oldest first."""
        return [entry for entry in self._kept if entry.number > number]

    def clear(self) -> None:
        """Forget the calls; numbers go on."""
        self._kept.clear()
