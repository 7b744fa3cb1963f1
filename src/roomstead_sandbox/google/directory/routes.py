"""Every path of the directory."""

from roomstead_sandbox.google.call import Api, Handler, Route
from roomstead_sandbox.google.directory import buildings, rooms, users
from roomstead_sandbox.google.scopes import ROOMS_READ, USERS_READ

_ROOT = "/admin/directory/v1"
_RESOURCES = f"{_ROOT}/customer/{{customer}}/resources"


def _read(name: str, path: str, handler: Handler, scopes: tuple[str, ...]) -> Route:
    return Route(f"directory.{name}", "GET", path, handler, scopes, api=Api.DIRECTORY)


ROUTES: tuple[Route, ...] = (
    _read("resources.calendars.list", f"{_RESOURCES}/calendars", rooms.list_rooms, ROOMS_READ),
    _read("resources.calendars.get", f"{_RESOURCES}/calendars/{{room}}", rooms.get_room, ROOMS_READ),
    _read("resources.buildings.list", f"{_RESOURCES}/buildings", buildings.list_buildings, ROOMS_READ),
    _read("resources.buildings.get", f"{_RESOURCES}/buildings/{{building}}", buildings.get_building, ROOMS_READ),
    _read("resources.features.list", f"{_RESOURCES}/features", buildings.list_features, ROOMS_READ),
    _read("resources.features.get", f"{_RESOURCES}/features/{{feature}}", buildings.get_feature, ROOMS_READ),
    _read("users.list", f"{_ROOT}/users", users.list_users, USERS_READ),
    _read("users.get", f"{_ROOT}/users/{{user}}", users.get_user, USERS_READ),
)
