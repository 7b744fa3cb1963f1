"""Bookings whose organiser's mailbox is out of reach: the service account stands in, openly and once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from roomstead.domain.access import AccessCause, Capability, Verdict
from roomstead.domain.booking import BookingState
from roomstead.domain.errors import ServiceAccountRequired
from roomstead.domain.event import ResponseStatus
from roomstead.domain.hosting import SERVICE_ACCOUNT_LABEL, HostKind
from roomstead.domain.integration import ServiceMailboxStatus
from roomstead.domain.mailbox import parse_address

if TYPE_CHECKING:
    from tests.sync.conftest import Town

SERVICE = "rooms@contoso.example"


async def test_the_service_account_hosts_and_says_for_whom(town: Town) -> None:
    await town.use_service_account()
    booking_id = await town.book("priya.shah", "oak", guests=["tom.baker"], description="Bring the figures.")
    await town.live(20)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.CONFIRMED
    assert seen.label == SERVICE_ACCOUNT_LABEL
    assert seen.host is not None
    assert (seen.host.kind, seen.host.address) == (HostKind.SERVICE_ACCOUNT, SERVICE)
    assert seen.host.cause == AccessCause.REFUSED
    (event,) = town.all_hosted()
    assert event["organizer"]["address"] == SERVICE
    assert "Organised by Priya Shah" in event["body"]
    assert "Bring the figures." in event["body"]
    invited = [each["address"] for each in event["attendees"]]
    assert sorted(invited) == ["oak@contoso.example", "priya.shah@contoso.example", "tom.baker@contoso.example"]
    (mail,) = town.mail("request")
    assert mail["sender"] == SERVICE
    assert SERVICE_ACCOUNT_LABEL not in mail["body"]
    assert seen.description == "Bring the figures."  # our own lines are not read back


async def test_one_that_only_a_dry_run_put_in_force_sends_nothing_before_it_is_proven(town: Town) -> None:
    account = await town.use_service_account(proven=False)
    booking_id = await town.book("priya.shah", "oak")
    await town.live(20)
    seen = await town.see(booking_id)
    assert (seen.state, seen.reason) == (BookingState.REQUESTED, "service_account_unproven")
    assert "has to be verified first" in seen.sentence
    assert town.all_hosted() == []
    attention = (await town.read_integration()).attention
    assert attention is not None
    assert "Verify the integration" in attention.remedy

    async with town.units() as uow:  # as a verification that passed leaves it
        await uow.integrations.save_service_mailbox(replace(account, proven_at=town.clock.now()), town.clock.now())
        await uow.integrations.clear_attention(town.integration.id)
        await uow.commit()
    await town.live(30)
    assert await town.state(booking_id) is BookingState.CONFIRMED
    assert len(town.all_hosted()) == 1


async def test_answers_come_to_the_service_account_and_are_seen_here(town: Town) -> None:
    await town.use_service_account()
    booking_id = await town.book("priya.shah", "oak", guests=["tom.baker"])
    await town.live(20)
    town.act("respond", "tom.baker", meeting="Kick-off", answer="tentative")
    await town.live(1000, step=250)
    (tom,) = [each for each in (await town.stored(booking_id)).attendees if "tom" in each.address]
    assert tom.response is ResponseStatus.TENTATIVE


async def test_the_organiser_is_invited_once_whatever_was_typed(town: Town) -> None:
    await town.use_service_account()
    await town.book("priya.shah", "oak", guests=["Priya.Shah", "rooms", "tom.baker"])
    await town.live(20)
    (event,) = town.all_hosted()
    invited = [each["address"] for each in event["attendees"]]
    assert invited.count("priya.shah@contoso.example") == 1
    assert SERVICE not in invited


async def test_the_organisers_line_comes_back_and_everything_else_stays(town: Town) -> None:
    await town.use_service_account()
    booking_id = await town.book("priya.shah", "oak", description="Old.")
    await town.live(20)
    theirs = '<html><body><p><b>Old.</b></p><a href="https://meet.example/1">Join the meeting</a></body></html>'
    town.act("edit", "rooms", meeting="Kick-off", body=theirs)
    await town.live(1000, step=250)
    await town.change(booking_id, "priya.shah", title="Kick-off, renamed")
    await town.live(60)
    (event,) = town.events("rooms", "Kick-off, renamed")
    before, _, after = theirs.partition("</body>")
    assert event["body"].startswith(before)
    assert event["body"].endswith(f"</body>{after}")
    assert event["body"].count("Organised by Priya Shah") == 1

    await town.change(booking_id, "priya.shah", title="Kick-off, renamed again")
    await town.live(60)
    (again,) = town.events("rooms", "Kick-off, renamed again")
    assert again["body"] == event["body"]


async def test_edits_stay_with_the_host_and_tell_the_description_again(town: Town) -> None:
    await town.use_service_account()
    booking_id = await town.book("priya.shah", "oak", description="Old.")
    await town.live(20)
    town.open("priya.shah")
    await town.change(booking_id, "priya.shah", description="New.", start=town.at(5))
    await town.live(60)
    (event,) = town.all_hosted()
    assert event["organizer"]["address"] == SERVICE
    assert "New." in event["body"]
    assert event["body"].count("Organised by Priya Shah") == 1
    assert await town.state(booking_id) is BookingState.CONFIRMED


async def test_a_retiring_service_account_keeps_its_bookings_editable(town: Town) -> None:
    old = await town.use_service_account()
    booking_id = await town.book("priya.shah", "oak")
    await town.live(20)
    async with town.units() as uow:
        retiring = replace(old, status=ServiceMailboxStatus.RETIRING, retiring_since=town.clock.now(), version=2)
        await uow.integrations.save_service_mailbox(retiring, town.clock.now())
        await uow.commit()
    await town.use_service_account("emma.novak@contoso.example")
    await town.change(booking_id, "priya.shah", start=town.at(5))
    newer = await town.book("priya.shah", "elm", 8, title="Later")
    await town.live(60)
    assert {event["organizer"]["address"] for event in town.all_hosted()} == {SERVICE}
    assert (await town.stored(newer)).hosting.mailbox.address == "emma.novak@contoso.example"  # type: ignore[union-attr]  # it is hosted
    assert await town.state(booking_id) is BookingState.CONFIRMED


async def test_without_a_service_account_what_is_found_out_later_fails_in_the_same_words(town: Town) -> None:
    booking_id = await town.book("priya.shah", "oak")
    await town.live(20)
    seen = await town.see(booking_id)
    assert (seen.state, seen.reason) == (BookingState.FAILED, "service_account_required")
    assert town.all_hosted() == []
    with pytest.raises(ServiceAccountRequired):  # known by now: refused before anything is written
        await town.book("priya.shah", "oak", 5)
    again = await town.book("tom.baker", "oak")
    await town.live(20)
    assert await town.state(again) is BookingState.CONFIRMED


async def test_the_host_falls_away_between_request_and_push(town: Town) -> None:
    await town.use_service_account()
    known = await town.book("jane.doe", "elm")
    await town.live(20)
    assert await town.state(known) is BookingState.CONFIRMED
    booking_id = await town.book("jane.doe", "oak", 4)
    town.close("jane.doe")
    await town.live(20)
    seen = await town.see(booking_id)
    assert seen.label == SERVICE_ACCOUNT_LABEL
    assert seen.state is BookingState.CONFIRMED
    assert len(town.mail("request")) == 2
    async with town.units() as uow:
        found = await uow.access.find(town.integration.id, parse_address("jane.doe@contoso.example"), Capability.WRITE)
    assert found is not None
    assert found.verdict is Verdict.REFUSED


async def test_what_lies_in_a_mailbox_that_fell_away_is_never_hosted_elsewhere(town: Town) -> None:
    await town.use_service_account()
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    town.close("jane.doe")
    await town.change(booking_id, "jane.doe", start=town.at(5))
    await town.live(60)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.NOT_DELIVERED
    assert seen.observed is not None
    assert seen.observed.start == town.at(1) != seen.intended.start
    (event,) = town.all_hosted()
    assert event["organizer"]["address"] == "jane.doe@contoso.example"
    assert event["start"] == "2026-11-25T09:00:00Z"


@pytest.mark.parametrize("fault", [
    {"kind": "answer", "status": 503, "code": "serviceNotAvailable", "count": 2},
    {"kind": "answer", "status": 429, "code": "ApplicationThrottled", "count": 2},
    {"kind": "answer", "status": 429, "code": "ApplicationThrottled", "headers": {"Retry-After": "7"}, "count": 1},
    {"kind": "expired_token", "count": 1},
    {"kind": "drop", "count": 1},
])  # fmt: skip
async def test_a_slow_or_broken_provider_is_not_out_of_reach(town: Town, fault: dict[str, object]) -> None:
    await town.use_service_account()
    await town.live(4)
    town.fault(**{"mailbox": "jane.doe@contoso.example", **fault})  # type: ignore[arg-type]  # kind is among them
    booking_id = await town.book("jane.doe", "oak")
    await town.live(60)
    seen = await town.see(booking_id)
    assert seen.state is BookingState.CONFIRMED
    assert seen.label is None


async def test_many_organisers_falling_away_at_once_call_the_admin_instead(town: Town) -> None:
    await town.use_service_account()
    names = ["jane.doe", "tom.baker", "nora.weiss", "mei.tan", "raj.patel", "hugo.lind", "emma.novak"]
    for name in names[4:]:
        await town.add_person(name)
    for hour, name in enumerate(names):
        await town.book(name, "oak", hour * 1.0 - 4, 0.5)
    await town.live(20)
    for name in names:
        town.close(name)
    town.sandbox.advance(1200)  # what was found of them is too old to rely on
    later = [await town.book(name, "elm", hour * 1.0 - 4, 0.5, title="Later") for hour, name in enumerate(names)]
    await town.live(20)
    integration = await town.read_integration()
    assert integration.attention is not None
    assert integration.attention.code == "access_lost"
    hosted = town.events("rooms", "Later")
    assert len(hosted) < 5  # those that fell before it was noticed
    states = [(await town.see(each)).reason for each in later]
    assert states.count("access_lost") >= 2
    for name in names:
        town.open(name)
    async with town.units() as uow:
        await uow.integrations.clear_attention(town.integration.id)
        await uow.commit()
    town.sandbox.advance(1200)
    await town.live(30)
    assert all([await town.state(each) is BookingState.CONFIRMED for each in later])
    assert len(town.all_hosted("Later")) == len(names)


async def test_a_service_account_out_of_reach_calls_the_admin_and_the_booking_waits(town: Town) -> None:
    await town.use_service_account()
    town.close("rooms")
    booking_id = await town.book("priya.shah", "oak")
    await town.live(20)
    seen = await town.see(booking_id)
    assert (seen.state, seen.reason) == (BookingState.REQUESTED, "service_account_out_of_reach")
    attention = (await town.read_integration()).attention
    assert attention is not None
    town.open("rooms")
    async with town.units() as uow:
        await uow.integrations.clear_attention(town.integration.id)
        await uow.commit()
    await town.live(30)
    assert await town.state(booking_id) is BookingState.CONFIRMED
    assert len(town.mail("request")) == 1


async def test_access_granted_meanwhile_is_noticed_by_itself(town: Town) -> None:
    await town.use_service_account()
    await town.book("priya.shah", "oak")
    await town.live(20)
    assert await town.probe_again() == 0  # asked a moment ago
    town.open("priya.shah")
    town.sandbox.advance(3700)
    assert await town.probe_again() == 1
    booking_id = await town.book("priya.shah", "elm", 4, title="Own")
    await town.live(20)
    seen = await town.see(booking_id)
    assert seen.label is None
    assert len(town.events("priya.shah", "Own")) == 1
