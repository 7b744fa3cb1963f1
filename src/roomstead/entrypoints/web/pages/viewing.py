"""Who looks at a page. Routes ask for ``CurrentViewer``, or for ``AdminViewer`` under Settings."""

from typing import Annotated
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from roomstead.application.session_secret import form_token_of
from roomstead.application.sign_in_rules import Visitor, page_actor
from roomstead.domain.errors import Unauthenticated
from roomstead.domain.people import require_admin
from roomstead.domain.sessions import Preferences, SignedIn
from roomstead.domain.zones import zone_named
from roomstead.entrypoints.web.deps import cases_of
from roomstead.entrypoints.web.pages.cookies import SESSION, ZONE, read_cookie
from roomstead.entrypoints.web.pages.moments import Moments
from roomstead.entrypoints.web.pages.rendering import Viewer

HOME = "/"
SIGN_IN_PAGE = "/sign-in"


async def signed_in_of(request: Request) -> SignedIn | None:
    """The session of the browser that asks; found out once a request."""
    if not hasattr(request.state, "signed_in"):
        secret = read_cookie(request, SESSION)
        found: SignedIn | None = await cases_of(request).read_session(secret) if secret else None
        request.state.signed_in = found
        if found is not None:
            request.state.actor = page_actor(found.person)
    known: SignedIn | None = request.state.signed_in
    return known


async def viewer_or_nobody(request: Request) -> Viewer:
    """Whoever looks, signed in or not."""
    known = await signed_in_of(request)
    preferences = Preferences() if known is None else known.preferences
    return Viewer(
        actor=None if known is None else page_actor(known.person),
        moments=Moments(_zone(request, preferences), hours=preferences.hours),
        theme={"light": "roomstead", "dark": "roomstead-dark"}.get(preferences.theme, "system"),
        csrf="" if known is None else form_token_of(read_cookie(request, SESSION)),
    )


async def require_viewer(request: Request) -> Viewer:
    """Somebody who is signed in. Raises Unauthenticated, which becomes the way to the sign-in page."""
    viewer = await viewer_or_nobody(request)
    if viewer.actor is None:
        raise Unauthenticated("Sign in to see this page.")
    return viewer


async def require_page_admin(request: Request) -> Viewer:
    """A Global Admin. Raises Unauthenticated, and Forbidden with the refusal that S1 asks for."""
    viewer = await require_viewer(request)
    if viewer.actor is not None:
        require_admin(viewer.actor)
    return viewer


async def require_session(request: Request) -> SignedIn:
    """The session itself, for pages about sessions. Raises Unauthenticated."""
    known = await signed_in_of(request)
    if known is None:
        raise Unauthenticated("Sign in to see this page.")
    return known


def visitor_of(request: Request) -> Visitor:
    """Who knocks, as far as can be told."""
    source = request.client.host if request.client is not None else ""
    return Visitor(source, request.headers.get("user-agent", ""))


def sign_in_address(request: Request) -> str:
    """The sign-in page, with the way back to where the request was going."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method not in {"GET", "HEAD"}:
        wanted = _came_from(request)
    if "hx-request" in request.headers:
        wanted = _path_of(request.headers.get("hx-current-url", ""))
    return SIGN_IN_PAGE if wanted == HOME else f"{SIGN_IN_PAGE}?next={quote(wanted, safe='/')}"


def safe_next(wanted: str) -> str:
    """Where to go after signing in: a path of ours, never another site."""
    if not wanted.isprintable() or "\\" in wanted:  # browsers drop tabs and turn backslashes
        return HOME
    parts = urlsplit(wanted)
    leads_here = wanted.startswith("/") and not wanted.startswith("//") and not (parts.scheme or parts.netloc)
    is_part_of_signing_in = parts.path.startswith((SIGN_IN_PAGE, "/sign-out", "/password", "/first-run"))
    return wanted if leads_here and not is_part_of_signing_in else HOME


def _came_from(request: Request) -> str:
    return _path_of(request.headers.get("referer", ""))


def _path_of(address: str) -> str:
    parts = urlsplit(address) if address.isprintable() else urlsplit("")
    return safe_next(parts.path + (f"?{parts.query}" if parts.query else "")) if parts.path else HOME


def _zone(request: Request, preferences: Preferences) -> ZoneInfo:
    for name in (preferences.zone, request.cookies.get(ZONE, "").replace("%2F", "/")):
        zone = zone_named(name) if name else None
        if zone is not None:
            return zone
    return ZoneInfo("UTC")


AnyViewer = Annotated[Viewer, Depends(viewer_or_nobody)]
CurrentViewer = Annotated[Viewer, Depends(require_viewer)]
AdminViewer = Annotated[Viewer, Depends(require_page_admin)]
CurrentSession = Annotated[SignedIn, Depends(require_session)]
