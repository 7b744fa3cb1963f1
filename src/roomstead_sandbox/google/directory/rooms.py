"""Rooms and other resources of a customer (Google's page "Manage calendar resources")."""

from typing import Any

from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.directory import pages, room_query
from roomstead_sandbox.google.directory.admins import require_admin
from roomstead_sandbox.google.errors import resource_not_found
from roomstead_sandbox.google.identity.customers import RESOURCES, Building, ResourceFacts
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.wire import Answer
from roomstead_sandbox.world.people import Place, User

Json = dict[str, Any]
KIND = "admin#directory#resources#calendars#CalendarResource"
LIST_KIND = "admin#directory#resources#calendars#calendarResourcesList"
FEATURE_KIND = "admin#directory#resources#features#Feature"
DEFAULT_PAGE = 100


def list_rooms(call: Call) -> Answer:
    """resources.calendars.list: filtered, ordered, by pages."""
    customer = require_admin(call, RESOURCES, call.names["customer"])
    condition = room_query.parse(call.query.get("query") or "")
    shown = [room_json(call.state, *room) for room in call.world.directory.rooms(customer.tenant_id, call.now)]
    found = [item for item in shown if condition(item)]
    room_query.order(found, call.query.get("orderBy"))
    items, token = pages.page(call, found, default=DEFAULT_PAGE)
    answer: Json = {"kind": LIST_KIND, "etag": pages.etag(items)}
    if token:
        answer["nextPageToken"] = token
    if items:
        answer["items"] = items
    return call.answer(answer)


def get_room(call: Call) -> Answer:
    """resources.calendars.get, by the resource's id, not its address."""
    customer = require_admin(call, RESOURCES, call.names["customer"])
    for user, place in call.world.directory.rooms(customer.tenant_id, call.now):
        if facts_of(call.state, user, place).id == call.names["room"]:
            return call.answer(room_json(call.state, user, place))
    raise resource_not_found("resourceId")


def facts_of(state: FaceState, user: User, place: Place) -> ResourceFacts:
    """What the directory says beyond the world's place; a room added by hand has its place's id."""
    return state.resources.get(user.id) or ResourceFacts(place.place_id)


def room_json(state: FaceState, user: User, place: Place) -> Json:
    """A room as the API shows it; what is unset is left out."""
    facts = facts_of(state, user, place)
    building = building_of(state, user, place)
    shown = {
        "resourceId": facts.id,
        "resourceName": user.display_name,
        "generatedResourceName": generated_name(user, place, building),
        "resourceType": facts.type,
        "resourceEmail": user.mail or user.upn,
        "resourceCategory": facts.category,
        "capacity": place.capacity,
        "buildingId": building.id if building else None,
        "floorName": place.floor_label,
        "floorSection": facts.section,
        "featureInstances": [{"feature": feature_json(name)} for name in place.tags] or None,
        "resourceDescription": facts.description,
        "userVisibleDescription": facts.visible_description,
    }
    kept = {name: value for name, value in shown.items() if value is not None}
    return {"kind": KIND, "etags": pages.etag(kept), **kept}


def feature_json(name: str) -> Json:
    """A feature of rooms."""
    return {"kind": FEATURE_KIND, "etags": pages.etag(name), "name": name}


def building_of(state: FaceState, user: User, place: Place) -> Building | None:
    """The building of a room, which the world knows by its name."""
    return next((b for b in state.buildings if b.tenant_id == user.tenant_id and b.name == place.building), None)


def generated_name(user: User, place: Place, building: Building | None) -> str:
    """The name that Google makes: building, floor, name, seats."""
    parts = [building.id if building else None, place.floor_label, user.display_name]
    seats = f" ({place.capacity})" if place.capacity is not None else ""
    return "-".join(part for part in parts if part) + seats
