"""The rules of rooms: what calendar processing forbids, allows, and leaves to a delegate."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from roomstead_sandbox.world.errors import Invalid, NotFound
from roomstead_sandbox.world.events import Answer
from roomstead_sandbox.world.people import BookingType, Group, WorkingHours

if TYPE_CHECKING:
    from tests.sandbox.world.conftest import Office

NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_room_may_allow_conflicts(office: "Office") -> None:
    office.processing(office.oak).allow_conflicts = True
    events = [office.book(office.jane, office.oak), office.book(office.mei, office.oak)]
    office.settle()
    assert {office.answer(e, office.oak) for e in events} == {Answer.ACCEPTED}


@pytest.mark.parametrize(
    ("setting", "value", "start", "length"),
    [
        ("booking_window_in_days", 5, NINE, HOUR),
        ("maximum_duration_in_minutes", 30, NINE, HOUR),
        ("minimum_duration_in_minutes", 90, NINE, HOUR),
        ("schedule_only_during_work_hours", True, datetime(2026, 12, 5, 9, tzinfo=UTC), HOUR),
        ("schedule_only_during_work_hours", True, datetime(2026, 12, 1, 17, tzinfo=UTC), HOUR),
        ("enforce_capacity", True, NINE, HOUR),
        ("all_book_in_policy", False, NINE, HOUR),
    ],
)
def test_what_a_rooms_rules_forbid_is_declined(
    office: "Office", setting: str, value: object, start: datetime, length: timedelta
) -> None:
    office.oak.working_hours = WorkingHours(start=time(8), end=time(17), zone="Europe/Berlin")
    office.world.directory.places[office.oak.id].capacity = 1
    setattr(office.processing(office.oak), setting, value)
    event = office.book(office.jane, office.mei, office.oak, start=start, end=start + length)
    office.settle()
    assert office.answer(event, office.oak) is Answer.DECLINED
    assert office.world.post.log[-1].draft.comment != ""


def test_no_limit_of_duration_is_no_limit(office: "Office") -> None:
    office.processing(office.oak).maximum_duration_in_minutes = 0
    event = office.book(office.jane, office.oak, end=NINE + 72 * HOUR)
    office.settle()
    assert office.answer(event, office.oak) is Answer.ACCEPTED


def test_a_reserved_room_cannot_be_booked(office: "Office") -> None:
    office.world.directory.places[office.oak.id].booking_type = BookingType.RESERVED
    event = office.book(office.jane, office.oak)
    office.settle()
    assert office.answer(event, office.oak) is Answer.DECLINED


def test_named_people_and_members_of_named_groups_may_book(office: "Office") -> None:
    rules = office.processing(office.oak)
    rules.all_book_in_policy = False
    office.world.directory.add_group(Group("g1", "tenant-1", "Board", "board@contoso.example", members=[office.mei.id]))
    rules.book_in_policy = ["JANE@contoso.example", "board@contoso.example"]
    events = [
        office.book(u, office.oak, start=NINE + i * HOUR) for i, u in enumerate((office.jane, office.mei, office.tom))
    ]
    office.settle()
    assert [office.answer(e, office.oak) for e in events] == [Answer.ACCEPTED, Answer.ACCEPTED, Answer.DECLINED]


def test_an_approval_room_answers_tentative_until_its_delegate_decides(office: "Office") -> None:
    rules = office.processing(office.oak)
    rules.all_book_in_policy, rules.all_request_in_policy = False, True
    rules.resource_delegates = ["tom@contoso.example"]
    event = office.book(office.jane, office.oak)
    office.settle()
    assert office.answer(event, office.oak) is Answer.TENTATIVE
    assert office.world.mailboxes.of(office.tom.id).inbox == {"delegate_request": 1}
    assert [e.ical_uid for e in office.world.attendant.awaiting(office.oak.id)] == [event.ical_uid]
    rival = office.book(office.mei, office.oak)
    office.settle()
    assert office.answer(rival, office.oak) is Answer.DECLINED  # what awaits a decision holds the slot
    with pytest.raises(Invalid):
        office.world.attendant.settle(office.oak.id, event.ical_uid, Answer.TENTATIVE)
    office.world.attendant.settle(office.oak.id, event.ical_uid, Answer.ACCEPTED)
    office.settle()
    assert office.answer(event, office.oak) is Answer.ACCEPTED
    assert office.world.attendant.awaiting(office.oak.id) == []
    assert office.need(office.oak, event).content.subject == "Jane Doe "


def test_a_delegate_may_decline_and_unknown_requests_are_told(office: "Office") -> None:
    rules = office.processing(office.oak)
    rules.all_book_in_policy, rules.all_request_in_policy = False, True
    event = office.book(office.jane, office.oak)
    office.settle()
    office.world.attendant.settle(office.oak.id, event.ical_uid, Answer.DECLINED, "Painters")
    office.settle()
    assert office.answer(event, office.oak) is Answer.DECLINED
    with pytest.raises(NotFound):
        office.world.attendant.settle(office.oak.id, event.ical_uid, Answer.ACCEPTED)


def test_out_of_policy_requests_may_go_to_the_delegate(office: "Office") -> None:
    rules = office.processing(office.oak)
    rules.maximum_duration_in_minutes, rules.all_request_out_of_policy = 30, True
    event = office.book(office.jane, office.oak)
    office.settle()
    assert office.answer(event, office.oak) is Answer.TENTATIVE
