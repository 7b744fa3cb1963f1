"""Writing: decided and storable first, then sent; sent again after any loss, with one event and one mail to show.

A create chooses the event's id from our key: the same create again is told that the id is taken (Google Calendar API:
Events: insert). Changes read the event and put it back whole with what differs, naming the version that was read.
"""

import json
from collections.abc import Mapping
from dataclasses import replace

from roomstead.adapters.providers.aliases import Aliases, with_invited_as
from roomstead.adapters.providers.google.calls import CallKind, GoogleCall
from roomstead.adapters.providers.google.client import GoogleClient
from roomstead.adapters.providers.google.errors import DuplicateWrite
from roomstead.adapters.providers.google.ids import event_id
from roomstead.adapters.providers.google.invited import invited_in, meant_in, with_shown_addresses
from roomstead.adapters.providers.google.mapping import (
    BOOKING_TAG,
    WRITE_KEY,
    Json,
    Vantage,
    is_object,
    objects_of,
    private_property,
    read_event,
    text_of,
)
from roomstead.adapters.providers.google.outgoing import changed_body, create_body, wanted_state
from roomstead.adapters.providers.google.times import is_date
from roomstead.application.ports.calendar import EventRef, PreparedWrite
from roomstead.domain.errors import Broken, Conflict, EventGone, OutcomeUnknown, StaleRevision
from roomstead.domain.event import AttendeeRole, CalendarEvent, EventId, OutgoingEvent, WriteKey
from roomstead.domain.mailbox import MailboxRef
from roomstead.domain.timespan import Timespan

PROVIDER = "google"
_EVENTS = "/calendars/{mailbox}/events"
_EVENT = "/calendars/{mailbox}/events/{event}"
_TELL_ALL = ("sendUpdates", "all")
_KEEP_CONFERENCE = ("conferenceDataVersion", "1")
"""Without it conference data that is sent is ignored, and the host's own setting may add some to every event."""
_KEEP_ATTACHMENTS = ("supportsAttachments", "true")
_RACES = 3
_ATTEMPTS = 5


def prepare_create(mailbox: MailboxRef, event: OutgoingEvent) -> PreparedWrite:
    """Decide a create; its id is chosen from our key when it is sent."""
    summary = ("Create one event in the host mailbox.", *_invitations(event))
    payload = {"body": create_body(event), "write_key": str(event.write_key)}
    return PreparedWrite(PROVIDER, mailbox, "create", payload, summary)


def prepare_change(existing: EventRef, event: OutgoingEvent) -> PreparedWrite:
    """Decide a change to the state that ``event`` describes."""
    summary = ("Read the event in the host mailbox and write what differs.", *_invitations(event))
    if event.withdrawn:
        summary += (f"Withdraw {len(event.withdrawn)} earlier invitations.",)
    payload = {"event_id": str(existing.event_id), "wanted": wanted_state(event)}
    return PreparedWrite(PROVIDER, existing.mailbox, "change", payload, summary)


def prepare_cancel(existing: EventRef, comment: str) -> PreparedWrite:  # noqa: ARG001 - no words travel with it here
    """Decide a cancellation for everyone."""
    payload = {"event_id": str(existing.event_id)}
    summary = ("Delete the event in the host mailbox and tell whoever is invited.",)
    return PreparedWrite(PROVIDER, existing.mailbox, "cancel", payload, summary)


def _invitations(event: OutgoingEvent) -> tuple[str, ...]:
    rooms = sum(one.role is AttendeeRole.ROOM for one in event.attendees)
    return (f"Invited: {len(event.attendees) - rooms} people, {rooms} rooms.",)


class Writer:
    """Sends prepared writes, and reads single events."""

    def __init__(self, client: GoogleClient, aliases: Aliases) -> None:
        """No I/O yet."""
        self._client = client
        self._aliases = aliases

    async def send(self, prepared: PreparedWrite) -> CalendarEvent | None:
        """Perform a prepared write. Raises as the port says."""
        if prepared.provider != PROVIDER:
            raise Broken("A write that another provider prepared came here.", details={"provider": prepared.provider})
        match prepared.verb:
            case "create":
                return await self._create(prepared)
            case "change":
                return await self._change(prepared)
            case "cancel":
                await self._cancel(prepared)
                return None
        raise Broken("A write of an unknown kind was stored.", details={"verb": prepared.verb})

    async def find(self, mailbox: MailboxRef, booking_tag: str, near: Timespan) -> CalendarEvent | None:
        """Our event by its tag; of several, the one closest to ``near``. A page may be empty and not the last."""
        query = (("privateExtendedProperty", f"{BOOKING_TAG}={booking_tag}"), ("maxResults", "10"))
        call = GoogleCall("GET", _EVENTS, CallKind.MAILBOX, mailbox, query=query)
        found = [
            read_event(item, Vantage.of(page))
            async for page in self._client.pages(call)
            for item in objects_of(page.get("items"))
        ]
        alive = [event for event in found if not event.is_cancelled and event.span is not None]
        return min(alive, key=lambda event: _distance(event, near), default=None)

    async def read(self, mailbox: MailboxRef, event: str) -> CalendarEvent:
        """One event. Raises EventGone; a deleted one is answered for weeks, as cancelled."""
        item = await self._read_json(mailbox, event)
        if not is_date(item.get("start")):
            return read_event(item)
        return read_event(item, Vantage(zone=await self._calendar_zone(mailbox)))

    async def _read_json(self, mailbox: MailboxRef, event: str) -> Json:
        item = await self._client.json(_event_call("GET", mailbox, event))
        if item.get("status") == "cancelled":
            raise EventGone
        return item

    async def _calendar_zone(self, mailbox: MailboxRef) -> str | None:
        """Where the calendar's days begin; a single event of whole days does not say."""
        query = (("maxResults", "1"), ("fields", "timeZone"))
        page = await self._client.json(GoogleCall("GET", _EVENTS, CallKind.MAILBOX, mailbox, query=query))
        return Vantage.of(page).zone

    async def _create(self, prepared: PreparedWrite) -> CalendarEvent:
        key, body = _text(prepared.payload, "write_key"), _object(prepared.payload, "body")
        for attempt in range(1, _ATTEMPTS + 1):
            chosen = event_id(WriteKey(key), attempt)
            call = GoogleCall(
                "POST",
                _EVENTS,
                CallKind.MAILBOX,
                prepared.mailbox,
                query=(_TELL_ALL, _KEEP_CONFERENCE),
                body=json.dumps({**body, "id": chosen}).encode(),
                is_write=True,
            )
            try:
                made = read_event(await self._client.json(call))
            except DuplicateWrite:
                if (ours := await self._taken(prepared, chosen, key)) is not None:
                    return await self._aliases.named(ours, invited_in(body))
            else:
                return await self._aliases.named(made, invited_in(body))
        raise Broken("Every id that we choose for an event is taken by others.")

    async def _taken(self, prepared: PreparedWrite, chosen: EventId, key: str) -> CalendarEvent | None:
        """The event that has the id, if our key is in it; None where it is something else's.

        An event that our create made and that was deleted since is gone, not to be made again (EventGone). One that
        cannot be read yet, though its id is taken, is neither proof of the one nor of the other.
        """
        try:
            item = await self._client.json(_event_call("GET", prepared.mailbox, chosen))
        except EventGone as missing:
            raise OutcomeUnknown(details=missing.details) from missing
        if private_property(item, WRITE_KEY) not in {None, key}:
            return None
        if item.get("status") == "cancelled":
            raise EventGone
        return read_event(item)

    async def _change(self, prepared: PreparedWrite) -> CalendarEvent:
        event = _text(prepared.payload, "event_id")
        wanted = _object(prepared.payload, "wanted")
        for _ in range(_RACES):
            there = await self._read_json(prepared.mailbox, event)
            _check_is_host_copy(there)
            shown = await self._aliases.shown(meant_in(wanted), invited_in(there))
            body = changed_body(with_shown_addresses(wanted, shown), there)
            if body is None:
                return with_invited_as(read_event(there), shown)
            try:
                return with_invited_as(read_event(await self._put(prepared.mailbox, event, body, there)), shown)
            except StaleRevision:
                continue
        raise StaleRevision

    async def _put(self, mailbox: MailboxRef, event: str, body: Json, there: Json) -> Json:
        """Every answer of a guest or room makes a new version; so only the one that was just read is named."""
        revision = text_of(there, "etag")
        query = [_TELL_ALL, _KEEP_CONFERENCE, _KEEP_ATTACHMENTS]
        if "eventLabelId" in there:
            query.append(("eventLabelVersion", "1"))
        call = replace(
            _event_call("PUT", mailbox, event),
            query=tuple(query),
            body=json.dumps(body).encode(),
            headers={"If-Match": revision} if revision else {},
            is_write=True,
        )
        return await self._client.json(call)

    async def _cancel(self, prepared: PreparedWrite) -> None:
        event = _text(prepared.payload, "event_id")
        try:
            _check_is_host_copy(await self._read_json(prepared.mailbox, event))
            call = replace(_event_call("DELETE", prepared.mailbox, event), query=(_TELL_ALL,), is_write=True)
            await self._client.answer(call)
        except EventGone:
            return


def _event_call(method: str, mailbox: MailboxRef, event: str) -> GoogleCall:
    return GoogleCall(method, _EVENT, CallKind.EVENT, mailbox, values={"event": event})


def _check_is_host_copy(there: Json) -> None:
    """Changing or deleting an invited copy would touch that copy alone and tell nobody."""
    organizer = there.get("organizer")
    if not is_object(organizer) or organizer.get("self") is not True:
        raise Conflict("The event in this mailbox is somebody else's by now; it is not changed from here.")


def _distance(event: CalendarEvent, near: Timespan) -> float:
    return abs((event.span.start - near.start).total_seconds()) if event.span else float("inf")


def _text(payload: Mapping[str, object], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str):
        raise Broken("A prepared write was stored without what it takes to send it.", details={"missing": name})
    return value


def _object(payload: Mapping[str, object], name: str) -> Json:
    value = payload.get(name)
    if not is_object(value):
        raise Broken("A prepared write was stored without what it takes to send it.", details={"missing": name})
    return value
