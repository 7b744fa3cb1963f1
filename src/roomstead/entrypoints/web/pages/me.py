"""One's own page: time zone and theme, password, browsers, API tokens."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response

from roomstead.application.people.change_password import ChangePassword
from roomstead.application.people.create_token import CreateToken, NewToken
from roomstead.application.people.edit_preferences import EditPreferences
from roomstead.application.sign_in_rules import TooManyAttempts, page_actor
from roomstead.domain.errors import InvalidInput
from roomstead.domain.people import Actor, Role, TokenId
from roomstead.domain.sessions import SessionId, SignedIn
from roomstead.entrypoints.web.deps import Cases, service_of
from roomstead.entrypoints.web.pages.flash import after
from roomstead.entrypoints.web.pages.forms import Fields
from roomstead.entrypoints.web.pages.once import once
from roomstead.entrypoints.web.pages.rendering import page
from roomstead.entrypoints.web.pages.viewing import CurrentSession, viewer_or_nobody
from roomstead.entrypoints.web.pages.zone_choice import zone_choices

router = APIRouter(include_in_schema=False)

ME = "/me"
TOKEN_LASTS = {"30": 30, "90": 90, "365": 365, "never": None}
"""What the form offers, in days."""


@router.get(ME)
async def show(request: Request, known: CurrentSession) -> Response:
    """The page."""
    return await _page(request, known)


@router.post(f"{ME}/preferences")
async def save_preferences(request: Request, cases: Cases, known: CurrentSession, fields: Fields) -> Response:
    """Zone, times and theme."""
    try:
        chosen = EditPreferences(fields.text("zone"), fields.text("theme"), fields.text("hours"))
        await cases.edit_preferences(chosen, _actor(known))
    except InvalidInput as error:
        return await _page(request, known, status=422, mistakes=error.mistakes)
    return after(request, ME, "me.saved")


@router.post(f"{ME}/password")
async def change_password(request: Request, cases: Cases, known: CurrentSession, fields: Fields) -> Response:
    """A new password; other browsers are signed out."""
    try:
        await cases.change_password(ChangePassword(fields.text("present"), fields.text("new")), known)
    except InvalidInput as error:
        return await _page(request, known, status=422, mistakes=error.mistakes)
    except TooManyAttempts as error:
        return await _page(request, known, status=429, mistakes={"present": error.message})
    return after(request, ME, "me.password_changed")


@router.post(f"{ME}/sessions/end")
async def end_others(request: Request, cases: Cases, known: CurrentSession) -> Response:
    """Sign every other browser out."""
    ended = await cases.end_sessions(known.person.id, _actor(known), but=known.session.id)
    return after(request, ME, "me.others_ended", count=ended)


@router.post(f"{ME}/sessions/{{session_id}}/end")
async def end_one(request: Request, cases: Cases, known: CurrentSession, session_id: UUID) -> Response:
    """Sign one browser out."""
    await cases.end_session(SessionId(session_id), known.person.id, _actor(known))
    return after(request, ME, "me.one_ended")


@router.post(f"{ME}/tokens")
async def create_token(request: Request, cases: Cases, known: CurrentSession, fields: Fields) -> Response:
    """Make a token and show its secret, this once."""
    days = TOKEN_LASTS.get(fields.text("lasts"), 30)
    expires_at = None if days is None else service_of(request).clock.now() + timedelta(days=days)
    role = Role.GLOBAL_ADMIN if fields.is_on("as_admin") else Role.MEMBER
    command = CreateToken(known.person.id, fields.text("name"), role, expires_at)

    async def work() -> Response:
        try:
            made = await cases.create_token(command, _actor(known))
        except InvalidInput as error:
            mistakes = {f"token_{field}": sentence for field, sentence in error.mistakes.items()}
            return await _page(request, known, status=422, mistakes=mistakes, typed=command.name)
        return await _page(request, known, made=made)

    return await once(request, _actor(known), work)


@router.post(f"{ME}/tokens/{{token_id}}/revoke")
async def revoke_token(request: Request, cases: Cases, known: CurrentSession, token_id: UUID) -> Response:
    """Make a token worthless."""
    await cases.revoke_token(TokenId(token_id), _actor(known))
    return after(request, ME, "me.token_revoked")


def _actor(known: SignedIn) -> Actor:
    return page_actor(known.person)


async def _page(
    request: Request,
    known: SignedIn,
    *,
    status: int = 200,
    mistakes: dict[str, str] | None = None,
    typed: str = "",
    made: NewToken | None = None,
) -> Response:
    return page(
        request,
        "me.html",
        await viewer_or_nobody(request),
        status=status,
        account=await service_of(request).cases.read_account(known.person.id, _actor(known)),
        known=known,
        zones=zone_choices(),
        mistakes=mistakes or {},
        typed=typed,
        made=made,
    )
