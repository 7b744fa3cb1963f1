"""How rooms treat requests: read by a script that an admin runs, and pasted back. For Global Admins."""

from uuid import UUID

from fastapi import Request, Response, status

from roomstead.application.integration.import_room_policies import ImportRoomPolicies
from roomstead.domain.errors import Forbidden, InvalidInput, NotFound
from roomstead.domain.mailbox import IntegrationId
from roomstead.entrypoints.web.api.integrations import accepted
from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import Cases, CurrentActor
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.wire.access import ScriptShape
from roomstead.entrypoints.wire.verifications import PastedPolicies, VerificationShape

router = api_router("room-policies", "/integrations/{integration_id}")

ONE = (Forbidden, NotFound, InvalidInput)


@router.get("/room-policies", summary="Get the script that reads booking policies", responses=documented(*ONE))
async def read_room_policy_script(integration_id: UUID, cases: Cases, actor: CurrentActor) -> ScriptShape:
    """It only reads; `404` where nothing but a test booking tells how rooms answer."""
    return ScriptShape.of(await cases.read_room_policy_script(IntegrationId(integration_id), actor))


@router.post(
    "/room-policies",
    summary="Bring in what the script printed",
    status_code=status.HTTP_201_CREATED,
    responses=documented(*ONE),
)
async def import_room_policies(
    integration_id: UUID,
    told: PastedPolicies,
    request: Request,
    response: Response,
    cases: Cases,
    actor: CurrentActor,
) -> VerificationShape:
    """Kept as a verification of `room_answers` that has ended; nothing is sent to any room."""
    command = ImportRoomPolicies(IntegrationId(integration_id), told.pasted)
    return accepted(request, response, await cases.import_room_policies(command, actor))
