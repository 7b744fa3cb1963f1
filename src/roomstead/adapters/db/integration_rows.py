"""Rows of integrations as the domain's words."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, select

from roomstead.adapters.db.tables import credential, integration, service_mailbox
from roomstead.application.ports.integrations import SealedCredential, Standing
from roomstead.domain.integration import (
    Attention,
    ConsentAnswer,
    Integration,
    IntegrationStatus,
    ServiceMailboxStatus,
)
from roomstead.domain.mailbox import Address, IntegrationId


def standing_of(integration_id: IntegrationId, slot: str) -> Select[Any]:
    """An integration that was not removed, with the credential in that slot and its service account's address."""
    active = service_mailbox.c.status == ServiceMailboxStatus.ACTIVE.value
    return (
        select(
            integration,
            *(column.label(f"credential_{column.name}") for column in credential.c),
            service_mailbox.c.address.label("service_address"),
        )
        .outerjoin(credential, and_(credential.c.integration_id == integration.c.id, credential.c.slot == slot))
        .outerjoin(service_mailbox, and_(service_mailbox.c.integration_id == integration.c.id, active))
        .where(integration.c.id == integration_id, integration.c.removed_at.is_(None))
    )


def to_standing(row: Row[Any]) -> Standing:
    """A row of that query."""
    held = None
    if row.credential_id is not None:
        held = SealedCredential(
            kind=row.credential_kind,
            slot=row.credential_slot,
            settings=row.credential_settings,
            sealed=bytes(row.credential_sealed),
            fingerprint=row.credential_fingerprint,
            expires_at=row.credential_expires_at,
            created_at=row.credential_created_at,
            tier=row.credential_tier,
        )
    address = None if row.service_address is None else Address(row.service_address)
    return Standing(to_integration(row), held, address)


def to_sealed(row: Row[Any]) -> SealedCredential:
    """A row of ``credential``."""
    return SealedCredential(
        kind=row.kind,
        slot=row.slot,
        settings=row.settings,
        sealed=bytes(row.sealed),
        fingerprint=row.fingerprint,
        expires_at=row.expires_at,
        created_at=row.created_at,
        tier=row.tier,
    )


def to_integration(row: Row[Any]) -> Integration:
    """A row of ``integration``."""
    return Integration(
        id=IntegrationId(row.id),
        provider=row.provider,
        name=row.name,
        tenant=row.tenant,
        endpoints=row.endpoints,
        tier=row.tier,
        status=IntegrationStatus(row.status),
        setup_address=None if row.setup_address is None else Address(row.setup_address),
        domains=tuple(row.domains),
        app_object_id=row.app_object_id,
        attention=None if row.attention is None else _attention(row.attention),
        consent=None if row.consent is None else _consent(row.consent),
        version=row.version,
    )


def _consent(stored: dict[str, Any]) -> ConsentAnswer:
    return ConsentAnswer(stored["is_given"], stored["reason"], datetime.fromisoformat(stored["at"]))


def _attention(stored: dict[str, str]) -> Attention:
    since = datetime.fromisoformat(stored["since"])
    return Attention(stored["code"], stored["sentence"], stored["remedy"], since)
