"""A Workspace through the same use cases: what is verified, what is refused, and what mends it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx2
import pytest
from cryptography.fernet import Fernet
from tests.application.conftest import Given
from tests.application.integration.conftest import MEI, Office, WorldClock, check_of, statuses
from tests.support.plain import PLAIN

from roomstead.adapters.connections import CachedConnections
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.providers.registry import build_providers
from roomstead.adapters.secrets import Sealer
from roomstead.application.credentials import TypedCredential
from roomstead.application.integration.add_integration import AddedIntegration, AddIntegration, add_integration
from roomstead.application.integration.add_room import AddRoom, add_room
from roomstead.application.integration.edit_integration import EditIntegration, edit_integration
from roomstead.application.integration.name_must_be_refused import NameMustBeRefused, name_must_be_refused
from roomstead.application.integration.read_draft import read_draft
from roomstead.application.integration.read_verification import VerificationView
from roomstead.application.integration.record_consent import RecordConsent, record_consent
from roomstead.application.integration.replace_credential import ReplaceCredential, replace_credential
from roomstead.application.integration.save_draft import save_draft
from roomstead.application.integration_draft import Draft
from roomstead.application.policy import Policy
from roomstead.domain.access import Access, AccessCause, Capability, Verdict
from roomstead.domain.errors import InvalidInput
from roomstead.domain.integration import IntegrationStatus, RoomStatus, ServiceMailboxStatus
from roomstead.domain.mailbox import IntegrationId, MailboxRef, parse_address
from roomstead.domain.people import Role as PersonRole
from roomstead.domain.remedy import Who
from roomstead.domain.verification import CheckKey, CheckStatus, VerificationStatus
from roomstead_sandbox.app import create_app
from roomstead_sandbox.google import scopes
from roomstead_sandbox.google.face import GoogleFace
from roomstead_sandbox.google.identity.customers import RESOURCES, USERS
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.running import RunningSandbox
from roomstead_sandbox.world.world import World

BOT, ADMIN = "rooms-bot@corp.example", "olga.petrova@corp.example"
ROOMS = ("tulip", "canal", "bridge", "windmill", "bicycle", "harbour", "fado", "tejo", "azulejo", "miradouro")
PASSED, FAILED, SKIPPED, NOT_RUN = CheckStatus.PASSED, CheckStatus.FAILED, CheckStatus.SKIPPED, CheckStatus.NOT_RUN


class Workspace(Office):
    """The same desk, in a company that keeps its calendars at Google."""

    def form(self, **changes: Any) -> AddIntegration:  # noqa: ANN401 - any field of the form
        found = self.sandbox.endpoints
        base = found["google_token_uri"].removesuffix("/token")
        form = AddIntegration(
            provider="google",
            name="Corp",
            tenant=found["google_customer_id"],
            tier=3,
            credential=TypedCredential("key_file", {"key_file": found["google_key_json"]}),
            address=BOT,
            use_as_service_account=True,
            endpoints=dict.fromkeys(("oauth", "calendar", "directory", "iam", "accounts", "metadata"), base),
        )
        return replace(form, **changes)

    @property
    def face(self) -> FaceState:
        """Google's side of the sandbox."""
        (state,) = (face.state for face in self.sandbox.sandbox.faces if isinstance(face, GoogleFace))
        return state

    def appoint(self, address: str = BOT) -> None:
        """Let somebody read rooms and people in the directory."""
        user = self.face.user(address)
        assert user is not None
        self.sandbox.call(lambda: self.face.account(user).privileges.update({RESOURCES, USERS}))

    def share(self, room: str, address: str, role: Role) -> None:
        """Share a room."""
        user = self.face.user(calendar_of(room))
        assert user is not None
        self.sandbox.call(lambda: self.face.entry(user).share("user", address, role))

    async def seen(self, integration_id: IntegrationId, room: str, capability: Capability) -> Access | None:
        """What is known of a room."""
        async with self.units() as uow:
            return await uow.access.find(integration_id, parse_address(calendar_of(room)), capability)


def calendar_of(room: str) -> str:
    """A room's address."""
    return f"c_1880{room}@resource.calendar.google.com"


@pytest.fixture
def corp() -> Iterator[RunningSandbox]:
    """Corp with its clock standing at this machine's time."""
    world = World(now=datetime.now(UTC).replace(microsecond=0))
    with RunningSandbox(create_app(world), seed="corp") as running:
        yield running


@pytest.fixture
async def workspace(corp: RunningSandbox, units: SqlUnitsOfWork, policy: Policy) -> AsyncIterator[Workspace]:
    """Roomstead beside Corp, with nothing connected."""
    clock = WorldClock(corp)
    key = Fernet.generate_key().decode()
    sealer = Sealer([key])
    providers = build_providers(clock, LocalCallLimits(clock, sleep=clock.sleep), HttpSettings())
    connections = CachedConnections(units, sealer, providers)
    yield Workspace(corp, units, connections, providers, sealer, key, clock, policy)
    await connections.aclose()


async def test_a_sound_workspace_passes_and_goes_live(workspace: Workspace) -> None:
    workspace.appoint()

    added = await workspace.connect()
    view = await workspace.run(added.verification.id)

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
    assert view.verification.status is VerificationStatus.PASSED
    overview = await workspace.overview(added.integration.id)
    assert overview.integration.status is IntegrationStatus.WORKING
    assert overview.rooms == {RoomStatus.LIVE: 12}
    (account,) = overview.service_accounts
    assert (account.account.mailbox.address, account.account.status) == (BOT, ServiceMailboxStatus.ACTIVE)
    assert overview.integration.app_object_id == workspace.sandbox.endpoints["google_service_account"]
    (credential,) = overview.credentials
    assert credential.settings["app_id"] == workspace.sandbox.endpoints["google_client_id"]


async def test_a_service_account_that_may_not_read_the_directory_is_told_which_role_it_lacks(
    workspace: Workspace,
) -> None:
    added = await workspace.connect()

    view = await workspace.run(added.verification.id)

    permissions = check_of(view, CheckKey.PERMISSIONS)
    assert permissions.status is FAILED
    assert "admin.directory.resource.calendar.readonly" in permissions.sentence
    assert permissions.remedy is not None
    assert "admin role" in permissions.remedy.sentence
    assert check_of(view, CheckKey.MAILBOX).status is PASSED


async def test_a_delegation_that_was_never_given_is_named_with_what_to_enter(workspace: Workspace) -> None:
    tenant = next(workspace.face.tenants())
    client = workspace.sandbox.endpoints["google_client_id"]
    workspace.sandbox.call(lambda: workspace.face.customer(tenant.id).delegations.pop(client))
    added = await workspace.connect()

    view = await workspace.run(added.verification.id)

    assert check_of(view, CheckKey.CREDENTIAL).status is PASSED
    permissions = check_of(view, CheckKey.PERMISSIONS)
    assert permissions.status is FAILED
    assert permissions.remedy is not None
    assert permissions.remedy.who is Who.DIRECTORY_ADMIN
    assert client in permissions.remedy.command
    assert "https://www.googleapis.com/auth/calendar.events.owned" in permissions.remedy.command


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("roomstead@roomstead-rehearsal.iam.gserviceaccount.com", "no person's or team's"),
        ("pieter.vos@corp.example", "no mailbox"),
        ("greta.lund@corp.example", "no mailbox"),
        ("nobody@corp.example", "does not know"),
    ],
)
async def test_what_cannot_host_is_refused_with_the_reason(workspace: Workspace, address: str, words: str) -> None:
    integration = await workspace.connected(address=ADMIN, use_as_service_account=False)
    assert integration.status is IntegrationStatus.WORKING
    added = await workspace.add_account(integration.id, address)

    view = await workspace.run(added.verification.id)

    mailbox = check_of(view, CheckKey.MAILBOX)
    assert mailbox.status is FAILED
    assert words in mailbox.sentence
    assert mailbox.remedy is not None


async def test_a_room_as_service_account_is_refused_as_a_room(workspace: Workspace) -> None:
    added = await workspace.connect(address=calendar_of("tulip"))
    mailbox = check_of(await workspace.run(added.verification.id), CheckKey.MAILBOX)
    assert mailbox.status is FAILED
    assert "is a room" in mailbox.sentence


async def test_with_rooms_shared_and_no_delegation_rooms_go_live_and_those_not_shared_are_named(
    workspace: Workspace,
) -> None:
    robot = workspace.sandbox.endpoints["google_service_account"]
    tenant = next(workspace.face.tenants())
    workspace.sandbox.call(workspace.face.customer(tenant.id).delegations.clear)
    workspace.sandbox.call(lambda: workspace.face.customer(tenant.id).robot_roles.update({robot: {RESOURCES}}))
    for room in ROOMS:
        workspace.share(room, robot, Role.READER if room != "bridge" else Role.FREE_BUSY_READER)
    added = await workspace.connect(tier=1, address=ADMIN, use_as_service_account=False)

    view = await workspace.run(added.verification.id)

    rooms = check_of(view, CheckKey.ROOMS)
    assert rooms.status is FAILED
    assert "Rooms that can be read: 10 of 12." in rooms.sentence
    assert rooms.remedy is not None
    assert rooms.remedy.who is Who.CALENDAR_ADMIN
    assert calendar_of("tram") in rooms.remedy.command
    assert robot in rooms.remedy.command
    assert calendar_of("tulip") not in rooms.remedy.command
    times, details = [
        await workspace.seen(added.integration.id, "bridge", one) for one in (Capability.TIMES, Capability.DETAILS)
    ]
    assert times is not None
    assert details is not None
    assert (times.verdict, details.verdict) == (Verdict.GRANTED, Verdict.REFUSED)
    assert (details.cause, details.provider_code) == (AccessCause.REFUSED, "freeBusyReader")
    overview = await workspace.overview(added.integration.id)
    assert overview.rooms == {RoomStatus.LIVE: 10, RoomStatus.UNREACHABLE: 2}
    assert "resource.calendar.google.com" not in overview.integration.domains


async def test_without_an_admin_role_rooms_are_added_by_their_address(workspace: Workspace) -> None:
    robot = workspace.sandbox.endpoints["google_service_account"]
    workspace.share("tulip", robot, Role.READER)
    added = await workspace.connect(tier=1, address=ADMIN, use_as_service_account=False)
    view = await workspace.run(added.verification.id)
    assert check_of(view, CheckKey.DIRECTORY).status is SKIPPED
    assert check_of(view, CheckKey.ROOMS).cause == "no_rooms"

    asked = await add_room(
        AddRoom(added.integration.id, calendar_of("tulip")), MEI, units=workspace.units, clock=workspace.clock
    )
    assert check_of(await workspace.run(asked.id), CheckKey.NEW_ROOM).status is PASSED


async def test_a_way_in_that_does_not_fit_the_access_wanted_is_refused_before_anything(workspace: Workspace) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await workspace.connect(tier=2)
    assert list(refusal.value.mistakes) == ["credential_kind"]


async def test_a_tier_that_the_credential_does_not_give_is_refused_when_it_is_edited(workspace: Workspace) -> None:
    added = await workspace.connect()
    with pytest.raises(InvalidInput) as refusal:
        await edit_integration(
            EditIntegration(added.integration.id, tier=2),
            MEI,
            units=workspace.units,
            providers=workspace.providers,
            clock=workspace.clock,
        )
    assert "signs in itself" in refusal.value.mistakes["tier"]


async def test_under_a_delegation_a_mailbox_that_must_be_refused_is_not_and_the_way_out_is_named(
    workspace: Workspace,
) -> None:
    workspace.appoint()
    integration = await workspace.connected()
    command = NameMustBeRefused(integration.id, "dana.cole@corp.example", "Board")
    await name_must_be_refused(command, MEI, units=workspace.units, clock=workspace.clock)

    refused = check_of(await workspace.verify(integration.id), CheckKey.MUST_BE_REFUSED)

    assert refused.status is FAILED
    assert refused.remedy is not None
    assert "take the delegation away" in refused.remedy.sentence
    assert workspace.sandbox.endpoints["google_client_id"] in refused.remedy.command


async def test_one_unit_that_lets_no_app_in_is_no_lost_delegation(workspace: Workspace) -> None:
    workspace.appoint()
    dana = workspace.face.user("dana.cole@corp.example")
    assert dana is not None
    workspace.sandbox.call(lambda: workspace.face.account(dana).denied_scopes.update(scopes.KNOWN))
    integration = await workspace.connected()
    command = NameMustBeRefused(integration.id, "dana.cole@corp.example", "Board")
    await name_must_be_refused(command, MEI, units=workspace.units, clock=workspace.clock)

    view = await workspace.verify(integration.id)

    assert check_of(view, CheckKey.MUST_BE_REFUSED).status is PASSED


# --- a mailbox that signs in once -------------------------------------------------------------------------------------


class SignIns:
    """Sits at the browser of whoever signs in."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        tenant = next(workspace.face.tenants())
        workspace.sandbox.call(workspace.face.customer(tenant.id).delegations.clear)
        workspace.sandbox.control.post("google/consent-page", {"answer": "allows"})

    async def connect(self) -> AddedIntegration:
        """Add the integration with an OAuth client; nobody has signed in yet."""
        return await add_integration(self.form(), MEI, **self.workspace.ports)

    def form(self) -> AddIntegration:
        """The form with an OAuth client."""
        found = self.workspace.sandbox.endpoints
        fields = {
            "app_id": found["google_oauth_client_id"],
            "client_secret": found["google_oauth_client_secret"],
            "mailbox": BOT,
        }
        return self.workspace.form(tier=2, credential=TypedCredential("mailbox", fields))

    async def sign_in(self, url: str, address: str = BOT) -> None:
        """Open the consent page, allow what it asks, and come back."""
        page = url.replace(quote(BOT, safe=""), quote(address, safe=""))
        async with httpx2.AsyncClient(trust_env=False, verify=PLAIN) as browser:
            back = (await browser.get(page)).headers["location"]
        answer = dict(parse_qsl(urlsplit(back).query))
        await record_consent(RecordConsent(answer), MEI, **self.workspace.ports)

    async def proven(self) -> VerificationView:
        """What the verification that follows by itself finds."""
        async with self.workspace.units() as uow:
            (due,) = (await uow.due.by(self.workspace.clock.now(), 10)).verifications
        return await self.workspace.run(due)


@pytest.fixture
def sign_ins(workspace: Workspace) -> SignIns:
    return SignIns(workspace)


async def test_a_mailbox_signs_in_once_and_hosts_with_nothing_delegated(
    workspace: Workspace, sign_ins: SignIns
) -> None:
    workspace.appoint()
    added = await sign_ins.connect()
    before = await workspace.run(added.verification.id)
    assert "has not signed in yet" in check_of(before, CheckKey.CREDENTIAL).sentence
    clock, tenant = check_of(before, CheckKey.CLOCK), check_of(before, CheckKey.TENANT)
    assert (clock.status, tenant.status) == (CheckStatus.SKIPPED, CheckStatus.SKIPPED)
    assert clock.sentence == "Not tried: nothing was asked of Google yet."

    await sign_ins.sign_in(added.consent_url)
    view = await sign_ins.proven()

    assert view.verification.status is VerificationStatus.PASSED
    overview = await workspace.overview(added.integration.id)
    assert overview.integration.status is IntegrationStatus.WORKING
    (account,) = overview.service_accounts
    assert (account.account.mailbox.address, account.account.status) == (BOT, ServiceMailboxStatus.ACTIVE)
    async with workspace.connections.open(added.integration.id) as provider:
        jane = await provider.probe(MailboxRef(parse_address("jane.doe@corp.example")), Capability.WRITE)
    assert jane.verdict is Verdict.REFUSED


async def test_a_mailbox_may_sign_in_before_the_integration_is_added(
    workspace: Workspace, sign_ins: SignIns, given: Given
) -> None:
    """The draft keeps what the sign-in brought, and the integration is made of the draft."""
    workspace.appoint()
    mei = given.actor(await given.person("Mei Tan", "mei.tan@corp.example", role=PersonRole.GLOBAL_ADMIN))
    form = sign_ins.form()
    fields = dict(form.credential.fields)
    draft = Draft(
        provider=form.provider,
        tenant=form.tenant,
        tier=2,
        cloud="",
        kind="mailbox",
        settings={name: fields[name] for name in ("app_id", "mailbox")},
        endpoints=form.endpoints,
        app_object_id="",
        expires_at=None,
        secrets={"client_secret": fields["client_secret"]},
    )
    kept = {name: port for name, port in workspace.ports.items() if name != "policy"}
    await save_draft(draft, mei, **kept)
    view = await read_draft(mei, **workspace.ports)
    assert view is not None
    await sign_ins.sign_in(view.consent_url)
    view = await read_draft(mei, **workspace.ports)
    assert view is not None
    assert view.draft.consent is not None
    assert view.draft.consent.is_given

    ready = view.draft.as_form("Corp", BOT, is_service_account=True)
    added = await add_integration(ready, mei, **workspace.ports)

    found = await workspace.run(added.verification.id)
    assert found.verification.status is VerificationStatus.PASSED


async def test_a_withdrawn_consent_is_noticed_and_a_new_sign_in_mends_it(
    workspace: Workspace, sign_ins: SignIns
) -> None:
    workspace.appoint()
    added = await sign_ins.connect()
    await sign_ins.sign_in(added.consent_url)
    await sign_ins.proven()
    workspace.sandbox.control.post("google/withdraw-consent", {"user": BOT})

    lost = await workspace.verify(added.integration.id)

    credential = check_of(lost, CheckKey.CREDENTIAL)
    assert credential.status is FAILED
    assert "withdrawn its consent" in credential.sentence
    overview = await workspace.overview(added.integration.id)
    assert overview.integration.status is IntegrationStatus.NEEDS_ATTENTION

    await sign_ins.sign_in(overview.consent_url)
    assert (await sign_ins.proven()).verification.status is VerificationStatus.PASSED
    assert (await workspace.overview(added.integration.id)).integration.status is IntegrationStatus.WORKING


async def test_whoever_signs_in_by_mistake_is_not_used(workspace: Workspace, sign_ins: SignIns) -> None:
    added = await sign_ins.connect()
    await sign_ins.sign_in(added.consent_url, "jane.doe@corp.example")

    credential = check_of(await sign_ins.proven(), CheckKey.CREDENTIAL)

    assert credential.status is FAILED
    assert f"jane.doe@corp.example has signed in, and not {BOT}" in credential.sentence


async def test_whoever_owns_the_mailboxs_calendar_too_cannot_sign_in_for_it(
    workspace: Workspace, sign_ins: SignIns
) -> None:
    jane = "jane.doe@corp.example"
    workspace.sandbox.control.post("google/share", {"calendar": BOT, "with": jane, "role": "owner"})
    added = await sign_ins.connect()
    await sign_ins.sign_in(added.consent_url, jane)

    credential = check_of(await sign_ins.proven(), CheckKey.CREDENTIAL)

    assert credential.status is FAILED
    assert f"{jane} has signed in, and not {BOT}" in credential.sentence


async def test_a_consent_that_does_not_say_whose_it_is_is_refused(workspace: Workspace, sign_ins: SignIns) -> None:
    added = await sign_ins.connect()
    await sign_ins.sign_in(added.consent_url.replace("%20email", ""))

    credential = check_of(await sign_ins.proven(), CheckKey.CREDENTIAL)

    assert credential.status is FAILED
    assert "did not say which mailbox" in credential.sentence


async def test_a_sign_in_that_came_too_late_says_so(workspace: Workspace, sign_ins: SignIns) -> None:
    added = await sign_ins.connect()
    await sign_ins.sign_in(added.consent_url)
    workspace.sandbox.advance(3600)

    credential = check_of(await sign_ins.proven(), CheckKey.CREDENTIAL)

    assert credential.status is FAILED
    assert "lapsed" in credential.sentence


async def test_from_a_mailbox_that_signs_in_to_everyone_by_another_credential(
    workspace: Workspace, sign_ins: SignIns
) -> None:
    workspace.appoint()
    added = await sign_ins.connect()
    await sign_ins.sign_in(added.consent_url)
    await sign_ins.proven()
    found = workspace.sandbox.endpoints
    key_file = TypedCredential("key_file", {"key_file": found["google_key_json"]})
    ports = {name: port for name, port in workspace.ports.items() if name != "policy"}

    with pytest.raises(InvalidInput) as refused:
        await replace_credential(ReplaceCredential(added.integration.id, key_file), MEI, **ports)
    assert "Choose" in refused.value.mistakes["credential_kind"]

    asked = await replace_credential(ReplaceCredential(added.integration.id, key_file, 3), MEI, **ports)
    failed = await workspace.run(asked.id)  # nothing is delegated yet
    assert check_of(failed, CheckKey.PERMISSIONS).status is FAILED
    held = await workspace.overview(added.integration.id)
    assert (held.integration.tier, [one.slot for one in held.credentials]) == (2, ["current", "next"])
    assert (await workspace.verify(added.integration.id)).verification.status is VerificationStatus.PASSED

    workspace.sandbox.control.post("google/delegate", {})
    asked = await replace_credential(ReplaceCredential(added.integration.id, key_file, 3), MEI, **ports)
    assert (await workspace.run(asked.id)).verification.status is VerificationStatus.PASSED
    held = await workspace.overview(added.integration.id)
    assert (held.integration.tier, held.integration.attention) == (3, None)
    assert [(one.kind, one.slot) for one in held.credentials] == [("key_file", "current")]
    again = await workspace.verify(added.integration.id)
    assert again.verification.status is VerificationStatus.PASSED


async def _nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 8\r\nConnection: close\r\n\r\nWelcome!"
    )
    await writer.drain()
    writer.close()


async def test_a_sign_in_service_that_answers_nonsense_ends_the_verification(
    workspace: Workspace, sign_ins: SignIns
) -> None:
    """Instead of being asked again and again while the page says that it runs."""
    added = await sign_ins.connect()
    await sign_ins.sign_in(added.consent_url)
    async with await asyncio.start_server(_nonsense, "127.0.0.1", 0) as proxy:
        place = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        async with workspace.units() as uow:
            held = await uow.integrations.get(added.integration.id)
            assert held is not None
            await uow.integrations.save(replace(held, endpoints={**held.endpoints, "oauth": place}))
            await uow.commit()

        view = await sign_ins.proven()

    assert view.verification.status is VerificationStatus.FAILED
    assert check_of(view, CheckKey.CREDENTIAL).status is FAILED


# -- changing the service account, in whose name rooms are read --------------------------------------------------------


async def live_rooms(workspace: Workspace, integration_id: IntegrationId) -> int:
    async with workspace.units() as uow:
        return len(await uow.rooms.of_integration(integration_id, [RoomStatus.LIVE]))


@pytest.mark.parametrize("address", ["nobody@corp.example", "yuki.tanaka@corp.example"])
async def test_a_new_account_that_fails_takes_no_room_and_stops_nothing(workspace: Workspace, address: str) -> None:
    workspace.appoint()
    integration = await workspace.connected()
    before = await live_rooms(workspace, integration.id)
    assert before
    if address.startswith("yuki"):  # reaches some rooms, but is no admin of the directory and hosts nothing
        user = workspace.face.user(address)
        assert user is not None
        workspace.sandbox.call(lambda: workspace.face.account(user).denied_scopes.update(scopes.KNOWN))
    change = await workspace.change_account(integration.id, address)
    view = await workspace.run(change.verification.id)
    assert view.verification.status is VerificationStatus.FAILED
    assert check_of(view, CheckKey.ROOMS).status in {NOT_RUN, FAILED}
    assert await live_rooms(workspace, integration.id) == before
    shown = (await workspace.overview(integration.id)).integration
    assert (shown.status, shown.attention) == (IntegrationStatus.WORKING, None)


async def test_a_new_account_decides_which_rooms_are_live_once_it_is_in_force(workspace: Workspace) -> None:
    workspace.appoint()
    integration = await workspace.connected()
    before = await live_rooms(workspace, integration.id)
    workspace.share("tulip", "yuki.tanaka@corp.example", Role.READER)
    workspace.appoint("yuki.tanaka@corp.example")
    change = await workspace.change_account(integration.id, "yuki.tanaka@corp.example")
    view = await workspace.run(change.verification.id)
    rooms = check_of(view, CheckKey.ROOMS)
    accounts = {
        one.account.mailbox.address: one.account.status
        for one in (await workspace.overview(integration.id)).service_accounts
    }
    assert accounts[parse_address("yuki.tanaka@corp.example")] is ServiceMailboxStatus.ACTIVE
    assert await live_rooms(workspace, integration.id) == rooms.passed <= before
