"""Who is who, and which rooms there are, whatever may be asked."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from roomstead.adapters.providers.google.directory import read_room
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.domain.access import AccessCause, Verdict
from roomstead.domain.errors import ConsentMissing, OutOfReach
from roomstead.domain.mailbox import Address, MailboxPurpose, MailboxRef
from roomstead.domain.timespan import Timespan

if TYPE_CHECKING:
    from tests.adapters.conftest import HandClock, ScriptedServer

pytestmark = pytest.mark.usefixtures("signed_in")
USERS, RESOURCES = "/admin/directory/v1/users", "/admin/directory/v1/customer"
OAK = Address("c_1880oak@resource.calendar.google.com")
JANE = Address("jane@corp.example")
USER = {"id": "1157", "primaryEmail": "Jane@Corp.Example", "name": {"fullName": "Jane Doe"}}
ROLE = {"accessRole": "owner", "timeZone": "Europe/Amsterdam", "summary": "Oak"}
FORBIDDEN = {"error": {"code": 403, "errors": [{"domain": "global", "reason": "forbidden"}]}}
NO_SCOPE = {"error": {"code": 403, "errors": [{"domain": "global", "reason": "insufficientPermissions"}]}}
NOT_A_USER = {"error": {"code": 403, "errors": [{"domain": "calendar", "reason": "notACalendarUser"}]}}


async def test_a_person_is_known_by_any_address_and_has_a_zone(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("GET", USERS, scripted.told(200, USER))
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))
    facts = await provider.resolve(Address("jdoe@corp.example"))
    assert (facts.ref, facts.display_name) == (MailboxRef(JANE, "1157"), "Jane Doe")
    assert (facts.purpose, facts.zone, facts.is_guest) == (MailboxPurpose.USER, "Europe/Amsterdam", False)
    assert scripted.calls("GET", "/calendar")[0].decoded_path.startswith("/calendar/v3/calendars/jane@corp.example/")


@pytest.mark.parametrize("state", ["suspended", "archived"])
async def test_whoever_is_suspended_has_no_calendar_to_use(
    provider: CalendarProvider, scripted: "ScriptedServer", state: str
) -> None:
    scripted.on("GET", USERS, scripted.told(200, {**USER, state: True}))
    with pytest.raises(OutOfReach) as refusal:
        await provider.resolve(JANE)
    assert (refusal.value.cause, refusal.value.provider_code) == (AccessCause.NO_MAILBOX, state)


async def test_a_calendar_service_that_is_off_is_no_mailbox(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("GET", USERS, scripted.told(200, USER))
    scripted.on("GET", "/calendar", scripted.told(403, NOT_A_USER))
    with pytest.raises(OutOfReach) as refusal:
        await provider.resolve(JANE)
    assert refusal.value.cause is AccessCause.NO_MAILBOX


async def test_a_directory_that_may_not_be_asked_leaves_it_to_the_calendar(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("GET", "/admin", scripted.told(403, FORBIDDEN))
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))
    assert (await provider.resolve(JANE)).ref == MailboxRef(JANE)
    room = await provider.resolve(OAK)
    assert (room.purpose, room.display_name) == (MailboxPurpose.ROOM, "Oak")
    with pytest.raises(ConsentMissing, match="directory"):
        _ = [one async for one in provider.list_rooms()]


@pytest.mark.parametrize("address", ["robot@roomstead.iam.gserviceaccount.com", "c_1@group.calendar.google.com"])
async def test_what_is_no_ordinary_users_calendar_may_not_host(
    provider: CalendarProvider, scripted: "ScriptedServer", address: str
) -> None:
    facts = await provider.resolve(Address(address))
    assert not facts.purpose.may_host
    assert scripted.asked == []


async def test_rooms_come_with_their_buildings_name_and_other_resources_stay_out(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    building = {"buildings": [{"buildingId": "AMS", "buildingName": "Amsterdam HQ"}]}
    oak = {
        "resourceId": "AMS 1 OAK",
        "resourceName": "Oak",
        "resourceEmail": OAK,
        "resourceCategory": "CONFERENCE_ROOM",
        "capacity": 8,
        "buildingId": "AMS",
        "floorName": "1",
        "featureInstances": [{"feature": {"name": "Whiteboard"}}, {"feature": {"name": "Whiteboard"}}, {"feature": {}}],
    }
    car = {"resourceId": "CAR", "resourceEmail": "c_1@resource.calendar.google.com", "resourceCategory": "OTHER"}
    scripted.on("GET", f"{RESOURCES}/C03corp7x/resources/buildings", scripted.told(200, building))
    pages = ({"items": [car], "nextPageToken": "a=b"}, {"items": [oak]}, {"kind": "empty"})
    scripted.on("GET", f"{RESOURCES}/C03corp7x/resources/calendars", *(scripted.told(200, one) for one in pages))
    (room,) = [one async for one in provider.list_rooms()]
    assert (room.address, room.name, room.object_id) == (OAK, "Oak", "AMS 1 OAK")
    assert (room.building, room.floor, room.capacity) == ("Amsterdam HQ", "1", 8)
    assert room.equipment == ("Whiteboard",)
    assert "pageToken=a%3Db" in scripted.calls("GET", "/resources/calendars")[1].path


@pytest.mark.parametrize("item", [{}, {"resourceEmail": ""}, {"resourceEmail": "not an address"}])
def test_a_room_without_an_address_is_no_room(item: dict[str, object]) -> None:
    assert read_room(item, {}) is None


@pytest.mark.parametrize("capacity", [0, -1, True, "8", None])
def test_a_capacity_that_is_none_is_not_told(capacity: object) -> None:
    room = read_room({"resourceEmail": OAK, "capacity": capacity}, {})
    assert room is not None
    assert room.capacity is None


async def test_a_domain_in_place_of_a_customer_id_is_the_askers_own(
    connect: Callable[..., CalendarProvider], scripted: "ScriptedServer"
) -> None:
    scripted.on("GET", RESOURCES, scripted.told(200, {}))
    assert [one async for one in connect(tenant="corp.example").list_rooms()] == []
    assert all("/my_customer/" in one.path for one in scripted.calls("GET", RESOURCES))


@pytest.mark.parametrize(
    ("permission", "path"),
    [
        ("admin.directory.resource.calendar.readonly", RESOURCES),
        ("admin.directory.user.readonly", USERS),
        ("calendar.freebusy", "/calendar/v3/freeBusy"),
        ("calendar.events.readonly", "/calendar/v3/calendars"),
        ("calendar.events.owned", "/calendar/v3/calendars"),
    ],
)
async def test_each_scope_is_tried_by_a_call_that_needs_it(
    provider: CalendarProvider, scripted: "ScriptedServer", permission: str, path: str
) -> None:
    method = "POST" if permission == "calendar.freebusy" else "GET"
    scripted.on(method, path, scripted.told(200, {"kind": "x"}), scripted.told(403, NO_SCOPE))
    mailbox = MailboxRef(JANE) if "events" in permission else None
    assert (await provider.check_permission(permission, mailbox)).verdict is Verdict.GRANTED
    assert (await provider.check_permission(permission, mailbox)).verdict is Verdict.REFUSED


async def test_times_are_asked_fifty_at_a_time_and_what_is_not_told_is_not_free(
    provider: CalendarProvider, scripted: "ScriptedServer", clock: "HandClock"
) -> None:
    busy = {"start": "2026-12-01T10:00:00+01:00", "end": "2026-12-01T10:00:00Z"}
    told = {
        "r0@corp.example": {"busy": [busy]},
        "r1@corp.example": {"busy": [], "errors": [{"domain": "global", "reason": "notFound"}]},
        "r2@corp.example": {"busy": [{"start": "odd"}]},
        "r3@corp.example": {"busy": []},
    }
    scripted.on("POST", "/calendar/v3/freeBusy", scripted.told(200, {"calendars": told}))
    mailboxes = [MailboxRef(Address(f"r{number}@corp.example")) for number in range(60)]
    span = Timespan(clock.now(), clock.now().replace(hour=20))
    found = await provider.free_busy(mailboxes, span, via=MailboxRef(JANE))
    asked = [one.json() for one in scripted.calls("POST", "/freeBusy")]
    assert [len(one["items"]) for one in asked if isinstance(one, dict)] == [50, 10]
    assert [len(found[mailboxes[number].address].busy) for number in range(4)] == [1, 0, 0, 0]
    errors = [found[mailboxes[number].address].error for number in range(5)]
    assert errors == ["", "notFound", "unreadable", "", "not answered"]
