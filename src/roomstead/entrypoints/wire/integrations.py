"""Integrations, as the API and the commands show them. Credentials go in and never come out."""

from typing import Any
from uuid import UUID

from pydantic import Field, SecretStr

from roomstead.application.credentials import TypedCredential
from roomstead.application.integration.add_integration import AddIntegration
from roomstead.application.integration.edit_service_mailbox import ServiceAccountChange
from roomstead.application.integration_overview import IntegrationOverview, ServiceAccountOverview
from roomstead.domain.integration import (
    Attention,
    ConsentAnswer,
    CredentialInfo,
    Integration,
    IntegrationStatus,
    ServiceMailbox,
    ServiceMailboxStatus,
)
from roomstead.entrypoints.wire.base import Moment, Request, Shape, Text
from roomstead.entrypoints.wire.verifications import VerificationShape

CONSENT_URL = "Where an admin of the tenant consents to the app, within 14 days. It holds no secret."


class NewCredential(Request):
    """A credential of one of the provider's kinds (see `GET /providers`)."""

    kind: Text = Field(max_length=100, examples=["client_secret"])
    fields: dict[Text, SecretStr] = Field(description="By the names that the provider's description gives them.")
    expires_at: Moment | None = Field(default=None, description="When it ends, so that you are warned.")

    def typed(self) -> TypedCredential:
        """As the use case wants it."""
        return TypedCredential(
            self.kind, {name: value.get_secret_value() for name, value in self.fields.items()}, self.expires_at
        )


class NextCredential(NewCredential):
    """A credential that takes over once it is proven."""

    tier: int | None = Field(
        default=None, ge=0, le=9, description="How much access comes into force with it; null: as much as there is."
    )


class NewIntegration(Request):
    """A calendar integration to be added."""

    provider: Text = Field(max_length=100, description="A key of `GET /providers`.")
    name: Text = Field(examples=["Contoso"])
    tenant: Text = Field(max_length=300)
    tier: int = Field(ge=0, le=9, description="How much access is given; see `GET /providers`.")
    credential: NewCredential
    address: Text = Field(max_length=400, description="Your own address, or that of the service account.")
    use_as_service_account: bool = Field(default=False, description="Use mailbox as a service account.")
    cloud: Text = Field(default="", max_length=100, description="Empty: the provider's first.")
    endpoints: dict[Text, Text] = Field(default={}, description="Other addresses of the cloud's endpoints.")
    app_object_id: Text = Field(default="", max_length=100)
    domains: list[Text] = Field(default=[], max_length=200, description="Mail domains of the tenant.")

    def command(self) -> AddIntegration:
        """As the use case wants it."""
        return AddIntegration(
            provider=self.provider,
            name=self.name,
            tenant=self.tenant,
            tier=self.tier,
            credential=self.credential.typed(),
            address=self.address,
            use_as_service_account=self.use_as_service_account,
            cloud=self.cloud,
            endpoints=self.endpoints,
            app_object_id=self.app_object_id,
            domains=tuple(self.domains),
        )


class IntegrationChange(Request):
    """What shall change; what is left out, or null, stays. An empty `setup_address` forgets it."""

    name: Text | None = None
    tenant: Text | None = Field(default=None, max_length=300, description="Only while no room came from it.")
    tier: int | None = Field(default=None, ge=0, le=9)
    domains: list[Text] | None = Field(default=None, max_length=200)
    setup_address: Text | None = None
    app_object_id: Text | None = Field(default=None, max_length=100)


class ServiceAccountAddress(Request):
    """The mailbox that shall be the service account."""

    address: Text = Field(max_length=400, examples=["rooms@contoso.example"])


class AttentionShape(Shape):
    """Why an integration needs an admin."""

    code: str
    sentence: str
    remedy: str
    since: Moment

    @classmethod
    def of(cls, attention: Attention | None) -> "AttentionShape | None":
        """The shape of it, if there is any."""
        if attention is None:
            return None
        return cls(code=attention.code, sentence=attention.sentence, remedy=attention.remedy, since=attention.since)


class ConsentShape(Shape):
    """What the provider's consent page reported last; whether it is effective, verification finds out."""

    is_given: bool
    reason: str = Field(description="Why not.")
    at: Moment

    @classmethod
    def of(cls, answer: ConsentAnswer | None) -> "ConsentShape | None":
        """The shape of it, if there is any."""
        return None if answer is None else cls(is_given=answer.is_given, reason=answer.reason, at=answer.at)


class IntegrationShape(Shape):
    """One connection to one tenant."""

    id: UUID
    provider: str
    name: str
    tenant: str
    endpoints: dict[str, str]
    tier: int
    status: IntegrationStatus
    setup_address: str | None = Field(description="The admin's own address; it never hosts a meeting.")
    domains: list[str]
    app_object_id: str
    attention: AttentionShape | None
    consent: ConsentShape | None
    version: int = Field(description="Counts changes; also the ETag.")

    @classmethod
    def of(cls, integration: Integration) -> "IntegrationShape":
        """The shape of an integration."""
        return cls(**_fields(integration))


def _fields(integration: Integration) -> dict[str, Any]:
    return {
        "id": integration.id,
        "provider": integration.provider,
        "name": integration.name,
        "tenant": integration.tenant,
        "endpoints": dict(integration.endpoints),
        "tier": integration.tier,
        "status": integration.status,
        "setup_address": integration.setup_address,
        "domains": list(integration.domains),
        "app_object_id": integration.app_object_id,
        "attention": AttentionShape.of(integration.attention),
        "consent": ConsentShape.of(integration.consent),
        "version": integration.version,
    }


class CredentialShape(Shape):
    """A credential without its secret."""

    kind: str
    slot: str = Field(description="`current`, or `next` until it is proven.")
    settings: dict[str, str]
    fingerprint: str
    expires_at: Moment | None
    created_at: Moment

    @classmethod
    def of(cls, credential: CredentialInfo) -> "CredentialShape":
        """The shape of a credential."""
        return cls(
            kind=credential.kind,
            slot=credential.slot,
            settings=dict(credential.settings),
            fingerprint=credential.fingerprint,
            expires_at=credential.expires_at,
            created_at=credential.created_at,
        )


class ServiceAccountShape(Shape):
    """The mailbox that hosts meetings of organisers out of reach."""

    id: UUID
    address: str
    display_name: str
    status: ServiceMailboxStatus
    activated_at: Moment | None
    proven_at: Moment | None = Field(
        description="When it was last seen to allow concurrent bookings. Null: never; nothing is sent through it."
    )
    retiring_since: Moment | None
    version: int = Field(description="Counts changes; also the ETag.")

    @classmethod
    def of(cls, account: ServiceMailbox) -> "ServiceAccountShape":
        """The shape of a service account."""
        return cls(**_account_fields(account))


class ListedServiceAccountShape(ServiceAccountShape):
    """A service account with the meetings that it hosts."""

    hosted: int = Field(description="Upcoming meetings in its calendar.")
    hosted_until: Moment | None = Field(description="Until then its address must stay allowed.")

    @classmethod
    def listed(cls, overview: ServiceAccountOverview) -> "ListedServiceAccountShape":
        """The shape of an overview."""
        hosted = overview.hosted
        return cls(**_account_fields(overview.account), hosted=hosted.count, hosted_until=hosted.last_end)


def _account_fields(account: ServiceMailbox) -> dict[str, Any]:
    return {
        "id": account.id,
        "address": account.mailbox.address,
        "display_name": account.display_name,
        "status": account.status,
        "activated_at": account.activated_at,
        "proven_at": account.proven_at,
        "retiring_since": account.retiring_since,
        "version": account.version,
    }


class IntegrationDetailShape(IntegrationShape):
    """An integration with all that belongs to it."""

    provider_label: str
    credentials: list[CredentialShape]
    service_accounts: list[ListedServiceAccountShape]
    rooms: dict[str, int] = Field(description="How many rooms have which status.")
    last_verification: VerificationShape | None
    consent_url: str = Field(description=CONSENT_URL)

    @classmethod
    def seen(cls, overview: IntegrationOverview) -> "IntegrationDetailShape":
        """The shape of an overview."""
        last = overview.last_verification
        return cls(
            **_fields(overview.integration),
            provider_label=overview.provider_label,
            credentials=[CredentialShape.of(each) for each in overview.credentials],
            service_accounts=[ListedServiceAccountShape.listed(each) for each in overview.service_accounts],
            rooms={status.value: count for status, count in overview.rooms.items()},
            last_verification=None if last is None else VerificationShape.of(last),
            consent_url=overview.consent_url,
        )


class AddedIntegrationShape(Shape):
    """A new integration and its verification, which is under way."""

    integration: IntegrationShape
    verification: VerificationShape
    consent_url: str = Field(description=CONSENT_URL)


class AddedServiceAccountShape(Shape):
    """A service account that waits for its verification, which is under way."""

    service_account: ServiceAccountShape
    verification: VerificationShape


class ServiceAccountChangeShape(Shape):
    """The new service account and the old one, which stays in force until the new one passes."""

    service_account: ServiceAccountShape
    old: ServiceAccountShape
    old_hosted: int
    old_hosted_until: Moment | None
    sentence: str
    verification: VerificationShape

    @classmethod
    def of(cls, change: ServiceAccountChange) -> "ServiceAccountChangeShape":
        """The shape of a change."""
        return cls(
            service_account=ServiceAccountShape.of(change.pending),
            old=ServiceAccountShape.of(change.old),
            old_hosted=change.old_hosts.count,
            old_hosted_until=change.old_hosts.last_end,
            sentence=change.sentence,
            verification=VerificationShape.of(change.verification),
        )
