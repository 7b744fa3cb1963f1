"""Edit integration: its name, how much access it has, its domains, and before its first room its tenant."""

from uuid import UUID

from fastapi import APIRouter, Response

from roomstead.application.integration.edit_integration import EditIntegration
from roomstead.application.integration.request_verification import RequestVerification
from roomstead.domain.errors import AppError, Conflict, InvalidInput, StaleRevision
from roomstead.domain.integration import Integration
from roomstead.domain.mailbox import IntegrationId
from roomstead.entrypoints.web.pages.forms import Fields, FilledForm
from roomstead.entrypoints.web.pages.integration_verify import VERIFICATIONS
from roomstead.entrypoints.web.pages.integrations import INTEGRATIONS
from roomstead.entrypoints.web.pages.once import once
from roomstead.entrypoints.web.pages.visits import AdminVisit, Visit, trouble
from roomstead.entrypoints.web.problems import status_of

router = APIRouter(include_in_schema=False)

PLACE = f"{INTEGRATIONS}/{{integration_id}}/edit"


@router.get(PLACE)
async def show(visit: AdminVisit, integration_id: UUID) -> Response:
    """The form, as it stands."""
    return await _page(visit, IntegrationId(integration_id))


@router.post(PLACE)
async def save(visit: AdminVisit, integration_id: UUID, fields: Fields) -> Response:
    """Another tenant or tier is verified at once: only that shows what it means."""
    held = IntegrationId(integration_id)

    async def work() -> Response:
        before = (await visit.cases.read_integration(held, visit.actor)).integration
        try:
            changed = await visit.cases.edit_integration(_command(held, fields), visit.actor)
        except (InvalidInput, Conflict, StaleRevision) as error:
            return await _page(visit, held, fields, error)
        if (changed.tenant, changed.tier) == (before.tenant, before.tier):
            return visit.go(INTEGRATIONS, "edit.saved", name=changed.name)
        asked = await visit.cases.request_verification(RequestVerification(held), visit.actor)
        return visit.go(f"{VERIFICATIONS}/{asked.id}", "edit.verifying")

    return await once(visit.request, visit.actor, work)


def _command(held: IntegrationId, fields: FilledForm) -> EditIntegration:
    tier, version = fields.text("tier"), fields.text("version")
    return EditIntegration(
        held,
        name=fields.text("name"),
        tenant=fields.text("tenant") or None,
        tier=int(tier) if tier.isdecimal() and len(tier) == 1 else None,
        domains=tuple(fields.text("domains").split()),
        expected_version=int(version) if version.isdecimal() else None,
    )


async def _page(
    visit: Visit, held: IntegrationId, fields: FilledForm | None = None, error: AppError | None = None
) -> Response:
    seen = await visit.cases.read_integration(held, visit.actor)
    descriptions = await visit.cases.describe_providers(visit.actor)
    return visit.show(
        "integration_edit.html",
        status=200 if error is None else status_of(type(error)).value,
        seen=seen,
        integration=seen.integration,
        has_rooms=bool(seen.rooms),
        tiers=next(each for each in descriptions if each.key == seen.integration.provider).tiers,
        typed=_as_it_stands(seen.integration) if fields is None else _typed(fields),
        **trouble(error),
    )


def _as_it_stands(held: Integration) -> dict[str, str]:
    return {"name": held.name, "tenant": held.tenant, "tier": str(held.tier), "domains": "\n".join(held.domains)}


def _typed(fields: FilledForm) -> dict[str, str]:
    return {name: fields.text(name) for name in ("name", "tenant", "tier", "domains")}
