"""What routes ask for: the service, who is acting, the version that a change was decided on."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from fastapi.security import HTTPBearer

from roomstead.bootstrap.service import Roomstead
from roomstead.bootstrap.use_cases import UseCases
from roomstead.domain.errors import InvalidInput, Unauthenticated
from roomstead.domain.people import Actor, Via
from roomstead.entrypoints.web.errors import VersionRequired

API = "/api/v1"

_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')


def service_of(request: Request) -> Roomstead:
    """The service behind this application."""
    service: Roomstead = request.app.state.roomstead
    return service


def cases_of(request: Request) -> UseCases:
    """Its use cases."""
    return service_of(request).cases


async def _given_service(request: Request) -> Roomstead:
    return service_of(request)  # asked for by a coroutine, since FastAPI calls plain functions in another thread


async def _given_cases(request: Request) -> UseCases:
    return cases_of(request)


async def actor_of(request: Request) -> Actor:
    """Who is behind the bearer token; found out once a request. Raises Unauthenticated."""
    known: Actor | None = getattr(request.state, "actor", None)
    if known is not None:
        return known
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthenticated(remedy="Send the header “Authorization: Bearer rs_…” with a token of yours.")
    actor: Actor = await cases_of(request).authenticate(secret.strip(), Via.API)
    request.state.actor = actor
    return actor


_scheme = HTTPBearer(auto_error=False, description="A token made with `roomstead tokens create` or `POST /tokens`.")


async def version_of(
    if_match: Annotated[str | None, Header(description='The ETag that the change was decided on, like `"3"`.')] = None,
) -> int:
    """The version in If-Match. Raises VersionRequired, and InvalidInput for what is no ETag of ours."""
    if not if_match:
        raise VersionRequired(remedy="Read it first and send the answer's ETag back as If-Match.")
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise InvalidInput({"If-Match": 'Send one ETag as it was answered, like "3".'})
    return int(found.group(1))


def set_version(response: Response, version: int) -> None:
    """Say which version an answer shows."""
    response.headers["ETag"] = f'"{version}"'


def set_location(request: Request, response: Response, path: str) -> None:
    """Say where the thing that was made can be found."""
    response.headers["Location"] = f"{request.scope.get('root_path', '')}{API}{path}"


Service = Annotated[Roomstead, Depends(_given_service)]
Cases = Annotated[UseCases, Depends(_given_cases)]
CurrentActor = Annotated[Actor, Depends(actor_of)]
ExpectedVersion = Annotated[int, Depends(version_of)]
TOKEN = Depends(_scheme)
"""On a router: documents that its routes want a bearer token."""
