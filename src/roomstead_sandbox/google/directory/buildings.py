"""Buildings and features of a customer (Google's page "Manage buildings, features and calendar resources")."""

from collections.abc import Sequence
from typing import Any

from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.directory import pages
from roomstead_sandbox.google.directory.admins import require_admin
from roomstead_sandbox.google.directory.rooms import feature_json
from roomstead_sandbox.google.errors import resource_not_found
from roomstead_sandbox.google.identity.customers import RESOURCES, Building
from roomstead_sandbox.wire import Answer

Json = dict[str, Any]
KIND = "admin#directory#resources#buildings#Building"
DEFAULT_PAGE = 100


def list_buildings(call: Call) -> Answer:
    """resources.buildings.list."""
    return _listed(call, "buildings", [building_json(b) for b in _buildings(call)])


def get_building(call: Call) -> Answer:
    """resources.buildings.get."""
    for building in _buildings(call):
        if building.id == call.names["building"]:
            return call.answer(building_json(building))
    raise resource_not_found("buildingId")


def list_features(call: Call) -> Answer:
    """resources.features.list."""
    return _listed(call, "features", [feature_json(name) for name in _features(call)])


def get_feature(call: Call) -> Answer:
    """resources.features.get."""
    for name in _features(call):
        if name == call.names["feature"]:
            return call.answer(feature_json(name))
    raise resource_not_found("featureKey")


def building_json(building: Building) -> Json:
    """A building as the API shows it."""
    shown: Json = {"buildingId": building.id, "buildingName": building.name}
    if building.floors:
        shown["floorNames"] = building.floors
    if building.latitude is not None and building.longitude is not None:
        shown["coordinates"] = {"latitude": building.latitude, "longitude": building.longitude}
    address = {
        "regionCode": building.country,
        "addressLines": [building.street] if building.street else None,
        "locality": building.city,
    }
    if any(address.values()):
        shown["address"] = {name: value for name, value in address.items() if value}
    if building.description:
        shown["description"] = building.description
    return {"kind": KIND, "etags": pages.etag(shown), **shown}


def _buildings(call: Call) -> list[Building]:
    customer = require_admin(call, RESOURCES, call.names["customer"])
    return [building for building in call.state.buildings if building.tenant_id == customer.tenant_id]


def _features(call: Call) -> list[str]:
    """Every feature that a room has."""
    customer = require_admin(call, RESOURCES, call.names["customer"])
    rooms = call.world.directory.rooms(customer.tenant_id, call.now)
    return sorted({name for _, place in rooms for name in place.tags})


def _listed(call: Call, name: str, found: Sequence[Json]) -> Answer:
    items, token = pages.page(call, found, default=DEFAULT_PAGE)
    answer: Json = {"kind": f"admin#directory#resources#{name}#{name}List", "etag": pages.etag(items)}
    if token:
        answer["nextPageToken"] = token
    if items:
        answer[name] = items
    return call.answer(answer)
