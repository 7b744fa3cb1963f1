"""Whether rooms accept the service account: asked by a test booking, or read from their settings."""

from uuid import UUID

from fastapi import APIRouter, Response

from roomstead.application.integration.import_room_policies import ImportRoomPolicies
from roomstead.application.integration.list_rooms import ListRooms
from roomstead.application.integration.request_verification import MOST_ASKED, RequestVerification
from roomstead.application.ports.rooms import RoomFilter
from roomstead.domain.errors import IntegrationDisabled, InvalidInput, NotFound
from roomstead.domain.integration import RoomId, RoomStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.verification import Purpose
from roomstead.entrypoints.web.pages.forms import Asked, Fields, FilledForm
from roomstead.entrypoints.web.pages.integration_verify import VERIFICATIONS
from roomstead.entrypoints.web.pages.integrations import INTEGRATIONS
from roomstead.entrypoints.web.pages.once import once
from roomstead.entrypoints.web.pages.visits import UNPROCESSABLE, AdminVisit, Visit

router = APIRouter(include_in_schema=False)

PLACE = f"{INTEGRATIONS}/{{integration_id}}/room-answers"
SHOWN = 100


@router.get(PLACE)
async def show(visit: AdminVisit, integration_id: UUID, asked: Asked) -> Response:
    """The page."""
    return await _page(visit, IntegrationId(integration_id), search=asked.text("search").strip())


@router.post(PLACE)
async def ask(visit: AdminVisit, integration_id: UUID, fields: Fields) -> Response:
    """Send a request to each of the chosen rooms."""
    held = IntegrationId(integration_id)

    async def work() -> Response:
        try:
            chosen = tuple(RoomId(UUID(text)) for text in fields.texts("room"))
            command = RequestVerification(held, Purpose.ROOM_ANSWERS, chosen)
            asked = await visit.cases.request_verification(command, visit.actor)
        except ValueError:
            return await _page(visit, held, mistakes={"room_ids": "There are no such rooms."})
        except InvalidInput as error:
            return await _page(visit, held, mistakes=error.mistakes)
        except IntegrationDisabled as error:
            return await _page(visit, held, mistakes={"room_ids": f"{error.message} {error.remedy}"})
        return visit.go(f"{VERIFICATIONS}/{asked.id}")

    return await once(visit.request, visit.actor, work)


@router.post(f"{PLACE}/pasted")
async def bring_in(visit: AdminVisit, integration_id: UUID, fields: Fields) -> Response:
    """What the script printed."""
    held = IntegrationId(integration_id)
    try:
        command = ImportRoomPolicies(held, fields.text("pasted"))
        kept = await visit.cases.import_room_policies(command, visit.actor)
    except InvalidInput as error:
        return await _page(visit, held, mistakes=error.mistakes, fields=fields)
    return visit.go(f"{VERIFICATIONS}/{kept.id}")


async def _page(
    visit: Visit,
    held: IntegrationId,
    *,
    search: str = "",
    mistakes: dict[str, str] | None = None,
    fields: FilledForm | None = None,
) -> Response:
    seen = await visit.cases.read_integration(held, visit.actor)
    wanted = RoomFilter(search=search, integration_id=held, statuses=(RoomStatus.LIVE,))
    try:
        script = await visit.cases.read_room_policy_script(held, visit.actor)
    except NotFound:
        script = None
    return visit.show(
        "room_answers.html",
        status=UNPROCESSABLE if mistakes else 200,
        seen=seen,
        integration=seen.integration,
        rooms=await visit.cases.list_rooms(ListRooms(wanted, limit=SHOWN), visit.actor),
        most=MOST_ASKED,
        search=search,
        script=script,
        pasted="" if fields is None else fields.text("pasted"),
        mistakes=mistakes or {},
    )
