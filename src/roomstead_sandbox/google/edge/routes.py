"""Every path of the Calendar and Directory APIs, and how one is found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from roomstead_sandbox.google.batch.routes import ROUTES as BATCH
from roomstead_sandbox.google.calendars.routes import ROUTES as CALENDARS
from roomstead_sandbox.google.call import Route
from roomstead_sandbox.google.channels.routes import ROUTES as CHANNELS
from roomstead_sandbox.google.directory.routes import ROUTES as DIRECTORY
from roomstead_sandbox.google.errors import GoogleError, not_found
from roomstead_sandbox.google.events.routes import ROUTES as EVENTS
from roomstead_sandbox.google.freebusy.routes import ROUTES as FREEBUSY

ALL_ROUTES: tuple[Route, ...] = (*CALENDARS, *DIRECTORY, *EVENTS, *CHANNELS, *FREEBUSY, *BATCH)


@dataclass(slots=True)
class _Branch:
    """A place in the tree of paths."""

    words: "dict[str, _Branch]" = field(default_factory=dict)
    anything: "_Branch | None" = None
    name: str = ""
    routes: dict[str, Route] = field(default_factory=dict)


class RouteTable:
    """Finds the line for a method and a path; words of paths compare exactly."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Branch()
        for route in routes:
            self._add(route)

    def find(self, method: str, segments: Sequence[str]) -> tuple[Route, dict[str, str]]:
        """The route and the values of its placeholders. GoogleError 404 for an unknown path, 405 for the method."""
        names: dict[str, str] = {}
        branch = self._root
        for segment in segments:
            following = branch.words.get(segment)
            if following is None:
                following = branch.anything
                if following is None:
                    raise not_found()
                names[following.name] = segment
            branch = following
        route = branch.routes.get(method)
        if route is None and branch.routes:
            raise GoogleError(405, "global", "httpMethodNotAllowed", "HTTP method not allowed.")
        if route is None:
            raise not_found()
        return route, names

    def _add(self, route: Route) -> None:
        branch = self._root
        for part in route.template.strip("/").split("/"):
            if part.startswith("{"):
                if branch.anything is None:
                    branch.anything = _Branch(name=part.strip("{}"))
                branch = branch.anything
            else:
                branch = branch.words.setdefault(part, _Branch())
        branch.routes[route.method] = route
