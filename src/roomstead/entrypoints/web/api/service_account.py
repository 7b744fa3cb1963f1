"""The service account of an integration. For Global Admins."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response, status
from pydantic import Field

from roomstead.application.integration.add_service_mailbox import AddServiceMailbox
from roomstead.application.integration.edit_service_mailbox import EditServiceMailbox
from roomstead.application.integration.remove_service_mailbox import RemoveServiceMailbox
from roomstead.domain.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    ServiceAccountExists,
    ServiceAccountInUse,
    StaleRevision,
)
from roomstead.domain.mailbox import IntegrationId
from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import Cases, CurrentActor, ExpectedVersion, set_location, set_version
from roomstead.entrypoints.web.errors import VersionRequired
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.wire.base import Request as WireRequest
from roomstead.entrypoints.wire.integrations import (
    AddedServiceAccountShape,
    ServiceAccountAddress,
    ServiceAccountChangeShape,
    ServiceAccountShape,
)
from roomstead.entrypoints.wire.verifications import VerificationShape

router = api_router("service account", "/integrations/{integration_id}/service-account")

ONE = (Forbidden, NotFound, InvalidInput)


class RemovalQuery(WireRequest):
    """Whether the consequence was read."""

    confirmed: bool = Field(default=False, description="True: go on although meetings depend on it.")


@router.post(
    "",
    summary="Add service account",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(*ONE, Conflict, ServiceAccountExists),
)
async def add_service_account(
    integration_id: UUID,
    new: ServiceAccountAddress,
    request: Request,
    response: Response,
    cases: Cases,
    actor: CurrentActor,
) -> AddedServiceAccountShape:
    """It is active once its verification passes, which begins at once. At most one per integration."""
    added = await cases.add_service_mailbox(AddServiceMailbox(IntegrationId(integration_id), new.address), actor)
    set_version(response, added.account.version)
    set_location(request, response, f"/verifications/{added.verification.id}")
    return AddedServiceAccountShape(
        service_account=ServiceAccountShape.of(added.account), verification=VerificationShape.of(added.verification)
    )


@router.put(
    "",
    summary="Edit service account",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(*ONE, Conflict, StaleRevision, VersionRequired),
)
async def edit_service_account(
    integration_id: UUID,
    new: ServiceAccountAddress,
    version: ExpectedVersion,
    request: Request,
    response: Response,
    cases: Cases,
    actor: CurrentActor,
) -> ServiceAccountChangeShape:
    """The old one (its ETag as If-Match) stays in force until the new one is verified; its meetings stay alive."""
    command = EditServiceMailbox(IntegrationId(integration_id), new.address, version)
    change = await cases.edit_service_mailbox(command, actor)
    set_version(response, change.pending.version)
    set_location(request, response, f"/verifications/{change.verification.id}")
    return ServiceAccountChangeShape.of(change)


@router.delete(
    "",
    summary="Remove service account",
    responses=documented(*ONE, Conflict, ServiceAccountInUse, StaleRevision, VersionRequired),
)
async def remove_service_account(
    integration_id: UUID,
    query: Annotated[RemovalQuery, Query()],
    version: ExpectedVersion,
    response: Response,
    cases: Cases,
    actor: CurrentActor,
) -> ServiceAccountShape:
    """Answers how it stands then: retiring while meetings are left in its calendar, or retired."""
    command = RemoveServiceMailbox(IntegrationId(integration_id), query.confirmed, version)
    account = await cases.remove_service_mailbox(command, actor)
    set_version(response, account.version)
    return ServiceAccountShape.of(account)
