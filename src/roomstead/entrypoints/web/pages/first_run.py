"""One-time links: the first Global Admin's, and those with which people choose a password."""

from fastapi import APIRouter, Request, Response

from roomstead.application.people.set_password import SetPassword
from roomstead.application.people.set_up_first_admin import SetUpFirstAdmin
from roomstead.domain.errors import InvalidInput
from roomstead.domain.sessions import LinkPurpose
from roomstead.entrypoints.web.deps import Cases
from roomstead.entrypoints.web.pages.forms import Fields
from roomstead.entrypoints.web.pages.rendering import page
from roomstead.entrypoints.web.pages.sign_in import let_in
from roomstead.entrypoints.web.pages.viewing import HOME, AnyViewer, visitor_of

router = APIRouter(include_in_schema=False)

AFTER_SETUP = "/settings/integrations"
UNPROCESSABLE = 422


@router.get("/first-run/{secret}")
async def show_first_run(request: Request, cases: Cases, viewer: AnyViewer, secret: str) -> Response:
    """The form of the first Global Admin."""
    await cases.read_link(secret, LinkPurpose.FIRST_ADMIN)
    return page(request, "first_run.html", viewer, mistakes={}, name="", address="")


@router.post("/first-run/{secret}")
async def first_run(
    request: Request,
    cases: Cases,
    viewer: AnyViewer,
    secret: str,
    fields: Fields,
) -> Response:
    """Make the first Global Admin and go on to what they came for."""
    name, address = fields.text("name"), fields.text("address")
    command = SetUpFirstAdmin(secret, name, address, fields.text("password"), visitor_of(request))
    try:
        begun = await cases.set_up_first_admin(command)
    except InvalidInput as error:
        await cases.read_link(secret, LinkPurpose.FIRST_ADMIN)
        values = {"mistakes": error.mistakes, "name": name, "address": address}
        return page(request, "first_run.html", viewer, status=UNPROCESSABLE, **values)
    return await let_in(request, cases, begun, AFTER_SETUP)


@router.get("/password/{secret}")
async def show_password(request: Request, cases: Cases, viewer: AnyViewer, secret: str) -> Response:
    """The form to choose a password."""
    found = await cases.read_link(secret, LinkPurpose.RESET)
    return page(request, "password.html", viewer, mistakes={}, found=found)


@router.post("/password/{secret}")
async def set_password(request: Request, cases: Cases, viewer: AnyViewer, secret: str, fields: Fields) -> Response:
    """Store it and let the person in."""
    try:
        begun = await cases.set_password(SetPassword(secret, fields.text("password"), visitor_of(request)))
    except InvalidInput as error:
        found = await cases.read_link(secret, LinkPurpose.RESET)
        return page(request, "password.html", viewer, status=UNPROCESSABLE, mistakes=error.mistakes, found=found)
    return await let_in(request, cases, begun, HOME)
