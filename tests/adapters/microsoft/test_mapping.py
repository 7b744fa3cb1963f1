"""Graph's JSON → our events: what is told, what is not, and what is odd."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.adapters.providers.microsoft.mapping import read_change, read_event
from roomstead.adapters.providers.microsoft.recurrence import hydrated, is_bare, missing_masters
from roomstead.domain.errors import UnreadableAnswer
from roomstead.domain.event import AttendeeRole, CalendarEvent, EventId, EventKind, RemovedEvent, ResponseStatus
from roomstead.domain.timespan import Timespan

EVENT: dict[str, Any] = {
    "@odata.etag": 'W/"ck3"',
    "id": "AAMk-org-1",
    "changeKey": "ck3",
    "transactionId": "t-1",
    "originalStartTimeZone": "W. Europe Standard Time",
    "iCalUId": "0400-1",
    "subject": "Project kick-off",
    "sensitivity": "normal",
    "isAllDay": False,
    "isCancelled": False,
    "isOrganizer": True,
    "showAs": "busy",
    "type": "singleInstance",
    "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
    "body": {"contentType": "html", "content": "<html><head></head><body>Organised by Jane Doe</body></html>"},
    "start": {"dateTime": "2026-12-01T08:00:00.0000000", "timeZone": "UTC"},
    "end": {"dateTime": "2026-12-01T09:00:00.0000000", "timeZone": "UTC"},
    "attendees": [
        {
            "type": "required",
            "status": {"response": "none", "time": "0001-01-01T00:00:00Z"},
            "emailAddress": {"name": "Jane Doe", "address": "Jane@Contoso.com"},
        },
        {
            "type": "resource",
            "status": {"response": "accepted", "time": "2026-11-23T10:16:26Z"},
            "emailAddress": {"name": "Conf Room 100", "address": "cf100@contoso.com"},
        },
    ],
    "organizer": {"emailAddress": {"name": "Room Booking", "address": "booking@contoso.com"}},
}


def event(**changed: object) -> CalendarEvent:
    return read_event({**EVENT, **changed})


def test_a_host_copy() -> None:
    read = event()
    assert read.span == Timespan(datetime(2026, 12, 1, 8, tzinfo=UTC), datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert (read.event_id, read.ical_uid, read.revision, read.write_key) == ("AAMk-org-1", "0400-1", 'W/"ck3"', "t-1")
    assert (read.kind, read.is_host_copy, read.is_busy, read.is_private) == (EventKind.SINGLE, True, True, False)
    assert (read.title, read.description) == ("Project kick-off", "Organised by Jane Doe")
    assert (read.organizer, read.organizer_name, read.zone) == ("booking@contoso.com", "Room Booking", "Europe/Berlin")
    assert read.own_response is None
    jane, room = read.attendees
    assert (jane.attendee.address, jane.attendee.role) == ("jane@contoso.com", AttendeeRole.REQUIRED)
    assert (jane.response, jane.answered_at) == (ResponseStatus.NEEDS_ACTION, None)
    assert (room.attendee.role, room.response) == (AttendeeRole.ROOM, ResponseStatus.ACCEPTED)
    assert room.answered_at == datetime(2026, 11, 23, 10, 16, 26, tzinfo=UTC)


def test_a_room_copy_with_the_organisers_name_for_a_title() -> None:
    read = event(
        subject="Room Booking ",
        isOrganizer=False,
        transactionId=None,
        responseStatus={"response": "accepted", "time": "2026-11-23T10:16:26Z"},
        body={"contentType": "text", "content": ""},
    )
    assert (read.title, read.description, read.write_key) == ("Room Booking", "", None)
    assert (read.is_host_copy, read.own_response) == (False, ResponseStatus.ACCEPTED)


def test_a_reader_of_times_alone_is_told_nothing_else() -> None:
    basic = {name: EVENT[name] for name in ("id", "start", "end", "type", "showAs", "isOrganizer")}
    read = read_event(basic)
    assert (read.title, read.description, read.is_private, read.organizer) == (None, None, None, None)
    assert read.attendees == ()


@pytest.mark.parametrize(
    ("changed", "is_busy"),
    [
        ({"showAs": "free"}, False),
        ({"showAs": "tentative"}, True),
        ({"showAs": "oof"}, True),
        ({"showAs": "unknown"}, True),
        ({"isCancelled": True, "showAs": "busy"}, False),
        ({"type": "seriesMaster"}, False),
        ({"type": "exception"}, True),
    ],
)
def test_what_takes_the_rooms_time(changed: dict[str, object], is_busy: bool) -> None:  # noqa: FBT001 - a table's column
    assert event(**changed).is_busy is is_busy


@pytest.mark.parametrize(
    ("organizer", "address"),
    [
        (None, None),
        ({"emailAddress": None}, None),
        ({"emailAddress": {"name": "x", "address": None}}, None),
        ({"emailAddress": {"name": "x", "address": "/O=EXCHANGELABS/OU=X/CN=RECIPIENTS/CN=ABC"}}, None),
        ({"emailAddress": {"name": "x", "address": "SMTP:Jane@Contoso.com"}}, "jane@contoso.com"),
    ],
)
def test_odd_organisers(organizer: object, address: str | None) -> None:
    assert event(organizer=organizer).organizer == address


@pytest.mark.parametrize("sensitivity", ["private", "confidential"])
def test_private_events(sensitivity: str) -> None:
    assert event(sensitivity=sensitivity).is_private is True


def test_attendees_without_an_address_are_left_out_and_the_others_kept() -> None:
    odd = [None, {}, {"emailAddress": {"address": "not an address"}}, EVENT["attendees"][0]]
    assert [one.attendee.address for one in event(attendees=odd).attendees] == ["jane@contoso.com"]
    assert event(attendees=None).attendees == ()


def test_an_answer_that_never_was_has_no_time() -> None:
    status = {"response": "notResponded", "time": "4501-01-01T00:00:00Z"}
    read = event(attendees=[{**EVENT["attendees"][0], "status": status}])
    assert (read.attendees[0].response, read.attendees[0].answered_at) == (ResponseStatus.NEEDS_ACTION, None)


def test_an_event_without_an_id_cannot_be_read() -> None:
    with pytest.raises(UnreadableAnswer):
        event(id="")


def test_a_removal() -> None:
    assert read_change({"id": "AAMkADk0", "@removed": {"reason": "deleted"}}) == RemovedEvent(EventId("AAMkADk0"))


MASTER = {**EVENT, "id": "M", "type": "seriesMaster", "recurrence": {"pattern": {}}}
BARE = {
    "@odata.type": "#microsoft.graph.event",
    "@odata.etag": 'W/"o"',
    "id": "O1",
    "seriesMasterId": "M",
    "type": "occurrence",
    "start": {"dateTime": "2026-12-08T08:00:00.0000000", "timeZone": "UTC"},
    "end": {"dateTime": "2026-12-08T09:00:00.0000000", "timeZone": "UTC"},
}


def test_a_bare_occurrence_takes_its_masters_words_and_keeps_its_own_time() -> None:
    read = read_event(hydrated(BARE, {"M": MASTER}))
    assert (read.event_id, read.kind, read.series_master_id) == ("O1", EventKind.OCCURRENCE, "M")
    assert (read.title, read.is_busy, read.ical_uid, read.revision) == ("Project kick-off", True, "0400-1", 'W/"o"')
    assert read.span is not None
    assert read.original_start == read.span.start == datetime(2026, 12, 8, 8, tzinfo=UTC)
    assert read.write_key is None


def test_a_bare_occurrence_without_its_master_tells_its_time_alone() -> None:
    read = read_event(hydrated(BARE, {}))
    assert (read.title, read.is_busy) == (None, True)
    assert read.span is not None


def test_an_exception_is_itself() -> None:
    moved = {**EVENT, "id": "E1", "type": "exception", "seriesMasterId": "M", "subject": "Moved"}
    assert hydrated(moved, {"M": MASTER}) == moved
    assert not is_bare(moved)


def test_masters_that_lie_on_another_page() -> None:
    other = {**BARE, "id": "O2", "seriesMasterId": "N"}
    assert missing_masters([BARE, other, {**other, "id": "O3"}, MASTER]) == ["N"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(EVENT)), JSON))
def test_whatever_comes_is_read_or_named_unreadable(changed: dict[str, Any]) -> None:
    try:
        read = read_event({**EVENT, **changed})
    except UnreadableAnswer:
        return
    assert read.event_id
