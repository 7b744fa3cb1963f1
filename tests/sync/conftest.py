"""A rehearsal tenant, the real store and the real adapter; a test does by hand what workers do by themselves."""

import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from cryptography.fernet import Fernet
from tests.support.providers import known_providers

from roomstead.adapters.connections import CachedConnections
from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.adapters.providers.registry import build_providers
from roomstead.adapters.secrets import Sealer
from roomstead.application.booking.cancel import CancelBooking, cancel_booking
from roomstead.application.booking.change import ChangeBooking, change_booking
from roomstead.application.booking.create import CreateBooking, create_booking
from roomstead.application.booking.read import ReadBooking, read_booking
from roomstead.application.booking_request import BookingRequest
from roomstead.application.booking_view import BookingView
from roomstead.application.credentials import seal_credential
from roomstead.application.policy import Policy
from roomstead.application.ports.calendar import RoomFacts
from roomstead.application.ports.connections import CURRENT
from roomstead.application.ports.jobs import PullMailbox, PushBooking
from roomstead.application.ports.mirror import FollowedMailbox
from roomstead.application.ports.providers import Connection
from roomstead.application.ports.rooms import RoomSource
from roomstead.application.sync.follow import follow_mailboxes
from roomstead.application.sync.probe_again import probe_again
from roomstead.application.sync.pull.run import pull_mailbox
from roomstead.application.sync.push.run import push_booking
from roomstead.application.sync.sweep import sweep
from roomstead.domain.booking import Booking, BookingId, BookingState
from roomstead.domain.booking_input import TypedAttendee
from roomstead.domain.integration import (
    Integration,
    IntegrationStatus,
    Room,
    RoomStatus,
    ServiceMailbox,
    ServiceMailboxId,
    ServiceMailboxStatus,
)
from roomstead.domain.mailbox import IntegrationId, MailboxRef, parse_address
from roomstead.domain.people import SYSTEM, Actor, Person, PersonId, Role, Via
from roomstead_sandbox.app import create_app
from roomstead_sandbox.google.scopes import KNOWN
from roomstead_sandbox.running import RunningSandbox
from roomstead_sandbox.world.world import World

NOW = datetime(2026, 11, 23, 10, 16, 20, tzinfo=UTC)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Firm:
    """A company that the rehearsal knows, and who of it plays a part here."""

    seed: str
    provider: str
    domain: str
    service: str
    room_address: str
    rooms: tuple[str, ...]
    people: tuple[str, ...]
    admin: str = ""
    """In whose name rooms are read as long as there is no service account."""
    without_calendar: str = ""


CONTOSO = Firm(
    seed="contoso",
    provider="microsoft",
    domain="contoso.example",
    service="rooms",
    room_address="{}@contoso.example",
    rooms=("oak", "elm", "chestnut", "boardroom", "sequoia", "quartz"),
    people=("jane.doe", "tom.baker", "nora.weiss", "priya.shah", "aiko.mori", "mei.tan"),
)
"""Jane, Tom and Nora are in reach, Priya and Aiko are not; some of the rooms are special."""
CORP = Firm(
    seed="corp",
    provider="google",
    domain="corp.example",
    service="rooms-bot",
    room_address="c_1880{}@resource.calendar.google.com",
    rooms=("tulip", "canal", "windmill", "bridge", "miradouro"),
    people=("jane.doe", "marcus.lee", "ines.costa", "yuki.tanaka", "pieter.vos"),
    admin="olga.petrova",
    without_calendar="pieter.vos",
)
"""The calendar service is off for Pieter. Bridge answers by hand; of Miradouro only times are shown."""


@dataclass
class WorldClock:
    """Implements ``Clock`` by the rehearsal's own clock: both sides live at the same time."""

    world: World

    def now(self) -> datetime:
        """The world's time."""
        return self.world.now()


@dataclass
class Town:
    """A company in rehearsal, connected; with rooms that are live and people who book."""

    firm: ClassVar[Firm] = CONTOSO

    sandbox: RunningSandbox
    units: SqlUnitsOfWork
    connections: CachedConnections
    sealer: Sealer
    clock: WorldClock
    policy: Policy
    integration: Integration
    rooms: dict[str, Room] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def address(self, name: str) -> str:
        """Of a person or a room, by its name."""
        return self.firm.room_address.format(name) if name in self.firm.rooms else f"{name}@{self.firm.domain}"

    # --- what people do -----------------------------------------------------------------------------------------------

    def actor(self, name: str) -> Actor:
        """Somebody, over the API."""
        person = self.people[name]
        return Actor(person.id, person.name, person.role, Via.API)

    def at(self, hours: float) -> datetime:
        """So many hours after eight in the morning (UTC) of the day after tomorrow."""
        return datetime(2026, 11, 25, 8, tzinfo=UTC) + timedelta(hours=hours)

    async def book(self, who: str, room: str, start: float = 1, hours: float = 1, **more: Any) -> BookingId:  # noqa: ANN401 - fields of BookingRequest
        """Book a room; nothing is sent yet."""
        guests = tuple(TypedAttendee(self.address(guest)) for guest in more.pop("guests", ()))
        request = BookingRequest(
            self.at(start),
            self.at(start + hours),
            more.pop("title", "Kick-off"),
            room_id=self.rooms[room].id,
            attendees=guests,
            **more,
        )
        view = await create_booking(
            CreateBooking(request),
            self.actor(who),
            units=self.units,
            providers=known_providers(),
            clock=self.clock,
            policy=self.policy,
        )
        return view.id

    async def change(self, booking_id: BookingId, who: str, **edit: Any) -> BookingView:  # noqa: ANN401 - fields of ChangeBooking
        """Edit a booking; nothing is sent yet."""
        command = ChangeBooking(booking_id, **edit)
        return await change_booking(
            command,
            self.actor(who),
            units=self.units,
            providers=known_providers(),
            clock=self.clock,
            policy=self.policy,
        )

    async def cancel(self, booking_id: BookingId, who: str, comment: str = "") -> BookingView:
        """Cancel a booking; nothing is sent yet."""
        command = CancelBooking(booking_id, comment=comment)
        return await cancel_booking(command, self.actor(who), units=self.units, clock=self.clock)

    async def see(self, booking_id: BookingId) -> BookingView:
        """What an admin sees of a booking."""
        return await read_booking(ReadBooking(booking_id), SYSTEM, units=self.units, clock=self.clock)

    async def stored(self, booking_id: BookingId) -> Booking:
        """The booking as it is in the store."""
        async with self.units() as uow:
            booking = await uow.bookings.get(booking_id)
        assert booking is not None
        return booking

    async def state(self, booking_id: BookingId) -> BookingState:
        """Where a booking stands."""
        return (await self.see(booking_id)).state

    # --- what workers do ----------------------------------------------------------------------------------------------

    async def push(self, booking_id: BookingId) -> None:
        """Do a push job."""
        await push_booking(
            PushBooking(booking_id),
            units=self.units,
            connections=self.connections,
            clock=self.clock,
            policy=self.policy,
        )

    async def pull(self, mailbox_id: uuid.UUID) -> None:
        """Do a pull job."""
        await pull_mailbox(
            PullMailbox(mailbox_id),
            units=self.units,
            connections=self.connections,
            clock=self.clock,
            policy=self.policy,
        )

    async def pull_now(self, name: str) -> None:
        """Do a round of a followed mailbox whether it is due or not."""
        mailbox = await self.mailbox(name)
        async with self.units() as uow:
            await uow.mirror.round_failed(
                mailbox.id, error_code=mailbox.error_code, next_round_at=self.clock.now(), forget_cursor=False
            )
            await uow.commit()
        await self.pull(mailbox.id)

    async def turn(self) -> int:
        """Do all that is due now, once. Answers how much it was."""
        await follow_mailboxes(units=self.units, clock=self.clock)
        await sweep(units=self.units, clock=self.clock)
        async with self.units() as uow:
            due = await uow.due.by(self.clock.now(), 100)
        for booking_id in due.bookings:
            await self.push(booking_id)
        for mailbox_id in due.mailboxes:
            await self.pull(mailbox_id)
        return len(due.bookings) + len(due.mailboxes)

    async def live(self, seconds: float, step: float = 2) -> None:
        """Let both sides live for a while."""
        await self.turn()
        for _ in range(round(seconds / step)):
            self.sandbox.advance(step)
            await self.turn()

    async def probe_again(self) -> int:
        """Ask refused organisers again."""
        return await probe_again(units=self.units, connections=self.connections, clock=self.clock)

    async def mailbox(self, name: str) -> FollowedMailbox:
        """A followed mailbox."""
        async with self.units() as uow:
            for mailbox_id in (await uow.due.by(self.clock.now() + timedelta(days=400), 1000)).mailboxes:
                found = await uow.mirror.get(mailbox_id)
                if found is not None and found.ref.address == self.address(name):
                    return found
        raise LookupError(name)

    # --- what the rehearsal shows -------------------------------------------------------------------------------------

    def events(self, name: str, title: str = "Kick-off") -> list[Json]:
        """Items of that title in somebody's calendar, cancelled ones left out."""
        items = self.sandbox.control.get(f"calendars/{self.address(name)}")["items"]
        return [item for item in items if item["subject"] == title and not item["cancelled"]]

    def room_items(self, name: str, title: str | None = None) -> list[Json]:
        """What is in a room's calendar on the day of our bookings."""
        day = {"start": self.at(-8).isoformat(), "end": self.at(16).isoformat()}
        items: list[Json] = self.sandbox.control.get(f"calendars/{self.address(name)}", **day)["items"]
        return [item for item in items if title in {None, item["subject"]}]

    def all_hosted(self, title: str = "Kick-off") -> list[Json]:
        """The hosts' copies of that title in all calendars."""
        names = [name for name in (*self.people, self.firm.service) if name != self.firm.without_calendar]
        return [item for name in dict.fromkeys(names) for item in self.events(name, title) if item["is_organizer"]]

    def mail(self, kind: str) -> list[Json]:
        """Meeting messages of a kind, oldest first, since the town was connected."""
        sent: list[Json] = self.sandbox.control.get("mail", kind=kind, since=self.first_mail)
        return sent

    first_mail: int = 0

    def calls(self, method: str = "") -> int:
        """How many calls the provider got."""
        counted: int = self.sandbox.control.get("requests/count", method=method or None)["total"]
        return counted

    def forget_calls(self) -> None:
        """Start counting anew."""
        self.sandbox.control.delete("requests")

    def fault(self, kind: str, **more: object) -> None:
        """Put a fault in force."""
        self.sandbox.control.post("faults", {"kind": kind, **more})

    def act(self, verb: str, who: str, **more: object) -> None:
        """Somebody does something in their own calendar program."""
        self.sandbox.control.post(f"act/{verb}", {"who": self.address(who), **more})

    def order(self, action: str, **body: object) -> Json:
        """One of the control actions of the provider's face."""
        answer: Json = self.sandbox.control.post(f"{self.firm.provider}/{action}", body)
        return answer

    def close(self, who: str) -> None:
        """Keep Roomstead out of somebody's mailbox, at once."""
        self.order("revoke", mailbox=self.address(who), propagation_seconds=0)

    def open(self, who: str) -> None:
        """Let Roomstead into somebody's mailbox, at once."""
        self.order("grant", mailbox=self.address(who), propagation_seconds=0)

    # --- what admins do -----------------------------------------------------------------------------------------------

    async def use_service_account(self, address: str = "", *, proven: bool = True) -> ServiceMailbox:
        """Give the integration its service account; one that a dry run put in force is not ``proven``."""
        mailbox = ServiceMailbox(
            ServiceMailboxId(uuid.uuid4()),
            self.integration.id,
            MailboxRef(parse_address(address or self.address(self.firm.service))),
            "Room Booking",
            ServiceMailboxStatus.ACTIVE,
            self.clock.now(),
            None,
            proven_at=self.clock.now() if proven else None,
        )
        async with self.units() as uow:
            await uow.integrations.add_service_mailbox(mailbox, self.clock.now())
            await uow.commit()
        return mailbox

    async def read_integration(self) -> Integration:
        """The integration as it is now."""
        async with self.units() as uow:
            found = await uow.integrations.get(self.integration.id)
        assert found is not None
        return found

    def credential(self, secret: str | None = None) -> Connection:
        """The credential as an admin enters it; by default the right one."""
        found = self.sandbox.endpoints
        return Connection(
            provider=self.firm.provider,
            tenant=self.integration.tenant,
            endpoints=self.integration.endpoints,
            credential_kind="secret",
            settings={"app_id": found["client_id"]},
            secrets={"client_secret": found["client_secret"] if secret is None else secret},
        )

    async def set_credential(self, secret: str | None = None) -> None:
        """Enter a credential."""
        connection = self.credential(secret)
        sealed = seal_credential(connection, slot=CURRENT, expires_at=None, sealer=self.sealer, now=self.clock.now())
        async with self.units() as uow:
            await uow.integrations.put_credential(self.integration.id, sealed)
            await uow.commit()

    @staticmethod
    def whereabouts(found: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """The tenant and the provider's endpoints."""
        return found["tenant_id"], {"login": found["login_base"], "api": found["graph_base"]}

    async def add_room(self, name: str) -> None:
        """Make a room of the tenant live."""
        address = parse_address(self.address(name))
        async with self.units() as uow:
            await uow.rooms.take_in(self.integration.id, [RoomFacts(address, name.title())], RoomSource.DIRECTORY)
            room = await uow.rooms.by_address(self.integration.id, address)
            assert room is not None
            await uow.rooms.set_statuses([room.id], RoomStatus.LIVE)
            await uow.commit()
            stored = await uow.rooms.get(room.id)
            assert stored is not None
            self.rooms[name] = stored

    async def add_person(self, name: str, *further: str) -> None:
        """A member with an address in the tenant, and further ones elsewhere."""
        addresses = tuple(parse_address(each) for each in (self.address(name), *further))
        person = Person(PersonId(uuid.uuid4()), name.replace(".", " ").title(), addresses, Role.MEMBER)
        async with self.units() as uow:
            await uow.people.add(person)
            await uow.commit()
        self.people[name] = person


class GoogleTown(Town):
    """Corp, where Google keeps the calendars."""

    firm: ClassVar[Firm] = CORP

    def credential(self, secret: str | None = None) -> Connection:
        """The key file of the cloud identity."""
        return Connection(
            provider=self.firm.provider,
            tenant=self.integration.tenant,
            endpoints=self.integration.endpoints,
            credential_kind="key_file",
            settings={"app_id": self.sandbox.endpoints["google_client_id"]},
            secrets={"key_file": self.sandbox.endpoints["google_key_json"] if secret is None else secret},
        )

    @staticmethod
    def whereabouts(found: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """The customer, and where each of Google's services is."""
        return found["google_customer_id"], {
            "oauth": found["google_token_uri"].removesuffix("/token"),
            "calendar": found["google_calendar_base"].removesuffix("/calendar/v3"),
            "directory": found["google_directory_base"].removesuffix("/admin/directory/v1"),
            "iam": found["google_iam_base"].removesuffix("/v1"),
        }

    def close(self, who: str) -> None:
        """An organisational unit's rule keeps Roomstead's cloud identity from acting in somebody's name."""
        self.order("restrict-user", user=self.address(who), scopes=sorted(KNOWN))
        self.order("revoke-tokens", user=self.address(who))

    def open(self, who: str) -> None:
        """Let it act in that name."""
        self.order("restrict-user", user=self.address(who), scopes=[])


@pytest.fixture
def rehearsal(town_type: type[Town]) -> Iterator[RunningSandbox]:
    """A company with its clock standing at a quarter past ten on a Monday."""
    with RunningSandbox(create_app(World(now=NOW)), seed=town_type.firm.seed) as running:
        yield running


@pytest.fixture
def town_type(request: pytest.FixtureRequest) -> type[Town]:
    """Which company it is, by its seed; a test that says nothing is about Contoso."""
    types: dict[str, type[Town]] = {each.firm.seed: each for each in (Town, GoogleTown)}
    return types[getattr(request, "param", "contoso")]


@pytest.fixture
def policy() -> Policy:
    """The settings as shipped."""
    return Policy()


@pytest.fixture
def sealing_key() -> str:
    """What credentials are sealed with."""
    return Fernet.generate_key().decode()


@pytest.fixture
async def town(
    rehearsal: RunningSandbox, town_type: type[Town], database_url: str, policy: Policy, sealing_key: str
) -> AsyncIterator[Town]:
    """The company, connected."""
    engine = make_engine(database_url)
    units = SqlUnitsOfWork(engine, lambda connection: QueuedJobs(connection.exec_driver_sql))
    clock, sealer = WorldClock(rehearsal.world), Sealer([sealing_key])

    async def let_pass(seconds: float) -> None:
        rehearsal.advance(seconds)

    limits = LocalCallLimits(clock, sleep=let_pass)
    connections = CachedConnections(units, sealer, build_providers(clock, limits, HttpSettings()))
    town = town_type(
        rehearsal, units, connections, sealer, clock, policy, integration_of(town_type, rehearsal.endpoints)
    )
    await settle(town)
    yield town
    await connections.aclose()
    await engine.dispose()


def integration_of(town_type: type[Town], found: Mapping[str, str]) -> Integration:
    """A working integration with a company of the rehearsal."""
    firm = town_type.firm
    tenant, endpoints = town_type.whereabouts(found)
    return Integration(
        id=IntegrationId(uuid.uuid4()),
        provider=firm.provider,
        name=firm.seed.title(),
        tenant=tenant,
        endpoints=endpoints,
        tier=3,
        status=IntegrationStatus.WORKING,
        setup_address=parse_address(f"{firm.admin}@{firm.domain}") if firm.admin else None,
        domains=(firm.domain,),
    )


async def settle(town: Town) -> None:
    """Store the integration with its credential, its rooms and its people."""
    async with town.units() as uow:
        await uow.integrations.add(town.integration, town.clock.now())
        await uow.integrations.set_next_discovery(town.integration.id, town.clock.now() + timedelta(days=365))
        await uow.commit()
    await town.set_credential()
    for room in town.firm.rooms:
        await town.add_room(room)
    for person in town.firm.people:
        await town.add_person(person)
    mails = town.sandbox.control.get("mail")
    town.first_mail = mails[-1]["number"] if mails else 0
