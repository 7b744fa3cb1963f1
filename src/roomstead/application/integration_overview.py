"""What an admin sees of an integration at a glance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from roomstead.application.ports.integrations import HostedMeetings
from roomstead.application.ports.providers import Providers
from roomstead.application.ports.store import UnitOfWork
from roomstead.domain.integration import CredentialInfo, Integration, RoomStatus, ServiceMailbox
from roomstead.domain.verification import Verification


@dataclass(frozen=True, slots=True)
class ServiceAccountOverview:
    """A service account, with the upcoming meetings that it hosts and the last moment of them.

    Until ``hosted.last_end`` its address has to stay within whatever restricts the app.
    """

    account: ServiceMailbox
    hosted: HostedMeetings


@dataclass(frozen=True, slots=True)
class IntegrationOverview:
    """An integration as listed."""

    integration: Integration
    provider_label: str
    credentials: tuple[CredentialInfo, ...]
    service_accounts: tuple[ServiceAccountOverview, ...]
    rooms: Mapping[RoomStatus, int]
    last_verification: Verification | None


async def overview(
    uow: UnitOfWork, integration: Integration, providers: Providers, now: datetime
) -> IntegrationOverview:
    """Gather it in the caller's unit of work."""
    accounts = await uow.integrations.service_mailboxes(integration.id)
    return IntegrationOverview(
        integration=integration,
        provider_label=providers.describe(integration.provider).label,
        credentials=tuple(await uow.integrations.credentials(integration.id)),
        service_accounts=tuple(
            [ServiceAccountOverview(one, await uow.integrations.hosted_meetings(one.id, now)) for one in accounts]
        ),
        rooms=await uow.rooms.count_by_status(integration.id),
        last_verification=await uow.verifications.latest(integration.id),
    )
