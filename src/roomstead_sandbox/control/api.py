"""The control API put together from its areas and from the faces' own actions."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route as WebRoute

import roomstead_sandbox
from roomstead_sandbox.control import acting, clockwork, luck, openapi, people, records, rooms, states
from roomstead_sandbox.control.context import Context
from roomstead_sandbox.control.routes import Route, endpoint, problem
from roomstead_sandbox.world.faces import Action, Face

_AREAS = (states, clockwork, people, rooms, acting, luck, records)


def create_control(context: Context) -> Starlette:
    """The control application of a running world."""
    routes = all_routes(context)

    async def openapi_json(request: Request) -> Response:  # noqa: ARG001 - Starlette passes it
        return JSONResponse(openapi.describe(routes, roomstead_sandbox.__version__))

    async def docs(request: Request) -> Response:  # noqa: ARG001 - Starlette passes it
        return HTMLResponse(openapi.page(routes))

    served = [WebRoute(r.path, endpoint(r), methods=[r.method]) for r in routes]
    served += [WebRoute("/openapi.json", openapi_json), WebRoute("/docs", docs), WebRoute("/", docs)]
    return Starlette(routes=served, exception_handlers={HTTPException: _http_problem})


def all_routes(context: Context) -> list[Route]:
    """Every route: the world's, then each face's actions under its name."""
    routes = [route for area in _AREAS for route in area.routes(context)]
    for face in context.faces:
        routes += [_action_route(face, action) for action in face.actions().values()]
    return routes


def _action_route(face: Face, action: Action) -> Route:
    return Route("POST", f"/{face.name}/{action.name}", action.says, lambda order: action.run(order.body), action.body)


async def _http_problem(request: Request, error: Exception) -> Response:  # noqa: ARG001 - Starlette passes it
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = {404: "The control API has no such path.", 405: "This path does not take that method."}
    return problem(status, "Not found" if status == 404 else "Refused", detail.get(status, str(error)))  # noqa: PLR2004 - as in HTTP
