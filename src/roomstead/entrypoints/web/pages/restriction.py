"""Restrict access: how to confine the app, and whether it is confined, proven by who is kept out (S12)."""

from uuid import UUID

from fastapi import APIRouter, Response

from roomstead.application.integration.drop_must_be_refused import DropMustBeRefused
from roomstead.application.integration.mark_applied import MarkApplied
from roomstead.application.integration.name_must_be_refused import NameMustBeRefused
from roomstead.domain.errors import InvalidInput
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.verification import CheckKey, CheckStatus
from roomstead.entrypoints.web.pages.forms import Fields
from roomstead.entrypoints.web.pages.integration_verify import VERIFICATIONS
from roomstead.entrypoints.web.pages.integrations import INTEGRATIONS
from roomstead.entrypoints.web.pages.visits import UNPROCESSABLE, AdminVisit, Visit

router = APIRouter(include_in_schema=False)

PLACE = f"{INTEGRATIONS}/{{integration_id}}/restriction"


@router.get(PLACE)
async def show(visit: AdminVisit, integration_id: UUID) -> Response:
    """The page."""
    return await _page(visit, IntegrationId(integration_id))


@router.post(f"{PLACE}/must-be-refused")
async def name(visit: AdminVisit, integration_id: UUID, fields: Fields) -> Response:
    """Put a mailbox on the list; it is tried at once."""
    held, address, reason = IntegrationId(integration_id), fields.text("address"), fields.text("reason")
    try:
        named = await visit.cases.name_must_be_refused(NameMustBeRefused(held, address, reason), visit.actor)
    except InvalidInput as error:
        return await _page(visit, held, mistakes=error.mistakes, typed={"address": address, "reason": reason})
    return visit.go(PLACE.format(integration_id=held), "restriction.must_added", address=named.address)


@router.post(f"{PLACE}/must-be-refused/drop")
async def drop(visit: AdminVisit, integration_id: UUID, fields: Fields) -> Response:
    """Take one off the list."""
    held, address = IntegrationId(integration_id), fields.text("address")
    await visit.cases.drop_must_be_refused(DropMustBeRefused(held, address), visit.actor)
    return visit.go(PLACE.format(integration_id=held), "restriction.must_dropped", address=address)


async def _page(
    visit: Visit,
    held: IntegrationId,
    *,
    mistakes: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    seen = await visit.cases.read_integration(held, visit.actor)
    last = seen.last_verification
    return visit.show(
        "restriction.html",
        status=UNPROCESSABLE if mistakes else 200,
        seen=seen,
        integration=seen.integration,
        view=await visit.cases.read_restriction(held, visit.actor),
        last=last,
        mistakes=mistakes or {},
        typed=typed or {"address": "", "reason": ""},
    )


@router.post(f"{PLACE}/applied")
async def mark_applied(visit: AdminVisit, integration_id: UUID) -> Response:
    """“I have run this”: what failed for want of a restriction is watched while the change spreads."""
    held = IntegrationId(integration_id)
    seen = await visit.cases.read_integration(held, visit.actor)
    last = seen.last_verification
    if last is None:
        return visit.go(PLACE.format(integration_id=held))
    view = await visit.cases.read_verification(last.id, visit.actor)
    open_ones = {each.check.key for each in view.checks if each.check.status is CheckStatus.FAILED}
    for key in open_ones & {CheckKey.MUST_BE_REFUSED, CheckKey.ROOMS, CheckKey.MAILBOX}:
        await visit.cases.mark_applied(MarkApplied(last.id, key), visit.actor)
    return visit.go(f"{VERIFICATIONS}/{last.id}", "verify.marked")
