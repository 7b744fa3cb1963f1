"""Rotate credential: the next one is proven before it takes over."""

from uuid import UUID

from fastapi import APIRouter, Response

from roomstead.application.credentials import TypedCredential
from roomstead.application.integration.replace_credential import ReplaceCredential
from roomstead.domain.errors import InvalidInput
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.verification import Purpose
from roomstead.entrypoints.web.pages.forms import Fields, FilledForm
from roomstead.entrypoints.web.pages.integration_add import kind_chosen, last_moment
from roomstead.entrypoints.web.pages.integration_verify import VERIFICATIONS
from roomstead.entrypoints.web.pages.integrations import INTEGRATIONS, card_of
from roomstead.entrypoints.web.pages.visits import UNPROCESSABLE, AdminVisit, Visit

router = APIRouter(include_in_schema=False)

PLACE = f"{INTEGRATIONS}/{{integration_id}}/credential"


@router.get(PLACE)
async def show(visit: AdminVisit, integration_id: UUID) -> Response:
    """Both slots, and the form."""
    return await _page(visit, IntegrationId(integration_id))


@router.post(PLACE)
async def replace(visit: AdminVisit, integration_id: UUID, fields: Fields) -> Response:
    """Store it as the next one and prove it."""
    held = IntegrationId(integration_id)
    seen = await visit.cases.read_integration(held, visit.actor)
    descriptions = await visit.cases.describe_providers(visit.actor)
    description = next(each for each in descriptions if each.key == seen.integration.provider)
    kind = kind_chosen(description, fields)
    ends, mistake = last_moment(fields.text("expires_at"))
    values = {each.name: fields.text(f"{kind.key}.{each.name}") for each in kind.fields}
    if mistake:
        return await _page(visit, held, fields, {"expires_at": mistake})
    try:
        command = ReplaceCredential(held, TypedCredential(kind.key, values, ends), _tier(fields))
        asked = await visit.cases.replace_credential(command, visit.actor)
    except InvalidInput as error:
        return await _page(visit, held, fields, error.mistakes)
    return visit.go(f"{VERIFICATIONS}/{asked.id}")


async def _page(
    visit: Visit, held: IntegrationId, fields: FilledForm | None = None, mistakes: dict[str, str] | None = None
) -> Response:
    seen = await visit.cases.read_integration(held, visit.actor)
    card = await card_of(visit, seen)
    descriptions = await visit.cases.describe_providers(visit.actor)
    description = next(each for each in descriptions if each.key == seen.integration.provider)
    last = seen.last_verification
    chosen = (
        kind_chosen(description, fields).key
        if fields is not None
        else card.current.info.kind
        if card.current is not None
        else description.credential_kinds[0].key
    )
    shown = {} if card.current is None else dict(card.current.info.settings)
    return visit.show(
        "credential.html",
        status=UNPROCESSABLE if mistakes else 200,
        integration=seen.integration,
        card=card,
        kinds=description.credential_kinds,
        chosen=chosen,
        shown=shown if fields is None else _typed(fields, chosen),
        proof=last if last is not None and last.purpose is Purpose.CREDENTIAL else None,
        mistakes=mistakes or {},
        tiers=description.tiers,
        tier=(None if fields is None else _tier(fields)) or seen.integration.tier,
        expires_at="" if fields is None else fields.text("expires_at"),
    )


def _typed(fields: FilledForm, kind: str) -> dict[str, str]:
    return {name.partition(".")[2]: fields.text(name) for name in (f"{kind}.app_id", f"{kind}.certificate")}


def _tier(fields: FilledForm) -> int | None:
    text = fields.text("tier")
    return int(text) if text.isdecimal() and len(text) == 1 else None
