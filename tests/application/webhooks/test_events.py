"""What other programs are told, judged by the messages that arrive."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.support.providers import known_providers

from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.application.booking.cancel import CancelBooking, cancel_booking
from roomstead.application.booking.change import ChangeBooking, change_booking
from roomstead.application.notify.watch_integrations import watch_integrations
from roomstead.application.policy import Policy
from roomstead.application.ports.connections import CURRENT
from roomstead.application.ports.integrations import SealedCredential
from roomstead.domain.booking import BookingId
from roomstead.domain.booking_input import TypedAttendee
from roomstead.domain.event import ResponseStatus
from roomstead.domain.integration import Attention, Integration, Room
from roomstead.domain.people import Person
from roomstead.entrypoints.wire.bookings import BookingShape

if TYPE_CHECKING:
    from tests.application.booking.conftest import Desk
    from tests.application.conftest import Given, HeldClock
    from tests.application.webhooks.conftest import Courier, Inbox


async def change(desk: Desk, who: Person, booking_id: BookingId, **wanted: object) -> None:
    booking = await desk.stored(booking_id)
    command = ChangeBooking(booking_id=booking_id, version=booking.version, **wanted)  # type: ignore[arg-type]  # fields of it
    await change_booking(
        command,
        desk.given.actor(who),
        units=desk.units,
        providers=known_providers(),
        clock=desk.clock,
        policy=desk.policy,
    )


async def test_a_booking_is_told_in_the_shape_of_the_api_and_signed(
    courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room
) -> None:
    made = await courier.register(inbox)
    await desk.book(jane, oak, 2, title="Review", attendees=(TypedAttendee("ana@fabrikam.example"),))
    assert await courier.deliver() == 1
    message = inbox.taken[0]
    assert message.is_signed_by(made.secret)
    told = message.json()
    booking = told["data"]["booking"]
    assert (told["type"], booking["state"]) == ("booking.requested", "requested")
    assert set(booking) == set(BookingShape.model_fields)
    assert message.mistakes() == []
    unlike = replace(message, body=message.body.replace(b'"state":"requested"', b'"state":"booked"'))
    assert unlike.mistakes() != []
    assert (booking["title"], booking["attendees"][0]["response"]) == ("Review", None)


async def test_a_booking_is_told_from_request_to_cancellation(
    courier: Courier, inbox: Inbox, desk: Desk, tenant: Integration, jane: Person, oak: Room
) -> None:
    await courier.register(inbox)
    elm = await desk.given.room(tenant, "Elm")
    booking = await desk.book(jane, oak, 2)
    await desk.deliver(booking.id)
    await desk.room_answers(booking.id, ResponseStatus.ACCEPTED)
    await desk.room_answers(booking.id, ResponseStatus.ACCEPTED)
    await change(desk, jane, booking.id, title="Budget", end=desk.at(3.5))
    await change(desk, jane, booking.id, room_id=elm.id)
    await cancel_booking(CancelBooking(booking.id), desk.given.actor(jane), units=desk.units, clock=desk.clock)
    while (await desk.stored(booking.id)).unfinished:
        await desk.deliver(booking.id)
    while await courier.deliver():
        pass
    assert inbox.types() == [
        "booking.requested",
        "booking.confirmed",
        "booking.changed",
        "booking.room_swapped",
        "booking.cancelled",
    ]
    assert inbox.taken[2].json()["data"]["changed"] == ["title", "time"]
    assert inbox.taken[3].json()["data"]["rooms_before"] == [str(oak.id)]
    sequences = [each.json()["sequence"] for each in inbox.taken]
    assert sequences == sorted(set(sequences))


async def test_a_declined_room_is_told(
    courier: Courier, inbox: Inbox, desk: Desk, given: Given, jane: Person, oak: Room
) -> None:
    await courier.register(inbox)
    await given.person("Ana Lima")
    booking = await desk.book(jane, oak, 0.1, attendees=(TypedAttendee("ana.lima@contoso.example"),))
    await desk.deliver(booking.id)
    await desk.room_answers(booking.id, ResponseStatus.DECLINED)
    await courier.deliver()
    assert sorted(inbox.types()) == ["booking.declined", "booking.requested"]
    declined = next(each.json() for each in inbox.taken if each.json()["type"] == "booking.declined")
    assert declined["data"]["booking"]["rooms"][0]["answer"] == "declined"


async def test_a_private_meeting_is_told_as_any_colleague_sees_it(
    courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room
) -> None:
    await courier.register(inbox, "booking.requested")
    people = (TypedAttendee("ana@fabrikam.example"),)
    await desk.book(jane, oak, title="Dismissal", description="Of Bo", is_private=True, attendees=people)
    assert await courier.deliver() == 1
    told = inbox.taken[0].json()["data"]["booking"]
    assert (told["title"], told["description"], told["organizer"], told["attendees"]) == (
        "Busy",
        "Meeting information unavailable",
        None,
        [],
    )
    for secret in (b"Dismissal", b"jane.doe", b"Jane", b"ana@"):
        assert secret not in inbox.taken[0].body
    assert told["rooms"][0]["name"] == "Oak"


async def test_only_what_was_asked_for_is_told_and_nothing_is_kept_where_nobody_listens(
    courier: Courier, inboxes: list[Inbox], units: SqlUnitsOfWork, desk: Desk, jane: Person, oak: Room
) -> None:
    await desk.book(jane, oak, 1)
    first = await courier.register(inboxes[0], "booking.requested")
    second = await courier.register(inboxes[1], "booking.confirmed")
    await desk.book(jane, oak, 3)
    assert await courier.deliver() == 1
    assert len(await courier.log(first.endpoint.id)) == 1
    assert await courier.log(second.endpoint.id) == ()


async def test_a_refused_booking_tells_nothing(
    courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room
) -> None:
    from roomstead.domain.errors import RoomTaken

    made = await courier.register(inbox)
    await desk.book(jane, oak, 1)
    with pytest.raises(RoomTaken):
        await desk.book(jane, oak, 1)
    assert len(await courier.log(made.endpoint.id)) == 1


async def test_health_is_told_when_it_changes_and_not_when_it_is_said_again(
    courier: Courier, inbox: Inbox, units: SqlUnitsOfWork, clock: HeldClock, tenant: Integration
) -> None:
    made = await courier.register(inbox)
    attention = Attention("consent_missing", "A permission is missing.", "Consent again.", clock.now())
    for _ in range(2):
        async with units() as uow:
            await uow.integrations.call_admin(tenant.id, attention)
            await uow.commit()
    for _ in range(2):
        async with units() as uow:
            await uow.integrations.clear_attention(tenant.id)
            await uow.commit()
    async with units() as uow:
        await uow.integrations.call_admin(tenant.id, attention)  # and not committed
    log = await courier.log(made.endpoint.id)
    assert [each.event.facts["was"] for each in log] == ["needs_attention", "working"]
    clock.moment = max(each.due_at for each in log)
    await courier.deliver()
    told = inbox.taken[0].json()
    assert (told["type"], told["data"]["was"]) == ("integration.health_changed", "working")
    assert told["data"]["integration"]["name"] == "Contoso"


async def test_the_end_of_a_credential_is_told_once_for_each_stage(
    courier: Courier, inbox: Inbox, units: SqlUnitsOfWork, clock: HeldClock, tenant: Integration
) -> None:
    await courier.register(inbox)
    ends = clock.now() + timedelta(days=7)
    async with units() as uow:
        credential = SealedCredential("secret", CURRENT, {}, b"sealed", "f1", ends, clock.now())
        await uow.integrations.put_credential(tenant.id, credential)
        await uow.commit()
    for _ in range(8):
        await watch_integrations(units=units, clock=clock)
        await watch_integrations(units=units, clock=clock)
        await courier.deliver_after(days=1)
    told = [each.json() for each in inbox.taken]
    assert [each["type"] for each in told] == ["integration.credential_expiring"] * 4
    assert {each["data"]["ends_at"] for each in told} == {"2027-03-08T12:00:00Z"}


async def test_a_booking_too_long_to_be_sent_goes_without_people_and_text(
    courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room, policy: Policy
) -> None:
    from roomstead.domain.webhook import LONGEST_BODY

    await courier.register(inbox, "booking.requested")
    people = tuple(
        TypedAttendee(f"{'x' * 60}{number}@{'sub.' * 40}fabrikam.example", "é" * 255) for number in range(495)
    )
    await desk.book(jane, oak, attendees=people)
    assert await courier.deliver() == 1
    assert len(inbox.taken[0].body) < LONGEST_BODY
    data = inbox.taken[0].json()["data"]
    assert (data["left_out"], data["booking"]["attendees"]) == (["description", "attendees"], [])
    assert data["booking"]["title"] == "Stand-up"
