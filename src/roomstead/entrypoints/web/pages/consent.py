"""Back from the provider's consent page: what it reported, and on to the verification, which alone proves it."""

from fastapi import APIRouter, Request, Response

from roomstead.application.consent import CONSENTED
from roomstead.application.integration.record_consent import RecordConsent
from roomstead.entrypoints.web.deps import Cases
from roomstead.entrypoints.web.pages.forms import storable
from roomstead.entrypoints.web.pages.rendering import page
from roomstead.entrypoints.web.pages.viewing import AnyViewer

router = APIRouter(include_in_schema=False)


@router.get(CONSENTED)
async def consented(request: Request, cases: Cases, viewer: AnyViewer) -> Response:
    """Whoever consented need not be signed in here: the sealed state says that we sent them."""
    answer = {name: storable(name, value) for name, value in request.query_params.items()}
    recorded = await cases.record_consent(RecordConsent(answer), viewer.actor)
    return page(request, "integration_consented.html", viewer, recorded=recorded)
