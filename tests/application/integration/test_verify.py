"""Verification against the rehearsal tenant: what passes goes live, what fails is named with what mends it."""

from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from tests.application.integration.conftest import JANE, SERVICE, Office, check_of, statuses

from roomstead.adapters.connections import CachedConnections
from roomstead.adapters.secrets import Sealer
from roomstead.application.checks.conclude import MOST_ATTEMPTS
from roomstead.application.credentials import TypedCredential
from roomstead.application.integration.read_verification import read_verification
from roomstead.application.policy import Policy, Writes
from roomstead.domain.access import AccessCause, Capability, Verdict
from roomstead.domain.errors import Forbidden
from roomstead.domain.integration import IntegrationStatus, RoomStatus, ServiceMailboxStatus
from roomstead.domain.remedy import Who
from roomstead.domain.verification import CheckKey, CheckStatus, Purpose, VerificationStatus

PASSED, FAILED, SKIPPED, NOT_RUN = CheckStatus.PASSED, CheckStatus.FAILED, CheckStatus.SKIPPED, CheckStatus.NOT_RUN


async def test_a_sound_tenant_passes_and_goes_live(office: Office) -> None:
    added = await office.connect()

    view = await office.run(added.verification.id)

    assert view.verification.status is VerificationStatus.PASSED
    assert statuses(view) == {
        CheckKey.CLOCK: PASSED,
        CheckKey.TENANT: PASSED,
        CheckKey.CREDENTIAL: PASSED,
        CheckKey.PERMISSIONS: PASSED,
        CheckKey.DIRECTORY: PASSED,
        CheckKey.MAILBOX: PASSED,
        CheckKey.CONCURRENT_BOOKINGS: PASSED,
        CheckKey.ROOMS: PASSED,
        CheckKey.MUST_BE_REFUSED: SKIPPED,
        CheckKey.ORGANIZERS: SKIPPED,
        CheckKey.ROOM_ANSWERS: NOT_RUN,
    }
    assert check_of(view, CheckKey.ROOMS).sentence == "Rooms can be read: 48 of 48."
    seen = await office.overview(added.integration.id)
    assert seen.integration.status is IntegrationStatus.WORKING
    assert seen.rooms == {RoomStatus.LIVE: 48}
    assert [(one.account.mailbox.address, one.account.status) for one in seen.service_accounts] == [
        (SERVICE, ServiceMailboxStatus.ACTIVE)
    ]
    assert seen.service_accounts[0].account.mailbox.object_id is not None
    assert seen.integration.app_object_id != ""


async def test_what_was_learnt_is_stored_as_access(office: Office) -> None:
    integration = await office.connected()

    written = await office.access(integration.id, "rooms", Capability.WRITE)
    read = await office.access(integration.id, "oak", Capability.TIMES)

    assert written is not None
    assert written.verdict is Verdict.GRANTED
    assert read is not None
    assert read.verdict is Verdict.GRANTED


async def test_it_leaves_nothing_behind_and_mails_nobody(office: Office) -> None:
    mails = len(office.sandbox.control.get("mail"))

    await office.connected()

    assert office.test_events() == []
    assert len(office.sandbox.control.get("mail")) == mails


async def test_with_the_toggle_no_personal_address_is_kept(office: Office) -> None:
    assert (await office.connected()).setup_address is None


async def test_without_the_toggle_the_admins_own_address_is_verified_and_nobody_hosts(office: Office) -> None:
    added = await office.connect(address="mei.tan@contoso.example", use_as_service_account=False)

    view = await office.run(added.verification.id)

    assert view.verification.status is VerificationStatus.PASSED
    assert check_of(view, CheckKey.CONCURRENT_BOOKINGS).status is PASSED
    assert office.test_events("mei.tan") == []
    seen = await office.overview(added.integration.id)
    assert seen.integration.setup_address == "mei.tan@contoso.example"
    assert seen.service_accounts == ()


async def test_below_everyone_an_admins_own_calendar_is_left_alone(office: Office) -> None:
    added = await office.connect(address="priya.shah@contoso.example", use_as_service_account=False, tier=1)

    view = await office.run(added.verification.id)

    assert check_of(view, CheckKey.MAILBOX).status is PASSED
    assert check_of(view, CheckKey.CONCURRENT_BOOKINGS).status is SKIPPED
    assert view.verification.status is VerificationStatus.PASSED


async def test_in_dry_run_nothing_is_written_and_the_reason_is_said(office: Office) -> None:
    office.policy = replace(Policy(), writes=Writes.SHOWN)
    office.sandbox.control.delete("requests")
    added = await office.connect()

    view = await office.run(added.verification.id)

    concurrent = check_of(view, CheckKey.CONCURRENT_BOOKINGS)
    assert concurrent.status is SKIPPED
    assert "runs dry" in concurrent.sentence
    written = [one for one in office.sandbox.control.get("requests") if one["template"].endswith("/events")]
    assert written == []


async def test_a_service_account_of_a_dry_run_is_proven_once_roomstead_writes(office: Office) -> None:
    office.policy = replace(Policy(), writes=Writes.SHOWN)
    integration = await office.connected()
    (dry,) = (await office.overview(integration.id)).service_accounts
    assert (dry.account.status, dry.account.proven_at) == (ServiceMailboxStatus.ACTIVE, None)

    office.policy = Policy()
    await office.verify(integration.id)

    (wet,) = (await office.overview(integration.id)).service_accounts
    assert wet.account.proven_at is not None


async def test_it_can_be_repeated_at_any_time(office: Office) -> None:
    integration = await office.connected()

    view = await office.verify(integration.id)

    assert view.verification.status is VerificationStatus.PASSED
    assert check_of(view, CheckKey.DIRECTORY).evidence["added"] == "0"


async def test_asking_twice_while_one_waits_is_asking_once(office: Office) -> None:
    integration = await office.connected()

    first, second = await office.request(integration.id), await office.request(integration.id)

    assert first.id == second.id


async def test_a_newer_verification_ends_the_older_one_quietly(office: Office) -> None:
    integration = await office.connected()
    older = await office.request(integration.id)
    changed = await office.change_account(integration.id, "emma.novak@contoso.example")

    stopped = await office.run(older.id)
    view = await office.run(changed.verification.id)

    assert stopped.verification.status is VerificationStatus.SUPERSEDED
    assert set(statuses(stopped).values()) == {NOT_RUN}
    assert view.verification.status is VerificationStatus.PASSED


async def test_members_cannot_read_a_verification(office: Office) -> None:
    added = await office.connect()
    with pytest.raises(Forbidden):
        await read_verification(added.verification.id, JANE, units=office.units, providers=office.providers)


# --- the credential -------------------------------------------------------------------------------------------------


async def test_a_wrong_secret_fails_the_credential_and_holds_the_rest(office: Office) -> None:
    app_id = office.sandbox.endpoints["client_id"]
    wrong = TypedCredential("secret", {"app_id": app_id, "client_secret": "not-this-one"})
    added = await office.connect(credential=wrong)

    view = await office.run(added.verification.id)

    failed = check_of(view, CheckKey.CREDENTIAL)
    assert (failed.status, failed.number) == (FAILED, 3)
    assert failed.evidence["code"] == "AADSTS7000215"
    assert failed.remedy is not None
    assert check_of(view, CheckKey.ROOMS).sentence == "Not run: needs check 3."
    assert check_of(view, CheckKey.CONCURRENT_BOOKINGS).sentence == "Not run: needs check 6."
    assert view.verification.status is VerificationStatus.FAILED
    assert (await office.overview(added.integration.id)).integration.status is IntegrationStatus.SETTING_UP


async def test_an_expired_secret_calls_the_admin_and_a_new_one_calls_off(office: Office) -> None:
    integration = await office.connected()
    office.order("expire-secrets")
    office.order("revoke-tokens")
    office.sandbox.advance(1)

    view = await office.verify(integration.id)

    assert check_of(view, CheckKey.CREDENTIAL).evidence["code"] == "AADSTS7000222"
    broken = (await office.overview(integration.id)).integration
    assert broken.status is IntegrationStatus.NEEDS_ATTENTION
    assert broken.attention is not None
    assert broken.attention.code == "credential_rejected"

    fresh = office.order("add-secret")["client_secret"]
    replaced = await office.replace_secret(integration.id, fresh)
    mended = await office.run(replaced.id)

    assert mended.verification.status is VerificationStatus.PASSED
    healthy = (await office.overview(integration.id)).integration
    assert healthy.status is IntegrationStatus.WORKING
    assert healthy.attention is None


async def test_an_unproven_credential_never_takes_over(office: Office) -> None:
    integration = await office.connected()
    before = (await office.overview(integration.id)).credentials

    replaced = await office.replace_secret(integration.id, "not-this-one")
    view = await office.run(replaced.id)

    assert view.verification.status is VerificationStatus.FAILED
    after = {one.slot: one.fingerprint for one in (await office.overview(integration.id)).credentials}
    assert after["current"] == before[0].fingerprint
    assert (await office.verify(integration.id)).verification.status is VerificationStatus.PASSED


async def test_a_tenant_that_is_not_there_is_the_tenants_line(office: Office) -> None:
    added = await office.connect(tenant="11111111-2222-4333-8444-555555555555")

    view = await office.run(added.verification.id)

    assert (check_of(view, CheckKey.CLOCK).status, check_of(view, CheckKey.TENANT).status) == (PASSED, FAILED)
    assert check_of(view, CheckKey.CREDENTIAL).sentence == "Not run: needs check 2."


async def test_a_provider_out_of_reach_is_said_at_once(office: Office) -> None:
    added = await office.connect(endpoints={"login": "http://127.0.0.1:9", "api": "http://127.0.0.1:9"})

    view = await office.run(added.verification.id)

    clock = check_of(view, CheckKey.CLOCK)
    assert clock.cause == "unreachable"
    assert clock.sentence == "Outlook cannot be reached from here: 127.0.0.1:9 does not answer."
    assert view.verification.status is VerificationStatus.FAILED


async def test_a_check_that_waits_for_an_answer_says_so_and_is_given_up_with_what_to_look_at(office: Office) -> None:
    endpoints = {"login": office.sandbox.endpoints["login_base"], "api": "http://127.0.0.1:9"}
    added = await office.connect(endpoints=endpoints)

    view = await office.run(added.verification.id)

    waiting = check_of(view, CheckKey.PERMISSIONS)
    assert (waiting.status, waiting.sentence) == (
        CheckStatus.RUNNING,
        "Microsoft Graph cannot be reached at 127.0.0.1:9.",
    )
    assert waiting.evidence["host"] == "127.0.0.1:9"
    assert view.verification.next_attempt_at is not None

    for _ in range(MOST_ATTEMPTS):
        view = await office.run(added.verification.id)

    given_up = check_of(view, CheckKey.PERMISSIONS)
    assert given_up.status is FAILED
    assert (
        given_up.sentence
        == "Microsoft Graph cannot be reached at 127.0.0.1:9. It was asked 6 times. Verify again later."
    )
    assert given_up.remedy is not None
    assert given_up.remedy.guide == "verification#network"


async def test_a_sealing_key_that_is_gone_shows_as_a_missing_credential(office: Office) -> None:
    added = await office.connect()
    other = Sealer([Fernet.generate_key().decode()])
    office.connections = CachedConnections(office.units, other, office.providers)

    view = await office.run(added.verification.id)

    assert check_of(view, CheckKey.CREDENTIAL).cause == "credential_missing"
    assert check_of(view, CheckKey.CLOCK).status is NOT_RUN
    assert view.verification.status is VerificationStatus.FAILED


async def test_a_credential_lost_half_way_fails_its_own_line(office: Office) -> None:
    added = await office.connect()
    office.fault("answer", mailbox=SERVICE, method="GET", status=401, code="InvalidAuthenticationToken", count=None)

    view = await office.run(added.verification.id)

    assert check_of(view, CheckKey.CREDENTIAL).status is FAILED
    assert check_of(view, CheckKey.PERMISSIONS).status is NOT_RUN
    assert check_of(view, CheckKey.ROOMS).sentence == "Not run: needs check 3."
    assert view.verification.status is VerificationStatus.FAILED


# --- permissions ------------------------------------------------------------------------------------------------------


async def test_a_permission_without_consent_is_named_with_who_grants_it(office: Office) -> None:
    office.order("consent", permissions=["Calendars.ReadWrite", "MailboxSettings.Read", "User.ReadBasic.All"])
    added = await office.connect()

    view = await office.run(added.verification.id)

    permissions = check_of(view, CheckKey.PERMISSIONS)
    assert permissions.status is FAILED
    assert permissions.sentence.startswith("Missing or not effective: Place.Read.All.")
    assert permissions.remedy is not None
    assert permissions.remedy.who is Who.DIRECTORY_ADMIN
    assert check_of(view, CheckKey.DIRECTORY).status is FAILED
    assert check_of(view, CheckKey.ROOMS).cause == "no_rooms"


async def test_an_optional_permission_is_done_without(office: Office) -> None:
    office.order("consent", permissions=["Calendars.ReadWrite", "Place.Read.All", "User.ReadBasic.All"])
    added = await office.connect()

    view = await office.run(added.verification.id)

    permissions = check_of(view, CheckKey.PERMISSIONS)
    assert permissions.status is PASSED
    assert "done without: MailboxSettings.Read" in permissions.sentence
    assert view.verification.status is VerificationStatus.PASSED


async def test_reading_alone_cannot_host(office: Office) -> None:
    office.order("consent", permissions=["Calendars.Read", "Place.Read.All", "MailboxSettings.Read"])
    added = await office.connect(tier=2)

    view = await office.run(added.verification.id)

    assert check_of(view, CheckKey.CONCURRENT_BOOKINGS).cause == AccessCause.REFUSED
    seen = await office.overview(added.integration.id)
    assert seen.service_accounts[0].account.status is ServiceMailboxStatus.PENDING
    assert seen.rooms == {RoomStatus.LIVE: 48}


# --- the service mailbox ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("oak@contoso.example", "not_a_host"),
        ("sam.okafor@contoso.example", "no_mailbox"),
        ("nobody@contoso.example", "not_in_directory"),
        ("priya.shah@contoso.example", "refused"),
    ],
)
async def test_a_mailbox_that_cannot_host_is_named_for_what_it_is(office: Office, address: str, cause: str) -> None:
    added = await office.connect(address=address)

    view = await office.run(added.verification.id)

    mailbox = check_of(view, CheckKey.MAILBOX)
    assert (mailbox.status, mailbox.cause) == (FAILED, cause)
    assert address in mailbox.sentence
    assert mailbox.remedy is not None
    assert check_of(view, CheckKey.CONCURRENT_BOOKINGS).status is NOT_RUN
    seen = await office.overview(added.integration.id)
    assert seen.service_accounts[0].account.status is ServiceMailboxStatus.PENDING
    assert seen.integration.status is IntegrationStatus.WORKING
    written = [one for one in office.sandbox.control.get("requests") if one["template"].endswith("/events")]
    assert written == []


async def test_a_mailbox_on_premises_cannot_host(office: Office) -> None:
    added = await office.connect(address="lena.fischer@contoso.example")

    view = await office.run(added.verification.id)

    assert check_of(view, CheckKey.MAILBOX).cause in {"on_premises", "no_mailbox"}


# --- rooms ------------------------------------------------------------------------------------------------------------


async def test_rooms_that_pass_go_live_and_those_that_fail_are_grouped_by_cause(office: Office) -> None:
    for name in ("oak", "elm"):
        office.order("revoke", mailbox=f"{name}@contoso.example", propagation_seconds=0)
    office.sandbox.control.patch("users/ash@contoso.example", {"mailbox": "none"})
    office.sandbox.advance(1)
    added = await office.connect()

    view = await office.run(added.verification.id)

    rooms = next(one for one in view.checks if one.check.key is CheckKey.ROOMS)
    assert (rooms.check.status, rooms.check.passed, rooms.check.total) == (FAILED, 45, 48)
    assert [(group.cause, [one.subject for one in group.findings]) for group in rooms.groups] == [
        ("refused", ["elm@contoso.example", "oak@contoso.example"]),
        ("no_mailbox", ["ash@contoso.example"]),
    ]
    script = rooms.groups[0].remedy
    assert script is not None
    assert script.who is Who.CALENDAR_ADMIN
    assert "'elm@contoso.example'" in script.command
    assert "ash@contoso.example" not in script.command
    assert rooms.groups[0].findings[0].provider_code == "ErrorAccessDenied"
    assert rooms.groups[0].findings[0].request_id != ""
    assert view.verification.status is VerificationStatus.PARTLY_PASSED
    assert await office.rooms(added.integration.id, RoomStatus.UNREACHABLE) == {"oak", "elm", "ash"}
    seen = await office.overview(added.integration.id)
    assert seen.integration.status is IntegrationStatus.WORKING
    assert seen.service_accounts[0].account.status is ServiceMailboxStatus.ACTIVE


async def test_only_the_failed_rooms_are_checked_again(office: Office) -> None:
    office.order("revoke", mailbox="oak@contoso.example", propagation_seconds=0)
    office.sandbox.advance(1)
    integration = await office.connected()
    office.order("grant", mailbox="oak@contoso.example", propagation_seconds=0)
    office.sandbox.advance(1)
    office.sandbox.control.delete("requests")

    view = await office.verify(integration.id, Purpose.ROOMS)

    assert check_of(view, CheckKey.ROOMS).total == 1
    assert await office.rooms(integration.id, RoomStatus.UNREACHABLE) == set()
    asked = {one["mailbox"] for one in office.sandbox.control.get("requests") if one["mailbox"]}
    assert len(asked) <= 1


async def test_throttled_rooms_are_asked_again_and_nothing_is_called_out_of_reach(office: Office) -> None:
    for name in ("oak", "elm", "larch"):
        office.fault("answer", mailbox=f"{name}@contoso.example", method="GET", status=429, code="ApplicationThrottled")
    added = await office.connect()

    view = await office.run(added.verification.id)

    assert check_of(view, CheckKey.ROOMS).passed == 48
    assert view.verification.status is VerificationStatus.PASSED


async def test_a_room_that_cannot_answer_puts_the_run_off_and_holds_nothing_back(office: Office) -> None:
    added = await office.connect()
    office.fault(
        "answer", mailbox="oak@contoso.example", method="GET", status=503, code="serviceNotAvailable", count=None
    )

    view = await office.run(added.verification.id)

    assert view.verification.status is VerificationStatus.RUNNING
    rooms = check_of(view, CheckKey.ROOMS)
    assert (rooms.status, rooms.done) == (CheckStatus.RUNNING, 47)
    seen = await office.overview(added.integration.id)
    assert seen.rooms == {RoomStatus.LIVE: 47, RoomStatus.NEW: 1}
    assert seen.service_accounts[0].account.status is ServiceMailboxStatus.ACTIVE

    office.sandbox.control.delete("faults")
    office.sandbox.advance(600)
    assert await office.run_due() == 1

    settled = await office.view(added.verification.id)
    assert settled.verification.status is VerificationStatus.PASSED
    assert check_of(settled, CheckKey.ROOMS).passed == 48


async def test_a_room_that_never_answers_is_given_up_and_the_checks_after_it_run(office: Office) -> None:
    added = await office.connect()
    office.fault(
        "answer", mailbox="oak@contoso.example", method="GET", status=503, code="serviceNotAvailable", count=None
    )

    for _ in range(12):
        await office.run_due()
        office.sandbox.advance(900)
    view = await office.view(added.verification.id)

    assert check_of(view, CheckKey.ROOMS).cause == "unavailable"
    assert check_of(view, CheckKey.ORGANIZERS).status is SKIPPED
    assert view.verification.status is VerificationStatus.PARTLY_PASSED
