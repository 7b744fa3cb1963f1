"""App registrations, their credentials, and what each tenant has consented to.

An *application* is registered once; in each tenant that uses it stands a *service principal* with its own object id
and its own grants (Microsoft Entra docs: "Application and service principal objects").
"""

import base64
import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roomstead_sandbox.world.propagation import Propagating

DEFAULT_SECRET_LIFE = timedelta(days=180)
APPLICATION_PERMISSIONS: dict[str, str] = {
    "Calendars.ReadWrite": "ef54d2bf-783f-4e0f-bca1-3210c0444d99",
    "Calendars.Read": "798ee544-9d2d-430c-a058-570e29e34338",
    "Calendars.ReadBasic.All": "8ba4a692-bc31-4128-9094-475872af8a53",
    "MailboxSettings.Read": "40f97065-369a-49f4-947c-6a255697ae91",
    "Place.Read.All": "913b9306-0ce1-42b8-9137-6a7df690a760",
    "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
    "User.ReadBasic.All": "97235f07-e226-4f63-ace3-39588e11d3a1",
}
"""The app roles of Microsoft Graph that the face knows, with their published ids."""


@dataclass(slots=True)
class Secret:
    """A client secret: its id is shown for ever, its value only once; people paste the wrong one."""

    key_id: str
    value: str
    expires: datetime


@dataclass(slots=True)
class Certificate:
    """A public certificate (PEM) with the two thumbprints by which an assertion names it."""

    pem: str
    sha1: str
    sha256: str

    @classmethod
    def from_pem(cls, pem: str) -> "Certificate":
        """Read a PEM certificate.  Raises ValueError when it is none."""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding

        der = x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)
        # The x5t thumbprint is SHA-1 by definition (RFC 7515, 4.1.7); it names the certificate, it proves nothing.
        sha1 = hashlib.sha1(der, usedforsecurity=False).digest()
        return cls(pem, base64url(sha1), base64url(hashlib.sha256(der).digest()))


@dataclass(slots=True)
class Application:
    """An app registration: its credentials, and the permissions it asks for when an admin consents."""

    client_id: str
    name: str
    home_tenant: str
    requested: list[str] = field(default_factory=list)
    secrets: list[Secret] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    multi_tenant: bool = False
    public_client: bool = False
    disabled: bool = False
    token_seconds: int = 3599


@dataclass(slots=True)
class ServicePrincipal:
    """An application inside one tenant: object id, granted app roles, and whether sign-in is allowed."""

    tenant_id: str
    client_id: str
    object_id: str
    roles: Propagating[frozenset[str]]
    enabled: bool = True
    conditional_access_blocks: bool = False
    tokens_valid_from: datetime | None = None


@dataclass(slots=True)
class Registrations:
    """Every application and service principal of the world."""

    applications: dict[str, Application] = field(default_factory=dict)
    principals: dict[str, ServicePrincipal] = field(default_factory=dict)

    def register(
        self, *, home_tenant: str, name: str, requested: list[str], client_id: str | None = None
    ) -> Application:
        """A new single-tenant application; it has no credential and no consent yet."""
        key = (client_id or str(uuid.uuid4())).lower()
        application = Application(key, name, home_tenant, requested)
        self.applications[key] = application
        return application

    def application(self, client_id: str) -> Application | None:
        """The application of a client id, whatever the case."""
        return self.applications.get(client_id.lower())

    def principal(self, tenant_id: str, client_id: str) -> ServicePrincipal | None:
        """What stands for an application in a tenant; None before the first consent."""
        return self.principals.get(_key(tenant_id, client_id))

    def consent(
        self, tenant_id: str, client_id: str, roles: frozenset[str], *, effective: datetime
    ) -> ServicePrincipal:
        """Let the tenant's admin grant exactly these app roles, in tokens issued from ``effective`` on."""
        principal = self.principal(tenant_id, client_id)
        if principal is None:
            principal = ServicePrincipal(tenant_id, client_id.lower(), str(uuid.uuid4()), Propagating(frozenset()))
            self.principals[_key(tenant_id, client_id)] = principal
        principal.roles.change(roles, effective=effective)
        return principal

    def remove_principal(self, tenant_id: str, client_id: str) -> None:
        """Delete the enterprise application: the tenant no longer knows the app."""
        self.principals.pop(_key(tenant_id, client_id), None)

    def principals_of(self, tenant_id: str) -> list[ServicePrincipal]:
        """The service principals of one tenant."""
        return [principal for principal in self.principals.values() if principal.tenant_id == tenant_id]


def add_secret(application: Application, *, expires: datetime, value: str | None = None) -> Secret:
    """A new client secret; several may be valid side by side."""
    secret = Secret(str(uuid.uuid4()), value or secrets.token_urlsafe(30), expires)
    application.secrets.append(secret)
    return secret


def base64url(raw: bytes) -> str:
    """Base64url without padding, as JOSE writes it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _key(tenant_id: str, client_id: str) -> str:
    return f"{tenant_id}/{client_id.lower()}"
