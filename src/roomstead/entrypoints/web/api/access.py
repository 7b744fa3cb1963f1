"""What an integration may do with mailboxes, and whether it is confined to them. For Global Admins."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response, status
from pydantic import Field

from roomstead.application.integration.drop_must_be_refused import DropMustBeRefused
from roomstead.application.integration.list_access import ListAccess
from roomstead.application.integration.name_must_be_refused import NameMustBeRefused
from roomstead.application.integration.probe_access import ProbeAccess
from roomstead.application.ports.access import AccessFilter
from roomstead.domain.access import Capability, Verdict
from roomstead.domain.errors import Forbidden, IntegrationDisabled, InvalidInput, NotFound
from roomstead.domain.mailbox import IntegrationId
from roomstead.entrypoints.web.api.integrations import accepted
from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import Cases, CurrentActor
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.wire.access import (
    AccessShape,
    MustBeRefusedShape,
    ProbedAddresses,
    RefusalReason,
    RestrictionShape,
)
from roomstead.entrypoints.wire.base import Listing, PageQuery, Text
from roomstead.entrypoints.wire.verifications import VerificationShape

router = api_router("access", "/integrations/{integration_id}")

ONE = (Forbidden, NotFound, InvalidInput)


class AccessQuery(PageQuery):
    """Which findings."""

    search: Text = Field(default="", max_length=200, description="Part of an address, or of a person's or room's name.")
    capability: Capability | None = None
    verdict: Verdict | None = None


@router.get("/access", summary="Read the access report", responses=documented(*ONE))
async def list_access(
    integration_id: UUID, query: Annotated[AccessQuery, Query()], cases: Cases, actor: CurrentActor
) -> Listing[AccessShape]:
    """What was last found of every mailbox, by address."""
    wanted = AccessFilter(query.search, query.capability, query.verdict)
    page = await cases.list_access(ListAccess(IntegrationId(integration_id), wanted, query.cursor, query.limit), actor)
    return Listing(items=[AccessShape.of(each) for each in page.items], next_cursor=page.next_cursor)


@router.post(
    "/access/probe",
    summary="Probe mailboxes now",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(*ONE, IntegrationDisabled),
)
async def probe_access(
    integration_id: UUID,
    asked: ProbedAddresses,
    request: Request,
    response: Response,
    cases: Cases,
    actor: CurrentActor,
) -> VerificationShape:
    """A worker probes them; addresses of other organisations never are."""
    command = ProbeAccess(IntegrationId(integration_id), tuple(asked.addresses))
    return accepted(request, response, await cases.probe_access(command, actor))


@router.get("/restriction", summary="See whether access is restricted, and how to", responses=documented(*ONE))
async def read_restriction(integration_id: UUID, cases: Cases, actor: CurrentActor) -> RestrictionShape:
    """Our app id, scripts filled in with this tenant's addresses, and whether the restriction is proven."""
    return RestrictionShape.of(await cases.read_restriction(IntegrationId(integration_id), actor))


@router.put(
    "/restriction/must-be-refused/{address}",
    summary="Name a mailbox that must be refused",
    responses=documented(*ONE, IntegrationDisabled),
)
async def name_must_be_refused(
    integration_id: UUID, address: Text, why: RefusalReason, cases: Cases, actor: CurrentActor
) -> MustBeRefusedShape:
    """A restriction is proven only by a mailbox that is kept out. It is tried at once."""
    command = NameMustBeRefused(IntegrationId(integration_id), address, why.reason)
    return MustBeRefusedShape.named(await cases.name_must_be_refused(command, actor))


@router.delete(
    "/restriction/must-be-refused/{address}",
    summary="Take a mailbox off that list",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(*ONE),
)
async def drop_must_be_refused(integration_id: UUID, address: Text, cases: Cases, actor: CurrentActor) -> Response:
    """It is no longer tried."""
    await cases.drop_must_be_refused(DropMustBeRefused(IntegrationId(integration_id), address), actor)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
