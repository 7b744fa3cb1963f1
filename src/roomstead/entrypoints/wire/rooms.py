"""Rooms, as the API and the commands show them."""

from typing import Any
from uuid import UUID

from pydantic import Field

from roomstead.application.booking.find_rooms import FoundRoom
from roomstead.application.booking.read_room_day import DayBlock
from roomstead.application.ports.rooms import RoomDetails, RoomSource
from roomstead.domain.integration import Room, RoomStatus
from roomstead.entrypoints.wire.base import Moment, Request, Shape, Text


class OfferedRoomShape(Shape):
    """A room that is offered instead."""

    id: UUID
    name: str
    building: str | None
    floor: str | None
    capacity: int | None

    @classmethod
    def of(cls, room: Room) -> "OfferedRoomShape":
        """The shape of a room."""
        return cls(id=room.id, name=room.name, building=room.building, floor=room.floor, capacity=room.capacity)


class RoomShape(Shape):
    """A room. Null: not known."""

    id: UUID
    integration_id: UUID
    address: str
    name: str
    status: RoomStatus = Field(description="Only `live` rooms can be booked.")
    building: str | None
    floor: str | None
    capacity: int | None
    equipment: list[str]
    zone: str | None
    overrides: dict[str, Any] = Field(description="What was set here, over what the directory says.")
    version: int = Field(description="Counts changes; also the ETag.")

    @classmethod
    def of(cls, room: Room) -> "RoomShape":
        """The shape of a room."""
        return cls(**_room_fields(room))


class RoomDetailShape(RoomShape):
    """A room with what only Global Admins see; null or empty for others."""

    source: RoomSource
    provider_facts: dict[str, Any] = Field(description="What the directory says.")
    left_out_by: str | None
    left_out_at: Moment | None
    missing_since: Moment | None = Field(description="Since when the directory no longer lists it.")

    @classmethod
    def seen(cls, details: RoomDetails) -> "RoomDetailShape":
        """The shape of a room's details."""
        return cls(
            **_room_fields(details.room),
            source=details.source,
            provider_facts=dict(details.provider_facts),
            left_out_by=details.left_out_by,
            left_out_at=details.left_out_at,
            missing_since=details.missing_since,
        )


class NewRoom(Request):
    """A room to be added by the address of its mailbox."""

    integration_id: UUID
    address: Text = Field(max_length=400, examples=["oak@contoso.example"])


class RoomChange(Request):
    """What is set here over what the directory says; null takes it away, what is left out stays."""

    name: Text | None = None
    building: Text | None = None
    floor: Text | None = None
    capacity: int | None = None
    equipment: list[Text] | None = None
    zone: Text | None = None
    check_in_minutes: int | None = Field(
        default=None, description="The room is given back when nobody has checked in so long after the start."
    )
    approval: bool | None = Field(
        default=None, description="A person answers for the room: its silence is *awaiting approval*, and no failure."
    )


class FoundRoomShape(RoomShape):
    """A room that is free."""

    reasons: list[str] = Field(description="Why it is offered.", examples=[["the smallest that fits"]])
    free_until: Moment | None = Field(description="Null: nothing follows, as far as we looked.")

    @classmethod
    def found(cls, found: FoundRoom) -> "FoundRoomShape":
        """The shape of a found room."""
        return cls(**_room_fields(found.room), reasons=list(found.reasons), free_until=found.free_until)


def _room_fields(room: Room) -> dict[str, Any]:
    return {
        "id": room.id,
        "integration_id": room.integration_id,
        "address": room.mailbox.address,
        "name": room.name,
        "status": room.status,
        "building": room.building,
        "floor": room.floor,
        "capacity": room.capacity,
        "equipment": list(room.equipment),
        "zone": room.zone,
        "overrides": dict(room.overrides),
        "version": room.version,
    }


class RoomEventShape(Shape):
    """What keeps a room busy."""

    start: Moment
    end: Moment
    kind: str = Field(description="`booking`: made here; `calendar`: seen in the room's calendar.")
    title: str = Field(description="`Busy` where it could not, or may not, be read.")
    description: str
    is_masked: bool
    booking_id: UUID | None
    state: str | None = Field(description="The booking's state, for bookings made here.")
    label: str | None

    @classmethod
    def of(cls, block: DayBlock) -> "RoomEventShape":
        """The shape of a busy time."""
        return cls(
            start=block.span.start,
            end=block.span.end,
            kind=block.kind,
            title=block.title,
            description=block.description,
            is_masked=block.is_masked,
            booking_id=block.booking.id if block.booking else None,
            state=block.booking.state if block.booking else None,
            label=block.booking.label if block.booking else None,
        )
