"""Settings as a whole."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from roomstead.entrypoints.web.pages.visits import AdminVisit

router = APIRouter(include_in_schema=False)


@router.get("/settings")
async def show(visit: AdminVisit) -> Response:  # noqa: ARG001 - asked for so that members are refused
    """Its first place."""
    return RedirectResponse("/settings/integrations", 303)
