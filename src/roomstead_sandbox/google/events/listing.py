"""events.list: full rounds, incremental ones, pages of both."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from roomstead_sandbox.google.calendars.metadata import summary_of
from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.errors import full_sync_required, invalid
from roomstead_sandbox.google.events import times
from roomstead_sandbox.google.events.changes import Changes, rows
from roomstead_sandbox.google.events.event_json import View
from roomstead_sandbox.google.events.lookup import view_of
from roomstead_sandbox.google.events.paging import PageToken, SyncToken
from roomstead_sandbox.google.events.query import ListQuery, read_query
from roomstead_sandbox.google.events.selecting import selected
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world.events import Event
from roomstead_sandbox.world.faults import FaultKind

Json = dict[str, Any]
DEFAULT_PAGE, LARGEST_PAGE = 250, 2500


def list_events(call: Call) -> Answer:
    """GET …/events: every event that is asked for, or with a sync token every one that changed."""
    call.require(Role.FREE_BUSY_READER)
    view, query = view_of(call), read_query(call)
    page = PageToken.read(call.query.get("pageToken"))
    token = _sync_token(call, query)
    if page.version < 0:
        since = -1 if token is None else _since(call, token)
        page = replace(page, version=view.calendar.mailbox.version, since=since)
    if call.world.faults.strike([FaultKind.EMPTY_PAGE], mailbox=view.calendar.mailbox.user_id):
        return call.answer({**envelope(call, view, []), "nextPageToken": page.text})
    found = _found(call, view, query, page)
    size = call.query.number("maxResults", default=DEFAULT_PAGE, most=LARGEST_PAGE)
    body = envelope(call, view, rows(view, found[page.position : page.position + size]))
    if page.position + size < len(found):
        body["nextPageToken"] = page.after(size).text
    elif view.role > Role.FREE_BUSY_READER or call.world.switches.masked_lists_can_sync:
        body["nextSyncToken"] = _next_token(call, view, query, page.version).text
    return call.answer(body)


def envelope(call: Call, view: View, items: list[Json]) -> Json:
    """What stands around the items of a list."""
    mailbox = view.calendar.mailbox
    last = mailbox.log.since(mailbox.version - 1) if mailbox.version > mailbox.log.forgotten else []
    changed = mailbox.get(last[0].ref) if last else None
    return {
        "kind": "calendar#events",
        "etag": f'"p{mailbox.number:x}v{mailbox.version:x}s{view.calendar.entry.acl_version:x}"',
        "summary": summary_of(view.calendar),
        "description": view.calendar.entry.description or "",
        "updated": times.stamp(changed.modified if changed is not None else call.now),
        "timeZone": call.query.get("timeZone") or view.calendar.time_zone,
        "accessRole": view.role.word,
        "defaultReminders": [],
        "items": items,
    }


def _found(call: Call, view: View, query: ListQuery, page: PageToken) -> list[Event]:
    """The whole list of this round; the pages of one round are cut from the same list while it is remembered."""
    mailbox = view.calendar.mailbox
    some = call.world.switches.property_filters_are_or
    key = (mailbox.user_id, view.role, query, page.version, page.since, some)

    def make() -> list[Event]:
        if page.since < 0:
            return selected(view, query, call.now)
        return Changes(view, query, call.now).since(page.since)

    return call.state.events.recent.get(key, make)


def _sync_token(call: Call, query: ListQuery) -> SyncToken | None:
    """The token that was sent, if it is alive. GoogleError 400 or 410."""
    text = call.query.get("syncToken")
    if text is None:
        return None
    mailbox = call.calendar().mailbox
    strike = call.world.faults.strike
    if strike([FaultKind.CURSOR_EXPIRED], mailbox=mailbox.user_id):
        raise full_sync_required()
    token = SyncToken.read(text)
    if strike([FaultKind.CURSOR_UNKNOWN], mailbox=mailbox.user_id) or token.calendar != mailbox.user_id:
        raise invalid("Invalid sync token value.", "syncToken")
    events = call.state.events
    too_old = call.now.timestamp() - token.made > events.token_life / timedelta(seconds=1)
    changed = token.sharing != call.calendar().entry.acl_version
    if too_old or changed or token.epoch != events.epochs.get(mailbox.user_id, 0):
        raise full_sync_required()
    if token.asked != query.digest:
        raise invalid("Invalid sync token value.", "syncToken")
    return token


def _since(call: Call, token: SyncToken) -> int:
    """From where on changes are reported; bad luck may have some reported again."""
    replay = call.world.faults.strike([FaultKind.REPLAY], mailbox=token.calendar)
    if replay is None:
        return token.version
    again = int(replay.parameters.get("changes") or 10)
    return max(token.version - again, call.calendar().mailbox.log.forgotten)


def _next_token(call: Call, view: View, query: ListQuery, version: int) -> SyncToken:
    mailbox, entry = view.calendar.mailbox, view.calendar.entry
    epoch = call.state.events.epochs.get(mailbox.user_id, 0)
    return SyncToken(mailbox.user_id, version, entry.acl_version, epoch, query.digest, int(call.now.timestamp()))
