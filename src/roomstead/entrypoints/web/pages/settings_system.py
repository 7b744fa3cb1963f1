"""Settings → System: whether everything works, what to do where it does not, and how backups are made."""

from importlib.metadata import version

from fastapi import APIRouter, Response

from roomstead.domain.errors import RetryLater
from roomstead.entrypoints.web.deps import service_of
from roomstead.entrypoints.web.pages.visits import AdminVisit

router = APIRouter(include_in_schema=False)


@router.get("/settings/system")
async def show(visit: AdminVisit) -> Response:
    """Everything that an operator should know of."""
    service = service_of(visit.request)
    try:
        vitals = await visit.cases.read_vitals()
    except RetryLater:
        vitals = None
    return visit.show(
        "system.html",
        findings=await visit.cases.diagnose(visit.actor),
        vitals=vitals,
        version=version("roomstead"),
        settings=service.settings,
        public_url=service.policy.public_url,
    )
