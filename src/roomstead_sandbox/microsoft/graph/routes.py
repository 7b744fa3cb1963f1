"""The table of everything that Graph answers here, and the way from a path to its line."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from roomstead_sandbox.microsoft.access import PLACES, READ, READ_ANY, SETTINGS, USERS, WRITE
from roomstead_sandbox.microsoft.errors import GraphError, bad_request
from roomstead_sandbox.microsoft.graph import calendars, delta, events, places, responses, schedule, users
from roomstead_sandbox.microsoft.graph.batch import Batch
from roomstead_sandbox.microsoft.graph.call import Handler, Route, Subject
from roomstead_sandbox.microsoft.graph.subscriptions import Subscriptions

USER = "/users/{user}"
CALENDARS = (USER, f"{USER}/calendar", f"{USER}/calendars/{{calendar}}")
_KEYED = re.compile(r"^(\w+)\('(.*)'\)$")
_NAMESPACE = "microsoft.graph."
_CASTS = frozenset({"room", "roomlist"})
_ACTIONS: dict[str, Handler] = {
    "cancel": responses.cancel_event,
    "accept": responses.accept_event,
    "tentativelyAccept": responses.tentatively_accept_event,
    "decline": responses.decline_event,
    "permanentDelete": responses.permanently_delete_event,
}


def all_routes(batch: Batch, subscriptions: Subscriptions) -> Iterator[Route]:
    """Every line."""
    yield from _directory_routes()
    yield from _mailbox_routes()
    for root in CALENDARS:
        yield from _event_routes(root)
    yield Route("POST", "/$batch", batch.run, Subject.OWN)
    yield Route("POST", "/subscriptions", subscriptions.create, Subject.OWN)
    yield Route("GET", "/subscriptions", subscriptions.list, Subject.OWN)
    one = "/subscriptions/{subscription}"
    yield Route("GET", one, subscriptions.read, Subject.OWN)
    yield Route("PATCH", one, subscriptions.renew, Subject.OWN)
    yield Route("DELETE", one, subscriptions.delete, Subject.OWN)
    yield Route("POST", f"{one}/reauthorize", subscriptions.reauthorize, Subject.OWN)


def _directory_routes() -> Iterator[Route]:
    yield Route("GET", "/users", users.list_users, Subject.DIRECTORY, USERS)
    yield Route("GET", USER, users.read_user, Subject.DIRECTORY, USERS)
    place = "/places/{place}"
    yield Route("GET", "/places/room", places.list_rooms, Subject.DIRECTORY, PLACES)
    yield Route("GET", "/places/roomList", places.list_room_lists, Subject.DIRECTORY, PLACES)
    yield Route("GET", f"{place}/roomList/rooms", places.list_rooms_of, Subject.DIRECTORY, PLACES)
    for cast in ("", "/room", "/roomList"):
        yield Route("GET", f"{place}{cast}", places.read_place, Subject.DIRECTORY, PLACES)


def _mailbox_routes() -> Iterator[Route]:
    mailbox = Subject.MAILBOX
    yield Route("GET", f"{USER}/mailboxSettings", users.read_settings, mailbox, SETTINGS)
    yield Route("GET", f"{USER}/mailboxSettings/{{setting}}", users.read_setting, mailbox, SETTINGS)
    yield Route("GET", f"{USER}/outlook/{{zones}}", users.list_zones, mailbox, (*USERS, *SETTINGS))
    yield Route("POST", f"{USER}/translateExchangeIds", users.translate_ids, mailbox, (*USERS, *READ))
    yield Route("GET", f"{USER}/calendars", calendars.list_calendars, mailbox, READ_ANY)
    for root in CALENDARS[1:]:
        yield Route("GET", root, calendars.read_calendar, mailbox, READ_ANY)
        yield Route("POST", f"{root}/getSchedule", schedule.get_schedule, mailbox, READ_ANY)


def _event_routes(root: str) -> Iterator[Route]:
    mailbox, one = Subject.MAILBOX, f"{root}/events/{{event}}"
    yield Route("GET", f"{root}/events", events.list_events, mailbox, READ_ANY)
    yield Route("POST", f"{root}/events", events.create_event, mailbox, WRITE)
    yield Route("GET", one, events.read_event, mailbox, READ_ANY)
    yield Route("PATCH", one, events.change_event, mailbox, WRITE)
    yield Route("DELETE", one, events.delete_event, mailbox, WRITE)
    yield Route("GET", f"{one}/instances", events.list_instances, mailbox, READ_ANY)
    yield Route("GET", f"{root}/calendarView", events.view_events, mailbox, READ_ANY)
    yield Route("GET", f"{root}/calendarView/delta", delta.follow_view, mailbox, READ_ANY)
    for name, handler in _ACTIONS.items():
        yield Route("POST", f"{one}/{name}", handler, mailbox, WRITE)
    yield Route("POST", f"{one}/forward", responses.forward_event, mailbox, READ)


@dataclass(slots=True)
class _Branch:
    """A place in the tree of paths."""

    words: "dict[str, _Branch]" = field(default_factory=dict)
    anything: "_Branch | None" = None
    name: str = ""
    routes: dict[str, Route] = field(default_factory=dict)


class RouteTable:
    """Finds the line for a method and a path; words of paths compare without case, as Graph's do."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Branch()
        for route in routes:
            self._add(route)

    def find(self, method: str, segments: Sequence[str]) -> tuple[Route, dict[str, str]]:
        """The route and the values of its placeholders.  GraphError 400 for an unknown path, 405 for the method."""
        names: dict[str, str] = {}
        branch = self._root
        for segment in segments:
            following = branch.words.get(segment.lower())
            if following is None:
                following = branch.anything
                if following is None:
                    raise bad_request(f"Resource not found for the segment '{segment}'.")
                names[following.name] = segment
            branch = following
        if not branch.routes:
            raise bad_request("Resource not found for the segment.")
        route = branch.routes.get(method)
        if route is None:
            raise GraphError(405, "Request_BadRequest", f"The HTTP method '{method}' is not supported here.")
        return route, names

    def _add(self, route: Route) -> None:
        branch = self._root
        for part in route.template.strip("/").split("/"):
            if part.startswith("{"):
                if branch.anything is None:
                    branch.anything = _Branch(name=part.strip("{}"))
                branch = branch.anything
            else:
                branch = branch.words.setdefault(part.lower(), _Branch())
        branch.routes[route.method] = route


def plain_segments(segments: Iterable[str]) -> list[str]:
    """A path in one spelling: keys as segments, functions and casts without namespace and empty parentheses.

    ``users('a')/events`` and ``users/a/events`` are the same; so are ``delta()`` and ``microsoft.graph.delta``.
    """
    plain: list[str] = []
    for segment in segments:
        keyed = _KEYED.match(segment)
        if keyed is not None:
            plain += [keyed[1], keyed[2].replace("''", "'")]
            continue
        if segment.lower().startswith(_NAMESPACE):
            segment = segment[len(_NAMESPACE) :]  # noqa: PLW2901  (one spelling from here on)
        plain.append(segment.removesuffix("()"))
    return plain
