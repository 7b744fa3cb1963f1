"""Rooms: brought in whole, corrected, added by address, left out, and never lost by a fault."""

import uuid
from collections.abc import Mapping

import pytest
from tests.application.integration.conftest import JANE, MEI, Office, check_of

from roomstead.application.integration.add_room import AddRoom, add_room
from roomstead.application.integration.edit_room import EditRoom, edit_room
from roomstead.application.integration.leave_out_room import leave_out_room
from roomstead.application.integration.list_rooms import ListRooms, list_rooms
from roomstead.application.integration.put_back_room import put_back_room
from roomstead.application.integration.read_room import read_room
from roomstead.application.integration.request_discovery import request_discovery
from roomstead.application.integration.set_building_zone import SetBuildingZone, set_building_zone
from roomstead.application.ports.rooms import RoomDetails, RoomFilter
from roomstead.application.room_listing import Listing
from roomstead.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleRevision
from roomstead.domain.integration import Integration, IntegrationStatus, RoomId, RoomStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.verification import Check, CheckKey, CheckStatus, Purpose, VerificationStatus


async def _edit(
    office: Office, room_id: RoomId, overrides: Mapping[str, object], version: int | None = None
) -> RoomDetails:
    return await edit_room(EditRoom(room_id, overrides, version), MEI, units=office.units, clock=office.clock)


async def _add(office: Office, integration_id: IntegrationId, address: str) -> Check:
    asked = await add_room(AddRoom(integration_id, address), MEI, units=office.units, clock=office.clock)
    return check_of(await office.run(asked.id), CheckKey.NEW_ROOM)


async def test_the_directory_brings_building_floor_capacity_and_equipment(office: Office) -> None:
    integration = await office.connected()

    oak = await office.room(integration.id, "oak")

    assert (oak.name, oak.building, oak.floor, oak.capacity) == ("Oak", "Wood House", "Ground floor", 4)
    assert oak.equipment != ()
    assert oak.status is RoomStatus.LIVE


async def test_a_new_room_is_found_verified_and_live(office: Office) -> None:
    integration = await office.connected()
    office.order("propagation", seconds=0)
    office.sandbox.control.post("rooms", {"upn": "teak@contoso.example", "display_name": "Teak"})
    office.sandbox.control.patch("groups/Roomstead Rooms", {"add": ["teak@contoso.example"]})
    office.sandbox.advance(1)

    await request_discovery(integration.id, MEI, units=office.units, clock=office.clock)
    listing = await office.discover(integration.id)
    await office.run_due()

    assert listing == Listing(listed=49, added=1, changed=0, missing=0)
    assert (await office.room(integration.id, "teak")).status is RoomStatus.LIVE


async def test_a_room_that_is_no_longer_listed_is_missing_and_comes_back(office: Office) -> None:
    integration = await office.connected()
    office.sandbox.control.patch("rooms/oak@contoso.example", {"place": {"booking_type": "reserved"}})

    await office.discover(integration.id)
    assert await office.rooms(integration.id, RoomStatus.MISSING) == {"oak"}

    office.sandbox.control.patch("rooms/oak@contoso.example", {"place": {"booking_type": "standard"}})
    await office.discover(integration.id)
    await office.run_due()
    assert (await office.room(integration.id, "oak")).status is RoomStatus.LIVE


async def test_a_list_that_breaks_off_loses_no_room(office: Office) -> None:
    integration = await office.connected()
    office.fault("answer", operation="/places/room", status=503, code="serviceNotAvailable", count=None)

    assert await office.discover(integration.id) is None

    assert await office.rooms(integration.id, RoomStatus.MISSING) == set()
    async with office.units() as uow:
        assert (await uow.due.by(office.clock.now(), 10)).discoveries == ()


async def test_a_list_without_a_permission_calls_the_admin(office: Office) -> None:
    integration = await office.connected()
    office.order("consent", permissions=["Calendars.ReadWrite"])
    office.order("revoke-tokens")
    office.sandbox.advance(2)

    assert await office.discover(integration.id) is None

    broken = (await office.overview(integration.id)).integration
    assert broken.status is IntegrationStatus.NEEDS_ATTENTION
    assert broken.attention is not None
    assert broken.attention.code == "consent_missing"
    assert await office.rooms(integration.id, RoomStatus.MISSING) == set()


# --- overrides ------------------------------------------------------------------------------------------------------


async def test_overrides_hold_and_both_survive_the_next_reading(office: Office) -> None:
    integration = await office.connected()
    oak = await office.room(integration.id, "oak")
    await _edit(office, oak.id, {"name": "The Oak", "capacity": 5, "zone": "Europe/Amsterdam", "approval": True})
    office.sandbox.control.patch("rooms/oak@contoso.example", {"place": {"capacity": 12, "floor_label": "Floor 9"}})

    await office.discover(integration.id)

    details = await read_room(oak.id, MEI, units=office.units)
    assert (details.room.name, details.room.capacity, details.room.floor) == ("The Oak", 5, "Floor 9")
    assert details.room.zone == "Europe/Amsterdam"
    assert details.provider_facts["capacity"] == 12
    assert details.room.is_answered_by_hand

    back = await _edit(office, oak.id, {"name": None, "capacity": None, "approval": False})
    assert (back.room.name, back.room.capacity, back.room.overrides) == ("Oak", 12, {"zone": "Europe/Amsterdam"})


@pytest.mark.parametrize(
    "overrides",
    [
        {"name": ""},
        {"name": "two\nlines"},
        {"capacity": 0},
        {"capacity": True},
        {"capacity": "8"},
        {"equipment": "screen"},
        {"equipment": [""]},
        {"zone": "Mars/Base"},
        {"zone": "../etc/passwd"},
        {"approval": "yes"},
        {"check_in_minutes": 0},
        {"colour": "red"},
        {"colour": None},
    ],
)
async def test_a_wrong_override_is_named(office: Office, overrides: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await _edit(office, RoomId(uuid.uuid4()), overrides)

    assert set(refusal.value.mistakes) == set(overrides)


async def test_an_edit_upon_an_old_reading_is_refused(office: Office) -> None:
    integration = await office.connected()
    oak = await office.room(integration.id, "oak")
    await _edit(office, oak.id, {"capacity": 5}, oak.version)

    with pytest.raises(StaleRevision):
        await _edit(office, oak.id, {"capacity": 6}, oak.version)


async def test_a_buildings_zone_holds_for_its_rooms_and_those_to_come(office: Office) -> None:
    integration = await office.connected()
    oak = await office.room(integration.id, "oak")
    await _edit(office, oak.id, {"zone": "Europe/Lisbon"})

    command = SetBuildingZone(integration.id, "Wood House", "Europe/Berlin")
    buildings = await set_building_zone(command, MEI, units=office.units, clock=office.clock)
    await office.discover(integration.id)

    assert {(one.name, one.zone, one.rooms) for one in buildings} >= {("Wood House", "Europe/Berlin", 16)}
    assert (await office.room(integration.id, "elm")).zone == "Europe/Berlin"
    assert (await office.room(integration.id, "oak")).zone == "Europe/Lisbon"
    assert (await office.room(integration.id, "quartz")).zone is None
    for command, error in (
        (SetBuildingZone(integration.id, "Nowhere", "Europe/Berlin"), NotFound),
        (SetBuildingZone(integration.id, "Wood House", "Berlin"), InvalidInput),
    ):
        with pytest.raises(error):
            await set_building_zone(command, MEI, units=office.units, clock=office.clock)


# --- by address -----------------------------------------------------------------------------------------------------


async def _early(office: Office) -> Integration:
    """A tenant with a room that the directory does not list yet."""
    integration = await office.connected()
    office.order("propagation", seconds=0)
    tomorrow = {"visible_after": office.clock.now().replace(year=2100).isoformat()}
    teak = {"upn": "teak@contoso.example", "display_name": "Teak", "place": tomorrow}
    office.sandbox.control.post("rooms", teak)
    office.sandbox.control.patch("groups/Roomstead Rooms", {"add": ["teak@contoso.example"]})
    office.sandbox.advance(1)
    return integration


async def test_a_room_is_added_by_its_address_before_it_is_listed(office: Office) -> None:
    integration = await _early(office)

    found = await _add(office, integration.id, "Teak@Contoso.example")

    assert found.status is CheckStatus.PASSED
    teak = await office.room(integration.id, "teak")
    assert (teak.name, teak.status) == ("Teak", RoomStatus.LIVE)
    await office.discover(integration.id)
    assert (await office.room(integration.id, "teak")).status is RoomStatus.LIVE


@pytest.mark.parametrize(
    ("address", "cause", "words"),
    [
        ("jane.doe@contoso.example", "is_a_person", "is a person, not a room"),
        ("rooms@contoso.example", "is_a_person", "is a person, not a room"),
        ("nobody@contoso.example", "not_in_directory", "cannot be added"),
    ],
)
async def test_what_is_not_a_room_is_refused_with_what_it_is(
    office: Office, address: str, cause: str, words: str
) -> None:
    integration = await office.connected()

    found = await _add(office, integration.id, address)

    assert (found.status, found.cause) == (CheckStatus.FAILED, cause)
    assert words in found.sentence
    async with office.units() as uow:
        assert sum((await uow.rooms.count_by_status(integration.id)).values()) == 48


async def test_a_room_out_of_reach_is_added_and_named(office: Office) -> None:
    integration = await _early(office)
    office.order("revoke", mailbox="teak@contoso.example", propagation_seconds=0)
    office.sandbox.advance(1)

    found = await _add(office, integration.id, "teak@contoso.example")

    assert (found.status, found.cause) == (CheckStatus.FAILED, "refused")


async def test_a_room_that_is_known_is_not_added_twice(office: Office) -> None:
    integration = await office.connected()

    with pytest.raises(Conflict, match="as Oak"):
        await _add(office, integration.id, "oak@contoso.example")


# --- left out -------------------------------------------------------------------------------------------------------


async def test_a_room_left_out_stays_out_with_name_and_date_until_put_back(office: Office) -> None:
    integration = await office.connected()
    oak = await office.room(integration.id, "oak")

    await leave_out_room(oak.id, MEI, units=office.units, clock=office.clock)
    details = await read_room(oak.id, MEI, units=office.units)
    assert (details.room.status, details.left_out_by) == (RoomStatus.LEFT_OUT, "Mei Tan")
    assert details.left_out_at == office.clock.now()

    await office.discover(integration.id)
    view = await office.verify(integration.id)
    assert check_of(view, CheckKey.ROOMS).total == 47
    assert (await office.room(integration.id, "oak")).status is RoomStatus.LEFT_OUT

    asked = await put_back_room(oak.id, MEI, units=office.units, clock=office.clock)
    await office.run(asked.id)
    assert (await office.room(integration.id, "oak")).status is RoomStatus.LIVE


async def test_a_failed_room_left_out_lets_the_verification_pass(office: Office) -> None:
    office.order("revoke", mailbox="oak@contoso.example", propagation_seconds=0)
    office.sandbox.advance(1)
    integration = await office.connected()
    oak = await office.room(integration.id, "oak")

    await leave_out_room(oak.id, MEI, units=office.units, clock=office.clock)
    view = await office.verify(integration.id)

    assert view.verification.status is VerificationStatus.PASSED


async def test_checking_no_rooms_is_refused(office: Office) -> None:
    integration = await office.connected()

    with pytest.raises(InvalidInput):
        await office.request(integration.id, Purpose.ROOMS)


# --- lists ----------------------------------------------------------------------------------------------------------


async def test_rooms_are_listed_filtered_and_paged(office: Office) -> None:
    integration = await office.connected()
    wood = RoomFilter(integration_id=integration.id, building="Wood House", min_capacity=8)

    found, cursor = [], ""
    while True:
        page = await list_rooms(ListRooms(wood, cursor, limit=3), JANE, units=office.units)
        found += [room.name for room in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor

    assert found == sorted(found)
    assert {"Larch", "Ash", "Boardroom"} <= set(found)
    assert "Oak" not in found
    searched = await list_rooms(ListRooms(RoomFilter(search="quar")), JANE, units=office.units)
    assert [room.name for room in searched.items] == ["Quartz"]


async def test_members_see_live_rooms_only(office: Office) -> None:
    integration = await office.connected()
    oak = await office.room(integration.id, "oak")
    await leave_out_room(oak.id, MEI, units=office.units, clock=office.clock)
    out = RoomFilter(statuses=(RoomStatus.LEFT_OUT,))

    assert [one.name for one in (await list_rooms(ListRooms(out), MEI, units=office.units)).items] == ["Oak"]
    assert "Oak" not in {one.name for one in (await list_rooms(ListRooms(out), JANE, units=office.units)).items}
    with pytest.raises(NotFound):
        await read_room(oak.id, JANE, units=office.units)
    with pytest.raises(Forbidden):
        await leave_out_room(oak.id, JANE, units=office.units, clock=office.clock)
