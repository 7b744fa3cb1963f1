"""Integrations. All of it is for Global Admins."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response, status

from roomstead.application.integration.edit_integration import EditIntegration
from roomstead.application.integration.list_integrations import ListIntegrations
from roomstead.application.integration.replace_credential import ReplaceCredential
from roomstead.application.integration.request_verification import RequestVerification
from roomstead.domain.errors import (
    Conflict,
    Forbidden,
    IntegrationDisabled,
    InvalidInput,
    NotFound,
    StaleRevision,
)
from roomstead.domain.integration import Integration, IntegrationStatus, RoomId
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.verification import Verification
from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import Cases, CurrentActor, ExpectedVersion, set_location, set_version
from roomstead.entrypoints.web.errors import VersionRequired
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.wire.base import Listing
from roomstead.entrypoints.wire.base import Request as WireRequest
from roomstead.entrypoints.wire.integrations import (
    AddedIntegrationShape,
    IntegrationChange,
    IntegrationDetailShape,
    IntegrationShape,
    NewIntegration,
    NextCredential,
)
from roomstead.entrypoints.wire.verifications import AskedVerification, VerificationShape

router = api_router("integrations", "/integrations")

ONE = (Forbidden, NotFound, InvalidInput)
CHANGE = (*ONE, Conflict, StaleRevision, VersionRequired)


class IntegrationsQuery(WireRequest):
    """Which integrations."""

    status: IntegrationStatus | None = None


def accepted(request: Request, response: Response, verification: Verification) -> VerificationShape:
    """The answer to whoever asked for a verification: where to follow it."""
    set_location(request, response, f"/verifications/{verification.id}")
    return VerificationShape.of(verification)


def _answer(response: Response, integration: Integration) -> IntegrationShape:
    set_version(response, integration.version)
    return IntegrationShape.of(integration)


@router.get("", summary="List integrations", responses=documented(Forbidden, InvalidInput))
async def list_integrations(
    query: Annotated[IntegrationsQuery, Query()], cases: Cases, actor: CurrentActor
) -> Listing[IntegrationDetailShape]:
    """By name, all on one page."""
    found = await cases.list_integrations(ListIntegrations(query.status), actor)
    return Listing(items=[IntegrationDetailShape.seen(each) for each in found])


@router.post(
    "",
    summary="Add a calendar integration",
    status_code=status.HTTP_201_CREATED,
    responses=documented(Forbidden, NotFound, InvalidInput, Conflict),
)
async def add_integration(
    new: NewIntegration, request: Request, response: Response, cases: Cases, actor: CurrentActor
) -> AddedIntegrationShape:
    """With an admin's own address, or with the service account in its place. Its verification begins at once."""
    added = await cases.add_integration(new.command(), actor)
    set_version(response, added.integration.version)
    set_location(request, response, f"/integrations/{added.integration.id}")
    return AddedIntegrationShape(
        integration=IntegrationShape.of(added.integration),
        verification=VerificationShape.of(added.verification),
        consent_url=added.consent_url,
    )


@router.get("/{integration_id}", summary="Read an integration", responses=documented(*ONE))
async def read_integration(
    integration_id: UUID, response: Response, cases: Cases, actor: CurrentActor
) -> IntegrationDetailShape:
    """With credentials (never their secrets), service accounts, rooms and the last verification."""
    overview = await cases.read_integration(IntegrationId(integration_id), actor)
    set_version(response, overview.integration.version)
    return IntegrationDetailShape.seen(overview)


@router.patch("/{integration_id}", summary="Change an integration", responses=documented(*CHANGE))
async def edit_integration(
    integration_id: UUID,
    change: IntegrationChange,
    version: ExpectedVersion,
    response: Response,
    cases: Cases,
    actor: CurrentActor,
) -> IntegrationShape:
    """What a change means for access shows at the next verification."""
    command = EditIntegration(
        integration_id=IntegrationId(integration_id),
        name=change.name,
        tenant=change.tenant,
        tier=change.tier,
        domains=None if change.domains is None else tuple(change.domains),
        setup_address=change.setup_address,
        app_object_id=change.app_object_id,
        expected_version=version,
    )
    return _answer(response, await cases.edit_integration(command, actor))


@router.post("/{integration_id}/disable", summary="Disable an integration", responses=documented(*ONE))
async def disable_integration(
    integration_id: UUID, response: Response, cases: Cases, actor: CurrentActor
) -> IntegrationShape:
    """Bookings and credential stay; nothing is sent or read until it is enabled. Doing it again changes nothing."""
    return _answer(response, await cases.disable_integration(IntegrationId(integration_id), actor))


@router.post("/{integration_id}/enable", summary="Enable an integration", responses=documented(*ONE))
async def enable_integration(
    integration_id: UUID, response: Response, cases: Cases, actor: CurrentActor
) -> IntegrationShape:
    """It works again when its verification passes. Doing it again changes nothing."""
    return _answer(response, await cases.enable_integration(IntegrationId(integration_id), actor))


@router.put(
    "/{integration_id}/credential",
    summary="Replace the credential",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(*ONE, Conflict, IntegrationDisabled),
)
async def replace_credential(
    integration_id: UUID, new: NextCredential, request: Request, response: Response, cases: Cases, actor: CurrentActor
) -> VerificationShape:
    """It becomes the next one; the current one stays in use until the next is proven."""
    command = ReplaceCredential(IntegrationId(integration_id), new.typed(), new.tier)
    return accepted(request, response, await cases.replace_credential(command, actor))


@router.post(
    "/{integration_id}/verify",
    summary="Verify an integration",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(*ONE, IntegrationDisabled),
)
async def request_verification(
    integration_id: UUID,
    request: Request,
    response: Response,
    cases: Cases,
    actor: CurrentActor,
    asked: AskedVerification | None = None,
) -> VerificationShape:
    """A worker runs the checks; follow them at the Location. It leaves nothing behind. No body: all of it."""
    what = asked or AskedVerification()
    command = RequestVerification(
        IntegrationId(integration_id), what.purpose, tuple(RoomId(room_id) for room_id in what.room_ids)
    )
    return accepted(request, response, await cases.request_verification(command, actor))


@router.post(
    "/{integration_id}/discover",
    summary="Bring the directory's rooms in",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(*ONE, IntegrationDisabled),
)
async def request_discovery(integration_id: UUID, cases: Cases, actor: CurrentActor) -> Response:
    """A worker reads the list; new rooms are verified as soon as they are known."""
    await cases.request_discovery(IntegrationId(integration_id), actor)
    return Response(status_code=status.HTTP_202_ACCEPTED)
