"""Whether rooms accept: asked by a probe booking that always goes again, or told by what an admin's script printed."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.application.integration.conftest import JANE, MEI, SERVICE, Json, Office, check_of
from tests.application.integration.test_dying import Worker

from roomstead.application.integration.import_room_policies import ImportRoomPolicies, import_room_policies
from roomstead.application.integration.read_room_policy_script import read_room_policy_script
from roomstead.application.integration.read_verification import VerificationView
from roomstead.application.integration.request_verification import RequestVerification, request_verification
from roomstead.application.policy import Policy, Writes
from roomstead.domain.errors import Forbidden, InvalidInput
from roomstead.domain.integration import Integration
from roomstead.domain.verification import Check, CheckKey, CheckStatus, Purpose, Verification, VerificationStatus

POLICY: Json = {
    "Room": "oak@contoso.example",
    "AutomateProcessing": "AutoAccept",
    "AllBookInPolicy": True,
    "BookInPolicy": False,
    "AllRequestInPolicy": False,
    "RequestInPolicy": False,
}


async def asked(office: Office, integration: Integration, *names: str) -> Verification:
    """Choose some rooms and press *Ask these rooms*."""
    rooms = [(await office.room(integration.id, name)).id for name in names]
    command = RequestVerification(integration.id, Purpose.ROOM_ANSWERS, tuple(rooms))
    return await request_verification(command, MEI, units=office.units, clock=office.clock)


async def ended(office: Office, verification: Verification) -> VerificationView:
    """Let workers look as often as they want to."""
    view = await office.run(verification.id)
    for _ in range(60):
        if not view.verification.status.is_open:
            return view
        assert view.verification.next_attempt_at is not None
        office.sandbox.advance(max((view.verification.next_attempt_at - office.clock.now()).total_seconds(), 1))
        await office.run_due()
        view = await office.view(verification.id)
    raise AssertionError("it does not end")


def answers(view: VerificationView) -> Check:
    """The check that it is about."""
    return check_of(view, CheckKey.ROOM_ANSWERS)


def causes(view: VerificationView) -> dict[str, set[str]]:
    """What does not accept, by cause."""
    groups = next(one.groups for one in view.checks if one.check.key is CheckKey.ROOM_ANSWERS)
    return {group.cause: {one.subject.partition("@")[0] for one in group.findings} for group in groups}


def probes(office: Office, name: str = "rooms") -> list[Json]:
    """Probe bookings in a calendar, two months ahead."""
    start = office.clock.now() + timedelta(days=55)
    window = {"start": start.isoformat(), "end": (start + timedelta(days=25)).isoformat()}
    items = office.sandbox.control.get(f"calendars/{name}@contoso.example", **window)["items"]
    return [item for item in items if not item["cancelled"] and item["organizer"]["address"] == SERVICE]


def mails(office: Office) -> list[Json]:
    """What the service account sent."""
    found: list[Json] = office.sandbox.control.get("mail", sender=SERVICE)
    return found


async def test_each_room_answers_for_itself_and_nothing_stays(office: Office) -> None:
    integration = await office.connected()
    office.sandbox.control.patch("rooms/elm@contoso.example", {"processing": {"all_book_in_policy": False}})

    view = await ended(office, await asked(office, integration, "oak", "elm", "boardroom", "chestnut"))

    assert causes(view) == {
        "declines": {"elm"},
        "asks_a_person": {"boardroom"},
        "silent": {"chestnut"},
    }
    check = answers(view)
    assert (check.status, check.passed, check.total) == (CheckStatus.FAILED, 1, 4)
    assert "Rooms that accept: 1 of 4." in check.sentence
    assert view.verification.status is VerificationStatus.PARTLY_PASSED
    groups = next(one.groups for one in view.checks if one.check.key is CheckKey.ROOM_ANSWERS)
    declines = next(group for group in groups if group.cause == "declines")
    assert declines.remedy is not None
    assert f"$Account = '{SERVICE}'" in declines.remedy.command
    office.sandbox.advance(60)
    assert probes(office) == []
    for name in ("oak", "elm", "boardroom", "chestnut"):
        assert probes(office, name) == []


async def test_rooms_that_accept_pass_and_the_next_whole_verification_says_so(office: Office) -> None:
    integration = await office.connected()

    view = await ended(office, await asked(office, integration, "oak", "elm"))

    assert view.verification.status is VerificationStatus.PASSED
    assert answers(view).sentence == f"Rooms accept requests from {SERVICE}: 2 of 2."
    whole = await office.verify(integration.id)
    assert "2 of 2 rooms accept" in answers(whole).sentence


async def test_nobody_but_the_room_is_mailed(office: Office) -> None:
    integration = await office.connected()
    await ended(office, await asked(office, integration, "oak"))
    office.sandbox.advance(60)

    assert [mail["kind"] for mail in mails(office)] == ["request", "cancellation"]
    assert {one for mail in mails(office) for one in mail["recipients"]} == {"oak@contoso.example"}


async def sent(office: Office, integration: Integration) -> int:
    """How many recipients are counted against the host mailboxes' limits."""
    now = office.clock.now()
    async with office.units() as uow:
        return (await uow.overviews.signs(integration.id, since=now - timedelta(days=1), now=now)).recipients


async def test_what_it_makes_the_mailbox_send_is_counted(office: Office) -> None:
    integration = await office.connected()
    assert await sent(office, integration) == 0
    await ended(office, await asked(office, integration, "oak", "elm"))
    office.sandbox.advance(60)

    assert len(mails(office)) == 4
    assert await sent(office, integration) == 4


@pytest.mark.parametrize("after_commit", [True, False], ids=["written, answer not read", "not yet written"])
async def test_killed_while_asking_it_asks_once_and_cleans_up(
    office: Office,
    database_url: str,
    after_commit: bool,  # noqa: FBT001 - a case
) -> None:
    integration = await office.connected()
    verification = await asked(office, integration, "oak")
    office.fault("slow", mailbox=SERVICE, method="POST", seconds=20, after_commit=after_commit)

    async def writing() -> bool:
        async with office.units() as uow:
            begun = await uow.verifications.test_events_of(verification.id)
        return bool(begun) and (not after_commit or bool(probes(office)))

    await Worker(office, database_url).die_when(verification.id, writing)
    office.sandbox.control.delete("faults")
    office.sandbox.advance(4 * 60)
    await office.run_due()
    view = await ended(office, verification)

    assert view.verification.status is VerificationStatus.PASSED
    office.sandbox.advance(60)
    assert probes(office) == []
    assert [one["kind"] for one in mails(office)] == ["request", "cancellation"]
    assert await sent(office, integration) == 2


async def test_killed_for_good_the_sweep_cancels_the_request(office: Office) -> None:
    integration = await office.connected()
    verification = await asked(office, integration, "chestnut")
    await office.run(verification.id)
    assert len(probes(office)) == 1

    office.sandbox.advance(20 * 60)  # no worker looked again
    assert await office.sweep_test_events() == 1

    office.sandbox.advance(60)
    assert probes(office) == []
    assert await sent(office, integration) == 2
    view = await ended(office, verification)
    assert causes(view) == {"silent": {"chestnut"}}


async def test_in_dry_run_no_room_is_asked(office: Office) -> None:
    integration = await office.connected()
    office.policy = replace(Policy(), writes=Writes.SHOWN)

    view = await ended(office, await asked(office, integration, "oak"))

    assert answers(view).status is CheckStatus.SKIPPED
    assert probes(office) == []


async def test_rooms_have_to_be_named_and_members_may_not_ask(office: Office) -> None:
    integration = await office.connected()
    ports = {"units": office.units, "clock": office.clock}
    with pytest.raises(InvalidInput) as refusal:
        await request_verification(RequestVerification(integration.id, Purpose.ROOM_ANSWERS), MEI, **ports)  # type: ignore[arg-type]  # two kinds of ports
    assert "Each of them is sent a request" in refusal.value.mistakes["room_ids"]
    with pytest.raises(Forbidden):
        await request_verification(RequestVerification(integration.id, Purpose.ROOM_ANSWERS), JANE, **ports)  # type: ignore[arg-type]  # as above


# --- the other way: their settings ------------------------------------------------------------------------------------


async def pasted(office: Office, integration: Integration, policies: Sequence[Json]) -> VerificationView:
    """Paste what the script printed."""
    command = ImportRoomPolicies(integration.id, json.dumps(policies))
    kept = await import_room_policies(command, MEI, units=office.units, providers=office.providers, clock=office.clock)
    return await office.view(kept.id)


async def test_settings_tell_the_same_without_a_request(office: Office) -> None:
    integration = await office.connected()
    script = await read_room_policy_script(integration.id, MEI, units=office.units, providers=office.providers)
    assert f"$Account = '{SERVICE}'" in script.text
    assert "'oak@contoso.example'" in script.text
    assert "Set-" not in script.text

    view = await pasted(
        office,
        integration,
        [
            POLICY,
            {**POLICY, "Room": "elm@contoso.example", "AllBookInPolicy": False},
            {**POLICY, "Room": "ash@contoso.example", "AllBookInPolicy": False, "BookInPolicy": True},
            {**POLICY, "Room": "boardroom@contoso.example", "AllBookInPolicy": False, "AllRequestInPolicy": True},
            {**POLICY, "Room": "chestnut@contoso.example", "AutomateProcessing": "AutoUpdate"},
        ],
    )

    assert causes(view) == {"declines": {"elm"}, "asks_a_person": {"boardroom"}, "silent": {"chestnut"}}
    assert answers(view).sentence.startswith("By their settings: ")
    assert (answers(view).passed, answers(view).total) == (2, 5)
    assert probes(office) == []


async def test_rooms_that_are_not_here_are_named(office: Office) -> None:
    integration = await office.connected()
    with pytest.raises(InvalidInput) as refusal:
        await pasted(office, integration, [POLICY, {**POLICY, "Room": "nowhere@contoso.example"}])
    assert refusal.value.mistakes["pasted"] == "This integration has no such rooms: nowhere@contoso.example."
