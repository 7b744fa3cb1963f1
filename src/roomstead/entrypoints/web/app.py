"""The web application: every router, the gate around them, errors as problems."""

from importlib.metadata import version

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from roomstead.bootstrap.service import Roomstead
from roomstead.domain.errors import AppError
from roomstead.entrypoints.web import health, static_files
from roomstead.entrypoints.web.answers import answer_error
from roomstead.entrypoints.web.api import ROUTERS
from roomstead.entrypoints.web.deps import API
from roomstead.entrypoints.web.description import DESCRIPTION, Application
from roomstead.entrypoints.web.gate import Gate
from roomstead.entrypoints.web.pages import ROUTERS as PAGES
from roomstead.entrypoints.web.pages.guard import refuse_foreign_forms
from roomstead.entrypoints.web.streams import Streams


def create_app(service: Roomstead) -> FastAPI:
    """The application in front of a built service."""
    app = Application(
        title="Roomstead",
        version=version("roomstead"),
        description=DESCRIPTION,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.roomstead = service
    app.state.streams = Streams()
    app.add_middleware(Gate)
    for kind in (AppError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer_error)
    app.include_router(health.router)
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(static_files.router)
    for router in PAGES:
        app.include_router(router, include_in_schema=False, dependencies=[Depends(refuse_foreign_forms)])
    return app
