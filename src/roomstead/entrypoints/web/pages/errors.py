"""Errors on pages: what happened and what to do, as a page; who is not signed in goes to the sign-in page."""

import math
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from roomstead.domain.errors import AppError, InvalidInput, RetryLater, Unauthenticated
from roomstead.entrypoints.guides.sections import guide_to
from roomstead.entrypoints.web.deps import API
from roomstead.entrypoints.web.pages.moments import Moments
from roomstead.entrypoints.web.pages.rendering import Viewer, page
from roomstead.entrypoints.web.pages.viewing import sign_in_address, viewer_or_nobody
from roomstead.entrypoints.web.problems import sentence_of, status_of

PROGRAMS = (f"{API}/", "/healthz", "/readyz", "/metrics", "/problems/", "/static/")


def is_for_people(request: Request) -> bool:
    """Whether the answer is looked at in a browser: everything but what programs ask for."""
    return not request.url.path.startswith(PROGRAMS)


async def error_page(request: Request, error: AppError) -> Response:
    """The page for an error."""
    if isinstance(error, Unauthenticated) and request.url.path != "/sign-in":
        return _to_sign_in(request)
    status = status_of(type(error))
    answer = page(
        request,
        "error.html",
        await _viewer(request),
        status=status.value,
        title=_title(error, status),
        sentence=error.message,
        remedy=error.remedy,
        code=error.code,
        guide=guide_to(type(error)),
        request_id=getattr(request.state, "request_id", ""),
    )
    if isinstance(error, RetryLater):
        answer.headers["Retry-After"] = str(
            5 if error.after is None else max(math.ceil(error.after.total_seconds()), 1)
        )
    if "hx-request" in request.headers:
        answer.headers.update({"HX-Retarget": "#main", "HX-Reswap": "outerHTML show:top", "HX-Reselect": "#main"})
    return answer


def _to_sign_in(request: Request) -> Response:
    address = sign_in_address(request)
    if "hx-request" in request.headers:
        return Response(status_code=200, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


async def _viewer(request: Request) -> Viewer:
    try:
        return await viewer_or_nobody(request)
    except AppError:  # the database is away: the page about that must not fail for it
        from zoneinfo import ZoneInfo

        return Viewer(None, Moments(ZoneInfo("UTC")))


def _title(error: AppError, status: HTTPStatus) -> str:
    if isinstance(error, InvalidInput):
        return "Something in this request is not right"
    return (
        sentence_of(type(error)).rstrip(".") if status is not HTTPStatus.INTERNAL_SERVER_ERROR else "This did not work"
    )
