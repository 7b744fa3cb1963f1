"""What an admin sees of an integration at a glance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from roomstead.application.consent import ConsentPage
from roomstead.application.policy import Policy
from roomstead.application.ports.integrations import HostedMeetings
from roomstead.application.ports.overviews import IntegrationSigns
from roomstead.application.ports.providers import Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitOfWork
from roomstead.domain.integration import CredentialInfo, Integration, RoomStatus, ServiceMailbox
from roomstead.domain.verification import Check, CheckStatus, Verification


@dataclass(frozen=True, slots=True)
class ServiceAccountOverview:
    """A service account, with the upcoming meetings that it hosts and the last moment of them.

    Until ``hosted.last_end`` its address has to stay within whatever restricts the app.
    """

    account: ServiceMailbox
    hosted: HostedMeetings


SENDING_DAY = timedelta(hours=24)
"""Providers count what a mailbox sends over the last 24 hours, not by calendar day."""


@dataclass(frozen=True, slots=True)
class IntegrationOverview:
    """An integration as listed. ``recipients_a_day``: how many the provider lets a mailbox mail; None: not said."""

    integration: Integration
    provider_label: str
    credentials: tuple[CredentialInfo, ...]
    service_accounts: tuple[ServiceAccountOverview, ...]
    rooms: Mapping[RoomStatus, int]
    last_verification: Verification | None
    failed_checks: tuple[Check, ...]
    """Of the last verification; empty while it is open."""
    signs: IntegrationSigns
    recipients_a_day: int | None
    consent_url: str
    """Where an admin of the tenant consents to the app; empty: it has no credential."""


async def overview(
    uow: UnitOfWork, integration: Integration, now: datetime, *, providers: Providers, sealer: Sealer, policy: Policy
) -> IntegrationOverview:
    """Gather it in the caller's unit of work."""
    description = providers.describe(integration.provider)
    accounts = await uow.integrations.service_mailboxes(integration.id)
    last = await uow.verifications.latest(integration.id)
    return IntegrationOverview(
        integration=integration,
        provider_label=description.label,
        credentials=tuple(await uow.integrations.credentials(integration.id)),
        service_accounts=tuple(
            [ServiceAccountOverview(one, await uow.integrations.hosted_meetings(one.id, now)) for one in accounts]
        ),
        rooms=await uow.rooms.count_by_status(integration.id),
        last_verification=last,
        failed_checks=await _failed_checks(uow, last),
        signs=await uow.overviews.signs(integration.id, since=now - SENDING_DAY, now=now),
        recipients_a_day=description.capabilities.recipients_a_day,
        consent_url=await ConsentPage(providers, sealer, policy).address_for(uow.integrations, integration, now),
    )


async def _failed_checks(uow: UnitOfWork, last: Verification | None) -> tuple[Check, ...]:
    if last is None or last.status.is_open:
        return ()
    return tuple(check for check in await uow.verifications.checks(last.id) if check.status is CheckStatus.FAILED)
