"""Rooms and room lists (Microsoft Graph docs: "List places", place resource type).

Places know no mailbox policies: the list shows rooms that the app may not open.  New rooms appear late.
"""

from collections.abc import Sequence

from roomstead_sandbox.microsoft.errors import no_such_directory_object
from roomstead_sandbox.microsoft.graph.answers import collection, resource, selected
from roomstead_sandbox.microsoft.graph.call import Call
from roomstead_sandbox.microsoft.graph.paging import cut, page_size
from roomstead_sandbox.microsoft.graph.words import BOOKING_TYPES, Json
from roomstead_sandbox.microsoft.odata.json_view import JsonView
from roomstead_sandbox.microsoft.odata.tree import matches
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world.people import Place, Purpose, RoomList, User

DEFAULT_PAGE = 100
ROOM_TYPE = "#microsoft.graph.room"
ROOM_LIST_TYPE = "#microsoft.graph.roomList"
Room = tuple[User, Place]


def list_rooms(call: Call) -> Answer:
    """GET /places/microsoft.graph.room, a hundred at a time."""
    return _page(call, [room_json(*room) for room in _rooms(call)], "places/microsoft.graph.room")


def list_room_lists(call: Call) -> Answer:
    """GET /places/microsoft.graph.roomList."""
    lists = [
        room_list_json(room_list)
        for room_list in call.world.directory.room_lists.values()
        if room_list.tenant_id == call.claims.tenant_id
    ]
    return _page(call, lists, "places/microsoft.graph.roomList")


def list_rooms_of(call: Call) -> Answer:
    """GET /places/{address of a room list}/microsoft.graph.roomList/rooms."""
    key = call.names["place"]
    room_list = call.world.directory.find_room_list(call.claims.tenant_id, key)
    if room_list is None:
        raise no_such_directory_object(key)
    inside = frozenset(room_list.room_ids)
    rooms = [room_json(user, place) for user, place in _rooms(call) if user.id in inside]
    return _page(call, rooms, f"places('{key.replace('@', '%40')}')/microsoft.graph.roomList/rooms")


def read_place(call: Call) -> Answer:
    """GET /places/{id or address}: a room or a room list.  404 Request_ResourceNotFound."""
    key = call.names["place"].lower()
    for user, place in _rooms(call):
        if key in (place.place_id.lower(), (user.mail or user.upn).lower()):
            return resource(call, "places/$entity", {"@odata.type": ROOM_TYPE, **room_json(user, place)})
    room_list = call.world.directory.find_room_list(call.claims.tenant_id, key)
    if room_list is None:
        raise no_such_directory_object(call.names["place"])
    shown = {"@odata.type": ROOM_LIST_TYPE, **room_list_json(room_list)}
    return resource(call, "places/$entity", shown)


def _rooms(call: Call) -> list[Room]:
    visible = call.world.directory.rooms(call.claims.tenant_id, call.now)
    return [(user, place) for user, place in visible if user.purpose is Purpose.ROOM]


def _page(call: Call, everything: Sequence[Json], context: str) -> Answer:
    condition = call.query.filter
    found = [shown for shown in everything if condition is None or matches(condition, JsonView(shown))]
    page = cut(call, found, page_size(call, DEFAULT_PAGE))
    items = [selected(call, shown, "microsoft.graph.place") for shown in page.items]
    return collection(call, context, items, page.next_link, count=len(found) if call.query.count else None)


def room_json(user: User, place: Place) -> Json:
    """A room.  ``id`` is the place's, not the user's; the mailbox is ``emailAddress``."""
    return {
        "id": place.place_id,
        "emailAddress": user.mail or user.upn,
        "displayName": user.display_name,
        "address": _address(place),
        "geoCoordinates": _coordinates(place),
        "phone": place.phone or "",
        "nickname": place.nickname or user.display_name,
        "label": place.label,
        "capacity": place.capacity,
        "building": place.building,
        "floorNumber": place.floor_number,
        "floorLabel": place.floor_label,
        "isWheelChairAccessible": place.wheelchair,
        "bookingType": BOOKING_TYPES[place.booking_type],
        "tags": list(place.tags),
        "audioDeviceName": place.audio_device,
        "videoDeviceName": place.video_device,
        "displayDeviceName": place.display_device,
    }


def room_list_json(room_list: RoomList) -> Json:
    """A room list."""
    return {
        "id": room_list.id,
        "displayName": room_list.display_name,
        "address": None,
        "geoCoordinates": None,
        "phone": None,
        "emailAddress": room_list.address,
    }


def _address(place: Place) -> Json | None:
    parts = {
        "street": place.street,
        "city": place.city,
        "state": place.state,
        "postalCode": place.postal_code,
        "countryOrRegion": place.country,
    }
    return parts if any(parts.values()) else None


def _coordinates(place: Place) -> Json | None:
    if place.latitude is None or place.longitude is None:
        return None
    return {"latitude": place.latitude, "longitude": place.longitude}
