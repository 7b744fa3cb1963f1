"""Settings → Sign-in: the company's own sign-in beside passwords."""

from fastapi import APIRouter, Response

from roomstead.application.people.edit_identity_provider import EditIdentityProvider
from roomstead.application.sign_in_rules import COMPANY_CALLBACK
from roomstead.domain.errors import AppError, InvalidInput, StaleRevision
from roomstead.domain.identity import IdentityProvider
from roomstead.entrypoints.web.deps import service_of
from roomstead.entrypoints.web.pages.forms import Fields, FilledForm
from roomstead.entrypoints.web.pages.visits import UNPROCESSABLE, AdminVisit, Visit, trouble

router = APIRouter(include_in_schema=False)

SIGN_IN = "/settings/sign-in"


@router.get(SIGN_IN)
async def show(visit: AdminVisit) -> Response:
    """The form, as it is set up."""
    return _form(visit, await visit.cases.read_identity_provider(visit.actor))


@router.post(SIGN_IN)
async def save(visit: AdminVisit, fields: Fields) -> Response:
    """Ask the issuer, then save."""
    version = fields.text("version")
    command = EditIdentityProvider(
        version=int(version) if version.isdecimal() and len(version) < len("999999999") else 0,
        issuer=fields.text("issuer"),
        label=fields.text("label"),
        client_id=fields.text("client_id"),
        secret=fields.text("secret"),
        role_claim=fields.text("role_claim"),
        admin_values=[each for each in fields.text("admin_values").splitlines() if each.strip()],
        domains=fields.text("domains").replace(",", " ").split(),
        adds_people=fields.is_on("adds_people"),
        is_enabled=fields.is_on("is_enabled"),
    )
    try:
        await visit.cases.edit_identity_provider(command, visit.actor)
    except (InvalidInput, StaleRevision) as error:
        return _form(visit, await visit.cases.read_identity_provider(visit.actor), fields, error)
    return visit.go(SIGN_IN, "company.saved")


@router.post(f"{SIGN_IN}/remove")
async def remove(visit: AdminVisit) -> Response:
    """Only passwords from now on."""
    await visit.cases.drop_identity_provider(visit.actor)
    return visit.go(SIGN_IN, "company.removed")


def _form(
    visit: Visit, stored: IdentityProvider | None, fields: FilledForm | None = None, error: AppError | None = None
) -> Response:
    return visit.show(
        "settings_sign_in.html",
        status=200 if error is None else UNPROCESSABLE,
        stored=stored,
        typed=_stored(stored) if fields is None else _typed(fields),
        **trouble(error),
        callback=f"{service_of(visit.request).policy.public_url}{COMPANY_CALLBACK}",
    )


def _stored(provider: IdentityProvider | None) -> dict[str, object]:
    if provider is None:
        return {**_typed(FilledForm({})), "is_enabled": True, "version": "0"}
    return {
        "issuer": provider.issuer,
        "label": provider.label,
        "client_id": provider.client_id,
        "role_claim": provider.role_claim,
        "admin_values": "\n".join(provider.admin_values),
        "domains": " ".join(provider.domains),
        "adds_people": provider.adds_people,
        "is_enabled": provider.is_enabled,
        "version": str(provider.version),
    }


def _typed(fields: FilledForm) -> dict[str, object]:
    texts = ("issuer", "label", "client_id", "role_claim", "admin_values", "domains", "version")
    return {name: fields.text(name) for name in texts} | {
        name: fields.is_on(name) for name in ("adds_people", "is_enabled")
    }
