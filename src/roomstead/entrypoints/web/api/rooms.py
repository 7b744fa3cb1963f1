"""Rooms: which there are, which are free, what happens in them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response, status
from pydantic import Field

from roomstead.application.booking.find_rooms import FindRooms
from roomstead.application.booking.read_room_day import ReadRoomDay
from roomstead.application.integration.add_room import AddRoom
from roomstead.application.integration.edit_room import EditRoom
from roomstead.application.integration.list_rooms import ListRooms
from roomstead.application.ports.rooms import RoomFilter
from roomstead.domain.errors import Conflict, Forbidden, IntegrationDisabled, InvalidInput, NotFound, StaleRevision
from roomstead.domain.integration import RoomId, RoomStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.entrypoints.web.api.integrations import accepted
from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import Cases, CurrentActor, ExpectedVersion, set_version
from roomstead.entrypoints.web.errors import VersionRequired
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.wire.base import Listing, Moment, PageQuery, Text
from roomstead.entrypoints.wire.base import Request as WireRequest
from roomstead.entrypoints.wire.rooms import (
    FoundRoomShape,
    NewRoom,
    RoomChange,
    RoomDetailShape,
    RoomEventShape,
    RoomShape,
)
from roomstead.entrypoints.wire.verifications import VerificationShape

router = api_router("rooms", "/rooms")


class RoomsQuery(PageQuery):
    """Which rooms."""

    search: Text = Field(default="", max_length=200, description="Part of a name or address.")
    integration_id: UUID | None = None
    building: Text | None = Field(default=None, max_length=200)
    floor: Text | None = Field(default=None, max_length=200)
    min_capacity: int | None = Field(default=None, ge=1, le=100_000)
    equipment: list[Text] = Field(default=[], max_length=50, description="All of these.")
    status: list[RoomStatus] = Field(default=[], description="For Global Admins; members see `live` rooms.")

    def filter(self) -> RoomFilter:
        """As the use case wants it."""
        return RoomFilter(
            search=self.search,
            integration_id=None if self.integration_id is None else IntegrationId(self.integration_id),
            building=self.building,
            floor=self.floor,
            min_capacity=self.min_capacity,
            equipment=tuple(self.equipment),
            statuses=tuple(self.status),
        )


class FreeQuery(PageQuery):
    """When, and what the room must have."""

    start: Moment
    end: Moment
    building: Text | None = Field(default=None, max_length=200)
    floor: Text | None = Field(default=None, max_length=200, description="A wish: rooms on it come first.")
    min_capacity: int | None = Field(default=None, ge=1, le=100_000)
    equipment: list[Text] = Field(default=[], max_length=50, description="All of these.")
    integration_id: UUID | None = None


class SpanQuery(WireRequest):
    """From when to when."""

    start: Moment
    end: Moment


@router.get("", summary="List rooms", responses=documented(InvalidInput))
async def list_rooms(query: Annotated[RoomsQuery, Query()], cases: Cases, actor: CurrentActor) -> Listing[RoomShape]:
    """By name. Members see live rooms, Global Admins all."""
    page = await cases.list_rooms(ListRooms(query.filter(), query.cursor, query.limit), actor)
    return Listing(items=[RoomShape.of(room) for room in page.items], next_cursor=page.next_cursor)


@router.post(
    "",
    summary="Add a room by its address",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(Forbidden, NotFound, InvalidInput, Conflict, IntegrationDisabled),
)
async def add_room(
    new: NewRoom, request: Request, response: Response, cases: Cases, actor: CurrentActor
) -> VerificationShape:
    """A worker looks it up; what is no room is refused there, with what it is. For Global Admins."""
    command = AddRoom(IntegrationId(new.integration_id), new.address)
    return accepted(request, response, await cases.add_room(command, actor))


@router.get("/free", summary="Find free rooms", responses=documented(InvalidInput))
async def find_rooms(
    query: Annotated[FreeQuery, Query()], cases: Cases, actor: CurrentActor
) -> Listing[FoundRoomShape]:
    """Rooms that are free for the whole time, best first, each with the reason."""
    command = FindRooms(
        start=query.start,
        end=query.end,
        building=query.building,
        floor=query.floor,
        min_capacity=query.min_capacity,
        equipment=tuple(query.equipment),
        integration_id=None if query.integration_id is None else IntegrationId(query.integration_id),
        cursor=query.cursor,
        limit=query.limit,
    )
    page = await cases.find_rooms(command, actor)
    return Listing(items=[FoundRoomShape.found(each) for each in page.items], next_cursor=page.next_cursor)


@router.get("/{room_id}", summary="Read a room", responses=documented(NotFound, InvalidInput))
async def read_room(room_id: UUID, response: Response, cases: Cases, actor: CurrentActor) -> RoomDetailShape:
    """Global Admins see the directory's own values and who left it out, too."""
    details = await cases.read_room(RoomId(room_id), actor)
    set_version(response, details.room.version)
    return RoomDetailShape.seen(details)


@router.patch(
    "/{room_id}",
    summary="Change what is shown of a room",
    responses=documented(Forbidden, NotFound, InvalidInput, StaleRevision, VersionRequired),
)
async def edit_room(
    room_id: UUID, change: RoomChange, version: ExpectedVersion, response: Response, cases: Cases, actor: CurrentActor
) -> RoomDetailShape:
    """What is set here wins over the directory; null takes it away again. For Global Admins."""
    command = EditRoom(RoomId(room_id), change.model_dump(exclude_unset=True), version)
    details = await cases.edit_room(command, actor)
    set_version(response, details.room.version)
    return RoomDetailShape.seen(details)


@router.post(
    "/{room_id}/leave-out",
    summary="Leave a room out",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(Forbidden, NotFound, InvalidInput),
)
async def leave_out_room(room_id: UUID, cases: Cases, actor: CurrentActor) -> Response:
    """It is no longer offered or verified; its bookings stay. Doing it again changes nothing. For Global Admins."""
    await cases.leave_out_room(RoomId(room_id), actor)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post(
    "/{room_id}/put-back",
    summary="Put a room back that was left out",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(Forbidden, NotFound, InvalidInput, Conflict, IntegrationDisabled),
)
async def put_back_room(
    room_id: UUID, request: Request, response: Response, cases: Cases, actor: CurrentActor
) -> VerificationShape:
    """It is live again when its verification passes. For Global Admins."""
    return accepted(request, response, await cases.put_back_room(RoomId(room_id), actor))


@router.get("/{room_id}/events", summary="See what keeps a room busy", responses=documented(NotFound, InvalidInput))
async def read_room_events(
    room_id: UUID, query: Annotated[SpanQuery, Query()], cases: Cases, actor: CurrentActor
) -> Listing[RoomEventShape]:
    """At most 31 days at a time. What others put into the room's calendar shows its time and "Busy"."""
    room = RoomId(room_id)
    blocks = await cases.read_room_day(ReadRoomDay((room,), query.start, query.end), actor)
    return Listing(items=[RoomEventShape.of(block) for block in blocks[room]])
