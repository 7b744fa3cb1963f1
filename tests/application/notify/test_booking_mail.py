"""What people are mailed about their bookings, over real SMTP, judged by the mails that arrive."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING

from tests.support.providers import known_providers

from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.application import settling
from roomstead.application.booking.cancel import CancelBooking, cancel_booking
from roomstead.application.booking.change import ChangeBooking, change_booking
from roomstead.application.notify.choose_notifications import ChooseNotifications, choose_notifications
from roomstead.domain.booking import BookingId
from roomstead.domain.booking_input import TypedAttendee
from roomstead.domain.booking_settling import Trouble
from roomstead.domain.event import ResponseStatus
from roomstead.domain.integration import Integration, Room
from roomstead.domain.people import Person, Role

if TYPE_CHECKING:
    from tests.application.booking.conftest import Desk
    from tests.application.conftest import Given
    from tests.application.notify.conftest import PostOffice


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")  # lines end so on their way


async def hosted_booking(given: "Given", desk: "Desk", tenant: Integration, jane: Person, oak: Room) -> BookingId:
    """Jane's mailbox is out of reach: the service account holds her meeting with Ana and Bo, and it is delivered."""
    await given.service_mailbox(tenant)
    await given.out_of_reach(tenant, jane)
    ana, bo = await given.person("Ana Lima"), await given.person("Bo Ek")
    people = tuple(TypedAttendee(each.addresses[0]) for each in (ana, bo))
    made = await desk.book(jane, oak, 2, title="Review", attendees=people)
    await desk.deliver(made.id)
    return made.id


async def test_a_declined_room_is_told_once_with_rooms_that_are_free(
    post: "PostOffice", desk: "Desk", given: "Given", tenant: Integration, jane: Person, oak: Room
) -> None:
    await given.room(tenant, "Elm")
    made = await desk.book(jane, oak)
    await desk.deliver(made.id)
    await desk.room_answers(made.id, ResponseStatus.DECLINED)
    await desk.room_answers(made.id, ResponseStatus.DECLINED)
    assert await post.deliver() == 1
    assert await post.deliver_after(hours=1) == 0
    (mail,) = post.sink.taken
    assert mail["Subject"] == "Oak declined: Stand-up"
    assert mail["To"] == "Jane Doe <jane.doe@contoso.example>"
    assert "Free at that time:\n- Elm" in text_of(mail)
    assert f"https://rooms.contoso.example/bookings/{made.id}" in text_of(mail)


async def test_an_accepted_booking_of_ones_own_is_no_mail(
    post: "PostOffice", desk: "Desk", jane: Person, oak: Room
) -> None:
    made = await desk.book(jane, oak)
    await desk.deliver(made.id)
    await desk.room_answers(made.id, ResponseStatus.ACCEPTED)
    assert await post.deliver() == 0
    assert await post.listed() == []


async def test_a_booking_that_failed_is_told_with_its_sentence(
    post: "PostOffice", desk: "Desk", units: SqlUnitsOfWork, jane: Person, oak: Room
) -> None:
    made = await desk.book(jane, oak)
    intent = (await desk.stored(made.id)).unfinished[0]
    async with units() as uow:
        trouble = Trouble("refused", "The calendar refuses so many guests.")
        await settling.record_failed(uow, made.id, intent.id, trouble, now=desk.clock.now())
        await uow.commit()
    assert await post.deliver() == 1
    assert post.sink.taken[0]["Subject"] == "Not booked: Stand-up"
    assert "The calendar refuses so many guests." in text_of(post.sink.taken[0])


async def test_who_has_a_meeting_made_for_them_is_told_when_it_is_in_the_calendar(
    post: "PostOffice", desk: "Desk", given: "Given", jane: Person, oak: Room
) -> None:
    mei = await given.person("Mei Tan", role=Role.GLOBAL_ADMIN)
    made = await desk.book(mei, oak, organizer_id=jane.id)
    assert await post.deliver() == 0
    await desk.deliver(made.id)
    assert await post.deliver() == 1
    (mail,) = post.sink.taken
    assert mail["Subject"] == "Mei Tan booked Oak for you: Stand-up"
    assert mail["To"].addresses[0].addr_spec == "jane.doe@contoso.example"


async def test_a_move_in_the_service_accounts_calendar_is_told_with_both_times(
    post: "PostOffice", desk: "Desk", given: "Given", tenant: Integration, jane: Person, oak: Room
) -> None:
    made = await hosted_booking(given, desk, tenant, jane, oak)
    booking = await desk.stored(made)
    later = booking.occurrence.span.moved_to(booking.occurrence.span.start + timedelta(hours=3))
    await desk.see(made, desk.event(booking, later))
    assert await post.deliver() == 1
    assert post.sink.taken[0]["Subject"] == "Moved: Review"
    assert "Was: Mon 1 Mar 2027, 14:00–15:00\nIs now: Mon 1 Mar 2027, 17:00–18:00 (UTC)" in text_of(post.sink.taken[0])


async def test_a_cancellation_in_the_service_accounts_calendar_is_told(
    post: "PostOffice", desk: "Desk", given: "Given", tenant: Integration, jane: Person, oak: Room
) -> None:
    made = await hosted_booking(given, desk, tenant, jane, oak)
    await desk.see(made, replace(desk.event(await desk.stored(made)), is_cancelled=True))
    assert await post.deliver() == 1
    assert post.sink.taken[0]["Subject"] == "Cancelled: Review"


async def test_ones_own_cancellation_in_ones_own_calendar_is_no_news(
    post: "PostOffice", desk: "Desk", jane: Person, oak: Room
) -> None:
    made = await desk.book(jane, oak)
    await desk.deliver(made.id)
    await desk.see(made.id, replace(desk.event(await desk.stored(made.id)), is_cancelled=True))
    assert await post.deliver() == 0


async def test_answers_come_as_one_digest_within_the_hour(
    post: "PostOffice", desk: "Desk", given: "Given", tenant: Integration, jane: Person, oak: Room
) -> None:
    made = await hosted_booking(given, desk, tenant, jane, oak)
    for name, answers in (
        ("ana.lima@contoso.example", (ResponseStatus.TENTATIVE, ResponseStatus.ACCEPTED)),
        ("bo.ek@contoso.example", (ResponseStatus.DECLINED,)),
    ):
        for answer in answers:
            event = desk.event(await desk.stored(made))
            statuses = [
                replace(each, response=answer) if each.attendee.address == name else each for each in event.attendees
            ]
            await desk.see(made, replace(event, attendees=tuple(statuses)))
    assert await post.deliver_after(hours=1) == 1
    assert await post.deliver_after(hours=1) == 0
    (mail,) = post.sink.taken
    assert mail["Subject"] == "Answers to Review"
    text = text_of(mail)
    assert "- Ana Lima accepted: Review, Mon 1 Mar 2027, 14:00–15:00" in text
    assert "- Bo Ek declined: Review" in text
    assert "may come" not in text


async def test_answers_to_a_meeting_in_ones_own_calendar_are_not_mailed(
    post: "PostOffice", desk: "Desk", given: "Given", jane: Person, oak: Room
) -> None:
    ana = await given.person("Ana Lima")
    made = await desk.book(jane, oak, attendees=(TypedAttendee(ana.addresses[0]),))
    await desk.deliver(made.id)
    event = desk.event(await desk.stored(made.id))
    accepted = tuple(replace(each, response=ResponseStatus.ACCEPTED) for each in event.attendees)
    await desk.see(made.id, replace(event, attendees=accepted))
    assert await post.deliver_after(hours=2) == 0


async def test_what_is_switched_off_is_not_sent(
    post: "PostOffice", desk: "Desk", given: "Given", units: SqlUnitsOfWork, jane: Person, oak: Room
) -> None:
    await choose_notifications(ChooseNotifications(("answers",)), given.actor(jane), units=units)
    made = await desk.book(jane, oak)
    await desk.deliver(made.id)
    await desk.room_answers(made.id, ResponseStatus.DECLINED)
    assert await post.deliver() == 0
    assert post.sink.taken == []
    (notice,) = await post.listed()
    assert notice.given_up_at is not None


async def test_nobody_is_mailed_about_meetings_that_are_over(
    post: "PostOffice", desk: "Desk", jane: Person, oak: Room
) -> None:
    made = await desk.book(jane, oak)
    await desk.deliver(made.id)
    desk.clock.advance(timedelta(hours=3))
    await desk.room_answers(made.id, ResponseStatus.DECLINED)
    assert await post.listed() == []


async def changed_by(desk: "Desk", who: Person, booking_id: BookingId, **wanted: object) -> None:
    command = ChangeBooking(booking_id=booking_id, **wanted)  # type: ignore[arg-type]  # fields of it
    await change_booking(
        command,
        desk.given.actor(who),
        units=desk.units,
        providers=known_providers(),
        clock=desk.clock,
        policy=desk.policy,
    )


async def test_what_an_admin_changes_here_is_told_to_the_organiser_quick_edits_together(
    post: "PostOffice", desk: "Desk", jane: Person, oak: Room
) -> None:
    mei = await desk.given.person("Mei Tan", role=Role.GLOBAL_ADMIN)
    made = await desk.book(jane, oak, 2, title="Review")
    await desk.deliver(made.id)
    await changed_by(desk, mei, made.id, title="Budget")
    await changed_by(desk, mei, made.id, start=desk.at(4), end=desk.at(5))
    assert await post.deliver() == 0
    assert await post.deliver_after(minutes=1) == 1
    (mail,) = post.sink.taken
    assert mail["Subject"] == "Mei Tan changed: Budget"
    assert mail["To"].addresses[0].addr_spec == jane.addresses[0]
    assert "Mei Tan changed your meeting in Roomstead: title, time." in text_of(mail)
    assert "Was: " in text_of(mail)


async def test_what_one_changes_oneself_is_no_mail(post: "PostOffice", desk: "Desk", jane: Person, oak: Room) -> None:
    made = await desk.book(jane, oak, 2)
    await desk.deliver(made.id)
    await changed_by(desk, jane, made.id, title="Budget")
    await cancel_booking(CancelBooking(made.id), desk.given.actor(jane), units=desk.units, clock=desk.clock)
    assert await post.deliver_after(minutes=1) == 0


async def test_who_booked_for_somebody_hears_what_the_organiser_does_and_the_other_way_round(
    post: "PostOffice", desk: "Desk", jane: Person, oak: Room
) -> None:
    mei = await desk.given.person("Mei Tan", role=Role.GLOBAL_ADMIN)
    made = await desk.book(mei, oak, 2, organizer_id=jane.id)
    await desk.deliver(made.id)
    await post.deliver()
    post.sink.taken.clear()
    await changed_by(desk, jane, made.id, title="Budget")
    assert await post.deliver_after(minutes=1) == 1
    await cancel_booking(CancelBooking(made.id), desk.given.actor(mei), units=desk.units, clock=desk.clock)
    assert await post.deliver() == 1
    changed, cancelled = post.sink.taken
    assert (changed["Subject"], changed["To"].addresses[0].addr_spec) == ("Jane Doe changed: Budget", mei.addresses[0])
    assert (cancelled["Subject"], cancelled["To"].addresses[0].addr_spec) == (
        "Mei Tan cancelled: Budget",
        jane.addresses[0],
    )


async def test_a_change_that_a_cancellation_overtakes_is_told_as_the_cancellation_alone(
    post: "PostOffice", desk: "Desk", jane: Person, oak: Room
) -> None:
    mei = await desk.given.person("Mei Tan", role=Role.GLOBAL_ADMIN)
    made = await desk.book(jane, oak, 2)
    await desk.deliver(made.id)
    await changed_by(desk, mei, made.id, title="Budget")
    await cancel_booking(CancelBooking(made.id), desk.given.actor(mei), units=desk.units, clock=desk.clock)
    assert await post.deliver_after(minutes=1) == 1
    assert post.sink.taken[0]["Subject"] == "Mei Tan cancelled: Budget"


async def test_whoever_does_not_want_to_hear_of_their_bookings_does_not(
    post: "PostOffice", desk: "Desk", jane: Person, oak: Room
) -> None:
    mei = await desk.given.person("Mei Tan", role=Role.GLOBAL_ADMIN)
    await choose_notifications(ChooseNotifications(()), desk.given.actor(jane), units=desk.units)
    made = await desk.book(jane, oak, 2)
    await desk.deliver(made.id)
    await cancel_booking(CancelBooking(made.id), desk.given.actor(mei), units=desk.units, clock=desk.clock)
    assert await post.deliver_after(minutes=1) == 0


async def test_what_is_not_in_the_calendar_yet_is_told_once_it_is(
    post: "PostOffice", desk: "Desk", jane: Person, oak: Room
) -> None:
    mei = await desk.given.person("Mei Tan", role=Role.GLOBAL_ADMIN)
    made = await desk.book(mei, oak, 2, organizer_id=jane.id)
    await changed_by(desk, mei, made.id, title="Budget")
    assert await post.deliver_after(minutes=1) == 0
