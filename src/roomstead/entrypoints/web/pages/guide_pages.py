"""The guides that an error or a check links to, shown by Roomstead itself: it may have no way to the internet.

They are anybody's to read: whoever cannot sign in needs them first, and nothing in them is of this organisation.
"""

from itertools import groupby

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from roomstead.domain.errors import NotFound
from roomstead.entrypoints.guides.library import guides, picture, search
from roomstead.entrypoints.guides.sections import HELP
from roomstead.entrypoints.web.pages.forms import Asked
from roomstead.entrypoints.web.pages.rendering import page
from roomstead.entrypoints.web.pages.viewing import AnyViewer

router = APIRouter(include_in_schema=False)


@router.get(HELP)
async def show_all(request: Request, viewer: AnyViewer, asked: Asked) -> Response:
    """All guides, and the headings that match what is looked for."""
    wanted = asked.text("q").strip()
    sections = [(section, list(each)) for section, each in groupby(guides().values(), lambda guide: guide.section)]
    return page(request, "help.html", viewer, wanted=wanted, found=search(wanted), sections=sections)


@router.get(f"{HELP}/{{name}}")
async def show(request: Request, name: str, viewer: AnyViewer) -> Response:
    """One guide."""
    found = guides().get(name)
    if found is None:
        raise NotFound("There is no such guide.", remedy=f"All of them are listed at {HELP}.")
    return page(request, "help_guide.html", viewer, guide=found, html=Markup(found.page.html))  # noqa: S704 - our own files


@router.get(f"{HELP}/images/{{name}}")
async def show_picture(name: str, _: AnyViewer) -> Response:
    """A picture of a guide."""
    found = picture(name)
    if found is None:
        raise NotFound("There is no such picture.")
    return Response(found, media_type="image/png", headers={"Cache-Control": "private, max-age=86400"})
