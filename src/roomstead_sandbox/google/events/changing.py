"""events.update and events.patch: the organiser changes the event of all, a guest what is theirs."""

from dataclasses import replace
from typing import Any

from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.errors import forbidden, forbidden_for_non_organizer
from roomstead_sandbox.google.events import conference, fields
from roomstead_sandbox.google.events.body import Draft, merged
from roomstead_sandbox.google.events.event_json import event_json, is_masked
from roomstead_sandbox.google.events.lookup import named_event, view_of
from roomstead_sandbox.google.events.writing import (
    answered,
    check_precondition,
    notify_of,
    read_draft,
    remove,
)
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.wire import Answer as HttpAnswer
from roomstead_sandbox.world.events import Answer, Attendee, Content, Event, Person, Sensitivity
from roomstead_sandbox.world.linked.finding import find
from roomstead_sandbox.world.linked.mailing import Notify

Json = dict[str, Any]
_SECRECY = (Sensitivity.NORMAL, Sensitivity.PERSONAL, Sensitivity.PRIVATE, Sensitivity.CONFIDENTIAL)
_ORGANIZERS_OWN = ("guestsCanInviteOthers", "guestsCanModify", "guestsCanSeeOtherGuests")


def update(call: Call) -> HttpAnswer:
    """PUT …/events/{event}: the event as sent, whole. What is left out is gone."""
    event = _writable(call)
    body = call.json_body()
    if not event.is_organizer and any(name not in body for name in _ORGANIZERS_OWN):
        raise forbidden_for_non_organizer()
    return _changed(call, event, body, body)


def patch(call: Call) -> HttpAnswer:
    """PATCH …/events/{event}: only what is sent changes; lists are replaced as a whole."""
    event = _writable(call)
    sent = call.json_body()
    view = replace(view_of(call), role=Role.OWNER, most_attendees=None)
    shown = event_json(replace(event, is_organizer=True), view)
    if event.cancelled:
        shown["status"] = sent.get("status") or "confirmed"
    return _changed(call, event, merged(shown, sent), sent)


def _writable(call: Call) -> Event:
    call.require(Role.WRITER_WITHOUT_PRIVATE_ACCESS)
    event = named_event(call)
    lost = event.cancelled and call.world.switches.deleted_events_stay_deleted
    if is_masked(event, call.role) or lost:
        raise forbidden()
    check_precondition(call, event)
    return event


def _changed(call: Call, event: Event, body: Json, sent: Json) -> HttpAnswer:
    calendar = call.calendar()
    if body.get("status") == "cancelled":
        if not event.cancelled:
            remove(call, event)
        return answered(call, event)
    if event.original_start is not None:
        body = {name: value for name, value in body.items() if name != "recurrence"}
    draft = read_draft(call, body, event.content)
    if event.is_organizer and event.original_start is not None:
        draft = replace(draft, content=_as_secret_as_series(call, event, draft.content))
    call.state.quotas.write(calendar.entry.key, call.now)
    if event.is_organizer:
        changed = call.world.linked.organizing.update(
            calendar.mailbox.user_id,
            event.ref,
            draft.content,
            properties=draft.properties,
            own=draft.own,
            notify=notify_of(call),
        )
    else:
        changed = _as_guest(call, event, draft)
    return answered(call, conference.requested(call, changed, sent))


def _as_secret_as_series(call: Call, event: Event, content: Content) -> Content:
    """An occurrence that becomes more secret takes its whole series along; it cannot become less so.

    (Google's release notes of July 2026.)
    """
    mailbox = call.calendar().mailbox
    master = find(mailbox, event.ical_uid)
    if master is None or content.sensitivity is master.content.sensitivity:
        return content
    if _SECRECY.index(content.sensitivity) > _SECRECY.index(master.content.sensitivity):
        wider = replace(master.content, sensitivity=content.sensitivity)
        call.world.linked.organizing.update(mailbox.user_id, master.ref, wider, notify=Notify.NONE)
        return content
    return replace(content, sensitivity=master.content.sensitivity)


def _as_guest(call: Call, event: Event, draft: Draft) -> Event:
    """A guest's write: their answer goes to everybody, guests they bring along too; the rest stays on their copy."""
    if _organizers(draft.content) != _organizers(event.content):
        raise forbidden_for_non_organizer()
    mailbox_id = call.calendar().mailbox.user_id
    linked, tell = call.world.linked, notify_of(call) is not Notify.NONE
    before = _own(call, event.content)
    wanted = _own(call, draft.content)
    brought = tuple(a for a in draft.content.attendees if event.content.attendee(a.address) is None)
    more = event.content.more or {}
    if more.get("guestsCanModify"):
        reached = linked.answering.organizer_copy(event)
        if reached is not None:
            host, theirs = reached
            linked.organizing.update(host.user_id, theirs.ref, draft.content, notify=notify_of(call))
    elif brought and more.get("guestsCanInviteOthers", True):
        linked.forward(mailbox_id, event, tuple(Person(a.address, a.name) for a in brought))
    stands = call.calendar().mailbox.need(event.ref)
    content = _only_own(stands.content, draft.content)
    changed = linked.organizing.update(mailbox_id, stands.ref, content, properties=draft.properties, own=draft.own)
    if wanted is not None and before is not None and _said(wanted) != _said(before):
        answer = Answer.NOT_RESPONDED if wanted.answer is Answer.NONE else wanted.answer
        changed = linked.answering.respond(
            mailbox_id, changed.ref, answer, comment=wanted.comment, guests=wanted.guests, tell=tell
        )
    return changed


def _only_own(content: Content, wanted: Content) -> Content:
    """What a guest may say for their own copy: words, time and place until the organiser writes again, not people."""
    return replace(wanted, attendees=content.attendees, more=content.more)


def _organizers(content: Content) -> tuple[object, ...]:
    more = content.more or {}
    switches = (more.get(name, default) for name, default in fields.SWITCHES.items())
    return (content.hide_attendees, *switches)


def _own(call: Call, content: Content) -> Attendee | None:
    view = view_of(call)
    return next((attendee for attendee in content.attendees if view.is_self(attendee.address)), None)


def _said(attendee: Attendee) -> tuple[object, ...]:
    return attendee.answer, attendee.comment, attendee.guests
