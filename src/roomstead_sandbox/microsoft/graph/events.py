"""Events: create, list, read, change, delete (Microsoft Graph docs: event resource type and its methods)."""

import hashlib
import json
from dataclasses import replace
from urllib.parse import quote

from roomstead_sandbox.microsoft.errors import (
    CHANGE_KEY_MISMATCH,
    DUPLICATE_TRANSACTION,
    GraphError,
    bad_request,
    unsupported_zone,
)
from roomstead_sandbox.microsoft.graph.answers import collection, empty, resource, window
from roomstead_sandbox.microsoft.graph.attendee_body import without_statuses
from roomstead_sandbox.microsoft.graph.call import Call, member
from roomstead_sandbox.microsoft.graph.event_body import Draft, parse_change, parse_new
from roomstead_sandbox.microsoft.graph.event_json import Selection, event_json, selection
from roomstead_sandbox.microsoft.graph.expansion import expanded
from roomstead_sandbox.microsoft.graph.paging import cut, page_size
from roomstead_sandbox.microsoft.graph.search import candidates, normalised, select_events
from roomstead_sandbox.microsoft.names import change_key
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world.events import Content, Event, OnlineMeeting, without_answers
from roomstead_sandbox.world.faults import FaultKind
from roomstead_sandbox.world.mailbox import Transaction

DEFAULT_PAGE = 10
UNSELECTABLE_IN_VIEWS = frozenset({"createddatetime", "lastmodifieddatetime"})
"""``$select`` does not bring these from a view (Microsoft Graph docs: "List calendarView")."""


def create_event(call: Call) -> Answer:
    """POST …/events: 201 with the organiser's copy; invitations are on their way, answers come later.

    The same ``transactionId`` with the same content answers with the event of the first time.
    """
    calendar = call.calendar()
    body = call.json_body()
    refuse_zone_on_order(call)
    draft = parse_new(body)
    fingerprint = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    known = call.mailbox.transactions.get(draft.transaction_id or "")
    event = repeated(call, known, fingerprint) if known else None
    if event is None:
        transaction = (draft.transaction_id, fingerprint) if draft.transaction_id else None
        event = call.world.meetings.create(
            call.owner.id,
            with_online_meeting(call, draft),
            calendar_id=calendar.id,
            transaction=transaction,
            properties=draft.properties,
        )
    return resource(call, event_context(call), event_json(event, call.lens), 201)


def repeated(call: Call, known: Transaction, fingerprint: str) -> Event:
    """The event that a transaction made.  GraphError 400 (409 by a switch) when its content was another."""
    event = call.mailbox.get(known.ref)
    if event is not None and known.fingerprint == fingerprint:
        return event
    switches = call.world.switches
    error = bad_request(DUPLICATE_TRANSACTION, "ErrorDuplicateTransactionId")
    error.status = 409 if switches.duplicate_transaction_conflicts else 400
    if switches.duplicate_transaction_names_event:
        error.members["@event.existingEventId"] = call.lens.id_of(known.ref)
    raise error


def refuse_zone_on_order(call: Call) -> None:
    """Answer as for an unknown zone when that bad luck was ordered."""
    if call.world.faults.strike([FaultKind.ZONE_REFUSED], mailbox=call.owner.id):
        raise unsupported_zone("as sent")


def with_online_meeting(call: Call, draft: Draft) -> Content:
    """The content with a join link if one was asked for and the mailbox may have it; else silently without.

    (Public issue reports: 201 with ``isOnlineMeeting`` false.)  Once made, a link stays.
    """
    if not draft.online or draft.content.online is not None:
        return draft.content
    if not call.owner.teams_licensed or draft.online_provider not in ("teamsForBusiness", "unknown"):
        return draft.content
    number = call.world.new_id()
    join = f"https://teams.microsoft.com/l/meetup-join/19%3ameeting_{number}%40thread.v2/0"
    return replace(draft.content, online=OnlineMeeting("teamsForBusiness", join, number[:8]))


def list_events(call: Call) -> Answer:
    """GET …/events: single events and series masters, ten at a time unless more are asked for."""
    chosen = shown_properties(call)
    lens = call.lens
    query = replace(call.query, filter=normalised(call.query.filter))
    calendar = call.calendar() if "calendar" in call.names or default_only(call) else None
    wanted = calendar.id if calendar else None
    found = call.state.recent.get(
        call.list_key(), lambda: select_events(candidates(lens, query.filter, wanted), lens, query)
    )
    return page_of_events(call, found, chosen, "events")


def default_only(call: Call) -> bool:
    """Whether the path names the default calendar by ``/calendar``."""
    return "calendar" in call.request.segments[2:3]


def view_events(call: Call) -> Answer:
    """GET …/calendarView: everything that overlaps the window, series as occurrences, by start."""
    start, end = window(call)
    names = [name for name in call.query.select if name.lower() not in UNSELECTABLE_IN_VIEWS]
    chosen = selection(names, basic=call.only_basic)
    query = replace(call.query, filter=normalised(call.query.filter))
    calendar = call.calendar()
    found = call.state.recent.get(
        call.list_key(), lambda: select_events(call.mailbox.view(start, end, calendar.id), call.lens, query)
    )
    return page_of_events(call, found, chosen, "calendarView")


def list_instances(call: Call) -> Answer:
    """GET …/instances: occurrences and exceptions of one series in a window that must be given."""
    start, end = window(call)
    master = call.event()
    if master.content.recurrence is None:
        raise bad_request("The event is not a recurring master event.", "ErrorInvalidRequest")
    found = select_events(call.mailbox.instances(master, start, end), call.lens, call.query)
    return page_of_events(call, found, shown_properties(call), "instances")


def page_of_events(call: Call, found: list[Event], chosen: Selection, relation: str) -> Answer:
    """One page of a list of events."""
    page = cut(call, found, page_size(call, DEFAULT_PAGE))
    lens = call.lens
    items = [expanded(call, event, event_json(event, lens, chosen)) for event in page.items]
    count = len(found) if call.query.count else None
    return collection(call, f"users('{call.owner.id}')/{relation}", items, page.next_link, count=count)


def read_event(call: Call) -> Answer:
    """GET …/events/{id}."""
    event = call.event()
    return resource(
        call, event_context(call), expanded(call, event, event_json(event, call.lens, shown_properties(call)))
    )


def change_event(call: Call) -> Answer:
    """PATCH …/events/{id}: only what is sent changes, but a list of attendees replaces the whole list."""
    event = call.event()
    check_precondition(call, event)
    body = call.json_body()
    refuse_zone_on_order(call)
    draft = parse_change(body, event.content)
    content = with_online_meeting(call, draft)
    if call.world.switches.omitted_answers_reset and without_statuses(member(body, "attendees")):
        content = without_answers(content)
    changed = call.world.meetings.update(call.owner.id, event.ref, content, properties=draft.properties or None)
    return resource(call, event_context(call), event_json(changed, call.lens))


def delete_event(call: Call) -> Answer:
    """DELETE …/events/{id}: the organiser's copy cancels for all, an attendee's copy vanishes alone."""
    event = call.event()
    check_precondition(call, event)
    if event.is_organizer:
        call.world.meetings.delete(call.owner.id, event.ref)
    else:
        call.world.answers.delete(call.owner.id, event.ref)
    return empty(204)


def check_precondition(call: Call, event: Event) -> None:
    """Honour ``If-Match``.  GraphError 412 when the event is no longer at that change key."""
    wanted = call.request.header("if-match")
    if call.world.faults.strike([FaultKind.STALE_PRECONDITION], mailbox=call.owner.id, method=call.request.method):
        raise stale(wanted or "")
    if wanted is not None and wanted.strip() != "*" and tag_of(wanted) != change_key(event, call.mailbox):
        raise stale(wanted)


def stale(sent: str) -> GraphError:
    """412 with the change key that was sent."""
    return GraphError(412, "ErrorIrresolvableConflict", f"{CHANGE_KEY_MISMATCH} {tag_of(sent)}".rstrip())


def tag_of(header: str) -> str:
    """The change key in an entity tag, weak or strong."""
    return header.strip().removeprefix("W/").strip('"')


def shown_properties(call: Call) -> Selection:
    """What ``$select`` and the app's permission leave to be shown."""
    return selection(call.query.select, basic=call.only_basic)


def event_context(call: Call) -> str:
    """The context of a single event."""
    return f"users('{quote(call.owner.id)}')/events/$entity"
