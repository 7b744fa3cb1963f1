"""Credentials: checked as a form, sealed to be stored, unsealed to be used."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from roomstead.application.ports.integrations import SealedCredential
from roomstead.application.ports.providers import Connection, CredentialKind, ProviderDescription, ProviderGuide
from roomstead.application.ports.secrets import Sealer
from roomstead.domain.errors import CredentialMissing
from roomstead.domain.integration import Integration
from roomstead.domain.mailbox import Address


@dataclass(frozen=True, slots=True)
class TypedCredential:
    """A credential as typed into the form of one of the provider's kinds."""

    kind: str
    fields: Mapping[str, str] = field(repr=False)
    expires_at: datetime | None = None


def credential_mistakes(typed: TypedCredential, description: ProviderDescription, now: datetime) -> dict[str, str]:
    """What is wrong with the form, by field, before the provider's own look at it."""
    kinds = {kind.key: kind for kind in description.credential_kinds}
    kind = kinds.get(typed.kind)
    if kind is None:
        return {"credential_kind": f"Choose one of: {', '.join(kinds)}."}
    wanted = {one.name: one.label for one in kind.fields}
    needed = {one.name for one in kind.fields if not one.is_optional}
    mistakes = {
        name: f"Enter the {label}."
        for name, label in wanted.items()
        if name in needed and not typed.fields.get(name, "").strip()
    }
    mistakes |= {name: "This credential has no such field." for name in typed.fields if name not in wanted}
    if typed.expires_at is not None and typed.expires_at <= now:
        mistakes["expires_at"] = "This credential has ended already. Make a new one and enter that."
    return mistakes


def split_fields(typed: TypedCredential, kind: CredentialKind) -> tuple[dict[str, str], dict[str, str]]:
    """The fields that may be shown again, and the secret ones."""
    secret_names = {one.name for one in kind.fields if one.is_secret}
    given = {name: text.strip() for name, text in typed.fields.items() if text.strip()}
    settings = {name: text for name, text in given.items() if name not in secret_names}
    secrets = {name: text for name, text in given.items() if name in secret_names}
    return settings, secrets


def kind_of(description: ProviderDescription, key: str) -> CredentialKind:
    """One of the provider's kinds. Raises LookupError: the form was not checked."""
    return next(kind for kind in description.credential_kinds if kind.key == key)


def seal_credential(
    connection: Connection,
    *,
    slot: str,
    expires_at: datetime | None,
    sealer: Sealer,
    now: datetime,
    tier: int | None = None,
) -> SealedCredential:
    """The storable form of a connection's credential. The fingerprint is one of the sealed bytes: they differ each
    time, even for the same secret, and so tell nothing of it."""
    sealed = sealer.seal(json.dumps(dict(connection.secrets), sort_keys=True).encode())
    return SealedCredential(
        kind=connection.credential_kind,
        slot=slot,
        settings=dict(connection.settings),
        sealed=sealed,
        fingerprint=hashlib.sha256(sealed).hexdigest()[:16],
        expires_at=expires_at,
        created_at=now,
        tier=tier,
    )


def with_shown(connection: Connection, guide: ProviderGuide) -> Connection:
    """A checked connection, with what its secret fields say that may be shown."""
    return replace(connection, settings={**connection.settings, **guide.shown(connection)})


def tier_with(credential: SealedCredential | None, integration: Integration) -> int:
    """How much access there is with this credential."""
    return integration.tier if credential is None or credential.tier is None else credential.tier


def connection_of(
    integration: Integration, credential: SealedCredential, sealer: Sealer, *, acting: Address | None = None
) -> Connection:
    """What it takes to reach the tenant, in ``acting``'s name where the provider asks for a person.

    Raises CredentialMissing when the present key does not open the credential.
    """
    secrets = json.loads(sealer.open(credential.sealed))
    if not isinstance(secrets, dict):
        raise CredentialMissing(remedy="Enter the credential again under Settings → Integrations.")
    return Connection(
        provider=integration.provider,
        tenant=integration.tenant,
        endpoints=integration.endpoints,
        credential_kind=credential.kind,
        settings=credential.settings,
        secrets=secrets,
        tier=tier_with(credential, integration),
        acting=acting,
    )
