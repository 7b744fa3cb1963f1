"""Page tokens and sync tokens: opaque to clients, base64 with its closing ``=``."""

import base64
import json
from dataclasses import dataclass, replace

from roomstead_sandbox.google.errors import GoogleError, invalid


@dataclass(frozen=True, slots=True)
class PageToken:
    """Where the next page begins; ``version`` and ``since`` hold for all pages of one round."""

    position: int = 0
    version: int = -1
    since: int = -1

    @property
    def text(self) -> str:
        """As it is handed out."""
        return _packed([self.position, self.version, self.since])

    def after(self, count: int) -> "PageToken":
        """The token of the page after this one."""
        return replace(self, position=self.position + count)

    @classmethod
    def read(cls, text: str | None) -> "PageToken":
        """The token that a client sent; the first page's when it sent none. GoogleError 400."""
        if text is None:
            return cls()
        match _unpacked(text):
            case [int(position), int(version), int(since)] if position >= 0:
                return cls(position, version, since)
        raise invalid("Invalid page token value.", "pageToken")


@dataclass(frozen=True, slots=True)
class SyncToken:
    """A point in a calendar's history, and what its list was asked for.

    ``sharing`` and ``epoch`` must still be the calendar's, or the token is dead; ``made`` is when, in epoch seconds.
    """

    calendar: str
    version: int
    sharing: int
    epoch: int
    asked: str
    made: int

    @property
    def text(self) -> str:
        """As it is handed out."""
        return _packed([self.calendar, self.version, self.sharing, self.epoch, self.asked, self.made])

    @classmethod
    def read(cls, text: str) -> "SyncToken":
        """The token that a client sent. GoogleError 400 for what never was one."""
        match _unpacked(text):
            case [str(calendar), int(version), int(sharing), int(epoch), str(asked), int(made)]:
                return cls(calendar, version, sharing, epoch, asked, made)
        raise _no_token()


def _no_token() -> GoogleError:
    return invalid("Invalid sync token value.", "syncToken")


def _packed(values: list[object]) -> str:
    text = json.dumps(values, separators=(",", ":"))
    return base64.urlsafe_b64encode((text + " " * (2 - len(text) % 3)).encode()).decode()


def _unpacked(text: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(text))
    except ValueError:
        return None
