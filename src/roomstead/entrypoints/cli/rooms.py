"""Rooms."""

from typing import TYPE_CHECKING, Annotated

import typer

from roomstead.entrypoints.cli.following import follow_verification
from roomstead.entrypoints.cli.naming import integration_named, room_named
from roomstead.entrypoints.cli.options import AsJson, Cursor, Limit, Token, Wait, required_moment
from roomstead.entrypoints.cli.output import print_facts, print_json, print_table
from roomstead.entrypoints.cli.running import Session, run

if TYPE_CHECKING:
    from roomstead.entrypoints.wire.rooms import RoomDetailShape, RoomShape

app = typer.Typer(help="List rooms, find free ones, add and change them.", no_args_is_help=True)

Room = Annotated[str, typer.Argument(help="The room: name, address or id.")]
Building = Annotated[str | None, typer.Option("--building")]
Floor = Annotated[str | None, typer.Option("--floor")]
Seats = Annotated[int | None, typer.Option("--seats", min=1, help="For at least so many people.")]
Equipment = Annotated[list[str] | None, typer.Option("--equipment", help="It must have this; may be repeated.")]


@app.command("list")
def list_(
    search: Annotated[str, typer.Option("--search", help="Part of a name or address.")] = "",
    integration: Annotated[str, typer.Option("--integration", help="Name or id. For Global Admins.")] = "",
    building: Building = None,
    floor: Floor = None,
    seats: Seats = None,
    equipment: Equipment = None,
    limit: Limit = 50,
    cursor: Cursor = "",
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """List rooms by name. Members see live rooms, Global Admins all."""
    from roomstead.application.integration.list_rooms import ListRooms
    from roomstead.application.ports.rooms import RoomFilter
    from roomstead.entrypoints.wire.base import Listing
    from roomstead.entrypoints.wire.rooms import RoomShape

    async def work(session: Session) -> Listing[RoomShape]:
        wanted = RoomFilter(
            search=search,
            integration_id=await integration_named(session, integration) if integration else None,
            building=building,
            floor=floor,
            min_capacity=seats,
            equipment=tuple(equipment or ()),
        )
        page = await session.cases.list_rooms(ListRooms(wanted, cursor, limit), session.actor)
        return Listing(items=[RoomShape.of(room) for room in page.items], next_cursor=page.next_cursor)

    found = run(work, token)
    if as_json:
        print_json(found)
        return
    print_table(
        ("Name", "Address", "Status", "Building", "Floor", "Seats", "Equipment"),
        [(*_row(each)[:2], each.status.value, *_row(each)[2:]) for each in found.items],
        empty="No rooms yet. Connect a calendar with `roomstead integrations add` to bring them in.",
        more=found.next_cursor,
    )


@app.command("free")
def free(
    start: Annotated[str, typer.Argument(help="From when, with its offset: 2026-12-01T09:00+01:00.")],
    end: Annotated[str, typer.Argument(help="Until when.")],
    building: Building = None,
    floor: Floor = None,
    seats: Seats = None,
    equipment: Equipment = None,
    limit: Limit = 50,
    cursor: Cursor = "",
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Find rooms that are free for the whole time, best first."""
    from roomstead.application.booking.find_rooms import FindRooms
    from roomstead.entrypoints.wire.base import Listing
    from roomstead.entrypoints.wire.rooms import FoundRoomShape

    command = FindRooms(
        start=required_moment(start, "START"),
        end=required_moment(end, "END"),
        building=building,
        floor=floor,
        min_capacity=seats,
        equipment=tuple(equipment or ()),
        cursor=cursor,
        limit=limit,
    )

    async def work(session: Session) -> Listing[FoundRoomShape]:
        page = await session.cases.find_rooms(command, session.actor)
        return Listing(items=[FoundRoomShape.found(each) for each in page.items], next_cursor=page.next_cursor)

    found = run(work, token)
    if as_json:
        print_json(found)
        return
    columns = ("Name", "Address", "Building", "Floor", "Seats", "Equipment", "Why")
    rows = [(*_row(each), each.reasons) for each in found.items]
    print_table(columns, rows, empty="No room is free then. Choose another time.", more=found.next_cursor)


def _row(room: "RoomShape") -> tuple[object, ...]:
    return (room.name, room.address, room.building, room.floor, room.capacity, room.equipment)


@app.command("show")
def show(room: Room, as_json: AsJson = False, token: Token = None) -> None:
    """Show a room."""
    from roomstead.entrypoints.wire.rooms import RoomDetailShape

    async def work(session: Session) -> RoomDetailShape:
        return RoomDetailShape.seen(await session.cases.read_room(await room_named(session, room), session.actor))

    _show(run(work, token), as_json)


@app.command("events")
def events(
    room: Room,
    start: Annotated[str, typer.Argument(help="From when, with its offset.")],
    end: Annotated[str, typer.Argument(help="Until when; at most 31 days.")],
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Show what keeps a room busy."""
    from roomstead.application.booking.read_room_day import ReadRoomDay
    from roomstead.entrypoints.wire.base import Listing
    from roomstead.entrypoints.wire.rooms import RoomEventShape

    span = required_moment(start, "START"), required_moment(end, "END")

    async def work(session: Session) -> Listing[RoomEventShape]:
        room_id = await room_named(session, room)
        blocks = await session.cases.read_room_day(ReadRoomDay((room_id,), *span), session.actor)
        return Listing(items=[RoomEventShape.of(block) for block in blocks[room_id]])

    found = run(work, token)
    if as_json:
        print_json(found)
        return
    print_table(
        ("Start", "End", "Title", "State", "Booking"),
        [(each.start, each.end, each.title, each.state, each.booking_id) for each in found.items],
        empty="Nothing: the room is free.",
    )


@app.command("add")
def add(
    integration: Annotated[str, typer.Argument(help="The integration: name or id.")],
    address: Annotated[str, typer.Argument(help="The address of the room's mailbox.")],
    wait: Wait = True,
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Add a room by its address. A worker looks it up; what is no room is refused. For Global Admins."""
    from roomstead.application.integration.add_room import AddRoom
    from roomstead.domain.verification import Verification

    async def work(session: Session) -> Verification:
        command = AddRoom(await integration_named(session, integration), address)
        return await session.cases.add_room(command, session.actor)

    follow_verification(work, token, wait=wait, as_json=as_json)


@app.command("edit")
def edit(
    room: Room,
    settings: Annotated[
        list[str],
        typer.Argument(
            help="name=…, building=…, floor=…, capacity=…, zone=…, check_in_minutes=…, approval=yes (a person answers "
            "for the room); an empty value takes ours away."
        ),
    ],
    equipment: Annotated[list[str] | None, typer.Option("--equipment", help="All of it from now on.")] = None,
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Set what is shown of a room, over what the directory says. For Global Admins."""
    from roomstead.application.integration.edit_room import EditRoom
    from roomstead.entrypoints.wire.rooms import RoomDetailShape

    overrides = dict(_override(each) for each in settings)
    if equipment is not None:
        overrides["equipment"] = equipment

    async def work(session: Session) -> RoomDetailShape:
        command = EditRoom(await room_named(session, room), overrides)
        return RoomDetailShape.seen(await session.cases.edit_room(command, session.actor))

    _show(run(work, token), as_json)


def _override(text: str) -> tuple[str, object]:
    name, found, value = text.partition("=")
    if not found:
        raise typer.BadParameter("Write it as name=value.", param_hint=text)
    if not value:
        return name, None
    if name in {"capacity", "check_in_minutes"} and value.isdecimal():
        return name, int(value)
    return name, {"yes": True, "no": False}.get(value.lower(), value) if name == "approval" else value


@app.command("leave-out")
def leave_out(room: Room, token: Token = None) -> None:
    """Leave a room out: not offered, not verified; its bookings stay. For Global Admins."""

    async def work(session: Session) -> None:
        await session.cases.leave_out_room(await room_named(session, room), session.actor)

    run(work, token)


@app.command("put-back")
def put_back(room: Room, wait: Wait = True, as_json: AsJson = False, token: Token = None) -> None:
    """Put a room back that was left out; it is live when its verification passes. For Global Admins."""
    from roomstead.domain.verification import Verification

    async def work(session: Session) -> Verification:
        return await session.cases.put_back_room(await room_named(session, room), session.actor)

    follow_verification(work, token, wait=wait, as_json=as_json)


def _show(shape: "RoomDetailShape", as_json: bool) -> None:
    if as_json:
        print_json(shape)
        return
    print_facts(
        [
            ("Name", shape.name),
            ("Address", shape.address),
            ("Status", shape.status.value),
            ("Building", shape.building),
            ("Floor", shape.floor),
            ("Seats", shape.capacity),
            ("Equipment", shape.equipment),
            ("Zone", shape.zone),
            ("Set here", [f"{name}={value}" for name, value in shape.overrides.items()]),
            ("Left out by", shape.left_out_by),
            ("Missing since", shape.missing_since),
            ("Id", shape.id),
        ]
    )
