"""Settings → Integrations: every connected tenant, how it is doing, and what needs an admin."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Response

from roomstead.application.integration.list_integrations import ListIntegrations
from roomstead.application.integration_overview import IntegrationOverview, ServiceAccountOverview
from roomstead.application.ports.connections import CURRENT, NEXT
from roomstead.domain.credential_expiry import warning_stage
from roomstead.domain.integration import CredentialInfo, Integration, RoomStatus, ServiceMailboxStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.verification import Check, CheckKey
from roomstead.entrypoints.web.deps import service_of
from roomstead.entrypoints.web.pages.visits import AdminVisit, Visit

router = APIRouter(include_in_schema=False)

INTEGRATIONS = "/settings/integrations"
_TOLD_OTHERWISE = frozenset({CheckKey.ROOMS, CheckKey.ROOM_ANSWERS, CheckKey.NEW_ROOM})


@dataclass(frozen=True, slots=True)
class CredentialState:
    """A credential with its end: how many days are left, and whether that is to be warned of."""

    info: CredentialInfo
    label: str
    days_left: int | None
    is_warned: bool


@dataclass(frozen=True, slots=True)
class Card:
    """An integration as its card shows it."""

    seen: IntegrationOverview
    current: CredentialState | None
    next: CredentialState | None
    failed: tuple[Check, ...]
    """What the last verification found, but for what the card counts itself."""

    @property
    def integration(self) -> Integration:
        """The integration."""
        return self.seen.integration

    @property
    def active(self) -> ServiceAccountOverview | None:
        """The service account in force."""
        return self._account(ServiceMailboxStatus.ACTIVE)

    @property
    def pending(self) -> ServiceAccountOverview | None:
        """The one that waits for its verification."""
        return self._account(ServiceMailboxStatus.PENDING)

    def _account(self, status: ServiceMailboxStatus) -> ServiceAccountOverview | None:
        return next((each for each in self.seen.service_accounts if each.account.status is status), None)

    @property
    def live(self) -> int:
        """How many rooms can be booked."""
        return self.seen.rooms.get(RoomStatus.LIVE, 0)

    @property
    def unreachable(self) -> int:
        """How many rooms cannot."""
        return self.seen.rooms.get(RoomStatus.UNREACHABLE, 0)

    @property
    def missing(self) -> int:
        """How many the directory no longer lists."""
        return self.seen.rooms.get(RoomStatus.MISSING, 0)

    @property
    def relevant(self) -> int:
        """How many rooms there are, but for those left out."""
        return sum(count for status, count in self.seen.rooms.items() if status is not RoomStatus.LEFT_OUT)


@router.get(INTEGRATIONS)
async def show(visit: AdminVisit) -> Response:
    """All of them, by name."""
    found = await visit.cases.list_integrations(ListIntegrations(), visit.actor)
    cards = [await card_of(visit, each) for each in found]
    draft = await visit.cases.read_draft(visit.actor)
    return visit.show("integrations.html", cards=cards, draft=draft)


@router.post(f"{INTEGRATIONS}/{{integration_id}}/disable")
async def disable(visit: AdminVisit, integration_id: UUID) -> Response:
    """Nothing is read or sent until it is enabled."""
    changed = await visit.cases.disable_integration(IntegrationId(integration_id), visit.actor)
    return visit.go(INTEGRATIONS, "integrations.disabled_done", name=changed.name)


@router.post(f"{INTEGRATIONS}/{{integration_id}}/enable")
async def enable(visit: AdminVisit, integration_id: UUID) -> Response:
    """It works again when its verification passes."""
    await visit.cases.enable_integration(IntegrationId(integration_id), visit.actor)
    seen = await visit.cases.read_integration(IntegrationId(integration_id), visit.actor)
    if seen.last_verification is None:
        return visit.go(INTEGRATIONS)
    return visit.go(f"/settings/integrations/verifications/{seen.last_verification.id}")


async def card_of(visit: Visit, seen: IntegrationOverview) -> Card:
    """What the card of an integration shows."""
    failed = tuple(check for check in seen.failed_checks if check.key not in _TOLD_OTHERWISE)
    slots = {each.slot: each for each in seen.credentials}
    labels = await _kind_labels(visit, seen.integration.provider)
    current, following = slots.get(CURRENT), slots.get(NEXT)
    return Card(
        seen,
        None if current is None else credential_state(visit, current, labels),
        None if following is None else credential_state(visit, following, labels),
        failed,
    )


async def _kind_labels(visit: Visit, provider: str) -> dict[str, str]:
    descriptions = await visit.cases.describe_providers(visit.actor)
    return {kind.key: kind.label for each in descriptions if each.key == provider for kind in each.credential_kinds}


def credential_state(visit: Visit, info: CredentialInfo, labels: dict[str, str]) -> CredentialState:
    """How a credential stands."""
    now = service_of(visit.request).clock.now()
    left = None if info.expires_at is None else max((info.expires_at - now) // timedelta(days=1), 0)
    return CredentialState(
        info, labels.get(info.kind, info.kind), left, warning_stage(info.expires_at, now) is not None
    )
