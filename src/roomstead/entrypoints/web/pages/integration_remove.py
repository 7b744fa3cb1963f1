"""Remove an integration, or disable it instead: what it means is said first, and confirmed by its name."""

from uuid import UUID

from fastapi import APIRouter, Response

from roomstead.application.integration.remove_integration import RemoveIntegration
from roomstead.domain.errors import InvalidInput
from roomstead.domain.mailbox import IntegrationId
from roomstead.entrypoints.web.pages.forms import Fields
from roomstead.entrypoints.web.pages.integrations import INTEGRATIONS
from roomstead.entrypoints.web.pages.removal_words import consequences_of_removal
from roomstead.entrypoints.web.pages.texts import texts_in
from roomstead.entrypoints.web.pages.visits import UNPROCESSABLE, AdminVisit, Visit

router = APIRouter(include_in_schema=False)

PLACE = f"{INTEGRATIONS}/{{integration_id}}/remove"


@router.get(PLACE)
async def show(visit: AdminVisit, integration_id: UUID) -> Response:
    """The consequences."""
    return await _page(visit, IntegrationId(integration_id))


@router.post(PLACE)
async def remove(visit: AdminVisit, integration_id: UUID, fields: Fields) -> Response:
    """Remove it, if the name was typed."""
    held, typed = IntegrationId(integration_id), fields.text("name")
    try:
        name = await visit.cases.remove_integration(RemoveIntegration(held, typed), visit.actor)
    except InvalidInput as error:
        return await _page(visit, held, typed, error.mistakes)
    return visit.go(INTEGRATIONS, "remove.done", name=name)


async def _page(visit: Visit, held: IntegrationId, typed: str = "", mistakes: dict[str, str] | None = None) -> Response:
    seen = await visit.cases.read_integration(held, visit.actor)
    moments = visit.viewer.moments
    return visit.show(
        "integration_remove.html",
        status=UNPROCESSABLE if mistakes else 200,
        provider_label=seen.provider_label,
        integration=seen.integration,
        consequences=consequences_of_removal(seen, texts_in(moments.language), moments),
        typed=typed,
        mistakes=mistakes or {},
    )
