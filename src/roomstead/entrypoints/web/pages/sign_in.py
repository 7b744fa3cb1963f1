"""Sign in and out."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from roomstead.application.people.ask_for_reset import AskForReset
from roomstead.application.people.finish_company_sign_in import MAY_TAKE, FinishCompanySignIn
from roomstead.application.people.sign_in import SignIn
from roomstead.application.ports.identities import IdentityProviderAway, IdentityProviderFaulty, IdentityRefused
from roomstead.application.sign_in_rules import COMPANY_CALLBACK, NewSession, TooManyAttempts
from roomstead.domain.errors import NotFound, Unauthenticated
from roomstead.domain.sessions import LASTS
from roomstead.entrypoints.guides.sections import guide_to
from roomstead.entrypoints.web.deps import Cases, service_of
from roomstead.entrypoints.web.errors import NoSuchRoute
from roomstead.entrypoints.web.pages.cookies import SESSION, SIGN_IN, drop_cookie, read_cookie, set_cookie
from roomstead.entrypoints.web.pages.flash import after
from roomstead.entrypoints.web.pages.forms import Asked, Fields
from roomstead.entrypoints.web.pages.rendering import Viewer, page
from roomstead.entrypoints.web.pages.viewing import AnyViewer, safe_next, visitor_of

router = APIRouter(include_in_schema=False)

FORGOTTEN = "/sign-in/forgotten"
FORGOT_IT = "sign-in#when-somebody-forgot-it"


@router.get("/sign-in")
async def show(request: Request, cases: Cases, viewer: AnyViewer, next: str = "") -> Response:  # noqa: A002 - the address's own word
    """The form; who is signed in already goes on."""
    if viewer.actor is not None:
        return RedirectResponse(safe_next(next), 303)
    return await _form(request, cases, viewer, _Typed(safe_next(next)))


@router.post("/sign-in")
async def sign_in(
    request: Request,
    cases: Cases,
    viewer: AnyViewer,
    fields: Fields,
) -> Response:
    """Begin a session, or show the form again with what is wrong."""
    wanted, address = safe_next(fields.text("next")), fields.text("address")
    try:
        begun = await cases.sign_in(SignIn(address, fields.text("password"), visitor_of(request)))
    except (Unauthenticated, TooManyAttempts) as error:
        status = 429 if isinstance(error, TooManyAttempts) else 401
        guide = guide_to(TooManyAttempts) if isinstance(error, TooManyAttempts) else FORGOT_IT
        typed = _Typed(wanted, address, error.message, guide)
        return await _form(request, cases, viewer, typed, status=status)
    return await let_in(request, cases, begun, wanted)


@router.get(FORGOTTEN)
async def show_forgotten(request: Request, viewer: AnyViewer) -> Response:
    """Where to ask for a link. Without mail there is no such page."""
    if not _mails_links(request):
        raise NoSuchRoute
    return page(request, "forgotten.html", viewer, refusal=None, address="")


@router.post(FORGOTTEN)
async def forgotten(request: Request, cases: Cases, viewer: AnyViewer, fields: Fields) -> Response:
    """Leave the mail; the answer is the same whoever asks."""
    if not _mails_links(request):
        raise NoSuchRoute
    address = fields.text("address")
    try:
        await cases.ask_for_reset(AskForReset(address, visitor_of(request)))
    except TooManyAttempts as error:
        return page(request, "forgotten.html", viewer, status=429, refusal=error, address=address)
    return after(request, "/sign-in", "sign_in.forgotten_sent", kind="info")


@router.get("/sign-in/with-company")
async def to_company(request: Request, cases: Cases, viewer: AnyViewer, asked: Asked) -> Response:
    """Off to the company's own sign-in."""
    wanted = safe_next(asked.text("next"))
    try:
        departure = await cases.begin_company_sign_in(wanted)
    except (NotFound, IdentityProviderFaulty, IdentityProviderAway) as error:
        return await _form(request, cases, viewer, _Typed(wanted, "", error.message, guide_to(type(error))), status=409)
    response = RedirectResponse(departure.url, 303)
    set_cookie(request, response, SIGN_IN, departure.kept, lasts=MAY_TAKE)
    return response


@router.get(COMPANY_CALLBACK)
async def from_company(request: Request, cases: Cases, viewer: AnyViewer, asked: Asked) -> Response:
    """Back from there."""
    command = FinishCompanySignIn(
        code=asked.text("code"),
        state=asked.text("state"),
        error=asked.text("error"),
        issuer=asked.text("iss"),
        kept=read_cookie(request, SIGN_IN),
        visitor=visitor_of(request),
    )
    try:
        arrival = await cases.finish_company_sign_in(command)
    except (IdentityRefused, IdentityProviderFaulty, IdentityProviderAway) as error:
        wrong = f"{error.message} {getattr(error, 'remedy', '')}".strip()
        response = await _form(request, cases, viewer, _Typed("/", "", wrong, guide_to(type(error))), status=403)
    else:
        response = await let_in(request, cases, arrival.session, arrival.wanted)
    drop_cookie(request, response, SIGN_IN)
    return response


@router.post("/sign-out")
async def sign_out(request: Request, cases: Cases) -> Response:
    """End this browser's session."""
    secret = read_cookie(request, SESSION)
    if secret:
        await cases.sign_out(secret)
    response = after(request, "/sign-in", "sign_in.signed_out")
    drop_cookie(request, response, SESSION)
    return response


async def let_in(request: Request, cases: Cases, begun: NewSession, wanted: str) -> Response:
    """Give the browser its new secret; the session that it had ends, so that no secret outlives a sign-in."""
    old = read_cookie(request, SESSION)
    if old:
        await cases.sign_out(old)
    response = RedirectResponse(wanted, 303)
    set_cookie(request, response, SESSION, begun.secret, lasts=LASTS)
    return response


@dataclass(frozen=True, slots=True)
class _Typed:
    """What the form shows again, what was wrong with it, and the guide's section about that."""

    wanted: str
    address: str = ""
    wrong: str = ""
    guide: str = ""


async def _form(request: Request, cases: Cases, viewer: Viewer, typed: _Typed, *, status: int = 200) -> Response:
    ways = await cases.read_ways_in()
    mails_links = _mails_links(request)
    return page(request, "sign_in.html", viewer, status=status, ways=ways, typed=typed, mails_links=mails_links)


def _mails_links(request: Request) -> bool:
    """Whether somebody who forgot their password can be mailed a link: there is a server, and an address to lead to."""
    settings = service_of(request).settings
    return settings.sends_mail and settings.public_url is not None
