"""Following a calendar: a window read whole, then what changed since, page by page (Google Calendar API: sync).

A place in the changes is not bound to the window that it came from, so what lies outside is left out here. Whoever sees
times alone may be given no place at all: then every round reads the window whole.
"""

import json
from dataclasses import dataclass
from datetime import datetime

import structlog

from roomstead.adapters.providers.google.calls import CallKind, GoogleCall, is_room
from roomstead.adapters.providers.google.client import GoogleClient
from roomstead.adapters.providers.google.mapping import Json, Vantage, is_object, read_change, text_of
from roomstead.adapters.providers.google.times import rfc3339
from roomstead.application.ports.calendar import ChangePage, SyncCursor
from roomstead.domain.errors import CursorExpired, UnreadableAnswer
from roomstead.domain.event import CalendarEvent, Change, EventId, EventKind, RemovedEvent
from roomstead.domain.mailbox import MailboxRef
from roomstead.domain.timespan import Timespan

CURSOR_VERSION = 1
_EVENTS = "/calendars/{mailbox}/events"
_PAGE = 1000
"""Google takes up to 2500; a page is stored in one transaction."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where we are: after which changes (``token``), on which page, in which window.

    A full round has no token. After one that was given none, there is neither token nor page.
    """

    window: Timespan
    token: str | None = None
    page: str | None = None
    is_over: bool = False

    @property
    def is_full(self) -> bool:
        return self.token is None

    def to_cursor(self) -> SyncCursor:
        window = [self.window.start.isoformat(), self.window.end.isoformat()]
        told = {"window": window, "token": self.token, "page": self.page, "over": self.is_over}
        return SyncCursor(json.dumps(told, separators=(",", ":")))

    @staticmethod
    def from_cursor(cursor: SyncCursor) -> "_Place":
        try:
            told = json.loads(cursor)
            start, end = (datetime.fromisoformat(moment) for moment in told["window"])
            return _Place(Timespan(start, end), _text(told["token"]), _text(told["page"]), bool(told["over"]))
        except (ValueError, KeyError, TypeError) as error:
            raise CursorExpired("The stored place in the list of changes cannot be read.") from error


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise TypeError


class ChangeReader:
    """Reads pages of changes."""

    def __init__(self, client: GoogleClient) -> None:
        """No I/O yet."""
        self._client = client

    async def page(self, mailbox: MailboxRef, cursor: SyncCursor | None, window: Timespan) -> ChangePage:
        """The next page. Raises CursorExpired where only a full round can tell what is so."""
        place = _Place(window) if cursor is None else _Place.from_cursor(cursor)
        if place.is_over:
            raise CursorExpired("No place in the changes was given; the window is read whole again.")
        kind = CallKind.MAILBOX if place.is_full and place.page is None else CallKind.CHANGES
        body = await self._client.json(GoogleCall("GET", _EVENTS, kind, mailbox, query=_query(mailbox, place)))
        items = body.get("items")
        if not isinstance(items, list):
            raise UnreadableAnswer(details={"missing": "items"})
        changes = [_readable(item, Vantage.of(body)) for item in items if is_object(item)]
        seen = tuple(_within(change, place) for change in changes if change is not None)
        following = _following(place, body)
        return ChangePage(seen, following.to_cursor(), following.page is None, place.is_full)


def _query(mailbox: MailboxRef, place: _Place) -> tuple[tuple[str, str], ...]:
    """A room's series are asked for date by date, as those who see times alone are answered anyway; of a person's,
    the series as such is enough. With a token no window may be named."""
    by_date = "true" if is_room(mailbox.address) else "false"
    query = [("singleEvents", by_date), ("eventTypes", "default"), ("maxResults", str(_PAGE))]
    if place.token is None:
        query += [("timeMin", rfc3339(place.window.start)), ("timeMax", rfc3339(place.window.end))]
    else:
        query.append(("syncToken", place.token))
    if place.page is not None:
        query.append(("pageToken", place.page))
    return tuple(query)


def _following(place: _Place, body: Json) -> _Place:
    """The place after this page. A round of changes that names no new place may be read again from the old one."""
    if page := text_of(body, "nextPageToken"):
        return _Place(place.window, place.token, page)
    token = text_of(body, "nextSyncToken") or place.token
    return _Place(place.window, token, None, is_over=token is None)


def _within(change: Change, place: _Place) -> Change:
    """The change, or the removal of what left the window. A series begins where it likes."""
    if place.is_full or not isinstance(change, CalendarEvent) or change.span is None:
        return change
    if change.kind is EventKind.SERIES_MASTER or change.span.overlaps(place.window):
        return change
    return RemovedEvent(change.event_id)


def _readable(item: Json, seen_from: Vantage) -> Change | None:
    """An entry, or what can be read of it: one bad event does not stop the others."""
    try:
        return read_change(item, seen_from)
    except UnreadableAnswer as error:
        event_id = text_of(item, "id")
        log.warning("event_unreadable", reason=error.message, has_id=event_id is not None)
        return CalendarEvent(EventId(event_id), None, EventKind.SINGLE, None) if event_id else None
