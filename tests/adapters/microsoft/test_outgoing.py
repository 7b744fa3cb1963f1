"""What is sent, and what is not: a change says only what differs."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.adapters.providers.microsoft.outgoing import MOST_ATTENDEES, create_body, difference, wanted_state
from roomstead.domain.errors import InvalidInput
from roomstead.domain.event import Attendee, AttendeeRole, OutgoingEvent, WriteKey
from roomstead.domain.mailbox import Address
from roomstead.domain.timespan import Timespan

ADDRESSES = [Address(f"{name}@contoso.com") for name in ("jane", "tom", "oak", "ash", "ada", "raj")]
EMPTY_PAGE = "<html>\r\n<head></head>\r\n<body>\r\n{}\r\n</body>\r\n</html>"


@st.composite
def bookings(draw: st.DrawFn) -> OutgoingEvent:
    start = draw(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - naive bounds
    start = start.replace(microsecond=0)
    chosen = draw(st.lists(st.sampled_from(ADDRESSES), unique=True))
    attendees = tuple(Attendee(one, draw(st.text(max_size=5)), draw(st.sampled_from(AttendeeRole))) for one in chosen)
    return OutgoingEvent(
        booking_tag="bk",
        write_key=WriteKey("k"),
        title=draw(st.text(max_size=300)),
        description=draw(st.none() | st.text(max_size=60)),
        span=Timespan(start, start + timedelta(minutes=draw(st.integers(1, 600)))),
        zone=draw(st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC", "Mars/Olympus"])),
        attendees=attendees,
        location=draw(st.text(max_size=20)),
        is_private=draw(st.booleans()),
        withdrawn=tuple(draw(st.lists(st.sampled_from(ADDRESSES), unique=True))),
    )


def as_answered(event: OutgoingEvent) -> dict[str, Any]:
    """The event as Exchange would answer it after a create."""
    there: dict[str, Any] = {**json.loads(create_body(event)), "id": "e", "type": "singleInstance", "isAllDay": False}
    if "body" in there:
        there["body"] = {"contentType": "html", "content": EMPTY_PAGE.replace("{}", there["body"]["content"])}
    for attendee in there["attendees"]:
        attendee["status"] = {"response": "accepted", "time": "2026-11-23T10:16:26Z"}
    return there


@given(bookings())
def test_what_was_created_differs_in_nothing(event: OutgoingEvent) -> None:
    assert difference(json.loads(wanted_state(event)), as_answered(event)) == {}


@given(bookings(), bookings())
def test_applied_once_a_change_leaves_nothing_to_change(before: OutgoingEvent, after: OutgoingEvent) -> None:
    wanted, there = json.loads(wanted_state(after)), as_answered(before)
    there.update(difference(wanted, there))
    assert difference(wanted, there) == {}
    assert set(there) >= {"subject", "attendees"}


@given(bookings(), bookings())
def test_a_change_keeps_others_guests_and_drops_none_but_the_withdrawn(
    before: OutgoingEvent, after: OutgoingEvent
) -> None:
    there = as_answered(before)
    there.update(difference(json.loads(wanted_state(after)), there))
    left = {one["emailAddress"]["address"] for one in there["attendees"]}
    wanted = {one.address for one in after.attendees}
    earlier = {one.address for one in before.attendees}
    assert left == wanted | (earlier - set(after.withdrawn))


@given(bookings(), bookings())
def test_a_body_is_sent_only_when_its_words_change(before: OutgoingEvent, after: OutgoingEvent) -> None:
    patch = difference(json.loads(wanted_state(after)), as_answered(before))
    if after.description is None or (before.description or "").split() == after.description.split():
        assert "body" not in patch


def booking(**changed: Any) -> OutgoingEvent:  # noqa: ANN401 - a table of changes
    start = datetime(2026, 12, 1, 8, tzinfo=UTC)
    values: dict[str, Any] = {
        "booking_tag": "bk",
        "write_key": WriteKey("k"),
        "title": "Kick-off",
        "description": "Organised by Jane Doe",
        "span": Timespan(start, start + timedelta(hours=1)),
        "zone": "Europe/Berlin",
        "attendees": (Attendee(ADDRESSES[0]), Attendee(ADDRESSES[2], role=AttendeeRole.ROOM)),
        "location": "Oak",
    }
    return OutgoingEvent(**{**values, **changed})


def patch_for(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    return difference(json.loads(wanted_state(booking(**changed))), as_answered(booking()))


def test_each_field_is_sent_alone() -> None:
    later = Timespan(datetime(2026, 12, 1, 9, tzinfo=UTC), datetime(2026, 12, 1, 10, tzinfo=UTC))
    assert set(patch_for(title="New")) == {"subject"}
    assert set(patch_for(location="Elm")) == {"location"}
    assert set(patch_for(is_private=True)) == {"sensitivity"}
    assert set(patch_for(description="New")) == {"body"}
    assert set(patch_for(span=later)) == {"start", "end"}
    assert set(patch_for(withdrawn=(ADDRESSES[0],), attendees=booking().attendees[1:])) == {"attendees"}


def test_answers_travel_with_those_who_gave_them_but_not_to_another_time() -> None:
    more = (*booking().attendees, Attendee(ADDRESSES[4]))
    same_time = patch_for(attendees=more)["attendees"]
    assert [one.get("status", {}).get("response") for one in same_time] == ["accepted", "accepted", None]
    later = Timespan(datetime(2026, 12, 1, 9, tzinfo=UTC), datetime(2026, 12, 1, 10, tzinfo=UTC))
    moved = patch_for(attendees=more, span=later)["attendees"]
    assert not any("status" in one for one in moved)


def test_a_decline_is_never_written() -> None:
    there = as_answered(booking())
    there["attendees"][0]["status"] = {"response": "declined", "time": "2026-11-23T10:16:26Z"}
    wanted = booking(attendees=(*booking().attendees, Attendee(ADDRESSES[4])))
    patch: dict[str, Any] = difference(json.loads(wanted_state(wanted)), there)
    assert "status" not in patch["attendees"][0]


def test_an_all_day_event_that_gets_a_time_is_no_longer_all_day() -> None:
    there = {**as_answered(booking()), "isAllDay": True}
    there["start"] = {"dateTime": "2026-12-02T00:00:00", "timeZone": "UTC"}
    there["end"] = {"dateTime": "2026-12-03T00:00:00", "timeZone": "UTC"}
    assert difference(json.loads(wanted_state(booking())), there)["isAllDay"] is False


def test_entries_without_an_address_are_sent_back_as_they_are() -> None:
    there = as_answered(booking())
    odd = {"type": "required", "emailAddress": {"name": "Legacy", "address": "/o=ExchangeLabs/cn=x"}}
    there["attendees"].append(odd)
    patch: dict[str, Any] = difference(
        json.loads(wanted_state(booking(attendees=(*booking().attendees, Attendee(ADDRESSES[4]))))), there
    )
    assert odd in patch["attendees"]


def test_a_crowd_that_others_gathered_is_refused_when_it_outgrows_the_limit() -> None:
    there = as_answered(booking())
    there["attendees"] = [
        {"type": "required", "emailAddress": {"address": f"guest{number}@example.org"}}
        for number in range(MOST_ATTENDEES - 1)
    ]
    with pytest.raises(InvalidInput) as refusal:
        difference(json.loads(wanted_state(booking())), there)
    assert list(refusal.value.mistakes) == ["attendees"]


def test_an_address_is_invited_once() -> None:
    twice = (Attendee(ADDRESSES[0], "Jane"), Attendee(ADDRESSES[0], "Jane again", AttendeeRole.OPTIONAL))
    body: dict[str, Any] = json.loads(create_body(booking(attendees=twice)))
    assert [one["emailAddress"]["name"] for one in body["attendees"]] == ["Jane"]


def test_the_booking_is_tagged_and_keyed() -> None:
    body: dict[str, Any] = json.loads(create_body(booking(reminder_minutes=None)))
    assert body["transactionId"] == "k"
    assert [one["value"] for one in body["singleValueExtendedProperties"]] == ["bk"]
    assert (body["isReminderOn"], body["location"]["locationEmailAddress"]) == (False, ADDRESSES[2])
    assert "reminderMinutesBeforeStart" not in body
