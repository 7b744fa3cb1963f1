"""What is sent, and what is not: a change puts back the whole event with what differs, or nothing at all."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.adapters.providers.google.description import to_description, to_text
from roomstead.adapters.providers.google.outgoing import MOST_ATTENDEES, changed_body, create_body, wanted_state
from roomstead.adapters.providers.plain_text import says_the_same
from roomstead.domain.errors import InvalidInput
from roomstead.domain.event import Attendee, AttendeeRole, OutgoingEvent, WriteKey
from roomstead.domain.mailbox import Address
from roomstead.domain.timespan import Timespan

OAK, ASH = Address("c_1880oak@resource.calendar.google.com"), Address("c_1880ash@resource.calendar.google.com")
PEOPLE = [Address(f"{name}@corp.example") for name in ("jane", "tom", "ada", "raj")]
LATER = Timespan(datetime(2026, 12, 1, 9, tzinfo=UTC), datetime(2026, 12, 1, 10, tzinfo=UTC))


@st.composite
def bookings(draw: st.DrawFn) -> OutgoingEvent:
    start = draw(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - naive bounds
    start = start.replace(microsecond=0)
    people = draw(st.lists(st.sampled_from(PEOPLE), unique=True))
    roles = st.sampled_from([AttendeeRole.REQUIRED, AttendeeRole.OPTIONAL])
    guests = tuple(Attendee(one, draw(st.text(max_size=5)), draw(roles)) for one in people)
    rooms = draw(st.lists(st.sampled_from([OAK, ASH]), unique=True))
    return OutgoingEvent(
        booking_tag="bk",
        write_key=WriteKey("k"),
        title=draw(st.text(max_size=300)),
        description=draw(st.none() | st.text(max_size=60) | st.text("<>&;ab/ \n", max_size=30)),
        span=Timespan(start, start + timedelta(minutes=draw(st.integers(1, 600)))),
        zone=draw(st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC", "Mars/Olympus"])),
        attendees=guests + tuple(Attendee(one, "Room", AttendeeRole.ROOM) for one in rooms),
        location=draw(st.text(max_size=20)),
        is_private=draw(st.booleans()),
        withdrawn=tuple(draw(st.lists(st.sampled_from([*PEOPLE, OAK, ASH]), unique=True))),
    )


def as_answered(event: OutgoingEvent) -> dict[str, Any]:
    """The event as Google would answer it after a create: fields without a value are left out."""
    there: dict[str, Any] = {**json.loads(json.dumps(create_body(event))), "id": "e", "etag": '"1"', "sequence": 0}
    there["organizer"] = {"email": "rooms@corp.example", "self": True}
    for attendee in there["attendees"]:
        attendee["responseStatus"] = "accepted"
    if there["visibility"] == "default":
        del there["visibility"]
    return {name: value for name, value in there.items() if value not in ("", [])}


def put(event: OutgoingEvent, there: dict[str, Any]) -> dict[str, Any] | None:
    body = changed_body(json.loads(json.dumps(wanted_state(event))), there)
    return None if body is None else json.loads(json.dumps(body))


@given(bookings())
def test_what_was_created_differs_in_nothing(event: OutgoingEvent) -> None:
    assert put(event, as_answered(event)) is None


@given(bookings(), bookings())
def test_applied_once_a_change_leaves_nothing_to_change(before: OutgoingEvent, after: OutgoingEvent) -> None:
    there = as_answered(before)
    body = put(after, there)
    assert put(after, there if body is None else body) is None


@given(bookings(), bookings())
def test_a_change_keeps_others_guests_and_drops_none_but_the_withdrawn(
    before: OutgoingEvent, after: OutgoingEvent
) -> None:
    there = as_answered(before)
    body = put(after, there) or there
    left = {one["email"] for one in body.get("attendees", [])}
    wanted, earlier = ({one.address for one in event.attendees} for event in (after, before))
    assert left == wanted | (earlier - set(after.withdrawn))


@given(bookings(), bookings())
def test_a_description_is_sent_only_when_its_words_change(before: OutgoingEvent, after: OutgoingEvent) -> None:
    there = as_answered(before)
    body = put(after, there) or there
    if after.description is None or (before.description or "").split() == after.description.split():
        assert body.get("description") == there.get("description")


@given(st.text(max_size=300) | st.text("<>&;ab/ \n!-?", max_size=60))
def test_no_text_becomes_markup_on_its_way(text: str) -> None:
    assert says_the_same(text, to_text(to_description(text)))


def test_a_description_is_sent_as_it_is_unless_it_looks_like_markup() -> None:
    plain = "Organised by Jane Doe\njane@corp.example\n\nR&D, 1 < 2: https://x.example/?a=1&b=2"
    assert to_description(plain) == plain
    assert to_description("<b>1 & 2</b>") == "&lt;b&gt;1 &amp; 2&lt;/b&gt;"
    assert to_text(plain) == plain


def booking(**changed: Any) -> OutgoingEvent:  # noqa: ANN401 - a table of changes
    start = datetime(2026, 12, 1, 8, tzinfo=UTC)
    values: dict[str, Any] = {
        "booking_tag": "bk",
        "write_key": WriteKey("k"),
        "title": "Kick-off",
        "description": "Organised by Jane Doe",
        "span": Timespan(start, start + timedelta(hours=1)),
        "zone": "Europe/Berlin",
        "attendees": (Attendee(PEOPLE[0], "Jane"), Attendee(OAK, "Oak", AttendeeRole.ROOM)),
        "location": "Oak",
    }
    return OutgoingEvent(**{**values, **changed})


def differing(**changed: Any) -> set[str]:  # noqa: ANN401 - as above
    there = as_answered(booking())
    body = put(booking(**changed), there)
    assert body is not None
    return {name for name in body if body[name] != there.get(name)}


def test_nothing_but_what_differs_is_changed() -> None:
    assert differing(title="New") == {"summary"}
    assert differing(location="Elm") == {"location"}
    assert differing(is_private=True) == {"visibility"}
    assert differing(description="New") == {"description"}
    assert differing(span=LATER) == {"start", "end", "attendees"}
    assert differing(withdrawn=(PEOPLE[0],), attendees=booking().attendees[1:]) == {"attendees"}
    optional = (Attendee(PEOPLE[0], "Jane", AttendeeRole.OPTIONAL), booking().attendees[1])
    assert differing(attendees=optional) == {"attendees"}


def test_answers_travel_with_those_who_gave_them_but_not_to_another_time() -> None:
    more = (*booking().attendees, Attendee(PEOPLE[2]))
    same_time = put(booking(attendees=more), as_answered(booking()))
    moved = put(booking(attendees=more, span=LATER), as_answered(booking()))
    assert same_time is not None
    assert moved is not None
    assert [one.get("responseStatus") for one in same_time["attendees"]] == ["accepted", "accepted", None]
    assert [one.get("responseStatus") for one in moved["attendees"]] == ["needsAction", "needsAction", None]


def test_what_others_put_on_the_event_survives_a_change() -> None:
    theirs: dict[str, Any] = {
        "conferenceData": {"conferenceId": "aaa-bbbb-ccc", "entryPoints": [{"entryPointType": "video"}]},
        "hangoutLink": "https://meet.google.com/aaa-bbbb-ccc",
        "attachments": [{"fileUrl": "https://drive.google.com/x"}],
        "colorId": "4",
        "guestsCanModify": True,
        "reminders": {"useDefault": True},
        "aFieldOfNextYear": {"x": 1},
    }
    there = {**as_answered(booking()), **theirs}
    there["extendedProperties"]["private"]["theirs"] = "1"
    body = put(booking(title="New"), there)
    assert body is not None
    assert {name: body[name] for name in theirs} == theirs
    assert body["extendedProperties"]["private"] == {"roomsteadBooking": "bk", "roomsteadWrite": "k", "theirs": "1"}


def test_our_marks_are_put_back_when_something_is_written_and_not_before() -> None:
    there = as_answered(booking())
    del there["extendedProperties"]
    assert put(booking(), there) is None
    body = put(booking(title="New"), there)
    assert body is not None
    assert body["extendedProperties"] == {
        "private": {"roomsteadBooking": "bk", "roomsteadWrite": "k"},
        "shared": {"roomsteadBooking": "bk"},
    }


def test_the_organisers_own_entry_is_left_alone() -> None:
    there = as_answered(booking())
    own = {"email": "rooms@corp.example", "organizer": True, "self": True, "responseStatus": "accepted"}
    there["attendees"].append(own)
    assert put(booking(withdrawn=(Address("rooms@corp.example"),)), there) is None
    body = put(booking(span=LATER), there)
    assert body is not None
    assert own in body["attendees"]


def test_a_whole_day_that_gets_a_time_is_no_longer_one() -> None:
    there = {**as_answered(booking()), "start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}}
    body = put(booking(), there)
    assert body is not None
    assert body["start"] == {"dateTime": "2026-12-01T09:00:00+01:00", "timeZone": "Europe/Berlin"}


def test_entries_without_an_address_are_sent_back_as_they_are() -> None:
    there = as_answered(booking())
    there["attendees"].append({"id": "117", "displayName": "A profile"})
    body = put(booking(title="New"), there)
    assert body is not None
    assert {"id": "117", "displayName": "A profile"} in body["attendees"]


def test_what_is_public_need_not_become_default() -> None:
    assert put(booking(), {**as_answered(booking()), "visibility": "public"}) is None


def test_a_crowd_is_refused_before_it_is_sent() -> None:
    crowd = tuple(Attendee(Address(f"guest{number}@example.org")) for number in range(MOST_ATTENDEES + 1))
    for decide in (create_body, wanted_state):
        with pytest.raises(InvalidInput) as refusal:
            decide(booking(attendees=crowd))
        assert list(refusal.value.mistakes) == ["attendees"]
    there = {**as_answered(booking()), "attendees": [{"email": one.address} for one in crowd[:MOST_ATTENDEES]]}
    with pytest.raises(InvalidInput):
        put(booking(), there)


def test_an_address_is_invited_once() -> None:
    twice = (Attendee(PEOPLE[0], "Jane"), Attendee(PEOPLE[0], "Jane again", AttendeeRole.OPTIONAL))
    body: dict[str, Any] = dict(create_body(booking(attendees=twice)))
    assert [one["displayName"] for one in body["attendees"]] == ["Jane"]


def test_a_create_is_marked_as_ours_and_says_what_it_must() -> None:
    body = create_body(booking(reminder_minutes=None))
    assert body["extendedProperties"] == {
        "private": {"roomsteadBooking": "bk", "roomsteadWrite": "k"},
        "shared": {"roomsteadBooking": "bk"},
    }
    assert body["attendees"] == [{"email": PEOPLE[0], "displayName": "Jane"}, {"email": OAK, "resource": True}]
    assert (body["reminders"], body["transparency"]) == ({"useDefault": False}, "opaque")
    reminded = create_body(booking())["reminders"]
    assert reminded == {"useDefault": False, "overrides": [{"method": "popup", "minutes": 15}]}
    assert create_body(booking(attendees=()))["transparency"] == "transparent"
