"""events.insert, events.import and events.delete."""

from dataclasses import replace
from typing import Any

from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.errors import (
    GoogleError,
    bad_request,
    condition_not_met,
    deleted,
    duplicate,
    forbidden_for_service_accounts,
    invalid,
    invalid_resource_id,
)
from roomstead_sandbox.google.events import conference, fields, ids
from roomstead_sandbox.google.events.body import Draft, parse
from roomstead_sandbox.google.events.event_json import etag, event_json
from roomstead_sandbox.google.events.lookup import named_event, own_addresses, view_of
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world.events import Content, Event
from roomstead_sandbox.world.faults import FaultKind
from roomstead_sandbox.world.linked.finding import find
from roomstead_sandbox.world.linked.mailing import Notify

Json = dict[str, Any]
_NOTIFY = {"all": Notify.ALL, "externalOnly": Notify.EXTERNAL_ONLY, "none": Notify.NONE}


def insert(call: Call) -> Answer:
    """POST …/events: 200 with the event; rooms answer later. An id that was ever used is 409, deleted or not."""
    calendar = call.require(Role.WRITER_WITHOUT_PRIVATE_ACCESS)
    body, notify = call.json_body(), notify_of(call)
    uid = _uid(call, body)
    draft = read_draft(call, body, None)
    if find(calendar.mailbox, uid) is not None:
        raise duplicate()
    call.state.quotas.write(calendar.entry.key, call.now)
    event = call.world.linked.organizing.create(
        calendar.mailbox.user_id,
        created_by(call, draft.content),
        ical_uid=uid,
        properties=draft.properties,
        own=draft.own,
        notify=notify,
    )
    event = conference.requested(call, event, body)
    call.state.count_created(call.caller.user, _external(call, draft.content))
    return answered(call, event)


def import_event(call: Call) -> Answer:
    """POST …/events/import: a private copy of an event that is somebody else's; nobody is told and no room answers."""
    calendar = call.require(Role.WRITER_WITHOUT_PRIVATE_ACCESS)
    body = call.json_body()
    uid = body.get("iCalUID")
    if not isinstance(uid, str) or not uid:
        raise invalid("Missing iCalUID.")
    draft = read_draft(call, body, None)
    addresses = [row.get("email") for row in body.get("attendees") or ()]
    addresses.append((body.get("organizer") or {}).get("email"))
    view = view_of(call)
    if body.get("organizer") and not any(isinstance(a, str) and view.is_self(a) for a in addresses):
        message = "The owner of the calendar must either be the organizer or an attendee of an event that is imported."
        raise bad_request(message, "participantIsNeitherOrganizerNorAttendee", "calendar")
    event = call.world.linked.organizing.bring_in(
        calendar.mailbox.user_id, created_by(call, draft.content), uid, properties=draft.properties, own=draft.own
    )
    return answered(call, event)


def delete(call: Call) -> Answer:
    """DELETE …/events/{event}: 204, and 410 when it was deleted before."""
    calendar = call.require(Role.WRITER_WITHOUT_PRIVATE_ACCESS)
    event = named_event(call)
    if event.cancelled:
        raise deleted()
    check_precondition(call, event)
    call.state.quotas.write(calendar.entry.key, call.now)
    remove(call, event)
    return Answer(204)


def remove(call: Call, event: Event) -> None:
    """The organiser's event is cancelled for all, a guest's copy for themselves, who have declined with it."""
    mailbox_id, notify = call.calendar().mailbox.user_id, notify_of(call)
    if event.is_organizer:
        call.world.linked.organizing.cancel(mailbox_id, event.ref, notify=notify)
    else:
        call.world.linked.answering.delete(mailbox_id, event.ref, tell=notify is not Notify.NONE)


def move(call: Call) -> Answer:
    """POST …/events/{event}/move: another calendar becomes the organiser."""
    call.require(Role.WRITER_WITHOUT_PRIVATE_ACCESS)
    wanted = call.query.get("destination")
    if wanted is None:
        raise GoogleError(400, "global", "required", "Missing destination.", "parameter", "destination")
    destination, role = call.open(wanted)
    if role < Role.WRITER_WITHOUT_PRIVATE_ACCESS:
        raise GoogleError(403, "calendar", "requiredAccessLevel", "You need to have reader access to this calendar.")
    event = named_event(call)
    if event.cancelled:
        raise deleted()
    if event.original_start is not None:
        raise bad_request("Cannot change the organizer of an instance.", "cannotChangeOrganizerOfInstance", "calendar")
    if not event.is_organizer:
        raise bad_request("Cannot change the organizer of an event.", "cannotChangeOrganizer", "calendar")
    if (event.content.more or {}).get(fields.EVENT_TYPE, "default") != "default":
        raise bad_request("Only default events can be moved.", "eventTypeRestriction", "calendar")
    source = call.calendar().mailbox
    if destination.mailbox.user_id == source.user_id:
        return answered(call, event)
    moved = call.world.linked.organizing.hand_over(
        source.user_id, event.ref, destination.mailbox.user_id, notify=notify_of(call)
    )
    own = own_addresses(call.world, destination)
    view = replace(view_of(call), calendar=destination, role=role, own=own)
    return call.answer(event_json(moved, view), etag=etag(moved))


def answered(call: Call, event: Event) -> Answer:
    """An event as it stands after a write."""
    stands = call.calendar().mailbox.get(event.ref) or event
    return call.answer(event_json(stands, view_of(call)), etag=etag(stands))


def read_draft(call: Call, body: Json, before: Content | None) -> Draft:
    """The event that the body describes. GoogleError 400, and 403 when a bare service account invites."""
    resets = call.world.switches.omitted_status_resets
    draft = parse(body, before, call.calendar().time_zone, resets_answers=resets)
    if draft.content.attendees and call.caller.is_robot:
        raise forbidden_for_service_accounts()
    return draft


def notify_of(call: Call) -> Notify:
    """Who gets mail: nobody unless asked for. GoogleError 400."""
    wanted = call.query.get("sendUpdates")
    if wanted is None:
        return Notify.ALL if call.query.flag("sendNotifications") else Notify.NONE
    found = _NOTIFY.get(wanted)
    if found is None:
        raise invalid("Invalid value. Values must be one of: [all, externalOnly, none]", "sendUpdates")
    return found


def check_precondition(call: Call, event: Event) -> None:
    """Honour ``If-Match``. GoogleError 412 when the event is no longer the one that was read."""
    wanted = call.request.header("if-match")
    mailbox_id = call.calendar().mailbox.user_id
    if call.world.faults.strike([FaultKind.STALE_PRECONDITION], mailbox=mailbox_id, method=call.request.method):
        raise condition_not_met()
    if wanted is not None and wanted.strip() not in ("*", etag(event)):
        raise condition_not_met()


def created_by(call: Call, content: Content) -> Content:
    """The content with who wrote it down."""
    return replace(content, more={**(content.more or {}), fields.CREATOR: {"email": call.caller.address}})


def _uid(call: Call, body: Json) -> str:
    event_id, uid = body.get("id"), body.get("iCalUID")
    if event_id is None:
        return str(uid) if uid else ids.uid_of(ids.new_id(call.world.chance))
    if not isinstance(event_id, str) or not ids.is_valid(event_id):
        raise invalid_resource_id()
    if uid is not None and uid != ids.uid_of(event_id):
        raise invalid("Only one of id and iCalUID may be given.")
    return ids.uid_of(event_id)


def _external(call: Call, content: Content) -> int:
    """How many guests are from elsewhere: of no domain of the organiser's customer."""
    tenant_id = call.calendar().owner.tenant_id
    users = [call.world.linked_user(attendee.address) for attendee in content.attendees]
    return sum(user is None or user.tenant_id != tenant_id for user in users)
