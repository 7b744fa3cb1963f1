"""The provider's consent page: an admin of the tenant is sent there and comes back with its word.

The word comes by an address that anybody can make up. So the state parameter is sealed, says what was consented to,
and ends; and what comes back is only kept as what the page *reported*: whether it helped, verification finds out.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from roomstead.application.policy import Policy
from roomstead.application.ports.connections import NEXT
from roomstead.application.ports.integrations import IntegrationRepository
from roomstead.application.ports.providers import Connection, Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.domain.errors import CredentialMissing, Refused
from roomstead.domain.integration import Integration
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import PersonId

CONSENTED = "/settings/integrations/consented"
"""Where the provider's consent page leads back to; registered with the app as a redirect address."""
COUNTS_FOR = timedelta(days=14)
"""The address may be handed to somebody else, who does not act at once."""
_PURPOSE = "consent"


class ConsentStateInvalid(Refused):
    """This answer does not belong to a consent page that Roomstead opened within the last 14 days."""

    code = "consent_state_invalid"


@dataclass(frozen=True, slots=True)
class ConsentSubject:
    """What is consented to: an integration, or the draft of a person."""

    provider: str
    integration_id: IntegrationId | None = None
    person_id: PersonId | None = None


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """Makes addresses of consent pages."""

    providers: Providers
    sealer: Sealer
    policy: Policy

    def address(self, connection: Connection, subject: ConsentSubject, now: datetime) -> str:
        """Where an admin of the tenant consents to the app. It holds no secret."""
        return self.providers.guide(connection.provider).consent_url(
            connection,
            redirect_url=f"{self.policy.public_url}{CONSENTED}",
            state=_state(subject, self.sealer, now),
        )

    async def address_for(self, integrations: IntegrationRepository, integration: Integration, now: datetime) -> str:
        """The same for an integration, for the app of its next credential if there is one; empty without any."""
        held = {one.slot: one for one in await integrations.credentials(integration.id)}
        info = held.get(NEXT) or next(iter(held.values()), None)
        if info is None:
            return ""
        connection = Connection(
            integration.provider, integration.tenant, integration.endpoints, info.kind, info.settings
        )
        return self.address(connection, ConsentSubject(integration.provider, integration.id), now)


def _state(subject: ConsentSubject, sealer: Sealer, now: datetime) -> str:
    told = [_PURPOSE, subject.provider, _text(subject.integration_id), _text(subject.person_id), now.isoformat()]
    return sealer.seal(json.dumps(told).encode()).decode()


def read_state(state: str, sealer: Sealer, now: datetime) -> ConsentSubject:
    """What a state that came back is about. Raises ConsentStateInvalid for one that is not ours, or too old."""
    try:
        purpose, provider, integration_id, person_id, begun = json.loads(sealer.open(state.encode()))
        fresh = purpose == _PURPOSE and now - datetime.fromisoformat(begun) <= COUNTS_FOR
        subject = ConsentSubject(
            provider,
            IntegrationId(UUID(integration_id)) if integration_id else None,
            PersonId(UUID(person_id)) if person_id else None,
        )
    except (CredentialMissing, ValueError, TypeError, UnicodeError) as error:
        raise consent_state_invalid() from error
    if not fresh:
        raise consent_state_invalid()
    return subject


def consent_state_invalid() -> ConsentStateInvalid:
    """What to raise for an answer that belongs to nothing."""
    return ConsentStateInvalid(
        remedy="Nothing was recorded. Open the consent page again from Settings → Integrations, or verify: "
        "the verification shows what is granted."
    )


def _text(value: UUID | None) -> str:
    return "" if value is None else str(value)
