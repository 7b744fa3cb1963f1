"""Events as Graph shows them: one function per property, so that ``$select`` costs no more than it asks for.

(Microsoft Graph docs: event resource type.)  Every property of a full answer is present, nulls included.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from roomstead_sandbox.microsoft.errors import unknown_property
from roomstead_sandbox.microsoft.graph.bodies import marked_up, preview, readable
from roomstead_sandbox.microsoft.graph.recurrence_json import recurrence_json
from roomstead_sandbox.microsoft.graph.words import (
    EVENT_TYPES,
    RESPONSES,
    ROLES,
    SENSITIVITIES,
    SHOW_AS,
    Json,
    date_time,
    mail_address,
    time_or_minimal,
)
from roomstead_sandbox.microsoft.names import change_key, etag, item_id
from roomstead_sandbox.microsoft.odata.prefer import Preferences
from roomstead_sandbox.microsoft.zones import instant_text
from roomstead_sandbox.world import ids
from roomstead_sandbox.world.events import Attendee, Event, EventKind, ItemRef, Location, same_address
from roomstead_sandbox.world.mailbox import Mailbox
from roomstead_sandbox.world.people import User
from roomstead_sandbox.world.switches import Switches

OUTLOOK_BASE = "https://outlook.office365.com/owa/"
INSTANCES = (EventKind.OCCURRENCE, EventKind.EXCEPTION)


@dataclass(frozen=True, slots=True)
class Lens:
    """How a caller looks at one mailbox: form of ids, time zone, form of bodies."""

    mailbox: Mailbox
    owner: User
    form: ids.IdForm
    zone: ZoneInfo | None
    zone_name: str
    text_bodies: bool
    escaping: bool = False

    @classmethod
    def of(cls, mailbox: Mailbox, owner: User, prefer: Preferences, switches: Switches) -> "Lens":
        """The lens that a request's preferences ask for."""
        form = ids.IdForm.IMMUTABLE if prefer.immutable_ids else ids.IdForm.MOVABLE
        return cls(mailbox, owner, form, prefer.zone, prefer.zone_name, prefer.text_bodies, switches.ids_need_escaping)

    def id_of(self, ref: ItemRef) -> str:
        """The id of an item of this mailbox, in the preferred form."""
        return item_id(self.mailbox, self.form, ref, escaping=self.escaping)


def _attendees(event: Event, lens: Lens) -> list[Json]:
    shown: Iterable[Attendee] = event.content.attendees
    if event.content.hide_attendees and not event.is_organizer:
        own = lens.owner.addresses
        shown = [a for a in shown if any(same_address(a.address, address) for address in own)]
    return [
        {
            "type": ROLES[attendee.role],
            "status": {
                "response": RESPONSES[attendee.answer],
                "time": time_or_minimal(attendee.answered_at),
            },
            "emailAddress": mail_address(attendee.name, attendee.address),
        }
        for attendee in shown
    ]


def _location(place: Location | None) -> Json:
    if place is None:
        return {"displayName": "", "locationType": "default", "uniqueIdType": "unknown"}
    shown: Json = {
        "displayName": place.name,
        "locationType": "default",
        "uniqueId": place.name,
        "uniqueIdType": "private",
    }
    if place.address:
        shown["locationEmailAddress"] = place.address
    return shown


def _body(event: Event, lens: Lens) -> Json:
    content = event.content
    if lens.text_bodies:
        return {"contentType": "text", "content": readable(content.body, is_html=content.body_is_html)}
    return {"contentType": "html", "content": marked_up(content.body, is_html=content.body_is_html)}


def _online_meeting(event: Event, lens: Lens) -> Json | None:
    del lens
    online = event.content.online
    return None if online is None else {"joinUrl": online.join_url, "conferenceId": online.conference_id}


def _response_status(event: Event, lens: Lens) -> Json:
    del lens
    return {"response": RESPONSES[event.response], "time": time_or_minimal(event.responded_at)}


def _master_id(event: Event, lens: Lens) -> str | None:
    return lens.id_of(ItemRef(event.master_key)) if event.master_key is not None else None


def _web_link(event: Event, lens: Lens) -> str:
    quoted = lens.id_of(event.ref).replace("=", "%3D").replace("+", "%2B").replace("/", "%2F")
    return f"{OUTLOOK_BASE}?itemid={quoted}&exvsurl=1&path=/calendar/item"


def _cancelled_occurrences(event: Event, lens: Lens) -> list[str]:
    removed = sorted(event.series.removed) if event.series else []
    return [f"OID.{lens.id_of(event.ref)}.{start:%Y-%m-%d}" for start in removed]


def _recurrence(event: Event, lens: Lens) -> Json | None:
    del lens
    recurrence = event.content.recurrence
    return None if recurrence is None else recurrence_json(recurrence, event.content.start_zone)


Renderer = Callable[[Event, Lens], object]

PROPERTIES: dict[str, Renderer] = {
    "id": lambda event, lens: lens.id_of(event.ref),
    "createdDateTime": lambda event, _: instant_text(event.created),
    "lastModifiedDateTime": lambda event, _: instant_text(event.modified),
    "changeKey": lambda event, lens: change_key(event, lens.mailbox),
    "categories": lambda event, _: list(event.content.categories),
    "transactionId": lambda event, _: event.transaction_id,
    "originalStartTimeZone": lambda event, _: event.content.start_zone,
    "originalEndTimeZone": lambda event, _: event.content.end_zone,
    "iCalUId": lambda event, _: event.ical_uid,
    "reminderMinutesBeforeStart": lambda event, _: event.content.reminder_minutes,
    "isReminderOn": lambda event, _: event.content.reminder_on,
    "hasAttachments": lambda *_: False,
    "subject": lambda event, _: event.content.subject,
    "bodyPreview": lambda event, _: preview(event.content.body, is_html=event.content.body_is_html),
    "importance": lambda event, _: event.content.importance,
    "sensitivity": lambda event, _: SENSITIVITIES[event.content.sensitivity],
    "isAllDay": lambda event, _: event.content.all_day,
    "isCancelled": lambda event, _: event.cancelled,
    "isOrganizer": lambda event, _: event.is_organizer,
    "responseRequested": lambda event, _: event.content.response_requested,
    "seriesMasterId": _master_id,
    "showAs": lambda event, _: SHOW_AS[event.content.show_as],
    "type": lambda event, _: EVENT_TYPES[event.kind],
    "webLink": _web_link,
    "onlineMeetingUrl": lambda *_: None,
    "isOnlineMeeting": lambda event, _: event.content.online is not None,
    "onlineMeetingProvider": lambda event, _: event.content.online.provider if event.content.online else "unknown",
    "allowNewTimeProposals": lambda event, _: event.content.allow_proposals,
    "isDraft": lambda *_: False,
    "hideAttendees": lambda event, _: event.content.hide_attendees,
    "recurrence": _recurrence,
    "onlineMeeting": _online_meeting,
    "responseStatus": _response_status,
    "body": _body,
    "start": lambda event, lens: date_time(event.content.start, lens.zone, lens.zone_name),
    "end": lambda event, lens: date_time(event.content.end, lens.zone, lens.zone_name),
    "location": lambda event, _: _location(event.content.locations[0] if event.content.locations else None),
    "locations": lambda event, _: [_location(place) for place in event.content.locations],
    "attendees": _attendees,
    "organizer": lambda event, _: {"emailAddress": mail_address(event.organizer.name, event.organizer.address)},
}
"""What a full answer holds, in its order."""

ON_REQUEST: dict[str, Renderer] = {
    "originalStart": lambda event, _: time_or_minimal(event.original_start) if event.original_start else None,
    "cancelledOccurrences": _cancelled_occurrences,
}
"""What only ``$select`` (or the kind of the event) brings."""

BASIC_HIDDEN = frozenset({"body", "bodyPreview"})
"""What the permission Calendars.ReadBasic leaves out (Microsoft Graph permissions reference)."""

_BY_LOWER_NAME = {name.lower(): (name, renderer) for name, renderer in {**PROPERTIES, **ON_REQUEST}.items()}


@dataclass(frozen=True, slots=True)
class Selection:
    """What of an event is shown; ``whole`` when nothing was left out on purpose."""

    properties: dict[str, Renderer]
    whole: bool


def selection(names: Iterable[str], *, basic: bool = False) -> Selection:
    """The properties that a ``$select`` names; all of them when it names none.

    ``id`` is always among them.  GraphError 400 for a name that an event does not have.
    """
    wanted = {"id": PROPERTIES["id"]}
    for asked in names:
        found = _BY_LOWER_NAME.get(asked.lower())
        if found is None:
            raise unknown_property(asked, "Microsoft.OutlookServices.Event")
        wanted[found[0]] = found[1]
    whole = len(wanted) == 1
    chosen = PROPERTIES if whole else wanted
    return Selection({name: show for name, show in chosen.items() if not (basic and name in BASIC_HIDDEN)}, whole)


EVERYTHING = Selection(PROPERTIES, whole=True)


def event_json(event: Event, lens: Lens, chosen: Selection = EVERYTHING) -> Json:
    """One event through a lens, with its entity tag; an instance of a series also names its original start."""
    shown: Json = {"@odata.etag": ""}
    for name, renderer in chosen.properties.items():
        shown[name] = renderer(event, lens)
    key = shown.get("changeKey") or change_key(event, lens.mailbox)
    shown["@odata.etag"] = f'W/"{key}"'
    if event.kind in INSTANCES and chosen.whole and event.original_start:
        shown["originalStart"] = time_or_minimal(event.original_start)
    return shown


def bare_occurrence(event: Event, lens: Lens) -> Json:
    """What a delta round shows of an occurrence: who it is and when, the rest stands in the master.

    (Seen in public issue reports about ``calendarView/delta``; the documentation's samples agree.)
    """
    return {
        "@odata.etag": etag(event, lens.mailbox),
        "id": lens.id_of(event.ref),
        "seriesMasterId": _master_id(event, lens),
        "type": EVENT_TYPES[event.kind],
        "start": date_time(event.content.start, lens.zone, lens.zone_name),
        "end": date_time(event.content.end, lens.zone, lens.zone_name),
    }
