"""Actions on app registrations, their credentials and consent."""

from collections.abc import Iterator
from datetime import timedelta

from pydantic import Field

from roomstead_sandbox.microsoft.actions.named import (
    Body,
    OfApp,
    OfTenantApp,
    app_named,
    principal_for,
    tenant_for,
    tenant_named,
)
from roomstead_sandbox.microsoft.identity.registrations import (
    APPLICATION_PERMISSIONS,
    DEFAULT_SECRET_LIFE,
    Certificate,
    add_secret,
)
from roomstead_sandbox.microsoft.state import FaceState
from roomstead_sandbox.world.errors import Invalid, Taken
from roomstead_sandbox.world.faces import Action, Json


class Register(Body):
    """A new app."""

    tenant: str | None = Field(None, description="Home tenant, by id or domain; the only one when left out.")
    name: str = "Rehearsed app"
    client_id: str | None = Field(None, description="A client id of your choice.")
    permissions: list[str] = Field(default_factory=list, description="What the app asks for when an admin consents.")
    consented: bool = Field(default=True, description="Whether the home tenant's admin consents at once.")
    multi_tenant: bool = False
    secret: str | None = Field(None, description="A secret of your choice; one is made when left out.")


class AddSecret(OfApp):
    """A further client secret."""

    value: str | None = None
    valid_seconds: float = Field(DEFAULT_SECRET_LIFE.total_seconds(), description="May be negative: expired.")


class AddCertificate(OfApp):
    """A certificate, public part."""

    pem: str


class RemoveCredentials(OfApp):
    """Take all credentials away."""


class ChangeApp(OfApp):
    """What may be changed of a registration."""

    disabled: bool | None = None
    public_client: bool | None = None
    multi_tenant: bool | None = None
    token_seconds: int | None = Field(None, ge=1, description="Lifetime of tokens issued from now on.")


class Consent(OfTenantApp):
    """The admin's grant: exactly these permissions."""

    permissions: list[str]
    propagation_seconds: float = Field(0, ge=0)


class ChangePrincipal(OfTenantApp):
    """The enterprise application in a tenant."""

    enabled: bool | None = None
    conditional_access_blocks: bool | None = None


class ConsentPage(Body):
    """What the admin does at the consent page."""

    refuses: bool


def actions(state: FaceState) -> Iterator[Action]:
    """The actions of this module."""
    yield Action("register-app", "Register an app.", Register, lambda body: register(state, body))
    yield Action("add-secret", "Give an app a client secret.", AddSecret, lambda body: _add_secret(state, body))
    yield Action(
        "expire-secrets", "Let all secrets of an app run out now.", OfApp, lambda body: _expire_secrets(state, body)
    )
    yield Action("add-certificate", "Upload a certificate.", AddCertificate, lambda body: _add_certificate(state, body))
    yield Action(
        "remove-credentials", "Remove all secrets and certificates of an app.", RemoveCredentials,
        lambda body: _remove_credentials(state, body),
    )  # fmt: skip
    yield Action("change-app", "Change a registration.", ChangeApp, lambda body: _change(state, body))
    yield Action("consent", "Grant an app permissions in a tenant.", Consent, lambda body: consent(state, body))
    yield Action(
        "change-principal", "Allow or block an app's sign-in in a tenant.", ChangePrincipal,
        lambda body: _change_principal(state, body),
    )  # fmt: skip
    yield Action(
        "remove-principal", "Let a tenant forget an app.", OfTenantApp, lambda body: _remove_principal(state, body)
    )
    yield Action(
        "revoke-tokens", "Make all tokens issued so far worthless.", OfTenantApp, lambda body: _revoke(state, body)
    )
    yield Action(
        "consent-page", "Let the admin accept or refuse.", ConsentPage, lambda body: _consent_page(state, body)
    )


def register(state: FaceState, body: Register) -> Json:
    """Register an app with a secret; returns what its owner must know."""
    if body.client_id and state.registrations.application(body.client_id):
        raise Taken(f"There is an app {body.client_id}.")
    tenant = tenant_named(state, body.tenant)
    _check_permissions(body.permissions)
    application = state.registrations.register(
        home_tenant=tenant.id, name=body.name, requested=body.permissions, client_id=body.client_id
    )
    application.multi_tenant = body.multi_tenant
    now = state.world.now()
    secret = add_secret(application, expires=now + DEFAULT_SECRET_LIFE, value=body.secret)
    if body.consented:
        state.registrations.consent(tenant.id, application.client_id, frozenset(body.permissions), effective=now)
    return {
        "tenant_id": tenant.id,
        "client_id": application.client_id,
        "client_secret": secret.value,
        "secret_id": secret.key_id,
    }


def consent(state: FaceState, body: Consent) -> Json:
    """Grant exactly these permissions; tokens show them when the change has spread."""
    _check_permissions(body.permissions)
    tenant = tenant_for(state, body)
    effective = state.world.now() + timedelta(seconds=body.propagation_seconds)
    principal = state.registrations.consent(tenant.id, body.client_id, frozenset(body.permissions), effective=effective)
    return {"object_id": principal.object_id, "effective": effective.isoformat()}


def _check_permissions(names: list[str]) -> None:
    known = {*APPLICATION_PERMISSIONS, "Calendars.ReadBasic", "Directory.Read.All", "Place.ReadWrite.All"}
    unknown = sorted(set(names) - known)
    if unknown:
        raise Invalid(f"Unknown permissions: {', '.join(unknown)}. There are {', '.join(sorted(known))}.")


def _add_secret(state: FaceState, body: AddSecret) -> Json:
    expires = state.world.now() + timedelta(seconds=body.valid_seconds)
    secret = add_secret(app_named(state, body.client_id), expires=expires, value=body.value)
    return {"secret_id": secret.key_id, "client_secret": secret.value, "expires": expires.isoformat()}


def _expire_secrets(state: FaceState, body: OfApp) -> Json:
    application = app_named(state, body.client_id)
    for secret in application.secrets:
        secret.expires = min(secret.expires, state.world.now())
    return {"expired": len(application.secrets)}


def _add_certificate(state: FaceState, body: AddCertificate) -> Json:
    try:
        certificate = Certificate.from_pem(body.pem)
    except ValueError as error:
        raise Invalid("That is not a PEM certificate.") from error
    app_named(state, body.client_id).certificates.append(certificate)
    return {"thumbprint": certificate.sha1, "thumbprint_sha256": certificate.sha256}


def _remove_credentials(state: FaceState, body: OfApp) -> Json:
    application = app_named(state, body.client_id)
    application.secrets.clear()
    application.certificates.clear()
    return {}


def _change(state: FaceState, body: ChangeApp) -> Json:
    application = app_named(state, body.client_id)
    changes = body.model_dump(exclude_none=True, exclude={"client_id"})
    for name, value in changes.items():
        setattr(application, name, value)
    return changes


def _change_principal(state: FaceState, body: ChangePrincipal) -> Json:
    principal = principal_for(state, body)
    changes = body.model_dump(exclude_none=True, exclude={"client_id", "tenant"})
    for name, value in changes.items():
        setattr(principal, name, value)
    return changes


def _remove_principal(state: FaceState, body: OfTenantApp) -> Json:
    principal = principal_for(state, body)
    state.registrations.remove_principal(principal.tenant_id, principal.client_id)
    return {}


def _revoke(state: FaceState, body: OfTenantApp) -> Json:
    principal = principal_for(state, body)
    principal.tokens_valid_from = state.world.now() + timedelta(seconds=1)
    return {"valid_from": principal.tokens_valid_from.isoformat()}


def _consent_page(state: FaceState, body: ConsentPage) -> Json:
    state.admin_refuses_consent = body.refuses
    return {"refuses": body.refuses}
