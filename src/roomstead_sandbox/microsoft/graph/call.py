"""One call to Graph on its way through the handlers, and the table entry that brought it there."""

import json
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from roomstead_sandbox.microsoft.errors import item_not_found, malformed_id, unreadable
from roomstead_sandbox.microsoft.graph.event_json import Lens
from roomstead_sandbox.microsoft.identity.tokens import Claims
from roomstead_sandbox.microsoft.odata.prefer import Preferences
from roomstead_sandbox.microsoft.odata.query import Query
from roomstead_sandbox.microsoft.state import FaceState
from roomstead_sandbox.wire import Answer, Request
from roomstead_sandbox.world import ids
from roomstead_sandbox.world.events import Event, ItemRef
from roomstead_sandbox.world.mailbox import Calendar, Mailbox
from roomstead_sandbox.world.people import User
from roomstead_sandbox.world.world import World

CALENDAR_KEYS = 0xFFFF << 32
"""Calendars are numbered apart from items, so that the id of one is never the id of the other."""


PAGE_OPTIONS = frozenset({"$skip", "$top", "$skiptoken", "$deltatoken"})


class Subject(Enum):
    """What a route is about, and so who decides on access."""

    MAILBOX = "mailbox"
    DIRECTORY = "directory"
    OWN = "own"  # the handler decides


@dataclass(slots=True)
class Call:
    """A call that was routed, signed in and let through."""

    state: FaceState
    request: Request
    claims: Claims
    names: Mapping[str, str]
    query: Query
    prefer: Preferences
    now: datetime
    user: User | None = None
    grants: frozenset[str] = frozenset()
    answer_headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def world(self) -> World:
        """The world."""
        return self.state.world

    @property
    def owner(self) -> User:
        """The user whose mailbox the path names."""
        if self.user is None:
            raise LookupError("This route has no mailbox.")
        return self.user

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox that the path names."""
        return self.world.mailboxes.of(self.owner.id)

    @property
    def lens(self) -> Lens:
        """How this caller wants to see the mailbox."""
        return Lens.of(self.mailbox, self.owner, self.prefer, self.world.switches)

    @property
    def only_basic(self) -> bool:
        """Whether the app may see no bodies and extensions."""
        return not any(not grant.startswith("Calendars.ReadBasic") for grant in self.grants)

    def list_key(self, *more: Hashable) -> Hashable:
        """All that a list asked for by this call depends on, apart from which page of it is wanted."""
        mailbox, prefer = self.mailbox, self.prefer
        query = tuple((k, v) for k, v in sorted(self.query.raw.items()) if k not in PAGE_OPTIONS)
        path = tuple(segment.lower() for segment in self.request.segments[2:])
        stands = (mailbox.user_id, mailbox.version, mailbox.generation, prefer.zone_name, prefer.text_bodies)
        return (*stands, prefer.immutable_ids, path, query, *more)

    @property
    def context_base(self) -> str:
        """Where ``@odata.context`` points."""
        return f"{self.request.base}/$metadata"

    def calendar(self) -> Calendar:
        """The calendar that the path names, the default one when it names none.  GraphError 404."""
        wanted = self.names.get("calendar")
        for calendar in self.mailbox.calendars.values():
            if calendar.is_default if wanted is None else calendar_id(self.mailbox, calendar) == wanted:
                return calendar
        raise item_not_found()

    def ref(self) -> ItemRef:
        """The item that the path names, in this mailbox.  GraphError 400 malformed, 404 when of elsewhere."""
        return parse_ref(self.mailbox, self.names["event"])

    def event(self) -> Event:
        """The event that the path names.  GraphError 400 or 404."""
        found = self.mailbox.get(self.ref())
        if found is None:
            raise item_not_found()
        return found

    def json_body(self) -> dict[str, Any]:
        """The request's JSON object.  GraphError 400 ``RequestBodyRead`` for anything else."""
        try:
            data = json.loads(self.request.body) if self.request.body.strip() else {}
        except (ValueError, RecursionError) as error:
            raise unreadable(
                "Unable to read JSON request payload. Please ensure Content-Type header is set."
            ) from error
        if not isinstance(data, dict):
            raise unreadable("The request body must be a JSON object.")
        return data


def member(body: Mapping[str, Any], name: str) -> object:
    """A member of a request's object; Graph reads the names of parameters without regard to case."""
    return next((value for key, value in body.items() if key.lower() == name.lower()), None)


Handler = Callable[[Call], Answer | Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table: method, path with placeholders, who may, and what answers."""

    method: str
    template: str
    handler: Handler
    subject: Subject
    permissions: tuple[str, ...] = ()


def calendar_id(mailbox: Mailbox, calendar: Calendar) -> str:
    """A calendar's id, the same in both forms: calendars do not move."""
    position = list(mailbox.calendars).index(calendar.id)
    return ids.encode(ids.IdForm.IMMUTABLE, mailbox.number, 0, ItemRef(CALENDAR_KEYS + position))


def parse_ref(mailbox: Mailbox, text: str) -> ItemRef:
    """The item that an id names, in either form.

    GraphError 400 for what was never an id; 404 for an id of another mailbox, or of before a move.
    """
    name = ids.decode(text)
    if name is None:
        raise malformed_id()
    stale = name.form is ids.IdForm.MOVABLE and name.generation != mailbox.generation
    if name.mailbox_number != mailbox.number or stale:
        raise item_not_found()
    return name.ref
