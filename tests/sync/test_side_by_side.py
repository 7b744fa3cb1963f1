"""Several integrations in one Roomstead: two providers, two tenants of one, a tenant that opens only its rooms."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pytest
from tests.sync.conftest import CONTOSO, NOW, Firm, GoogleTown, Json, Town, integration_of, settle

from roomstead.application.booking.find_rooms import FindRooms, find_rooms
from roomstead.application.booking_view import BookingView
from roomstead.application.ports.providers import Connection
from roomstead.domain.access import AccessCause
from roomstead.domain.booking import BookingId, BookingState
from roomstead.domain.errors import ServiceAccountRequired
from roomstead.domain.hosting import HostKind
from roomstead_sandbox.app import create_app
from roomstead_sandbox.control.client import Control
from roomstead_sandbox.running import RunningSandbox
from roomstead_sandbox.world.world import World

INITECH = Firm(
    seed="initech",
    provider="microsoft",
    domain="initech.example",
    service="rooms",
    room_address="{}@initech.example",
    rooms=("atlas", "boreas"),
    people=("kim.park",),
)
"""A second tenant of one provider. Its parent opens the rooms and one mailbox, and nobody else's."""
APP, SECRET = "0c11e9a4-3f0e-4a3c-9d5e-7a52c1f0aa10", "initech-secret-of-no-worth"
GROUP = "Roomstead"


class SisterTown(Town):
    """Initech."""

    firm: ClassVar[Firm] = INITECH

    def credential(self, secret: str | None = None) -> Connection:
        """An app of its own."""
        return Connection(
            provider=self.firm.provider,
            tenant=self.integration.tenant,
            endpoints=self.integration.endpoints,
            credential_kind="secret",
            settings={"app_id": APP},
            secrets={"client_secret": SECRET if secret is None else secret},
        )

    @staticmethod
    def whereabouts(found: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """Its tenant, named by its domain."""
        return INITECH.domain, {"login": found["login_base"], "api": found["graph_base"]}


@dataclass(frozen=True, slots=True)
class Group:
    """Three companies under one roof."""

    contoso: Town
    corp: GoogleTown
    initech: SisterTown

    async def confirmed(self, town: Town, who: str, room: str, **more: float) -> tuple[BookingView, Json]:
        """Somebody's booking once the room has accepted, and the one event that there is of it, its host's."""
        booking_id = await town.book(who, room, **more)
        await town.live(20)
        seen = await town.see(booking_id)
        assert seen.state is BookingState.CONFIRMED, (seen.state, seen.reason)
        (event,) = (item for each in (self.contoso, self.corp, self.initech) for item in hosted_in(each))
        return seen, event


def hosted_in(town: Town) -> list[Json]:
    """The hosts' copies in the calendars of a company's own people."""
    names = [name for name in (*town.firm.people, town.firm.service) if name != town.firm.without_calendar]
    return [item for name in names for item in town.events(name) if item["is_organizer"]]


def found_initech(control: Control) -> None:
    """A directory with two rooms, a mailbox for bookings, Kim, and a policy that leaves Kim out."""
    control.post("tenants", {"name": "Initech", "domains": [INITECH.domain]})
    for name, title in (("rooms", "Room Bookings"), ("kim.park", "Kim Park")):
        facts = {"upn": f"{name}@{INITECH.domain}", "display_name": title, "tenant": INITECH.domain}
        control.post("users", facts)
    for name in INITECH.rooms:
        facts = {"upn": f"{name}@{INITECH.domain}", "display_name": name.title(), "tenant": INITECH.domain}
        control.post("rooms", facts)
    open_to = [f"{name}@{INITECH.domain}" for name in (*INITECH.rooms, INITECH.service)]
    control.post("groups", {"name": GROUP, "tenant": INITECH.domain, "members": open_to})
    wanted = ["Calendars.ReadWrite", "MailboxSettings.Read", "Place.Read.All", "User.ReadBasic.All"]
    app = {"tenant": INITECH.domain, "client_id": APP, "permissions": wanted, "secret": SECRET}
    control.post("microsoft/register-app", app)
    rule = {"client_id": APP, "tenant": INITECH.domain, "group": GROUP, "propagation_seconds": 0}
    control.post("microsoft/add-policy", rule)


@pytest.fixture
def rehearsal(town_type: type[Town]) -> Iterator[RunningSandbox]:
    """Contoso and Corp as they are planted, and Initech."""
    assert town_type.firm is CONTOSO
    with RunningSandbox(create_app(World(now=NOW)), seed="both") as running:
        found_initech(running.control)
        yield running


@pytest.fixture
async def group(town: Town) -> Group:
    """All three connected to one Roomstead, each with its service account."""
    ready: list[Town] = [town]
    for kind in (GoogleTown, SisterTown):
        integration = integration_of(kind, town.sandbox.endpoints)
        made = kind(town.sandbox, town.units, town.connections, town.sealer, town.clock, town.policy, integration)
        await settle(made)
        ready.append(made)
    for each in ready:
        await each.use_service_account()
        for other in ready:
            each.people = {**other.people, **each.people}
    contoso, corp, initech = ready
    assert isinstance(corp, GoogleTown)
    assert isinstance(initech, SisterTown)
    return Group(contoso, corp, initech)


def invited(event: Json) -> list[str]:
    return sorted(each["address"] for each in event["attendees"])


@pytest.mark.parametrize(("tenant", "room"), [("corp", "tulip"), ("initech", "atlas")])
async def test_whoever_has_no_mailbox_in_the_rooms_tenant_is_stood_in_for_there(
    group: Group, tenant: str, room: str
) -> None:
    town: Town = getattr(group, tenant)
    seen, event = await group.confirmed(town, "nora.weiss", room)
    assert seen.host is not None
    assert (seen.host.kind, seen.host.cause) == (HostKind.SERVICE_ACCOUNT, AccessCause.NO_MAILBOX)
    assert event["organizer"]["address"] == town.address(town.firm.service)
    assert invited(event) == sorted([town.address(room), "nora.weiss@contoso.example"])
    assert "Organised by Nora Weiss" in event["body"]
    (copy,) = group.contoso.events("nora.weiss")  # invited by mail, in her own tenant
    assert not copy["is_organizer"]


async def test_a_person_known_under_two_addresses_books_in_each_tenant_as_themselves(group: Group) -> None:
    await group.contoso.add_person("luis.ortega", "lucy.hart@corp.example")
    group.corp.people["luis.ortega"] = group.contoso.people["luis.ortega"]
    for town, room, own, start in (
        (group.corp, "tulip", "lucy.hart", 1),
        (group.contoso, "oak", "luis.ortega", 3),
    ):
        booking_id = await town.book("luis.ortega", room, start=start)
        await town.live(20)
        seen = await town.see(booking_id)
        assert seen.state is BookingState.CONFIRMED, (seen.state, seen.reason)
        assert seen.host is not None
        assert (seen.host.kind, seen.host.address) == (HostKind.ORGANIZER, town.address(own))
        (event,) = town.events(own)
        assert invited(event) == [town.address(room)]
    assert [hosted_in(each) for each in (group.contoso, group.corp, group.initech)] == [[], [], []]  # nobody else's


async def test_where_only_rooms_are_in_reach_the_service_account_hosts_for_everybody(group: Group) -> None:
    seen, event = await group.confirmed(group.initech, "kim.park", "boreas")
    assert seen.host is not None
    assert (seen.host.kind, seen.host.cause) == (HostKind.SERVICE_ACCOUNT, AccessCause.REFUSED)
    assert event["organizer"]["address"] == group.initech.address("rooms")
    assert invited(event) == [group.initech.address("boreas"), group.initech.address("kim.park")]


async def test_another_tenants_service_account_never_stands_in(town: Town) -> None:
    await town.use_service_account()
    sister = SisterTown(
        town.sandbox,
        town.units,
        town.connections,
        town.sealer,
        town.clock,
        town.policy,
        integration_of(SisterTown, town.sandbox.endpoints),
    )
    await settle(sister)
    sister.people |= town.people
    town.forget_calls()
    with pytest.raises(ServiceAccountRequired):
        await sister.book("nora.weiss", "atlas")
    assert town.calls() == 0


async def test_rooms_of_all_tenants_are_found_in_one_search(group: Group) -> None:
    town = group.contoso
    page = await find_rooms(
        FindRooms(town.at(1), town.at(2), limit=100), town.actor("nora.weiss"), units=town.units, clock=town.clock
    )
    found = {each.room.name.casefold(): each.room.integration_id for each in page.items}
    for each in (group.contoso, group.corp, group.initech):
        assert {found.get(name) for name in each.firm.rooms} <= {each.integration.id, None}
        assert each.integration.id in found.values()


async def test_one_tenants_trouble_is_its_own(group: Group) -> None:
    group.corp.order("delete-keys", account=group.corp.sandbox.endpoints["google_service_account"])
    group.corp.order("revoke-tokens", user=group.corp.address("ines.costa"))
    stuck: BookingId = await group.corp.book("ines.costa", "canal", title="Stuck")
    seen, event = await group.confirmed(group.contoso, "nora.weiss", "elm")
    assert seen.host is not None
    assert event["organizer"]["address"] == group.contoso.address("nora.weiss")
    waiting = await group.corp.see(stuck)
    assert waiting.state is BookingState.REQUESTED, (waiting.state, waiting.reason)
    assert waiting.host is not None
    assert waiting.host.kind is HostKind.ORGANIZER  # a credential that ended is no reason to host elsewhere
