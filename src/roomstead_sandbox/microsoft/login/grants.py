"""Client credentials: from a token request to a token, or to the AADSTS error that Entra would answer.

(Microsoft Entra docs: "OAuth 2.0 client credentials flow".)  There is no refresh token, ever.
"""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from roomstead_sandbox.microsoft.identity.registrations import Application, ServicePrincipal
from roomstead_sandbox.microsoft.identity.tokens import AUDIENCE, GRAPH_APP_ID
from roomstead_sandbox.microsoft.login.assertion import ASSERTION_TYPE, check_assertion
from roomstead_sandbox.microsoft.login.errors import (
    SignInError,
    expired_secret,
    malformed_tenant,
    missing_parameter,
    tenant_not_found,
    unknown_application,
    wrong_secret,
)
from roomstead_sandbox.microsoft.state import FaceState
from roomstead_sandbox.world.people import Tenant

SHARED_ENDPOINTS = frozenset({"common", "organizations", "consumers"})
FACE = "microsoft"
ENTRA = "https://login.microsoftonline.com"
_TENANT = re.compile(r"^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:[a-z0-9-]+\.)+[a-z0-9-]+)$", re.IGNORECASE)


def grant_token(state: FaceState, base: str, tenant_key: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The JSON of a token answer.  SignInError otherwise."""
    for name in ("grant_type", "client_id"):
        if not form.get(name):
            raise missing_parameter(name)
    if form["grant_type"] != "client_credentials":
        raise SignInError(
            70003, "unsupported_grant_type", f"The app requested an unsupported grant type '{form['grant_type']}'."
        )
    tenant = find_tenant(state, tenant_key)
    _check_scope(form, base)
    application = _application(state, tenant, form["client_id"])
    _check_credential(state, application, tenant, base, form)
    principal = _principal(state, tenant, application)
    now = state.world.now()
    issuer = f"https://sts.windows.net/{tenant.id}/"
    seconds = application.token_seconds
    token = state.mint.issue(principal, principal.roles.at(now), now=now, seconds=seconds, issuer=issuer)
    return {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}


def find_tenant(state: FaceState, key: str) -> Tenant:
    """The tenant that a path names by id or domain.  SignInError for none, and for the shared endpoints."""
    if key.lower() in SHARED_ENDPOINTS:
        raise SignInError(
            50194,
            "invalid_request",
            "Application is not configured as a multi-tenant application. Usage of the /common endpoint is not "
            "supported for such apps. Use a tenant-specific endpoint or configure the application to be multi-tenant.",
        )
    if not _TENANT.match(key):
        raise malformed_tenant(key)
    tenant = state.world.directory.find_tenant(key)
    if tenant is None or tenant.face != FACE:
        raise tenant_not_found(key)
    return tenant


def _check_scope(form: Mapping[str, str], base: str) -> None:
    scope = form.get("scope", "")
    if not scope:
        raise missing_parameter("scope")
    if not scope.endswith("/.default"):
        raise SignInError(
            70011,
            "invalid_scope",
            f"The provided request must include a 'scope' input parameter. The provided value '{scope}' is not valid. "
            "Client credential flows must have a scope value with /.default suffixed to the resource identifier.",
        )
    audience = scope.removesuffix("/.default").rstrip("/")
    own_graph = base.removesuffix("/login") + "/graph"
    if audience not in (AUDIENCE, GRAPH_APP_ID, own_graph, base.removesuffix("/login")):
        raise SignInError(
            500011, "invalid_resource", f"The resource principal named {audience} was not found in the tenant."
        )


def _application(state: FaceState, tenant: Tenant, client_id: str) -> Application:
    application = state.registrations.application(client_id)
    known_here = state.registrations.principal(tenant.id, client_id) is not None
    if application is None or (application.home_tenant != tenant.id and not known_here):
        raise unknown_application(client_id, tenant.name)
    if application.disabled:
        raise SignInError(70001, "unauthorized_client", f"The application '{client_id}' is disabled or was not found.")
    if application.public_client:
        raise SignInError(
            700025,
            "invalid_client",
            "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
        )
    return application


def _check_credential(
    state: FaceState, application: Application, tenant: Tenant, base: str, form: Mapping[str, str]
) -> None:
    assertion, secret = form.get("client_assertion"), form.get("client_secret")
    if assertion is not None:
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise missing_parameter("client_assertion_type")
        check_assertion(
            assertion,
            application,
            audiences=_audiences(tenant, base),
            skew_seconds=state.login_skew_seconds,
            seen=state.seen_assertions,
        )
    elif secret is not None:
        _check_secret(state, application, secret)
    else:
        raise SignInError(
            7000218,
            "invalid_client",
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        )


def _check_secret(state: FaceState, application: Application, presented: str) -> None:
    for secret in application.secrets:
        if secrets.compare_digest(secret.value.encode(), presented.encode()):
            if secret.expires <= state.world.now():
                raise expired_secret(application.client_id)
            return
    raise wrong_secret(application.client_id)


def _audiences(tenant: Tenant, base: str) -> frozenset[str]:
    """What an assertion may be meant for: this endpoint by any name of the tenant, here or at the real service."""
    names = [tenant.id, *tenant.domains]
    return frozenset(
        f"{root}/{name}{path}".lower()
        for root in (base, ENTRA)
        for name in names
        for path in ("/oauth2/v2.0/token", "/v2.0", "/oauth2/token")
    )


def _principal(state: FaceState, tenant: Tenant, application: Application) -> ServicePrincipal:
    """What stands for the app in the tenant; in its home tenant it exists from the registration on."""
    principal = state.registrations.principal(tenant.id, application.client_id)
    if principal is None:
        principal = state.registrations.consent(
            tenant.id, application.client_id, frozenset(), effective=state.world.now()
        )
    if not principal.enabled:
        raise SignInError(
            7000112, "unauthorized_client", f"Application '{application.client_id}'({application.name}) is disabled."
        )
    if principal.conditional_access_blocks:
        raise SignInError(53003, "access_denied", "Access has been blocked by Conditional Access policies.", status=400)
    return principal
