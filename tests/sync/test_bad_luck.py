"""Whatever goes wrong on the way: one event or none, one mail, a clear state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from roomstead.domain.booking import BookingState, IntentStatus
from roomstead.domain.hosting import HostKind
from roomstead.domain.integration import ServiceMailboxStatus

if TYPE_CHECKING:
    from tests.sync.conftest import Town

CREATE = {"method": "POST", "operation": "/users/{user}/events"}
LOST: list[dict[str, Any]] = [
    {"kind": "drop", "after_commit": True},
    {"kind": "drop", "after_commit": False},
    {"kind": "answer", "status": 500, "code": "ErrorInternalServerError", "after_commit": True},
    {"kind": "answer", "status": 502, "code": "badGateway", "after_commit": True},
    {"kind": "answer", "status": 503, "code": "serviceNotAvailable", "after_commit": True},
    {"kind": "answer", "status": 504, "code": "UnknownError", "after_commit": True},
    {"kind": "answer", "status": 504, "code": "UnknownError", "after_commit": False},
    {"kind": "answer", "status": 429, "code": "ApplicationThrottled", "after_commit": False},
]


@pytest.mark.parametrize("who", ["jane.doe", "priya.shah"])
@pytest.mark.parametrize("fault", LOST)
async def test_a_create_whose_answer_was_lost_is_one_event_and_one_mail(
    town: Town, fault: dict[str, Any], who: str
) -> None:
    await town.use_service_account()
    town.fault(**CREATE, **fault, count=2)
    booking_id = await town.book(who, "oak", guests=["tom.baker"])
    await town.live(120)
    assert await town.state(booking_id) is BookingState.CONFIRMED
    assert len(town.all_hosted()) == 1
    assert len(town.mail("request")) == 1


@pytest.mark.parametrize("fault", LOST)
async def test_a_move_whose_answer_was_lost_is_one_mail(town: Town, fault: dict[str, Any]) -> None:
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    town.fault(method="PATCH", **fault)
    await town.change(booking_id, "jane.doe", start=town.at(5))
    await town.live(120)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.CONFIRMED
    (event,) = town.all_hosted()
    assert event["start"] == "2026-11-25T13:00:00Z"
    assert len(town.mail("update")) == 1


@pytest.mark.parametrize("fault", LOST)
async def test_a_cancellation_whose_answer_was_lost_is_one_mail(town: Town, fault: dict[str, Any]) -> None:
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    town.fault(method="POST", operation="/users/{user}/events/{event}/cancel", **fault)
    await town.cancel(booking_id, "jane.doe")
    await town.live(120)
    assert await town.state(booking_id) is BookingState.CANCELLED
    assert town.all_hosted() == []
    assert len(town.mail("cancellation")) == 1


async def test_a_lost_create_in_a_mailbox_that_closes_is_settled_by_what_the_room_shows(town: Town) -> None:
    """Nothing is hosted twice, and nobody is left in the dark: the room's calendar shows it, and its answer."""
    await town.use_service_account()
    town.fault(**CREATE, kind="drop", after_commit=True)
    booking_id = await town.book("jane.doe", "oak", guests=["tom.baker"])
    await town.push(booking_id)
    town.close("jane.doe")
    await town.live(2400, step=60)
    seen = await town.see(booking_id)
    assert (seen.state, seen.sentence) == (BookingState.CONFIRMED, "Oak accepted.")
    assert seen.host is not None
    assert seen.host.kind is HostKind.ORGANIZER
    assert len(town.all_hosted()) == 1
    assert len(town.mail("request")) == 1

    await town.cancel(booking_id, "jane.doe")
    await town.live(600, step=60)
    assert await town.state(booking_id) is BookingState.CANCELLING
    town.open("jane.doe")
    await town.live(4000, step=100)
    assert await town.state(booking_id) is BookingState.CANCELLED
    assert town.all_hosted() == []
    assert len(town.mail("cancellation")) == 1


async def test_a_create_that_is_seen_nowhere_waits_for_the_mailbox(town: Town) -> None:
    await town.use_service_account()
    town.fault(**CREATE, kind="drop", after_commit=False)
    booking_id = await town.book("jane.doe", "oak")
    await town.push(booking_id)
    town.close("jane.doe")
    await town.live(2400, step=60)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.REQUESTED
    assert "may already be in it" in seen.sentence
    assert town.all_hosted() == []
    town.open("jane.doe")
    await town.live(4000, step=100)
    assert await town.state(booking_id) is BookingState.CONFIRMED
    assert len(town.all_hosted()) == 1


async def test_a_cancellation_during_an_unknown_create_finishes_it_first(town: Town) -> None:
    town.fault(**CREATE, kind="drop", after_commit=True)
    booking_id = await town.book("jane.doe", "oak")
    await town.push(booking_id)
    assert (await town.stored(booking_id)).unfinished[0].status is IntentStatus.UNKNOWN
    await town.cancel(booking_id, "jane.doe")
    assert await town.state(booking_id) is BookingState.CANCELLING
    await town.live(60)
    assert await town.state(booking_id) is BookingState.CANCELLED
    assert town.all_hosted() == []
    assert len(town.mail("request")) == 1
    assert len(town.mail("cancellation")) == 1


async def test_an_edit_during_an_unknown_create_follows_it(town: Town) -> None:
    town.fault(**CREATE, kind="drop", after_commit=True)
    booking_id = await town.book("jane.doe", "oak")
    await town.push(booking_id)
    await town.change(booking_id, "jane.doe", start=town.at(6))
    await town.live(90)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.CONFIRMED
    (event,) = town.all_hosted()
    assert event["start"] == "2026-11-25T14:00:00Z"


async def test_an_unknown_create_is_settled_where_it_was_sent_though_the_mailbox_fell_away(town: Town) -> None:
    await town.use_service_account()
    town.fault(**CREATE, kind="drop", after_commit=True)
    booking_id = await town.book("jane.doe", "oak")
    await town.push(booking_id)
    town.close("jane.doe")
    await town.live(120, step=10)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.REQUESTED
    assert seen.reason == "out_of_reach"
    assert [event["organizer"]["address"] for event in town.all_hosted()] == ["jane.doe@contoso.example"]
    town.open("jane.doe")
    await town.live(1800, step=300)
    assert await town.state(booking_id) is BookingState.CONFIRMED
    assert len(town.all_hosted()) == 1
    assert len(town.mail("request")) == 1


async def test_an_event_deleted_before_its_create_was_settled_ends_the_booking(town: Town) -> None:
    town.fault(**CREATE, kind="drop", after_commit=True)
    booking_id = await town.book("jane.doe", "oak")
    await town.push(booking_id)
    town.act("delete", "jane.doe", meeting="Kick-off")
    await town.live(60)
    events = town.all_hosted()  # a provider may have forgotten the key with the event, and make it once more
    assert await town.state(booking_id) is (BookingState.CONFIRMED if events else BookingState.CANCELLED)
    assert len(events) <= 1


@pytest.mark.parametrize(("secret", "code"), [("wrong-secret", "credential_rejected"), ("", "credential_missing")])
async def test_bookings_wait_while_the_credential_is_no_good(town: Town, secret: str, code: str) -> None:
    await town.set_credential(secret)
    booking_ids = [await town.book("jane.doe", "oak", 3 + hour, 0.5) for hour in range(3)]
    await town.live(20)
    assert {(await town.see(each)).state for each in booking_ids} == {BookingState.REQUESTED}
    attention = (await town.read_integration()).attention
    assert attention is not None
    assert attention.code == code
    town.forget_calls()
    await town.live(3600, step=300)
    assert town.calls() == 0  # nobody knocks again and again
    await town.set_credential(town.sandbox.endpoints["client_secret"])
    async with town.units() as uow:
        await uow.integrations.clear_attention(town.integration.id)
        await uow.commit()
    await town.live(30)
    assert {await town.state(each) for each in booking_ids} == {BookingState.CONFIRMED}
    assert len(town.mail("request")) == 3


async def test_a_token_that_expires_in_mid_run_is_renewed(town: Town) -> None:
    await town.live(4)
    town.fault("expired_token")
    booking_id = await town.book("jane.doe", "oak")
    await town.live(30)
    assert await town.state(booking_id) is BookingState.CONFIRMED


async def test_a_service_account_removed_between_request_and_push_is_refused_in_words(town: Town) -> None:
    service = await town.use_service_account()
    await town.book("priya.shah", "elm", 8, title="Known")
    await town.live(20)
    booking_id = await town.book("priya.shah", "oak")
    retired = replace(service, status=ServiceMailboxStatus.RETIRED, version=service.version + 1)
    async with town.units() as uow:
        await uow.integrations.save_service_mailbox(retired, town.clock.now())
        await uow.commit()
    await town.live(20)
    seen = await town.see(booking_id)
    assert (seen.state, seen.reason) == (BookingState.FAILED, "service_account_required")
    assert town.all_hosted() == []
