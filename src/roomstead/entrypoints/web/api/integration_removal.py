"""Removing an integration: what it means, and doing it. For Global Admins."""

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query, Response, status
from pydantic import Field

from roomstead.application.integration.remove_integration import RemoveIntegration
from roomstead.domain.errors import Forbidden, InvalidInput, NotFound
from roomstead.domain.mailbox import IntegrationId
from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import Cases, CurrentActor
from roomstead.entrypoints.web.pages.moments import Moments
from roomstead.entrypoints.web.pages.removal_words import consequences_of_removal
from roomstead.entrypoints.web.pages.texts import DEFAULT_LANGUAGE, texts_in
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.wire.base import Request, Text
from roomstead.entrypoints.wire.removal import RemovalShape

router = api_router("integrations", "/integrations/{integration_id}")

ONE = (Forbidden, NotFound, InvalidInput)


class RemovalQuery(Request):
    """The confirmation."""

    name: Text = Field(
        default="", max_length=500, description="The integration's name: says that the consequences were read."
    )


@router.get("/removal", summary="See what removing an integration means", responses=documented(*ONE))
async def read_removal(integration_id: UUID, cases: Cases, actor: CurrentActor) -> RemovalShape:
    """With numbers, in the words of the page. Nothing is changed."""
    seen = await cases.read_integration(IntegrationId(integration_id), actor)
    moments = Moments(ZoneInfo("UTC"), DEFAULT_LANGUAGE)
    return RemovalShape.of(seen, consequences_of_removal(seen, texts_in(DEFAULT_LANGUAGE), moments))


@router.delete(
    "",
    summary="Remove an integration",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(*ONE),
)
async def remove_integration(
    integration_id: UUID, query: Annotated[RemovalQuery, Query()], cases: Cases, actor: CurrentActor
) -> Response:
    """For good; its name confirms it. Read what it means first: `GET /integrations/{id}/removal`."""
    await cases.remove_integration(RemoveIntegration(IntegrationId(integration_id), query.name), actor)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
