"""Moving, editing and cancelling, against the real store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict, Unpack

import pytest
from tests.support.providers import known_providers

from roomstead.application.booking.cancel import CancelBooking, cancel_booking
from roomstead.application.booking.change import ChangeBooking, change_booking
from roomstead.application.booking.retry import RetryBooking, retry_booking
from roomstead.application.booking_view import BookingView
from roomstead.application.settling import record_begun, record_failed, record_gone, record_put_off
from roomstead.domain.booking import BookingId, BookingState, Field, IntentKind, IntentStatus
from roomstead.domain.booking_input import TypedAttendee
from roomstead.domain.booking_settling import Trouble
from roomstead.domain.errors import Conflict, Forbidden, InvalidInput, NotBookable, RoomTaken, StaleRevision
from roomstead.domain.event import Attendee, AttendeeRole, AttendeeStatus, ResponseStatus
from roomstead.domain.integration import Integration, Room, RoomId, RoomStatus
from roomstead.domain.mailbox import parse_address
from roomstead.domain.people import Person, Role
from roomstead.domain.timespan import Timespan

if TYPE_CHECKING:
    from tests.application.booking.conftest import Desk
    from tests.application.conftest import Given


class Changes(TypedDict, total=False):
    """What a change may say."""

    version: int
    title: str
    start: datetime
    end: datetime
    room_id: RoomId
    attendees: tuple[TypedAttendee, ...]


Claims = Callable[[Room], Awaitable[list[tuple[float, float]]]]


async def _change(desk: Desk, who: Person, booking_id: BookingId, **what: Unpack[Changes]) -> BookingView:
    command = ChangeBooking(booking_id, **what)
    return await change_booking(
        command,
        desk.given.actor(who),
        units=desk.units,
        providers=known_providers(),
        clock=desk.clock,
        policy=desk.policy,
    )


async def _cancel(
    desk: Desk, who: Person, booking_id: BookingId, version: int | None = None, comment: str = ""
) -> BookingView:
    return await cancel_booking(
        CancelBooking(booking_id, version, comment), desk.given.actor(who), units=desk.units, clock=desk.clock
    )


async def _retry(desk: Desk, who: Person, booking_id: BookingId) -> BookingView:
    return await retry_booking(RetryBooking(booking_id), desk.given.actor(who), units=desk.units, clock=desk.clock)


async def _fail(desk: Desk, booking_id: BookingId) -> None:
    booking = await desk.stored(booking_id)
    trouble = Trouble("out_of_reach", "The organiser's mailbox is out of reach.")
    async with desk.units() as uow:
        await record_failed(uow, booking_id, booking.unfinished[0].id, trouble, now=desk.clock.now())
        await uow.commit()


async def _confirmed(desk: Desk, who: Person, room: Room, attendees: tuple[TypedAttendee, ...] = ()) -> BookingId:
    view = await desk.book(who, room, attendees=attendees)
    await desk.deliver(view.id)
    await desk.room_answers(view.id, ResponseStatus.ACCEPTED)
    return view.id


async def test_a_move_holds_both_slots_until_the_provider_took_it(
    desk: Desk, jane: Person, oak: Room, claims: Claims
) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    view = await _change(desk, jane, booking_id, start=desk.at(3))
    assert view.state is BookingState.REQUESTED
    assert view.intended == Timespan(desk.at(3), desk.at(4))
    assert view.observed == Timespan(desk.at(1), desk.at(2))
    assert await claims(oak) == [(1, 2), (3, 4)]
    moved = await desk.deliver(booking_id)
    assert await claims(oak) == [(3, 4)]
    assert moved.occurrence.rooms[0].answer is ResponseStatus.NEEDS_ACTION


async def test_a_move_onto_its_own_old_slot_is_no_conflict(desk: Desk, jane: Person, oak: Room, claims: Claims) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    await _change(desk, jane, booking_id, start=desk.at(1.5))
    assert await claims(oak) == [(1, 2.5)]
    await desk.deliver(booking_id)
    assert await claims(oak) == [(1.5, 2.5)]


async def test_a_move_into_anothers_slot_is_refused_and_changes_nothing(
    desk: Desk, jane: Person, oak: Room, claims: Claims
) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    await desk.book(jane, oak, 3)
    before = await desk.stored(booking_id)
    with pytest.raises(RoomTaken):
        await _change(desk, jane, booking_id, start=desk.at(3.5))
    assert await desk.stored(booking_id) == before
    assert await claims(oak) == [(1, 2), (3, 4)]


async def test_quick_edits_become_one_write(desk: Desk, jane: Person, oak: Room, claims: Claims) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    await _change(desk, jane, booking_id, start=desk.at(3))
    await _change(desk, jane, booking_id, title="Budget")
    await _change(desk, jane, booking_id, start=desk.at(5))
    booking = await desk.stored(booking_id)
    (change,) = booking.unfinished
    assert change.wanted.fields == {Field.TIME, Field.TITLE}
    assert change.next_attempt_at == desk.clock.now() + timedelta(seconds=20)
    assert await claims(oak) == [(1, 2), (5, 6)]
    assert booking.version == 4


async def test_an_unsent_create_takes_edits_into_itself(desk: Desk, jane: Person, oak: Room, claims: Claims) -> None:
    view = await desk.book(jane, oak)
    await _change(desk, jane, view.id, start=desk.at(4), title="Other")
    booking = await desk.stored(view.id)
    assert [intent.kind for intent in booking.intents] == [IntentKind.CREATE]
    assert booking.intents[0].wanted.placements[0].span.start == desk.at(4)
    assert await claims(oak) == [(4, 5)]


async def test_an_edit_while_a_create_is_being_sent_follows_it(
    desk: Desk, jane: Person, oak: Room, claims: Claims
) -> None:
    view = await desk.book(jane, oak)
    begun = await desk.begin(view.id)
    await _change(desk, jane, view.id, start=desk.at(4))
    assert await claims(oak) == [(1, 2), (4, 5)]
    booking = await desk.taken(view.id, begun)
    assert [intent.kind for intent in booking.unfinished] == [IntentKind.CHANGE]
    assert await claims(oak) == [(1, 2), (4, 5)]
    await desk.deliver(view.id)
    assert await claims(oak) == [(4, 5)]


async def test_an_edit_made_while_the_request_was_decided_makes_it_be_decided_again(
    desk: Desk, jane: Person, oak: Room
) -> None:
    view = await desk.book(jane, oak)
    seen = await desk.stored(view.id)
    await _change(desk, jane, view.id, title="Newer")
    async with desk.units() as uow:
        begun = await record_begun(uow, seen, seen.intents[0].id, {}, now=desk.clock.now(), again_at=desk.clock.now())
    assert begun is None


async def test_a_failed_move_leaves_the_old_time_as_the_truth_and_gives_the_new_slot_back(
    desk: Desk, jane: Person, oak: Room, claims: Claims
) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    await _change(desk, jane, booking_id, start=desk.at(3))
    await _fail(desk, booking_id)
    assert await claims(oak) == [(1, 2)]
    view = await _change(desk, jane, booking_id, title="Only the title")
    assert view.state is BookingState.REQUESTED
    booking = await desk.stored(booking_id)
    assert booking.unfinished[0].wanted.fields == {Field.TIME, Field.TITLE}
    assert await claims(oak) == [(1, 2), (3, 4)]


async def test_a_failed_move_shows_both_times_and_can_be_tried_again(
    desk: Desk, jane: Person, oak: Room, claims: Claims
) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    await _change(desk, jane, booking_id, start=desk.at(3))
    await _fail(desk, booking_id)
    other = await desk.book(jane, oak, 3)
    with pytest.raises(RoomTaken):
        await _retry(desk, jane, booking_id)
    await _cancel(desk, jane, other.id)
    view = await _retry(desk, jane, booking_id)
    assert view.state is BookingState.REQUESTED
    assert await claims(oak) == [(1, 2), (3, 4)]


async def test_there_is_nothing_to_retry_when_all_went_well(desk: Desk, jane: Person, oak: Room) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    with pytest.raises(Conflict):
        await _retry(desk, jane, booking_id)


async def test_a_declined_room_gives_the_slot_up_and_is_swapped_on_the_same_event(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room, claims: Claims
) -> None:
    elm = await given.room(tenant, "Elm")
    view = await desk.book(jane, oak)
    await desk.deliver(view.id)
    await desk.room_answers(view.id, ResponseStatus.DECLINED)
    assert await claims(oak) == []
    swapped = await _change(desk, jane, view.id, room_id=elm.id)
    assert [room.name for room in swapped.rooms] == ["Elm"]
    booking = await desk.stored(view.id)
    assert booking.unfinished[0].wanted.withdrawn == (oak.mailbox.address,)
    assert await claims(elm) == [(1, 2)]
    done = await desk.deliver(view.id)
    assert done.hosting == booking.hosting or done.hosting is not None
    assert [request.room.name for request in done.occurrence.rooms] == ["Elm"]
    assert done.occurrence.rooms[0].asked_at == desk.clock.now()


async def test_a_swap_holds_the_old_room_until_it_is_taken(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room, claims: Claims
) -> None:
    elm = await given.room(tenant, "Elm")
    booking_id = await _confirmed(desk, jane, oak)
    await _change(desk, jane, booking_id, room_id=elm.id)
    assert (await claims(oak), await claims(elm)) == ([(1, 2)], [(1, 2)])
    await _change(desk, jane, booking_id, room_id=oak.id)
    assert (await claims(oak), await claims(elm)) == ([(1, 2)], [])
    booking = await desk.stored(booking_id)
    assert [request.room.name for request in booking.occurrence.rooms] == ["Oak"]


async def test_a_room_that_is_not_live_or_elsewhere_is_no_swap(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room
) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    elm = await given.room(tenant, "Elm", status=RoomStatus.UNREACHABLE)
    with pytest.raises(NotBookable):
        await _change(desk, jane, booking_id, room_id=elm.id)
    far = await given.room(await given.integration("fabrikam.example", name="Fabrikam"), "Far")
    with pytest.raises(InvalidInput) as refusal:
        await _change(desk, jane, booking_id, room_id=far.id)
    assert set(refusal.value.mistakes) == {"room_id"}


async def test_guests_taken_off_are_withdrawn_and_answers_of_others_stay(desk: Desk, jane: Person, oak: Room) -> None:
    guests = (TypedAttendee("a@x.example"), TypedAttendee("b@x.example"))
    booking_id = await _confirmed(desk, jane, oak, attendees=guests)
    booking = await desk.stored(booking_id)
    seen = desk.event(booking)
    accepted = AttendeeStatus(Attendee(parse_address("a@x.example")), ResponseStatus.ACCEPTED, desk.clock.now())
    rooms = tuple(each for each in seen.attendees if each.attendee.role.value == "room")
    answered = replace(
        seen,
        attendees=(
            accepted,
            AttendeeStatus(Attendee(parse_address("b@x.example")), ResponseStatus.NEEDS_ACTION),
            *(replace(each, response=ResponseStatus.ACCEPTED) for each in rooms),
        ),
    )
    await desk.see(booking_id, answered)
    view = await _change(desk, jane, booking_id, attendees=(TypedAttendee("A@x.example"), TypedAttendee("c@x.example")))
    assert {each.address: each.response for each in view.attendees} == {
        "a@x.example": ResponseStatus.ACCEPTED,
        "c@x.example": ResponseStatus.NEEDS_ACTION,
    }
    booking = await desk.stored(booking_id)
    assert booking.unfinished[0].wanted.withdrawn == ("b@x.example",)
    await _change(desk, jane, booking_id, attendees=(TypedAttendee("a@x.example"), TypedAttendee("b@x.example")))
    assert (await desk.stored(booking_id)).unfinished[0].wanted.withdrawn == ("c@x.example",)


async def test_a_title_alone_keeps_the_room_confirmed(desk: Desk, jane: Person, oak: Room) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    view = await _change(desk, jane, booking_id, title="Budget")
    assert view.state is BookingState.CONFIRMED
    booking = await desk.deliver(booking_id)
    assert booking.occurrence.rooms[0].answer is ResponseStatus.ACCEPTED


async def test_an_edit_that_changes_nothing_is_no_edit(desk: Desk, jane: Person, oak: Room) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    view = await _change(desk, jane, booking_id, title="Stand-up", start=desk.at(1), room_id=oak.id)
    assert view.version == 1
    assert not (await desk.stored(booking_id)).unfinished


async def test_an_edit_of_an_older_version_is_refused(desk: Desk, jane: Person, oak: Room) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    await _change(desk, jane, booking_id, title="First", version=1)
    with pytest.raises(StaleRevision):
        await _change(desk, jane, booking_id, title="Second", version=1)
    with pytest.raises(StaleRevision):
        await _cancel(desk, jane, booking_id, version=1)


async def test_only_organiser_booker_and_admins_change(desk: Desk, given: Given, jane: Person, oak: Room) -> None:
    booking_id = await _confirmed(desk, jane, oak, attendees=(TypedAttendee("bob.brown@contoso.example"),))
    bob = await given.person("Bob Brown")
    for act in (_change, _cancel):
        with pytest.raises(Forbidden):
            await act(desk, bob, booking_id)
    admin = await given.person("Ada Admin", role=Role.GLOBAL_ADMIN)
    assert (await _change(desk, admin, booking_id, title="By admin")).title == "By admin"


async def test_a_running_meeting_may_be_extended_and_not_moved_back(desk: Desk, jane: Person, oak: Room) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    desk.clock.advance(timedelta(hours=1.5))
    extended = await _change(desk, jane, booking_id, end=desk.at(1))
    assert extended.intended.duration == timedelta(hours=1.5)
    with pytest.raises(InvalidInput):
        await _change(desk, jane, booking_id, start=desk.at(-1))


async def test_a_stored_create_is_dropped_without_touching_the_provider(
    desk: Desk, jane: Person, oak: Room, claims: Claims
) -> None:
    view = await desk.book(jane, oak)
    gone = await _cancel(desk, jane, view.id)
    assert gone.state is BookingState.CANCELLED
    assert await claims(oak) == []
    assert not (await desk.stored(view.id)).unfinished


async def test_a_create_of_unknown_outcome_is_finished_and_then_cancelled(
    desk: Desk, jane: Person, oak: Room, claims: Claims
) -> None:
    view = await desk.book(jane, oak)
    begun = await desk.begin(view.id)
    cancelling = await _cancel(desk, jane, view.id, comment="Not needed")
    assert cancelling.state is BookingState.CANCELLING
    assert await claims(oak) == [(1, 2)]
    booking = await desk.taken(view.id, begun)
    assert [intent.kind for intent in booking.unfinished] == [IntentKind.CANCEL]
    assert booking.unfinished[0].wanted.comment == "Not needed"
    done = await desk.deliver(view.id)
    assert done.cancelled_at is not None
    assert await claims(oak) == []


async def test_a_cancelled_create_that_surely_did_not_happen_is_dropped(desk: Desk, jane: Person, oak: Room) -> None:
    view = await desk.book(jane, oak)
    begun = await desk.begin(view.id)
    await _cancel(desk, jane, view.id)
    async with desk.units() as uow:
        trouble = Trouble("throttled", "The provider asks us to slow down.")
        await record_put_off(uow, view.id, begun.unfinished[0].id, trouble, now=desk.clock.now(), at=desk.clock.now())
        await uow.commit()
    booking = await desk.stored(view.id)
    assert booking.cancelled_at is not None
    assert not booking.unfinished


async def test_cancelling_twice_changes_nothing(desk: Desk, jane: Person, oak: Room) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    first = await _cancel(desk, jane, booking_id)
    again = await _cancel(desk, jane, booking_id)
    assert (first.state, first.version) == (again.state, again.version) == (BookingState.CANCELLING, 2)
    await desk.deliver(booking_id)
    assert (await _cancel(desk, jane, booking_id)).state is BookingState.CANCELLED
    with pytest.raises(Conflict):
        await _change(desk, jane, booking_id, title="Too late")


async def test_a_meeting_cancelled_in_the_calendar_is_cancelled_here(
    desk: Desk, jane: Person, oak: Room, claims: Claims
) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    await _change(desk, jane, booking_id, start=desk.at(5))
    async with desk.units() as uow:
        await record_gone(uow, booking_id, now=desk.clock.now())
        await uow.commit()
    booking = await desk.stored(booking_id)
    assert booking.cancel_cause == "outside"
    assert [intent.status for intent in booking.intents] == [IntentStatus.DONE, IntentStatus.DROPPED]
    assert await claims(oak) == []


async def test_a_meeting_moved_in_the_calendar_is_followed(desk: Desk, jane: Person, oak: Room, claims: Claims) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    booking = await desk.stored(booking_id)
    moved = await desk.see(booking_id, desk.event(booking, Timespan(desk.at(6), desk.at(7)), title="Moved"))
    assert moved.occurrence.span == Timespan(desk.at(6), desk.at(7))
    assert moved.title == "Moved"
    assert moved.occurrence.rooms[0].answer is ResponseStatus.NEEDS_ACTION
    assert await claims(oak) == [(6, 7)]


async def test_a_meeting_moved_in_the_calendar_onto_anothers_slot_is_kept_without_a_slot(
    desk: Desk, jane: Person, oak: Room, claims: Claims
) -> None:
    booking_id = await _confirmed(desk, jane, oak)
    await desk.book(jane, oak, 6)
    booking = await desk.stored(booking_id)
    moved = await desk.see(booking_id, desk.event(booking, Timespan(desk.at(6), desk.at(7))))
    assert moved.occurrence.span.start == desk.at(6)
    assert await claims(oak) == [(6, 7)]


async def test_rooms_swapped_in_the_calendar_are_followed(
    desk: Desk, given: Given, tenant: Integration, jane: Person, oak: Room, claims: Claims
) -> None:
    elm = await given.room(tenant, "Elm")
    booking_id = await _confirmed(desk, jane, oak)
    booking = await desk.stored(booking_id)
    event = replace(
        desk.event(booking),
        attendees=(AttendeeStatus(Attendee(elm.mailbox.address, "Elm", AttendeeRole.ROOM), ResponseStatus.ACCEPTED),),
    )
    swapped = await desk.see(booking_id, event)
    assert [(each.room.name, each.answer) for each in swapped.occurrence.rooms] == [("Elm", ResponseStatus.ACCEPTED)]
    assert (await claims(oak), await claims(elm)) == ([], [(1, 2)])
