"""What an admin typed of an integration that is not added yet, kept between the steps and over days."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roomstead.application.consent import ConsentPage, ConsentSubject
from roomstead.application.credentials import TypedCredential
from roomstead.application.integration_form import AddIntegration, read_form
from roomstead.application.ports.drafts import StoredDraft
from roomstead.application.ports.providers import Connection, ProviderDescription, Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.domain.errors import CredentialMissing
from roomstead.domain.integration import ConsentAnswer
from roomstead.domain.people import PersonId

KEPT = timedelta(days=14)
"""A draft that nobody came back to for so long is treated as not there: it holds a secret."""
ADDRESS_FIELDS = frozenset({"address", "name", "use_as_service_account"})
"""Of the last step; their mistakes are found there."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed. ``secrets`` by field of the chosen kind; never shown again."""

    provider: str
    tenant: str
    tier: int
    cloud: str
    kind: str
    settings: Mapping[str, str]
    endpoints: Mapping[str, str]
    app_object_id: str
    expires_at: datetime | None
    secrets: Mapping[str, str] = field(repr=False)
    consent: ConsentAnswer | None = None

    def as_form(self, name: str, address: str, *, is_service_account: bool) -> AddIntegration:
        """The whole form, with what the last step adds."""
        return AddIntegration(
            provider=self.provider,
            name=name,
            tenant=self.tenant,
            tier=self.tier,
            credential=TypedCredential(self.kind, {**self.settings, **self.secrets}, self.expires_at),
            address=address,
            use_as_service_account=is_service_account,
            cloud=self.cloud,
            endpoints=self.endpoints,
            app_object_id=self.app_object_id,
        )


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with what is wrong with it, by field, and the connection that it describes when nothing is."""

    draft: Draft
    mistakes: Mapping[str, str]
    connection: Connection | None
    consent_url: str = ""
    """Where an admin of the tenant consents to the app; empty while the form has mistakes."""


def judge_draft(
    draft: Draft, providers: Providers, now: datetime, consent: ConsentPage | None = None, owner: PersonId | None = None
) -> DraftView:
    """Look at the steps so far; with ``consent``, say where an admin consents, for its ``owner``."""
    form = draft.as_form("draft", "", is_service_account=False)
    mistakes, connection = read_form(form, providers, now)
    mistakes = {name: text for name, text in mistakes.items() if name not in ADDRESS_FIELDS}
    if mistakes or connection is None:
        return DraftView(draft, mistakes, None)
    subject = ConsentSubject(draft.provider, person_id=owner)
    return DraftView(draft, {}, connection, "" if consent is None else consent.address(connection, subject, now))


def secret_names(description: ProviderDescription) -> frozenset[str]:
    """The secret fields of all its kinds of credentials."""
    return frozenset(one.name for kind in description.credential_kinds for one in kind.fields if one.is_secret)


def seal_draft(draft: Draft, sealer: Sealer, now: datetime) -> StoredDraft:
    """The storable form."""
    typed = {
        "tenant": draft.tenant,
        "tier": str(draft.tier),
        "cloud": draft.cloud,
        "kind": draft.kind,
        "settings": json.dumps(dict(draft.settings)),
        "endpoints": json.dumps(dict(draft.endpoints)),
        "app_object_id": draft.app_object_id,
        "expires_at": "" if draft.expires_at is None else draft.expires_at.isoformat(),
        "consent": _told_consent(draft.consent),
    }
    return StoredDraft(draft.provider, typed, sealer.seal(json.dumps(dict(draft.secrets)).encode()), now)


def open_draft(stored: StoredDraft, sealer: Sealer) -> Draft:
    """What was stored. A secret that the present key does not open is left out: it is typed again."""
    try:
        secrets = json.loads(sealer.open(stored.sealed))
    except CredentialMissing:
        secrets = {}
    typed = stored.typed
    ends = typed["expires_at"]
    return Draft(
        provider=stored.provider,
        tenant=typed["tenant"],
        tier=int(typed["tier"]),
        cloud=typed["cloud"],
        kind=typed["kind"],
        settings=json.loads(typed["settings"]),
        endpoints=json.loads(typed["endpoints"]),
        app_object_id=typed["app_object_id"],
        expires_at=datetime.fromisoformat(ends) if ends else None,
        secrets=secrets,
        consent=_read_consent(typed.get("consent", "")),
    )


def _told_consent(answer: ConsentAnswer | None) -> str:
    return "" if answer is None else json.dumps([answer.is_given, answer.reason, answer.at.isoformat()])


def _read_consent(told: str) -> ConsentAnswer | None:
    if not told:
        return None
    is_given, reason, at = json.loads(told)
    return ConsentAnswer(is_given, reason, datetime.fromisoformat(at))
