"""Writing: decided and storable first, then sent; sent again after any loss, with one event and one mail to show.

A create carries our key as ``transactionId``: the same bytes again answer the same event, other bytes are refused
with the id of the event that holds the key (Microsoft Graph docs: event resource). Changes read first.
"""

import json
from collections.abc import Mapping

from roomstead.adapters.providers.aliases import Aliases, with_invited_as
from roomstead.adapters.providers.microsoft.calls import CallKind, GraphCall
from roomstead.adapters.providers.microsoft.client import PREFER, PREFER_BODY_AS_IT_IS, GraphClient, values_of
from roomstead.adapters.providers.microsoft.errors import DuplicateWrite
from roomstead.adapters.providers.microsoft.invited import invited_in, meant_in, with_shown_addresses
from roomstead.adapters.providers.microsoft.mapping import Json, read_event
from roomstead.adapters.providers.microsoft.outgoing import BOOKING_TAG, create_body, difference, wanted_state
from roomstead.adapters.providers.microsoft.times import parse_span
from roomstead.adapters.providers.plain_text import clean_text
from roomstead.application.ports.calendar import EventRef, PreparedWrite
from roomstead.domain.errors import Broken, Conflict, EventGone, StaleRevision
from roomstead.domain.event import AttendeeRole, CalendarEvent, OutgoingEvent
from roomstead.domain.mailbox import MailboxRef
from roomstead.domain.timespan import Timespan

PROVIDER = "microsoft"
_EVENTS = "/users/{mailbox}/events"
_EVENT = "/users/{mailbox}/events/{event}"
_RACES = 3


def prepare_create(mailbox: MailboxRef, event: OutgoingEvent) -> PreparedWrite:
    """Decide a create. The body is stored as text: a store that reorders JSON must not change its bytes."""
    summary = ("Create one event in the host mailbox.", *_invitations(event))
    payload = {"body": create_body(event), "write_key": str(event.write_key), "booking_tag": event.booking_tag}
    return PreparedWrite(PROVIDER, mailbox, "create", payload, summary)


def prepare_change(existing: EventRef, event: OutgoingEvent) -> PreparedWrite:
    """Decide a change to the state that ``event`` describes."""
    summary = ("Read the event in the host mailbox and write what differs.", *_invitations(event))
    if event.withdrawn:
        summary += (f"Withdraw {len(event.withdrawn)} earlier invitations.",)
    payload = {"event_id": str(existing.event_id), "wanted": wanted_state(event)}
    return PreparedWrite(PROVIDER, existing.mailbox, "change", payload, summary)


def prepare_cancel(existing: EventRef, comment: str) -> PreparedWrite:
    """Decide a cancellation for everyone."""
    payload = {"event_id": str(existing.event_id), "comment": clean_text(comment)}
    summary = ("Cancel the event in the host mailbox and tell whoever is invited.",)
    return PreparedWrite(PROVIDER, existing.mailbox, "cancel", payload, summary)


def _invitations(event: OutgoingEvent) -> tuple[str, ...]:
    rooms = sum(one.role is AttendeeRole.ROOM for one in event.attendees)
    return (f"Invited: {len(event.attendees) - rooms} people, {rooms} rooms.",)


class Writer:
    """Sends prepared writes."""

    def __init__(self, client: GraphClient, aliases: Aliases) -> None:
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
        """Our event by its tag; of several, the one closest to ``near``."""
        quoted = booking_tag.replace("'", "''")
        condition = f"ep/id eq '{BOOKING_TAG}' and ep/value eq '{quoted}'"
        query = {"$filter": f"singleValueExtendedProperties/Any(ep: {condition})", "$top": "10"}
        call = GraphCall("GET", _EVENTS, CallKind.MAILBOX, mailbox, query=query)
        found = [read_event(item) for item in values_of(await self._client.json(call))]
        alive = [event for event in found if not event.is_cancelled and event.span is not None]
        return min(alive, key=lambda event: _distance(event, near), default=None)

    async def read(self, mailbox: MailboxRef, event_id: str, select: str = "", *, prefer: str = PREFER) -> Json:
        """One event's JSON. Raises EventGone."""
        query = {"$select": select} if select else {}
        values = {"event": event_id}
        call = GraphCall("GET", _EVENT, CallKind.EVENT, mailbox, values=values, query=query, headers={"Prefer": prefer})
        return await self._client.json(call)

    async def _create(self, prepared: PreparedWrite) -> CalendarEvent:
        body = _text(prepared.payload, "body")
        call = GraphCall("POST", _EVENTS, CallKind.MAILBOX, prepared.mailbox, body=body.encode(), is_write=True)
        try:
            made = read_event(await self._client.json(call))
        except DuplicateWrite as duplicate:
            made = await self._settle_duplicate(prepared, duplicate)
        return await self._aliases.named(made, invited_in(json.loads(body)))

    async def _settle_duplicate(self, prepared: PreparedWrite, duplicate: DuplicateWrite) -> CalendarEvent:
        """Our key is taken, so our create did happen and was changed since: the event that holds it is ours.

        Raises EventGone when it was created and has been deleted.
        """
        if duplicate.existing_event_id is not None:
            event = read_event(await self.read(prepared.mailbox, duplicate.existing_event_id))
        else:
            event = await self._find_by_key(prepared)
        if event.write_key not in {None, prepared.payload["write_key"]}:
            raise Broken("Graph took another event's key for ours.", details={"verb": prepared.verb})
        return event

    async def _find_by_key(self, prepared: PreparedWrite) -> CalendarEvent:
        wanted = json.loads(_text(prepared.payload, "body"))
        near = parse_span(wanted["start"], wanted["end"])
        found = await self.find(prepared.mailbox, _text(prepared.payload, "booking_tag"), near) if near else None
        if found is None:
            raise EventGone
        return found

    async def _change(self, prepared: PreparedWrite) -> CalendarEvent:
        event_id = _text(prepared.payload, "event_id")
        wanted = json.loads(_text(prepared.payload, "wanted"))
        for _ in range(_RACES):
            there = await self.read(prepared.mailbox, event_id, prefer=PREFER_BODY_AS_IT_IS)
            _check_is_host_copy(there)
            shown = await self._aliases.shown(meant_in(wanted), invited_in(there))
            patch = difference(with_shown_addresses(wanted, shown), there)
            if not patch:
                return with_invited_as(read_event(there), shown)
            try:
                changed = read_event(await self._patch(prepared.mailbox, event_id, patch, there))
                return with_invited_as(changed, shown)
            except StaleRevision:
                continue
        raise StaleRevision

    async def _patch(self, mailbox: MailboxRef, event_id: str, patch: Mapping[str, object], there: Json) -> Json:
        """Exchange changes an event's version by itself, seconds after a create; so only a fresh one is named."""
        revision = read_event(there).revision
        headers = {"If-Match": revision} if revision else {}
        body = json.dumps(patch).encode()
        call = GraphCall(
            "PATCH",
            _EVENT,
            CallKind.EVENT,
            mailbox,
            values={"event": event_id},
            body=body,
            headers=headers,
            is_write=True,
        )
        return await self._client.json(call)

    async def _cancel(self, prepared: PreparedWrite) -> None:
        event_id = _text(prepared.payload, "event_id")
        try:
            there = await self.read(prepared.mailbox, event_id, "id,isOrganizer,isCancelled,attendees,type")
            _check_is_host_copy(there)
            await self._end(prepared, event_id, has_attendees=bool(there.get("attendees")))
        except EventGone:
            return

    async def _end(self, prepared: PreparedWrite, event_id: str, *, has_attendees: bool) -> None:
        """Cancelling tells the invited why; what Graph answers where nobody is invited is undocumented: delete."""
        method, template, body = "DELETE", _EVENT, None
        if has_attendees:
            comment = json.dumps({"comment": _text(prepared.payload, "comment")}).encode()
            method, template, body = "POST", f"{_EVENT}/cancel", comment
        values = {"event": event_id}
        await self._client.answer(
            GraphCall(method, template, CallKind.EVENT, prepared.mailbox, values=values, body=body, is_write=True)
        )


def _check_is_host_copy(there: Json) -> None:
    """Changing or deleting an invited copy would touch that copy alone and tell nobody."""
    if there.get("isOrganizer") is False:
        raise Conflict("The event in this mailbox is somebody else's by now; it is not changed from here.")
    if there.get("isCancelled") is True:
        raise EventGone


def _distance(event: CalendarEvent, near: Timespan) -> float:
    return abs((event.span.start - near.start).total_seconds()) if event.span else float("inf")


def _text(payload: Mapping[str, object], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str):
        raise Broken("A prepared write was stored without what it takes to send it.", details={"missing": name})
    return value
