"""Every route says whom it is for, in what it depends on; a new one that says nothing fails here.

What the words then do is tested over HTTP: API in test_roles.py, pages in pages/test_guard.py.
"""

from collections.abc import Callable, Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from roomstead.entrypoints.web.app import create_app
from roomstead.entrypoints.web.deps import actor_of
from roomstead.entrypoints.web.pages import door, visits
from roomstead.entrypoints.web.pages.viewing import require_page_admin, require_session, require_viewer

DECLARES: dict[Callable[..., Any], str] = {
    actor_of: "token",
    require_viewer: "person",
    require_session: "person",
    visits._visit: "person",
    require_page_admin: "admin",
    visits._admin_visit: "admin",
    door._door: "door",
}
OPEN = {
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /problems/{code}",
    "GET /static/{name}",
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/with-company",
    "GET /sign-in/callback",
    "GET /sign-in/forgotten",
    "POST /sign-in/forgotten",
    "POST /sign-out",
    "GET /first-run/{secret}",
    "POST /first-run/{secret}",
    "GET /password/{secret}",
    "POST /password/{secret}",
    "GET /door/{secret}",
    "GET /settings/integrations/consented",
    "GET /help",
    "GET /help/{name}",
    "GET /help/images/{name}",
}
"""For everybody, by design: what it takes is in the link, or there is nothing to hide."""


def routes_of(routes: list[Any]) -> Iterator[APIRoute]:
    """All routes; those of routers that were included stand one step further in."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from routes_of(included.routes)


def called(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    if dependant.call is not None:
        yield dependant.call
    for each in dependant.dependencies:
        yield from called(each)


def declared() -> dict[str, str]:
    """Every route with what it declares; empty: nothing."""
    found = {}
    for route in routes_of(create_app(None).routes):  # type: ignore[arg-type]  # describing needs no service
        words = {DECLARES[call] for call in called(route.dependant) if call in DECLARES}
        for method in (route.methods or set()) - {"HEAD"}:
            assert len(words) <= 1, (route.path, words)
            found[f"{method} {route.path}"] = "".join(words)
    return found


def test_every_route_declares_whom_it_is_for() -> None:
    found = declared()
    assert len(found) > 150
    assert {route for route, word in found.items() if not word} == OPEN


def test_everything_under_settings_is_for_admins() -> None:
    under = {route: word for route, word in declared().items() if " /settings" in route}
    assert len(under) > 60
    assert {route for route, word in under.items() if word != "admin"} == {"GET /settings/integrations/consented"}
    assert {route for route, word in declared().items() if word == "admin"} <= set(under)


def test_the_api_takes_tokens_and_pages_take_none() -> None:
    found = declared()
    assert {route for route, word in found.items() if " /api/" in route and word != "token"} == set()
    assert {route for route, word in found.items() if " /api/" not in route and word == "token"} == set()
