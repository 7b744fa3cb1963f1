"""Following a mailbox: the list of changes of a fixed window, page by page (Microsoft Graph docs: event delta).

Where the list of changes stays broken for one mailbox, as it was seen to for days, the window is read whole instead.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from roomstead.adapters.providers.microsoft.batch import read_many
from roomstead.adapters.providers.microsoft.calls import CallKind, GraphCall
from roomstead.adapters.providers.microsoft.client import PREFER, GraphClient, values_of
from roomstead.adapters.providers.microsoft.mapping import Json, read_change, text_of
from roomstead.adapters.providers.microsoft.recurrence import hydrated, missing_masters
from roomstead.adapters.providers.microsoft.times import query_time
from roomstead.application.ports.calendar import ChangePage, SyncCursor
from roomstead.application.ports.clock import Clock
from roomstead.domain.errors import AppError, CursorExpired, EventGone, ProviderUnavailable, UnreadableAnswer
from roomstead.domain.event import CalendarEvent, Change, EventId, EventKind
from roomstead.domain.mailbox import MailboxRef
from roomstead.domain.timespan import Timespan

CURSOR_VERSION = 1
_DELTA = "/users/{mailbox}/calendarView/delta"
_VIEW = "/users/{mailbox}/calendarView"
_EVENT = "/users/{mailbox}/events/{event}"
_DELTA_PAGE = 200
_VIEW_PAGE = 250
_FAILURES_BEFORE_VIEW = 3
_ILL_FOR = timedelta(hours=1)

log = structlog.get_logger(__name__)


class DeltaHealth:
    """Which mailboxes' lists of changes keep failing; shared by all who follow mailboxes of one app."""

    def __init__(self, clock: Clock) -> None:
        """Everybody is well."""
        self._clock = clock
        self._failures: dict[str, tuple[int, datetime]] = {}

    def note_failure(self, mailbox: MailboxRef) -> None:
        """The list failed by the provider's own fault."""
        count, _ = self._failures.get(mailbox.key, (0, None))
        self._failures[mailbox.key] = (count + 1, self._clock.now())

    def note_success(self, mailbox: MailboxRef) -> None:
        """The list answered."""
        self._failures.pop(mailbox.key, None)

    def is_ill(self, mailbox: MailboxRef) -> bool:
        """Whether to read the window whole for now."""
        count, since = self._failures.get(mailbox.key, (0, self._clock.now()))
        return count >= _FAILURES_BEFORE_VIEW and self._clock.now() - since < _ILL_FOR


@dataclass(frozen=True, slots=True)
class _Place:
    """Where we are in a mailbox's changes. ``link`` None after the last page of a window that was read whole.

    ``series``: short digests of the masters seen, by id, and of their versions.
    """

    mode: str
    link: str | None
    is_full: bool
    series: Mapping[str, str] = field(default_factory=dict)

    def to_cursor(self) -> SyncCursor:
        told = {"mode": self.mode, "link": self.link, "full": self.is_full, "series": dict(self.series)}
        return SyncCursor(json.dumps(told, separators=(",", ":")))

    @staticmethod
    def from_cursor(cursor: SyncCursor) -> "_Place":
        try:
            told = json.loads(cursor)
            return _Place(str(told["mode"]), told["link"], bool(told["full"]), dict(told["series"]))
        except (ValueError, KeyError, TypeError) as error:
            raise CursorExpired("The stored place in the list of changes cannot be read.") from error


class ChangeReader:
    """Reads pages of changes."""

    def __init__(self, client: GraphClient, health: DeltaHealth) -> None:
        """No I/O yet."""
        self._client = client
        self._health = health

    async def page(self, mailbox: MailboxRef, cursor: SyncCursor | None, window: Timespan) -> ChangePage:
        """The next page. Raises CursorExpired where only a full round can tell what is so."""
        place = self._beginning(mailbox) if cursor is None else _Place.from_cursor(cursor)
        if cursor is not None and place.link is None:
            raise CursorExpired("The window was read whole; it is read whole again.")
        body = await self._fetch(mailbox, place, window)
        items = values_of(body)
        following = self._following(place, body, items)
        changes = tuple(await self._read(mailbox, items))
        return ChangePage(changes, following.to_cursor(), not _has_next(body), place.is_full)

    def _beginning(self, mailbox: MailboxRef) -> _Place:
        return _Place("view" if self._health.is_ill(mailbox) else "delta", None, is_full=True)

    async def _fetch(self, mailbox: MailboxRef, place: _Place, window: Timespan) -> Json:
        query = {"startDateTime": query_time(window.start), "endDateTime": query_time(window.end)}
        if place.mode == "view":
            query["$top"] = str(_VIEW_PAGE)
            return await self._client.json(
                GraphCall("GET", _VIEW, CallKind.MAILBOX, mailbox, query=query, link=place.link)
            )
        headers = {"Prefer": f"{PREFER}, odata.maxpagesize={_DELTA_PAGE}"}
        call = GraphCall("GET", _DELTA, CallKind.CHANGES, mailbox, query=query, headers=headers, link=place.link)
        try:
            body = await self._client.json(call)
        except ProviderUnavailable as failure:
            self._health.note_failure(mailbox)
            if place.link is not None and self._health.is_ill(mailbox):
                raise CursorExpired("The list of changes keeps failing; the window is read whole.") from failure
            raise
        self._health.note_success(mailbox)
        return body

    def _following(self, place: _Place, body: Json, items: Sequence[Json]) -> _Place:
        """The place after this page.

        A deleted occurrence often leaves no trace but a changed master, so once a series that we know changes, only
        a full round tells which occurrences are left.
        """
        masters = {
            _digest(text_of(item, "id")): _digest(text_of(item, "@odata.etag") or text_of(item, "changeKey"))
            for item in items
            if item.get("type") == "seriesMaster" and "@removed" not in item
        }
        if not place.is_full and any(place.series.get(key, version) != version for key, version in masters.items()):
            raise CursorExpired("A series changed; its occurrences are read anew.")
        after = replace(place, series={**place.series, **masters})
        if _has_next(body):
            return replace(after, link=text_of(body, "@odata.nextLink"))
        if place.mode == "view":
            return replace(after, link=None)
        link = text_of(body, "@odata.deltaLink")
        if link is None:
            raise UnreadableAnswer(details={"missing": "@odata.deltaLink"})
        return replace(after, link=link, is_full=False)

    async def _read(self, mailbox: MailboxRef, items: Sequence[Json]) -> list[Change]:
        masters = {text_of(item, "id") or "": item for item in items if item.get("type") == "seriesMaster"}
        masters |= await self._fetch_masters(mailbox, missing_masters(items))
        changes = [_readable(hydrated(item, masters)) for item in items]
        return [change for change in changes if change is not None]

    async def _fetch_masters(self, mailbox: MailboxRef, ids: Sequence[str]) -> dict[str, Json]:
        """Masters that came on another page, or earlier. One that is gone leaves its occurrences bare."""
        calls = [GraphCall("GET", _EVENT, CallKind.EVENT, mailbox, values={"event": one}) for one in ids]
        masters: dict[str, Json] = {}
        for event_id, answer in zip(ids, await read_many(self._client, calls), strict=True):
            if isinstance(answer, EventGone):
                continue
            if isinstance(answer, AppError):
                raise answer
            masters[event_id] = answer
        return masters


def _has_next(body: Json) -> bool:
    return bool(text_of(body, "@odata.nextLink"))


def _digest(text: str | None) -> str:
    return hashlib.sha256((text or "").encode()).hexdigest()[:12]


def _readable(item: Json) -> Change | None:
    """An entry, or what can be read of it: one bad event does not stop the others."""
    try:
        return read_change(item)
    except UnreadableAnswer as error:
        event_id = text_of(item, "id")
        log.warning("event_unreadable", reason=error.message, has_id=event_id is not None)
        return CalendarEvent(EventId(event_id), None, EventKind.SINGLE, None) if event_id else None
