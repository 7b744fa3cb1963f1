"""Rooms: which there are, which are free, what happens in them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from roomstead.application.booking.find_rooms import FindRooms
from roomstead.application.booking.read_room_day import ReadRoomDay
from roomstead.domain.errors import InvalidInput, NotFound
from roomstead.domain.integration import RoomId
from roomstead.domain.mailbox import IntegrationId
from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import Cases, CurrentActor
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.wire.base import Listing, Moment, PageQuery, Request, Text
from roomstead.entrypoints.wire.rooms import FoundRoomShape, RoomEventShape

router = api_router("rooms", "/rooms")


class FreeQuery(PageQuery):
    """When, and what the room must have."""

    start: Moment
    end: Moment
    building: Text | None = Field(default=None, max_length=200)
    floor: Text | None = Field(default=None, max_length=200, description="A wish: rooms on it come first.")
    min_capacity: int | None = Field(default=None, ge=1, le=100_000)
    equipment: list[Text] = Field(default=[], max_length=50, description="All of these.")
    integration_id: UUID | None = None


class SpanQuery(Request):
    """From when to when."""

    start: Moment
    end: Moment


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


@router.get("/{room_id}/events", summary="See what keeps a room busy", responses=documented(NotFound, InvalidInput))
async def read_room_events(
    room_id: UUID, query: Annotated[SpanQuery, Query()], cases: Cases, actor: CurrentActor
) -> Listing[RoomEventShape]:
    """At most 31 days at a time. What others put into the room's calendar shows its time and "Busy"."""
    room = RoomId(room_id)
    blocks = await cases.read_room_day(ReadRoomDay((room,), query.start, query.end), actor)
    return Listing(items=[RoomEventShape.of(block) for block in blocks[room]])
