"""One call to Google, described before it is made. Who asks, and with which scope, is decided by the client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from urllib.parse import quote, urlencode

from roomstead.domain.mailbox import Address, MailboxRef

ROOM_SUFFIX = "@resource.calendar.google.com"
"""Of every room's address, old and new (Directory API docs: resources.calendars)."""
CLOUD_IDENTITY_SUFFIX = ".gserviceaccount.com"
"""Of every cloud service account's address; such an account has no calendar that could host."""


class CallKind(StrEnum):
    """What a call is about. The same status means different things to different calls."""

    DIRECTORY = auto()
    """Users, rooms, buildings, free/busy of many: about no single calendar."""
    MAILBOX = auto()
    """A calendar as a whole: its list of events, a new event."""
    EVENT = auto()
    """One event, by its id."""
    CHANGES = auto()
    """A list of changes that continues an earlier one."""


class Reach(StrEnum):
    """Which permission a call needs, and so which scope a token is asked for."""

    EVENTS = auto()
    """Events of the calendar that the call names."""
    FREE_BUSY = auto()
    ROOMS = auto()
    """Rooms, buildings and their features in the directory."""
    PEOPLE = auto()
    """Users in the directory."""

    @property
    def is_directory(self) -> bool:
        """Whether the Directory API answers it."""
        return self in {Reach.ROOMS, Reach.PEOPLE}


def is_room(address: Address) -> bool:
    """Whether an address is a resource calendar's."""
    return address.endswith(ROOM_SUFFIX)


def is_cloud_identity(address: Address) -> bool:
    """Whether an address is a cloud service account's."""
    return address.endswith(CLOUD_IDENTITY_SUFFIX)


@dataclass(frozen=True, slots=True)
class GoogleCall:
    """Method, path template with its values, query and body.

    ``mailbox`` is the one whose calendar is meant: limits and quota are counted for it and a refusal is its.
    ``is_write`` is told apart from the method, since free/busy is asked by POST; only of a write can the outcome be
    unknown. Queries are pairs: some names repeat. ``scope`` overrules the one that the call would need.
    """

    method: str
    template: str
    kind: CallKind
    mailbox: MailboxRef | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    query: Sequence[tuple[str, str]] = ()
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_write: bool = False
    reach: Reach = Reach.EVENTS
    scope: str = ""

    def relative_url(self, extra: Sequence[tuple[str, str]] = ()) -> str:
        """Path and query below the API's version, every name in it encoded."""
        values = dict(self.values)
        if self.mailbox is not None:
            values.setdefault("mailbox", self.mailbox.address)
        path = self.template.format_map({name: quote(value, safe="") for name, value in values.items()})
        query = [*self.query, *extra]
        return f"{path}?{urlencode(query, quote_via=quote, safe='')}" if query else path
