"""Connected providers for integrations, kept as long as their credential stays the same, so that tokens are reused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from roomstead.application.credentials import connection_of, seal_credential
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.connections import CURRENT
from roomstead.application.ports.providers import Connection, Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import CredentialMissing, IntegrationDisabled, NotFound
from roomstead.domain.integration import IntegrationStatus
from roomstead.domain.mailbox import Address, IntegrationId

_Key = tuple[IntegrationId, str, Address | None]


@dataclass(slots=True)
class _Held:
    """A connected provider, what it was connected with, and how many use it just now."""

    mark: str
    provider: CalendarProvider
    users: int = 0
    is_outdated: bool = False


class CachedConnections:
    """Implements ``Connections``. One per process; closed at the end with ``aclose``."""

    def __init__(self, units: UnitsOfWork, sealer: Sealer, providers: Providers) -> None:
        """Nothing is connected before it is asked for."""
        self._units = units
        self._sealer = sealer
        self._providers = providers
        self._held: dict[_Key, _Held] = {}

    @asynccontextmanager
    async def open(
        self, integration_id: IntegrationId, slot: str = CURRENT, *, acting: Address | None = None
    ) -> AsyncIterator[CalendarProvider]:
        """The provider of an integration; the one before a change of credential closes with its last user."""
        mark, connection = await self._load(integration_id, slot, acting)
        held, outdated = self._take((integration_id, slot, acting), mark, connection)
        if outdated is not None:
            await outdated.aclose()
        try:
            yield held.provider
        finally:
            held.users -= 1
            if held.is_outdated and held.users == 0:
                await held.provider.aclose()

    async def redeem(self, integration_id: IntegrationId, slot: str = CURRENT) -> None:
        """Trade in what a mailbox's own sign-in brought; it is good once, and so kept as soon as it is traded."""
        _, connection = await self._load(integration_id, slot, None)
        secrets = await self._providers.redeem(connection)
        if secrets is None:
            return
        async with self._units() as uow:
            held = await uow.integrations.sealed_credential(integration_id, slot)
            if held is not None:
                redeemed = replace(connection, secrets=secrets)
                kept = seal_credential(
                    redeemed,
                    slot=slot,
                    expires_at=held.expires_at,
                    sealer=self._sealer,
                    now=held.created_at,
                    tier=held.tier,
                )
                await uow.integrations.put_credential(integration_id, kept)
                await uow.commit()

    async def aclose(self) -> None:
        """Give all connections back."""
        everything, self._held = list(self._held.values()), {}
        for held in everything:
            await held.provider.aclose()

    async def _load(self, integration_id: IntegrationId, slot: str, acting: Address | None) -> tuple[str, Connection]:
        async with self._units.reading() as uow:
            standing = await uow.integrations.standing(integration_id, slot)
        if standing is None:
            raise NotFound("There is no such integration.")
        integration, credential = standing.integration, standing.credential
        if integration.status is IntegrationStatus.DISABLED:
            raise IntegrationDisabled(remedy="Enable it under Settings → Integrations.")
        if credential is None:
            raise CredentialMissing(remedy="Enter the credential under Settings → Integrations.")
        acting = acting or standing.service_address or integration.setup_address
        connection = connection_of(integration, credential, self._sealer, acting=acting)
        endpoints = ",".join(f"{name}={url}" for name, url in sorted(integration.endpoints.items()))
        told = (credential.fingerprint, integration.tenant, endpoints, str(connection.tier), connection.acting or "")
        return " ".join(told), connection

    def _take(self, key: _Key, mark: str, connection: Connection) -> tuple[_Held, CalendarProvider | None]:
        """The provider to use, and one to close now since nobody uses it any more."""
        held = self._held.get(key)
        outdated: CalendarProvider | None = None
        if held is not None and held.mark != mark:
            held.is_outdated = True
            outdated = held.provider if held.users == 0 else None
            held = None
        if held is None:
            held = self._held[key] = _Held(mark, self._providers.connect(connection))
        held.users += 1
        return held, outdated
