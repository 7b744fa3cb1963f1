"""Calendars that a service keeps in step: rooms, and meetings with people of another service."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead_sandbox import state
from roomstead_sandbox.world import recurrence_lines
from roomstead_sandbox.world.codec import Codec
from roomstead_sandbox.world.errors import Invalid, NotFound
from roomstead_sandbox.world.events import Answer, Attendee, Event, ItemRef, Pattern, PatternKind, Recurrence
from roomstead_sandbox.world.faults import Fault, FaultKind
from roomstead_sandbox.world.linked.finding import find
from roomstead_sandbox.world.linked.mailing import Notify
from roomstead_sandbox.world.people import Manner, Place, Purpose, Tenant, User
from roomstead_sandbox.world.processing import Automate
from roomstead_sandbox.world.world import World

if TYPE_CHECKING:
    from tests.sandbox.world.conftest import Office

NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Neighbours:
    """The company whose calendars go by mail, and one next door whose calendars are linked."""

    office: "Office"
    ann: User
    ben: User
    room: User

    @property
    def world(self) -> World:
        """The world of both."""
        return self.office.world

    def answer(self, holder: User, event: Event, of: User) -> Answer:
        """What somebody's copy says of somebody's answer."""
        attendee = self.need(holder, event).content.attendee(of.mail or of.upn)
        assert attendee is not None
        return attendee.answer

    def need(self, holder: User, event: Event) -> Event:
        """Somebody's copy, which must be there."""
        found = find(self.world.mailboxes.of(holder.id), event.ical_uid)
        assert found is not None
        return found

    def settle(self) -> None:
        """Let all mail arrive and all rooms decide."""
        self.world.clock.settle(600)


def make_neighbours(office: "Office") -> Neighbours:
    """Both companies."""
    world = office.world
    tenant = world.directory.add_tenant(Tenant("tenant-2", "Corp", ["corp.example"], face="linked"))
    assert (tenant.manner, world.directory.tenants["tenant-1"].manner) == (Manner.LINKED, Manner.MAILED)

    def user(name: str) -> User:
        address = f"{name.lower()}@corp.example"
        return world.directory.add_user(User(world.new_id(), tenant.id, address, name, address))

    made = User(world.new_id(), tenant.id, "hall@corp.example", "Hall", "hall@corp.example", purpose=Purpose.ROOM)
    return Neighbours(office, user("Ann"), user("Ben"), world.directory.add_room(made, Place(made.id, "p1")))


@pytest.fixture
def neighbours(office: "Office") -> Neighbours:
    """Both companies."""
    return make_neighbours(office)


def test_answers_come_by_mail_from_the_other_service(neighbours: Neighbours) -> None:
    office, world = neighbours.office, neighbours.world
    event = office.book(neighbours.ann, neighbours.ben, office.jane, neighbours.room)
    assert event.ical_uid.endswith("@google.com")
    neighbours.settle()
    copy = office.need(office.jane, event)
    assert (copy.content.subject, copy.is_organizer) == ("Kick-off", False)
    assert world.post.log[0].draft.recipients == (neighbours.ben.mail, office.jane.mail)
    world.answers.respond(office.jane.id, copy.ref, Answer.TENTATIVE)
    neighbours.settle()
    for holder in (neighbours.ann, neighbours.ben, neighbours.room):
        assert neighbours.answer(holder, event, office.jane) is Answer.TENTATIVE
        assert neighbours.answer(holder, event, neighbours.room) is Answer.ACCEPTED


def test_changes_and_cancellations_reach_the_other_service_by_mail(neighbours: Neighbours) -> None:
    office, world = neighbours.office, neighbours.world
    event = office.book(neighbours.ann, office.jane)
    neighbours.settle()
    world.meetings.update(neighbours.ann.id, event.ref, replace(event.content, subject="Moved", start=NINE - HOUR))
    neighbours.settle()
    assert office.need(office.jane, event).start == NINE - HOUR
    world.meetings.cancel(neighbours.ann.id, event.ref)
    neighbours.settle()
    assert office.need(office.jane, event).cancelled


def test_without_mail_the_other_service_never_hears_of_it(neighbours: Neighbours) -> None:
    office = neighbours.office
    content = office.content("Quiet", office.jane, neighbours.ben)
    event = neighbours.world.linked.organizing.create(neighbours.ann.id, content, notify=Notify.NONE)
    neighbours.settle()
    assert office.copy(office.jane, event) is None
    assert neighbours.need(neighbours.ben, event).content.subject == "Quiet"


def test_an_invitation_by_mail_makes_a_copy_that_answers_by_mail(neighbours: Neighbours) -> None:
    office, world = neighbours.office, neighbours.world
    event = office.book(office.jane, neighbours.ann, neighbours.room)
    neighbours.settle()
    copy = neighbours.need(neighbours.ann, event)
    assert (copy.is_organizer, copy.response) == (False, Answer.NOT_RESPONDED)
    assert office.answer(event, neighbours.room) is Answer.DECLINED  # organisers from elsewhere may not book it
    world.answers.respond(neighbours.ann.id, copy.ref, Answer.ACCEPTED)
    neighbours.settle()
    assert office.answer(event, neighbours.ann) is Answer.ACCEPTED
    world.meetings.update(office.jane.id, event.ref, replace(event.content, body="Agenda"))
    neighbours.settle()
    assert (copy.content.body, copy.response) == ("Agenda", Answer.ACCEPTED)
    world.meetings.cancel(office.jane.id, event.ref)
    neighbours.settle()
    assert copy.cancelled
    assert not copy.content.subject.startswith("Canceled")


def test_a_room_that_is_open_to_all_takes_invitations_by_mail(neighbours: Neighbours) -> None:
    neighbours.world.linked.rooms.may_book = lambda *_: True
    event = neighbours.office.book(neighbours.office.jane, neighbours.room)
    neighbours.settle()
    assert neighbours.office.answer(event, neighbours.room) is Answer.ACCEPTED
    later = replace(event.content, start=NINE + HOUR, end=NINE + 2 * HOUR)
    neighbours.world.meetings.update(neighbours.office.jane.id, event.ref, later)
    neighbours.settle()
    assert neighbours.need(neighbours.room, event).start == NINE + HOUR
    assert neighbours.office.answer(event, neighbours.room) is Answer.ACCEPTED


def test_series_go_both_ways_and_lose_single_dates(neighbours: Neighbours) -> None:
    office, world = neighbours.office, neighbours.world
    lines = recurrence_lines.read(["RRULE:FREQ=DAILY;COUNT=3"], NINE.replace(tzinfo=None), "UTC")
    ours = office.book(neighbours.ann, office.jane, recurrence=lines)
    weekly = Recurrence(Pattern(PatternKind.WEEKLY, days=(1,)), NINE.date(), "UTC", count=3)
    theirs = office.book(office.jane, neighbours.ann, recurrence=weekly)
    neighbours.settle()
    world.meetings.cancel(neighbours.ann.id, ItemRef(ours.key, NINE + timedelta(days=1)))
    world.meetings.cancel(office.jane.id, ItemRef(theirs.key, NINE + timedelta(days=7)))
    neighbours.settle()
    jane, ann = (world.mailboxes.of(user.id) for user in (office.jane, neighbours.ann))
    span = (NINE, NINE + timedelta(days=30))
    seen = [e.start.day for e in jane.view(*span) if e.ical_uid == ours.ical_uid and not e.cancelled]
    assert seen == [1, 3]
    seen = [e.start.day for e in ann.view(*span) if e.ical_uid == theirs.ical_uid and not e.cancelled]
    assert seen == [1, 15]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), min_size=1, max_size=10))
def test_what_a_linked_room_accepted_never_overlaps(
    new_office: "Callable[[], Office]", wishes: list[tuple[int, int]]
) -> None:
    neighbours = make_neighbours(new_office())
    events = []
    for offset, length in wishes:
        start = NINE + offset * timedelta(minutes=30)
        end = start + length * timedelta(minutes=30)
        events.append(neighbours.office.book(neighbours.ann, neighbours.room, start=start, end=end))
        neighbours.world.clock.advance(0.1)
    neighbours.settle()
    answers = [neighbours.answer(neighbours.ann, event, neighbours.room) for event in events]
    assert set(answers) <= {Answer.ACCEPTED, Answer.DECLINED}
    room = neighbours.world.mailboxes.of(neighbours.room.id)
    held = [e for e in room.view(NINE, NINE + 24 * HOUR) if e.response is Answer.ACCEPTED]
    assert len(held) == answers.count(Answer.ACCEPTED) > 0
    assert all(earlier.end <= later.start for earlier, later in pairwise(held))


def test_a_room_is_silent_late_or_unwilling_on_order(neighbours: Neighbours) -> None:
    world, room = neighbours.world, neighbours.room
    world.faults.add(Fault(FaultKind.ROOM_SILENT, mailbox=room.id))
    silent = neighbours.office.book(neighbours.ann, room)
    neighbours.settle()
    assert neighbours.answer(neighbours.ann, silent, room) is Answer.NONE
    world.faults.add(Fault(FaultKind.ROOM_LATE, mailbox=room.id, seconds=60))
    late = neighbours.office.book(neighbours.ann, room, start=NINE + HOUR, end=NINE + 2 * HOUR)
    world.clock.advance(59)
    assert neighbours.answer(neighbours.ann, late, room) is Answer.NONE
    world.clock.advance(2)
    assert neighbours.answer(neighbours.ann, late, room) is Answer.ACCEPTED
    world.faults.add(Fault(FaultKind.ROOM_DECLINES, mailbox=room.id))
    declined = neighbours.office.book(neighbours.ann, room, start=NINE + 3 * HOUR, end=NINE + 4 * HOUR)
    neighbours.settle()
    assert neighbours.answer(neighbours.ann, declined, room) is Answer.DECLINED
    assert not neighbours.need(room, declined).cancelled


def test_a_declined_copy_may_leave_the_rooms_calendar(neighbours: Neighbours) -> None:
    neighbours.world.switches.declined_room_keeps_copy = False
    neighbours.world.linked.rooms.may_book = lambda *_: False
    event = neighbours.office.book(neighbours.ann, neighbours.room)
    neighbours.settle()
    assert neighbours.need(neighbours.room, event).cancelled


def test_a_person_decides_for_a_room(neighbours: Neighbours) -> None:
    world, room = neighbours.world, neighbours.room
    world.directory.processing[room.id].automate_processing = Automate.AUTO_UPDATE
    event = neighbours.office.book(neighbours.ann, room)
    neighbours.settle()
    assert [e.ical_uid for e in world.attendant.awaiting(room.id)] == [event.ical_uid]
    with pytest.raises(Invalid):
        world.attendant.settle(room.id, event.ical_uid, Answer.TENTATIVE)
    world.attendant.settle(room.id, event.ical_uid, Answer.ACCEPTED)
    assert neighbours.answer(neighbours.ann, event, room) is Answer.ACCEPTED
    assert world.attendant.awaiting(room.id) == []
    with pytest.raises(NotFound):
        world.attendant.settle(room.id, "no such", Answer.ACCEPTED)


def test_a_linked_world_is_saved_faithfully(neighbours: Neighbours, tmp_path: Path) -> None:
    office, world = neighbours.office, neighbours.world
    lines = recurrence_lines.read(["RRULE:FREQ=DAILY;COUNT=5"], NINE.replace(tzinfo=None), "UTC")
    event = office.book(neighbours.ann, neighbours.ben, neighbours.room, office.jane, recurrence=lines)
    world.meetings.cancel(neighbours.ann.id, ItemRef(event.key, NINE + timedelta(days=1)))
    shorter = recurrence_lines.read(["RRULE:FREQ=DAILY;COUNT=3"], NINE.replace(tzinfo=None), "UTC")
    world.meetings.update(neighbours.ann.id, event.ref, replace(event.content, recurrence=shorter))
    state.save(world, [], tmp_path / "a")
    loaded = World()
    state.load(loaded, [], tmp_path / "a")
    state.save(loaded, [], tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    for one, path in ((world, "a"), (loaded, "b")):
        one.clock.advance(3600)
        state.save(one, [], tmp_path / path)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_record_saved_before_it_had_more_fields_is_read(neighbours: Neighbours) -> None:
    codec = Codec()
    row = codec.encode(Attendee, Attendee(neighbours.ann.upn, "Ann"))
    assert codec.decode(Attendee, row[:-2]) == Attendee(neighbours.ann.upn, "Ann")
    with pytest.raises(ValueError, match="Tenant has 3 to 4 fields, not 2"):
        codec.decode(Tenant, ["id", "name"])


def test_a_declined_room_may_be_replaced_by_the_service(neighbours: Neighbours) -> None:
    world, room = neighbours.world, neighbours.room
    other = User(world.new_id(), "tenant-2", "nook@corp.example", "Nook", "nook@corp.example", purpose=Purpose.ROOM)
    world.directory.add_room(other, Place(other.id, "p2"))
    world.switches.declined_rooms_are_replaced = True
    neighbours.office.book(neighbours.ben, room)
    neighbours.settle()
    event = neighbours.office.book(neighbours.ann, neighbours.ben, room)
    neighbours.settle()
    attendees = neighbours.need(neighbours.ann, event).content.attendees
    assert [(a.address, a.answer) for a in attendees] == [
        ("ben@corp.example", Answer.NONE),
        ("nook@corp.example", Answer.ACCEPTED),
    ]
    assert neighbours.need(room, event).cancelled
    third = neighbours.office.book(neighbours.ann, room)
    neighbours.settle()
    assert neighbours.answer(neighbours.ann, third, room) is Answer.DECLINED  # there is no other room left


def test_rooms_may_be_given_back_when_all_but_one_declined(neighbours: Neighbours) -> None:
    world, room = neighbours.world, neighbours.room
    world.switches.deserted_rooms_are_released = True
    event = neighbours.office.book(neighbours.ann, neighbours.ann, neighbours.ben, room)
    neighbours.settle()
    copy = neighbours.need(neighbours.ben, event)
    world.answers.respond(neighbours.ben.id, copy.ref, Answer.DECLINED)
    assert neighbours.answer(neighbours.ann, event, room) is Answer.DECLINED
