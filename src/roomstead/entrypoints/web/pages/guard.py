"""Forms that another site sends in a person's name are refused (CSRF): on every page route that is not just read."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from fastapi import Request

from roomstead.application.session_secret import is_form_token
from roomstead.domain.errors import Forbidden
from roomstead.entrypoints.web.deps import service_of
from roomstead.entrypoints.web.pages.cookies import SESSION, read_cookie
from roomstead.entrypoints.web.pages.viewing import SIGN_IN_PAGE, signed_in_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_FIELD = "csrf"  # noqa: S105 - the name of a field, not a secret
TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105 - the name of a header, not a secret


class ForeignForm(Forbidden):
    """This form was not sent from a page of this Roomstead."""

    code = "foreign_form"


async def refuse_foreign_forms(request: Request) -> AsyncIterator[None]:
    """Raise ForeignForm for what does not come from a page of ours; afterwards close the files of its form.

    Two locks: the browser's own word about where a request comes from (Sec-Fetch-Site, Origin), and for whoever is
    signed in a token that only our pages know.
    """
    try:
        await _refuse(request)
        yield
    finally:
        await request.close()


async def _refuse(request: Request) -> None:
    if request.method in SAFE:
        return
    if not _comes_from_here(request):
        raise _foreign()
    if request.url.path == SIGN_IN_PAGE:  # it begins a new session, maybe while another tab has begun one
        return
    if await signed_in_of(request) is not None and not is_form_token(
        await _given_token(request), read_cookie(request, SESSION)
    ):
        raise _foreign()


def _comes_from_here(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is not None:
        known = {urlsplit(service_of(request).policy.public_url).netloc, request.headers.get("host", "")}
        return urlsplit(origin).netloc in known - {""}
    return bool(read_cookie(request, SESSION))  # a very old browser, or a program: the token decides


async def _given_token(request: Request) -> str:
    in_header = request.headers.get(TOKEN_HEADER)
    if in_header is not None:
        return in_header
    value = (await request.form()).get(TOKEN_FIELD)
    return value if isinstance(value, str) else ""


def _foreign() -> ForeignForm:
    return ForeignForm(remedy="Open the page again and send the form from there. Nothing was changed.")
