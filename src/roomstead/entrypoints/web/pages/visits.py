"""A request of somebody who is signed in, with all that is needed to answer it. Routes ask for one of the two."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from roomstead.application.sign_in_rules import page_actor
from roomstead.bootstrap.use_cases import UseCases
from roomstead.domain.errors import AppError, InvalidInput
from roomstead.domain.people import Actor, require_admin
from roomstead.entrypoints.web.deps import cases_of
from roomstead.entrypoints.web.pages.flash import after
from roomstead.entrypoints.web.pages.rendering import Viewer, page
from roomstead.entrypoints.web.pages.viewing import require_session, viewer_or_nobody

UNPROCESSABLE = 422


def trouble(error: AppError | None) -> dict[str, Any]:
    """What a form shows of an error: mistakes by field, or the refusal of the whole."""
    if isinstance(error, InvalidInput):
        return {"mistakes": error.mistakes, "refusal": None}
    return {"mistakes": {}, "refusal": error}


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks, with which rights, and how to answer."""

    request: Request
    viewer: Viewer
    actor: Actor
    cases: UseCases

    def show(self, template: str, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - templates take anything
        """Answer with a page."""
        return page(self.request, template, self.viewer, status=status, **values)

    def go(self, path: str, said: str = "", *, kind: str = "ok", **values: str | int) -> Response:
        """Answer a form: on to a page that says, once, what was done."""
        return after(self.request, path, said, kind=kind, **values)


async def _visit(request: Request) -> Visit:
    known = await require_session(request)
    return Visit(request, await viewer_or_nobody(request), page_actor(known.person), cases_of(request))


async def _admin_visit(request: Request) -> Visit:
    visit = await _visit(request)
    require_admin(visit.actor)
    return visit


PersonVisit = Annotated[Visit, Depends(_visit)]
AdminVisit = Annotated[Visit, Depends(_admin_visit)]
"""Raises Forbidden with the clear refusal of S1 for members."""
