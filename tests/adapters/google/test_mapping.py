"""Google's JSON → our events: what is told, what is not, and what is odd."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.adapters.providers.google.mapping import NOWHERE, Vantage, read_change, read_event
from roomstead.domain.errors import UnreadableAnswer
from roomstead.domain.event import AttendeeRole, CalendarEvent, EventId, EventKind, RemovedEvent, ResponseStatus
from roomstead.domain.timespan import Timespan

ROOM = "c_1880oak@resource.calendar.google.com"
EVENT: dict[str, Any] = {
    "kind": "calendar#event",
    "etag": '"3591021600000000"',
    "id": "qo4k61li2d1tva0mkgo66t1o2k",
    "status": "confirmed",
    "htmlLink": "https://www.google.com/calendar/event?eid=x",
    "created": "2026-11-24T09:00:00.000Z",
    "updated": "2026-11-24T09:00:00.000Z",
    "summary": " Design review ",
    "description": "Organised by Jane Doe\n\nBooked via …",
    "location": "Oak",
    "creator": {"email": "rooms-bot@corp.example", "self": True},
    "organizer": {"email": "rooms-bot@corp.example", "displayName": "Rooms", "self": True},
    "start": {"dateTime": "2026-12-01T10:00:00+01:00", "timeZone": "Europe/Amsterdam"},
    "end": {"dateTime": "2026-12-01T11:00:00+01:00", "timeZone": "Europe/Amsterdam"},
    "iCalUID": "qo4k61li2d1tva0mkgo66t1o2k@google.com",
    "sequence": 0,
    "attendees": [
        {"email": "Jane@Sub.example", "displayName": "Jane Doe", "responseStatus": "tentative"},
        {"email": "bob@corp.example", "optional": True, "responseStatus": "needsAction"},
        {"email": ROOM, "displayName": "Oak", "resource": True, "responseStatus": "accepted"},
    ],
    "extendedProperties": {"private": {"roomsteadBooking": "4711", "roomsteadWrite": "k"}},
    "reminders": {"useDefault": False},
    "eventType": "default",
}
MASKED: dict[str, Any] = {
    "kind": "calendar#event",
    "etag": '"3381079366156000"',
    "id": "b2tg78idppr5snsnbaokkrbkgf_20230814T023000Z",
    "status": "confirmed",
    "htmlLink": "https://www.google.com/calendar/event?eid=x",
    "updated": "2023-07-28T10:21:23.078Z",
    "start": {"dateTime": "2023-08-14T09:30:00+07:00", "timeZone": "Asia/Ho_Chi_Minh"},
    "end": {"dateTime": "2023-08-14T10:00:00+07:00", "timeZone": "Asia/Ho_Chi_Minh"},
    "visibility": "private",
    "iCalUID": "b2tg78idppr5snsnbaokkrbkgf_R20230728T023000@google.com",
}


def event(**changed: object) -> CalendarEvent:
    return read_event({name: value for name, value in {**EVENT, **changed}.items() if value is not None})


def test_a_host_copy() -> None:
    read = event()
    assert read.span == Timespan(datetime(2026, 12, 1, 9, tzinfo=UTC), datetime(2026, 12, 1, 10, tzinfo=UTC))
    assert (read.event_id, read.ical_uid) == (EVENT["id"], EVENT["iCalUID"])
    assert (read.revision, read.write_key) == ('"3591021600000000"', "k")
    assert (read.kind, read.is_host_copy, read.is_busy, read.is_private) == (EventKind.SINGLE, True, True, False)
    assert (read.title, read.description) == ("Design review", "Organised by Jane Doe\n\nBooked via …")
    assert (read.organizer, read.organizer_name) == ("rooms-bot@corp.example", "Rooms")
    assert (read.zone, read.own_response, read.is_all_day) == ("Europe/Amsterdam", None, False)
    assert [(one.attendee.address, one.attendee.role, one.response) for one in read.attendees] == [
        ("jane@sub.example", AttendeeRole.REQUIRED, ResponseStatus.TENTATIVE),
        ("bob@corp.example", AttendeeRole.OPTIONAL, ResponseStatus.NEEDS_ACTION),
        (ROOM, AttendeeRole.ROOM, ResponseStatus.ACCEPTED),
    ]


def test_a_rooms_copy_is_the_same_event_with_the_rooms_answer() -> None:
    guests = [*EVENT["attendees"][:2], {**EVENT["attendees"][2], "self": True, "responseStatus": "declined"}]
    read = event(organizer={"email": "rooms-bot@corp.example"}, attendees=guests, extendedProperties=None)
    assert (read.event_id, read.is_host_copy) == (EVENT["id"], False)
    assert (read.own_response, read.write_key) == (ResponseStatus.DECLINED, None)


def test_whoever_sees_times_alone_is_told_nothing_else() -> None:
    read = read_event(MASKED, Vantage(access_role="freeBusyReader"))
    assert (read.title, read.description, read.organizer, read.attendees) == (None, None, None, ())
    assert (read.is_private, read.own_response, read.is_host_copy, read.is_busy) == (None, None, False, True)
    assert (read.event_id, read.ical_uid) == (MASKED["id"], MASKED["iCalUID"])
    assert (read.kind, read.series_master_id) == (EventKind.OCCURRENCE, "b2tg78idppr5snsnbaokkrbkgf")
    assert read.span is not None
    assert read.original_start == read.span.start


@pytest.mark.parametrize(("role", "is_private"), [("reader", True), ("freeBusyReader", None), (None, None)])
def test_a_masked_copy_is_surely_private_only_for_those_who_see_the_others(
    role: str | None,
    is_private: bool | None,  # noqa: FBT001 - a table's column
) -> None:
    assert read_event(MASKED, Vantage(access_role=role)).is_private is is_private


def test_a_public_event_is_read_whole_by_whoever_sees_times_alone() -> None:
    read = read_event({**EVENT, "visibility": "public"}, Vantage(access_role="freeBusyReader"))
    assert (read.title, read.is_private) == ("Design review", False)


def test_what_has_no_value_is_empty_and_not_unknown() -> None:
    read = event(summary=None, description=None, attendees=None)
    assert (read.title, read.description, read.attendees) == ("", "", ())
    own = event(summary=None, visibility="private")
    assert (own.title, own.is_private) == ("", True)


@pytest.mark.parametrize(
    ("changed", "is_busy"),
    [
        ({"transparency": "transparent"}, False),
        ({"transparency": "opaque"}, True),
        ({"status": "tentative"}, True),
        ({"recurrence": ["RRULE:FREQ=DAILY"]}, False),
    ],
)
def test_what_takes_the_rooms_time(changed: dict[str, object], is_busy: bool) -> None:  # noqa: FBT001 - a table's column
    assert event(**changed).is_busy is is_busy


@pytest.mark.parametrize(("visibility", "is_private"), [("private", True), ("confidential", True), ("public", False)])
def test_private_events(visibility: str, is_private: bool) -> None:  # noqa: FBT001 - a table's column
    assert event(visibility=visibility).is_private is is_private


def test_the_organiser_is_no_attendee() -> None:
    host = {"email": "rooms-bot@corp.example", "organizer": True, "self": True, "responseStatus": "accepted"}
    read = event(attendees=[host, *EVENT["attendees"]])
    assert "rooms-bot@corp.example" not in {one.attendee.address for one in read.attendees}
    assert read.own_response is None


def test_a_room_is_one_by_its_address_too() -> None:
    old = "corp.example_3636313338393131383630@resource.calendar.google.com"
    assert event(attendees=[{"email": old}]).attendees[0].attendee.role is AttendeeRole.ROOM


def test_attendees_without_an_address_are_left_out_and_the_others_kept() -> None:
    odd = [None, {}, {"id": "117"}, {"email": "no address"}, EVENT["attendees"][1]]
    assert [one.attendee.address for one in event(attendees=odd).attendees] == ["bob@corp.example"]


def test_whole_days_are_the_calendars() -> None:
    days: dict[str, Any] = {"start": {"date": "2026-12-01"}, "end": {"date": "2026-12-03"}}
    read = read_event({**EVENT, **days}, Vantage(zone="Europe/Amsterdam"))
    assert (read.is_all_day, read.zone) == (True, None)
    assert read.span == Timespan(datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 2, 23, tzinfo=UTC))


def test_parts_of_a_series() -> None:
    original: dict[str, Any] = {"recurringEventId": "abc123", "originalStartTime": EVENT["start"]}
    usual = event(**original)
    assert (usual.kind, usual.series_master_id) == (EventKind.OCCURRENCE, "abc123")
    later = {"dateTime": "2026-12-01T10:30:00+01:00"}
    moved = event(**original, start=later)
    assert (moved.kind, moved.original_start) == (EventKind.EXCEPTION, datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert event(recurrence=["RRULE:FREQ=WEEKLY"]).kind is EventKind.SERIES_MASTER


@pytest.mark.parametrize(
    "cancelled",
    [
        {"id": "def456", "status": "cancelled"},
        {"id": "def456", "status": "cancelled", "recurringEventId": "def", "originalStartTime": EVENT["start"]},
        {**EVENT, "id": "def456", "status": "cancelled"},
    ],
)
def test_what_is_cancelled_is_gone(cancelled: dict[str, Any]) -> None:
    assert read_change(cancelled) == RemovedEvent(EventId("def456"))


def test_words_from_googles_editor_are_read_as_they_look() -> None:
    html = "<p>Agenda:&nbsp;<b>one</b><br>two</p><ul><li>three</li></ul><a href='https://x.example'>link</a>"
    assert event(description=html).description == "Agenda: one\ntwo\nthree\nlink"


def test_an_event_without_an_id_cannot_be_read() -> None:
    with pytest.raises(UnreadableAnswer):
        event(id="")


def test_a_page_tells_from_where_its_events_were_seen() -> None:
    page = {"timeZone": "Europe/Amsterdam", "accessRole": "reader", "items": []}
    assert Vantage.of(page) == Vantage("Europe/Amsterdam", "reader")
    assert Vantage.of({"timeZone": "Mars/Olympus"}) == NOWHERE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["date", "dateTime", "email", "x"]), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*EVENT, "recurrence", "recurringEventId", "originalStartTime"]), JSON))
def test_whatever_comes_is_read_or_named_unreadable(changed: dict[str, Any]) -> None:
    try:
        read = read_change({**EVENT, **changed})
    except UnreadableAnswer:
        return
    assert read.event_id
