"""Settings → Integrations → Add calendar integration: provider, credential, address; then its verification."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from roomstead.application.consent import CONSENTED
from roomstead.application.integration_draft import Draft, DraftView
from roomstead.application.ports.providers import CredentialKind, ProviderDescription
from roomstead.application.service_accounts import HOSTING_TIER
from roomstead.domain.errors import Conflict, InvalidInput, NotFound
from roomstead.entrypoints.web.deps import service_of
from roomstead.entrypoints.web.pages.forms import Fields, FilledForm
from roomstead.entrypoints.web.pages.integrations import INTEGRATIONS
from roomstead.entrypoints.web.pages.once import once
from roomstead.entrypoints.web.pages.visits import UNPROCESSABLE, AdminVisit, Visit

router = APIRouter(include_in_schema=False)

ADD = f"{INTEGRATIONS}/add"
ADDRESS = f"{ADD}/address"
LATE_FIELDS = frozenset({"address", "name", "use_as_service_account"})
USUAL_TIER = 2


@router.get(ADD)
async def choose_provider(visit: AdminVisit) -> Response:
    """Step 1; a draft that was begun is offered."""
    return visit.show(
        "integration_add_provider.html",
        providers=await visit.cases.describe_providers(visit.actor),
        view=await visit.cases.read_draft(visit.actor),
    )


@router.get(ADDRESS)
async def ask_address(visit: AdminVisit) -> Response:
    """Step 3, once the steps before it are right."""
    view = await visit.cases.read_draft(visit.actor)
    if view is None:
        return visit.go(ADD)
    if view.mistakes:
        return visit.go(f"{ADD}/{view.draft.provider}?again=1")
    return await _address_form(visit, view)


@router.post(ADDRESS)
async def add(visit: AdminVisit, fields: Fields) -> Response:
    """Add it; its verification begins at once."""

    async def work() -> Response:
        view = await visit.cases.read_draft(visit.actor)
        if view is None:
            return visit.go(ADD, "add.draft_gone")
        address, name = fields.text("address"), fields.text("name").strip()
        name = name or address.strip().rpartition("@")[2]
        form = view.draft.as_form(name, address, is_service_account=fields.is_on("use_as_service_account"))
        try:
            added = await visit.cases.add_integration(form, visit.actor)
        except InvalidInput as error:
            if set(error.mistakes) - LATE_FIELDS:
                return visit.go(f"{ADD}/{view.draft.provider}?again=1")
            return await _address_form(visit, view, fields, mistakes=error.mistakes)
        except Conflict as error:
            return await _address_form(visit, view, fields, mistakes={"name": error.message})
        await visit.cases.drop_draft(visit.actor)
        return visit.go(f"/settings/integrations/verifications/{added.verification.id}?added")

    return await once(visit.request, visit.actor, work)


@router.post(f"{ADD}/forget")
async def forget(visit: AdminVisit) -> Response:
    """Give the draft up, secret and all."""
    await visit.cases.drop_draft(visit.actor)
    return visit.go(ADD, "add.forgotten")


@router.get(f"{ADD}/{{provider}}")
async def ask_credential(visit: AdminVisit, provider: str) -> Response:
    """Step 2."""
    description = await _description(visit, provider)
    view = await visit.cases.read_draft(visit.actor)
    if view is None or view.draft.provider != provider:
        return _credential_form(visit, description, None, {})
    return _credential_form(visit, description, view.draft, view.mistakes if visit.request.query_params else {})


@router.post(f"{ADD}/{{provider}}")
async def keep_credential(visit: AdminVisit, provider: str, fields: Fields) -> Response:
    """Keep what was typed; on when nothing is wrong with it."""
    description = await _description(visit, provider)
    ends, ends_mistake = _last_day(fields)
    view = await visit.cases.save_draft(_draft(description, fields, ends), visit.actor)
    mistakes = {**view.mistakes, **({"expires_at": ends_mistake} if ends_mistake else {})}
    if mistakes:
        return _credential_form(visit, description, view.draft, mistakes)
    return RedirectResponse(ADDRESS, 303)


async def _description(visit: Visit, key: str) -> ProviderDescription:
    for each in await visit.cases.describe_providers(visit.actor):
        if each.key == key:
            return each
    raise NotFound("There is no such calendar service.", remedy="Choose one of those that are offered.")


def _draft(description: ProviderDescription, fields: FilledForm, ends: datetime | None) -> Draft:
    kind = kind_chosen(description, fields)
    values = {each.name: fields.text(f"{kind.key}.{each.name}") for each in kind.fields}
    secret = {each.name for each in kind.fields if each.is_secret}
    tier = fields.text("tier")
    endpoints = {name: fields.text(f"endpoint.{name}").strip() for name in next(iter(description.clouds.values()))}
    return Draft(
        provider=description.key,
        tenant=fields.text("tenant").strip(),
        tier=int(tier) if tier.isdecimal() and len(tier) == 1 else 0,
        cloud=fields.text("cloud"),
        kind=kind.key,
        settings={name: text.strip() for name, text in values.items() if name not in secret},
        endpoints={name: text for name, text in endpoints.items() if text},
        app_object_id=fields.text("app_object_id").strip(),
        expires_at=ends,
        secrets={name: text for name, text in values.items() if name in secret},
    )


def kind_chosen(description: ProviderDescription, fields: FilledForm) -> CredentialKind:
    """The kind of credential that was chosen; the first, when none was."""
    wanted = fields.text("kind")
    return next((kind for kind in description.credential_kinds if kind.key == wanted), description.credential_kinds[0])


def _last_day(fields: FilledForm) -> tuple[datetime | None, str]:
    """The end of the day that was typed, and what is wrong with it."""
    return last_moment(fields.text("expires_at"))


def last_moment(typed: str) -> tuple[datetime | None, str]:
    """The end of a day as typed (UTC: a credential's last day is the same for everybody), and what is wrong with it."""
    if not typed.strip():
        return None, ""
    try:
        return datetime.combine(date.fromisoformat(typed.strip()), time(23, 59, 59), UTC), ""
    except ValueError:
        return None, "Give the day as in 2027-02-14."


def _credential_form(
    visit: Visit, description: ProviderDescription, draft: Draft | None, mistakes: Mapping[str, str]
) -> Response:
    return visit.show(
        "integration_add_credential.html",
        status=UNPROCESSABLE if mistakes else 200,
        description=description,
        draft=draft,
        mistakes=mistakes,
        chosen_tier=draft.tier if draft and draft.tier else USUAL_TIER,
        chosen_kind=draft.kind if draft else description.credential_kinds[0].key,
        redirect_url=f"{service_of(visit.request).policy.public_url}{CONSENTED}",
    )


async def _address_form(
    visit: Visit, view: DraftView, fields: FilledForm | None = None, *, mistakes: dict[str, str] | None = None
) -> Response:
    return visit.show(
        "integration_add_address.html",
        status=UNPROCESSABLE if mistakes else 200,
        view=view,
        description=await _description(visit, view.draft.provider),
        may_host=view.draft.tier >= HOSTING_TIER,
        typed={
            "address": "" if fields is None else fields.text("address"),
            "name": "" if fields is None else fields.text("name"),
            "use_as_service_account": fields is None or fields.is_on("use_as_service_account"),
        },
        mistakes=mistakes or {},
    )
