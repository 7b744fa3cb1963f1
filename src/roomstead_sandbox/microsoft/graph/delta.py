"""``calendarView/delta``: a full round, then only what changed, with the habits of the real service.

(Microsoft Graph docs: "event: delta" and "Get incremental changes to events in a calendar view"; habits from public
issue reports.)  Occurrences come bare; removing one often shows at its series only; whatever changed outside the window
is reported as removed; order means nothing, so masters come last; a token dies without notice.
"""

from dataclasses import replace

from roomstead_sandbox.microsoft.errors import GraphError, bad_request
from roomstead_sandbox.microsoft.graph.answers import window
from roomstead_sandbox.microsoft.graph.call import Call
from roomstead_sandbox.microsoft.graph.delta_items import Item, changed_items, first_items
from roomstead_sandbox.microsoft.graph.delta_token import DeltaToken, read_token
from roomstead_sandbox.microsoft.graph.event_json import bare_occurrence, event_json, selection
from roomstead_sandbox.microsoft.graph.paging import link
from roomstead_sandbox.microsoft.graph.words import Json
from roomstead_sandbox.microsoft.http import graph_answer
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world.errors import CursorTooOld
from roomstead_sandbox.world.events import EventKind
from roomstead_sandbox.world.faults import FaultKind

DEFAULT_PAGE = 10
LARGEST_PAGE = 1000
EVENT_TYPE = "#microsoft.graph.event"
REFUSED = ("$select", "$expand", "$filter", "$orderby", "$top")
TOKENS = frozenset({"$skiptoken", "$deltatoken"})
LOST = "The sync state generation is not found; continuing incremental sync is impossible."


def follow_view(call: Call) -> Answer:
    """GET …/calendarView/delta."""
    refused = [name for name in REFUSED if name in call.query.raw]
    if refused:
        raise bad_request(
            "The following parameters are not supported with change tracking over the 'CalendarView' resource: "
            f"'{', '.join(refused)}'.",
            "ErrorInvalidUrlQuery",
        )
    token = _token(call)
    strike = call.world.faults.strike
    if strike([FaultKind.EMPTY_PAGE], mailbox=call.owner.id):
        return _page(call, token, [], more=True)
    items = _items(call, token)
    size = min(call.prefer.page_size or DEFAULT_PAGE, LARGEST_PAGE)
    taken = items[token.position : token.position + size]
    more = token.position + size < len(items)
    if more:
        token = replace(token, position=token.position + size)
    return _page(call, token, taken, more=more)


def _token(call: Call) -> DeltaToken:
    """Where the caller stands; a new beginning when the request names a window."""
    text = call.query.parameter("$skiptoken") or call.query.parameter("$deltatoken")
    if text is None:
        start, end = window(call)
        mailbox = call.mailbox
        return DeltaToken(
            mailbox.number,
            mailbox.generation,
            call.state.delta_epochs.get(call.owner.id, 0),
            call.calendar().id,
            start.isoformat(),
            end.isoformat(),
            mailbox.version,
        )
    token = read_token(text)
    _refuse_dead(call, token)
    if call.query.parameter("$deltatoken"):
        return _next_round(call, token)
    return token


def _next_round(call: Call, token: DeltaToken) -> DeltaToken:
    """A round of what changed since the round before; bad luck may have it repeat some of that."""
    since = token.version
    replay = call.world.faults.strike([FaultKind.REPLAY], mailbox=call.owner.id)
    if replay is not None:
        since = max(since - int(replay.parameters.get("changes") or 10), call.mailbox.log.forgotten)
    return replace(token, version=call.mailbox.version, since=since, position=0)


def _refuse_dead(call: Call, token: DeltaToken) -> None:
    """GraphError 410, or 400 on order, when the state behind the token is gone."""
    mailbox = call.mailbox
    strike = call.world.faults.strike
    if strike([FaultKind.CURSOR_UNKNOWN], mailbox=call.owner.id):
        raise bad_request(LOST, "syncStateNotFound")
    alive = (
        token.mailbox == mailbox.number
        and token.generation == mailbox.generation
        and token.epoch == call.state.delta_epochs.get(call.owner.id, 0)
        and (token.since is None or token.since >= mailbox.log.forgotten)
        and token.version >= mailbox.log.forgotten
    )
    if not alive or strike([FaultKind.CURSOR_EXPIRED], mailbox=call.owner.id):
        raise _gone(call, token)


def _gone(call: Call, token: DeltaToken) -> GraphError:
    """410 with the address of a new beginning over the same window."""
    changes = {
        "startDateTime": token.start.replace("+00:00", "Z"),
        "endDateTime": token.end.replace("+00:00", "Z"),
    }
    fresh = link(call, changes, without=TOKENS | {"startdatetime", "enddatetime"})
    return GraphError(410, "syncStateNotFound", LOST, headers=(("Location", fresh),))


def _items(call: Call, token: DeltaToken) -> list[Item]:
    switches = call.world.switches
    habits = (switches.removed_outside_window, switches.occurrence_removal_leaves_tombstone)
    try:
        return call.state.recent.get(call.list_key(replace(token, position=0), habits), lambda: _made(call, token))
    except CursorTooOld as error:
        raise _gone(call, token) from error


def _made(call: Call, token: DeltaToken) -> list[Item]:
    start, end = token.window
    if token.since is None:
        return first_items(call.mailbox, token.calendar, start, end)
    versions = (token.since, token.version)
    return changed_items(call.mailbox, token.calendar, start, end, versions, call.world.switches)


def _page(call: Call, token: DeltaToken, items: list[Item], *, more: bool) -> Answer:
    window_names = frozenset({"startdatetime", "enddatetime"}) | TOKENS
    data: Json = {
        "@odata.context": f"{call.context_base}#Collection(event)",
        "value": _shown(call, items),
    }
    if more:
        data["@odata.nextLink"] = link(call, {"$skiptoken": token.text()}, without=window_names)
    else:
        data["@odata.deltaLink"] = link(call, {"$deltatoken": replace(token, position=0).text()}, without=window_names)
    return graph_answer(data)


def _shown(call: Call, items: list[Item]) -> list[Json]:
    lens = call.lens
    chosen = selection((), basic=call.only_basic)
    bare = call.world.switches.bare_occurrences
    shown: list[Json] = []
    for item in items:
        if item.event is None:
            removed = {"id": lens.id_of(item.ref), "@removed": {"reason": "deleted"}}
            shown.append({"@odata.type": EVENT_TYPE, **removed})
        elif bare and item.event.kind is EventKind.OCCURRENCE:
            shown.append({"@odata.type": EVENT_TYPE, **bare_occurrence(item.event, lens)})
        else:
            shown.append({"@odata.type": EVENT_TYPE, **event_json(item.event, lens, chosen)})
    return shown
