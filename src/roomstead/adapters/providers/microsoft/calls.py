"""One call to Microsoft Graph, described before it is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from urllib.parse import quote, urlencode

from roomstead.domain.mailbox import MailboxRef


class CallKind(StrEnum):
    """What a call is about. The same status means different things to different calls."""

    DIRECTORY = auto()
    """Users and places: about no mailbox."""
    MAILBOX = auto()
    """A mailbox's settings or calendar as a whole."""
    EVENT = auto()
    """One event, by its id."""
    CHANGES = auto()
    """A list of changes that continues an earlier one."""


@dataclass(frozen=True, slots=True)
class GraphCall:
    """Method, path template with its values, query and body.

    ``mailbox`` is the one in the path, if any: limits are counted for it and a refusal is its. ``is_write`` is told
    apart from the method, since some questions are asked by POST; only of a write can the outcome be unknown.
    ``link`` is a continuation that Graph handed out; it takes the place of path and query. ``within``: the calls that
    a batch carries, each of which counts for its mailbox as if it were made alone.
    """

    method: str
    template: str
    kind: CallKind
    mailbox: MailboxRef | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_write: bool = False
    link: str | None = None
    within: "Sequence[GraphCall]" = ()

    def relative_url(self) -> str:
        """Path and query below the version, every name in it encoded.

        Spaces become ``%20``: Graph reads a plus sign in a filter as a plus sign.
        """
        values = dict(self.values)
        if self.mailbox is not None:
            values.setdefault("mailbox", self.mailbox.key)
        path = self.template.format_map({name: quote(value, safe="@") for name, value in values.items()})
        return f"{path}?{urlencode(self.query, quote_via=quote, safe='$,:@')}" if self.query else path
