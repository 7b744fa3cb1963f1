"""Contoso in rehearsal, the real store and the real adapter; verifications and discoveries are done as workers do."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from cryptography.fernet import Fernet
from tests.application.conftest import Given
from tests.support.providers import known_providers

from roomstead.adapters.connections import CachedConnections
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.providers.registry import ProviderRegistry, build_providers
from roomstead.adapters.secrets import Sealer
from roomstead.application.booking.create import CreateBooking, create_booking
from roomstead.application.booking_request import BookingRequest
from roomstead.application.credentials import TypedCredential
from roomstead.application.integration.add_integration import AddedIntegration, AddIntegration, add_integration
from roomstead.application.integration.add_service_mailbox import (
    AddedServiceMailbox,
    AddServiceMailbox,
    add_service_mailbox,
)
from roomstead.application.integration.discover_rooms import discover_rooms
from roomstead.application.integration.edit_service_mailbox import (
    EditServiceMailbox,
    ServiceAccountChange,
    edit_service_mailbox,
)
from roomstead.application.integration.mark_applied import MarkApplied, mark_applied
from roomstead.application.integration.name_must_be_refused import NameMustBeRefused, name_must_be_refused
from roomstead.application.integration.read_integration import read_integration
from roomstead.application.integration.read_verification import VerificationView, read_verification
from roomstead.application.integration.remove_service_mailbox import RemoveServiceMailbox, remove_service_mailbox
from roomstead.application.integration.remove_test_events import remove_test_events
from roomstead.application.integration.replace_credential import ReplaceCredential, replace_credential
from roomstead.application.integration.request_verification import RequestVerification, request_verification
from roomstead.application.integration.run_verification import run_verification
from roomstead.application.integration_overview import IntegrationOverview
from roomstead.application.policy import Policy
from roomstead.domain.access import Access, Capability
from roomstead.domain.integration import Integration, Room, RoomStatus, ServiceMailbox, VerificationId
from roomstead.domain.mailbox import IntegrationId, parse_address
from roomstead.domain.people import Actor, PersonId, Role, Via
from roomstead.domain.verification import Check, CheckKey, CheckStatus, Purpose, Verification
from roomstead_sandbox.app import create_app
from roomstead_sandbox.running import RunningSandbox
from roomstead_sandbox.world.world import World

DOMAIN = "contoso.example"
SERVICE = f"rooms@{DOMAIN}"
MEI = Actor(PersonId(uuid.uuid4()), "Mei Tan", Role.GLOBAL_ADMIN, Via.API)
JANE = Actor(PersonId(uuid.uuid4()), "Jane Doe", Role.MEMBER, Via.API)
Json = dict[str, Any]


@dataclass
class WorldClock:
    """Implements ``Clock`` by the rehearsal's own clock: both sides live at the same time, and waiting moves it."""

    sandbox: RunningSandbox

    def now(self) -> datetime:
        """The world's time."""
        return self.sandbox.world.now()

    async def sleep(self, seconds: float) -> None:
        """Let the world's time pass."""
        await asyncio.to_thread(self.sandbox.advance, seconds)


@dataclass
class Office:
    """Mei Tan's desk: what she does in Settings → Integrations, and what workers make of it."""

    sandbox: RunningSandbox
    units: SqlUnitsOfWork
    connections: CachedConnections
    providers: ProviderRegistry
    sealer: Sealer
    sealing_key: str
    clock: WorldClock
    policy: Policy

    @property
    def ports(self) -> Any:  # noqa: ANN401 - keyword arguments of several types
        """What use cases of integrations ask for."""
        return {
            "units": self.units,
            "providers": self.providers,
            "sealer": self.sealer,
            "clock": self.clock,
            "policy": self.policy,
        }

    # --- what admins do -----------------------------------------------------------------------------------------------

    def form(self, **changes: Any) -> AddIntegration:  # noqa: ANN401 - any field of the form
        """The form as filled in for this tenant: everyone, with the service account."""
        found = self.sandbox.endpoints
        fields = {"app_id": found["client_id"], "client_secret": found["client_secret"]}
        form = AddIntegration(
            provider="microsoft",
            name="Contoso",
            tenant=found["tenant_id"],
            tier=3,
            credential=TypedCredential("secret", fields),
            address=SERVICE,
            use_as_service_account=True,
            endpoints={"login": found["login_base"], "api": found["graph_base"]},
        )
        return replace(form, **changes)

    async def connect(self, **changes: Any) -> AddedIntegration:  # noqa: ANN401 - any field of the form
        """Add the integration; nothing is verified yet."""
        return await add_integration(self.form(**changes), MEI, **self.ports)

    async def connected(self, **changes: Any) -> Integration:  # noqa: ANN401 - any field of the form
        """Add the integration and verify it."""
        added = await self.connect(**changes)
        await self.run(added.verification.id)
        return (await self.overview(added.integration.id)).integration

    async def verify(self, integration_id: IntegrationId, purpose: Purpose = Purpose.INTEGRATION) -> VerificationView:
        """Press *Verify integration* and wait."""
        return await self.run((await self.request(integration_id, purpose)).id)

    async def request(self, integration_id: IntegrationId, purpose: Purpose = Purpose.INTEGRATION) -> Verification:
        """Press *Verify integration*."""
        command = RequestVerification(integration_id, purpose)
        return await request_verification(command, MEI, units=self.units, clock=self.clock)

    async def add_account(self, integration_id: IntegrationId, address: str = SERVICE) -> AddedServiceMailbox:
        """Add a service account; nothing is verified yet."""
        command = AddServiceMailbox(integration_id, address)
        return await add_service_mailbox(command, MEI, units=self.units, clock=self.clock)

    async def change_account(self, integration_id: IntegrationId, address: str) -> ServiceAccountChange:
        """Edit the service account; nothing is verified yet."""
        command = EditServiceMailbox(integration_id, address)
        return await edit_service_mailbox(command, MEI, units=self.units, clock=self.clock)

    async def remove_account(self, integration_id: IntegrationId, *, confirmed: bool = False) -> ServiceMailbox:
        """Remove the service account."""
        command = RemoveServiceMailbox(integration_id, is_confirmed=confirmed)
        return await remove_service_mailbox(command, MEI, units=self.units, clock=self.clock)

    async def mark(self, verification_id: VerificationId, check: CheckKey) -> Verification:
        """Press *I have run this*."""
        return await mark_applied(MarkApplied(verification_id, check), MEI, units=self.units, clock=self.clock)

    async def must_refuse(self, integration_id: IntegrationId, name: str) -> None:
        """Name a counter-example."""
        command = NameMustBeRefused(integration_id, f"{name}@{DOMAIN}", "Board")
        await name_must_be_refused(command, MEI, units=self.units, clock=self.clock)

    async def replace_secret(self, integration_id: IntegrationId, secret: str) -> Verification:
        """Enter a new client secret; nothing is verified yet."""
        fields = {"app_id": self.sandbox.endpoints["client_id"], "client_secret": secret}
        return await replace_credential(
            ReplaceCredential(integration_id, TypedCredential("secret", fields)),
            MEI,
            units=self.units,
            providers=self.providers,
            sealer=self.sealer,
            clock=self.clock,
        )

    async def overview(self, integration_id: IntegrationId) -> IntegrationOverview:
        """The integration's card."""
        return await read_integration(integration_id, MEI, **self.ports)

    async def view(self, verification_id: VerificationId) -> VerificationView:
        """A verification's page."""
        return await read_verification(verification_id, MEI, units=self.units, providers=self.providers)

    # --- what workers do ----------------------------------------------------------------------------------------------

    async def run(self, verification_id: VerificationId) -> VerificationView:
        """Do the job."""
        await run_verification(
            verification_id,
            units=self.units,
            connections=self.connections,
            providers=self.providers,
            clock=self.clock,
            policy=self.policy,
        )
        return await self.view(verification_id)

    async def run_due(self) -> int:
        """Do the verifications that are due, as the sweep leaves them. Answers how many."""
        async with self.units() as uow:
            due = (await uow.due.by(self.clock.now(), 100)).verifications
        for verification_id in due:
            await self.run(verification_id)
        return len(due)

    async def discover(self, integration_id: IntegrationId) -> object:
        """Read the room list."""
        return await discover_rooms(integration_id, units=self.units, connections=self.connections, clock=self.clock)

    async def sweep_test_events(self) -> int:
        """Remove test events that were left."""
        return await remove_test_events(units=self.units, connections=self.connections, clock=self.clock)

    # --- what the store and the rehearsal show ------------------------------------------------------------------------

    async def room(self, integration_id: IntegrationId, name: str) -> Room:
        """A room by its address."""
        async with self.units() as uow:
            found = await uow.rooms.by_address(integration_id, parse_address(f"{name}@{DOMAIN}"))
        assert found is not None
        return found

    async def rooms(self, integration_id: IntegrationId, status: RoomStatus) -> set[str]:
        """Names of rooms in a state."""
        async with self.units() as uow:
            found = await uow.rooms.of_integration(integration_id, [status])
        return {room.mailbox.address.partition("@")[0] for room in found}

    async def access(self, integration_id: IntegrationId, name: str, capability: Capability) -> Access | None:
        """A finding."""
        async with self.units() as uow:
            return await uow.access.find(integration_id, parse_address(f"{name}@{DOMAIN}"), capability)

    def test_events(self, name: str = "rooms") -> list[Json]:
        """Test events in a calendar, a year ahead."""
        start = self.clock.now() + timedelta(days=360)
        window = {"start": start.isoformat(), "end": (start + timedelta(days=10)).isoformat()}
        items = self.sandbox.control.get(f"calendars/{name}@{DOMAIN}", **window)["items"]
        return [item for item in items if not item["cancelled"]]

    def order(self, action: str, **body: object) -> Any:  # noqa: ANN401 - JSON
        """One of the Microsoft face's control actions."""
        return self.sandbox.control.post(f"microsoft/{action}", body)

    def fault(self, kind: str, **more: object) -> None:
        """Put a fault in force."""
        self.sandbox.control.post("faults", {"kind": kind, **more})


def check_of(view: VerificationView, key: CheckKey) -> Check:
    """One check of a verification."""
    return next(one.check for one in view.checks if one.check.key is key)


def statuses(view: VerificationView) -> dict[CheckKey, CheckStatus]:
    """How all checks stand."""
    return {one.check.key: one.check.status for one in view.checks}


@pytest.fixture
def rehearsal() -> Iterator[RunningSandbox]:
    """Contoso with its clock standing. It begins at this machine's time, which its web server names in every answer:
    verification compares the two."""
    with RunningSandbox(create_app(World(now=datetime.now(UTC).replace(microsecond=0)))) as running:
        yield running


@pytest.fixture
async def office(rehearsal: RunningSandbox, units: SqlUnitsOfWork, policy: Policy) -> AsyncIterator[Office]:
    """Roomstead beside Contoso, with nothing connected."""
    clock = WorldClock(rehearsal)
    key = Fernet.generate_key().decode()
    sealer = Sealer([key])
    providers = build_providers(clock, LocalCallLimits(clock, sleep=clock.sleep), HttpSettings())
    connections = CachedConnections(units, sealer, providers)
    yield Office(rehearsal, units, connections, providers, sealer, key, clock, policy)
    await connections.aclose()


class HostedBooking(Protocol):
    """Books Oak in so many days for somebody without a mailbox in the tenant, so that the service account hosts it."""

    def __call__(self, integration: Integration, *, days: int) -> Awaitable[datetime]:
        """Answers when the meeting ends."""
        ...


@pytest.fixture
async def hosted(office: Office, given: Given) -> HostedBooking:
    """Bookings that the service account hosts."""
    person = await given.person("Ola Subsidiary", "ola@subsidiary.example")

    async def book(integration: Integration, *, days: int) -> datetime:
        start = office.clock.now().replace(minute=0, second=0) + timedelta(days=days)
        room = await office.room(integration.id, "oak")
        request = BookingRequest(start, start + timedelta(hours=1), "Hosted", room_id=room.id)
        view = await create_booking(
            CreateBooking(request),
            given.actor(person),
            units=office.units,
            providers=known_providers(),
            clock=office.clock,
            policy=office.policy,
        )
        assert view.label is not None
        return start + timedelta(hours=1)

    return book
