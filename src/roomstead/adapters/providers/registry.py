"""The one place that names providers."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from roomstead.adapters.http.transport import HttpSettings, HttpTransport, Transport, make_tls_context
from roomstead.adapters.providers.google.connect import GoogleConnector
from roomstead.adapters.providers.google.guide import GoogleGuide
from roomstead.adapters.providers.google.offer import DESCRIPTION as GOOGLE
from roomstead.adapters.providers.microsoft.connect import MicrosoftConnector
from roomstead.adapters.providers.microsoft.guide import MicrosoftGuide
from roomstead.adapters.providers.microsoft.offer import DESCRIPTION as MICROSOFT
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.limits import CallLimits
from roomstead.application.ports.providers import Connection, ProviderDescription, ProviderGuide
from roomstead.domain.errors import NotFound


class Connector(Protocol):
    """Makes a provider for a connection; the transport becomes the provider's own."""

    def connect(self, connection: Connection, transport: Transport) -> CalendarProvider:
        """No I/O yet."""
        ...

    async def redeem(self, connection: Connection, transport: Transport) -> Mapping[str, str] | None:
        """Trade in what a mailbox's own sign-in brought, as the port says."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One provider: how it describes itself, what it knows, how it is reached."""

    description: ProviderDescription
    guide: ProviderGuide
    connector: Connector


class ProviderRegistry:
    """All providers of this installation."""

    def __init__(self, entries: tuple[Entry, ...], http: HttpSettings) -> None:
        """``entries`` in the order in which providers are offered."""
        self._entries = {entry.description.key: entry for entry in entries}
        self._http = http

    def descriptions(self) -> tuple[ProviderDescription, ...]:
        """Every provider, in the order in which it is offered."""
        return tuple(entry.description for entry in self._entries.values())

    def describe(self, key: str) -> ProviderDescription:
        """One provider. Raises NotFound with the known keys."""
        return self._entry(key).description

    def guide(self, key: str) -> ProviderGuide:
        """Its set-up knowledge. Raises NotFound."""
        return self._entry(key).guide

    def connect(self, connection: Connection) -> CalendarProvider:
        """A provider for this connection, with connections of its own until it is closed. No I/O yet."""
        entry = self._entry(connection.provider)
        return entry.connector.connect(connection, HttpTransport(self._http, self._tls))

    async def redeem(self, connection: Connection) -> Mapping[str, str] | None:
        """Trade in what a mailbox's own sign-in brought; None: nothing waits."""
        transport = HttpTransport(self._http, self._tls)
        try:
            return await self._entry(connection.provider).connector.redeem(connection, transport)
        finally:
            await transport.aclose()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made at the first connect: reading the authorities takes longer than all the rest of it."""
        return make_tls_context(self._http.ca_file)

    def _entry(self, key: str) -> Entry:
        if key not in self._entries:
            raise NotFound(f"There is no provider “{key}”. Known: {', '.join(self._entries)}.")
        return self._entries[key]


def build_providers(
    clock: Clock,
    limits: CallLimits,
    http: HttpSettings,
    *,
    clouds: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None,
) -> ProviderRegistry:
    """The providers that this installation knows.

    ``clouds``: provider → name → endpoint → base URL, offered beside the built-in clouds (a rehearsal tenant, a cloud
    newer than this release).
    """
    extra = clouds or {}
    entries = (
        Entry(MICROSOFT, MicrosoftGuide(), MicrosoftConnector(clock, limits)),
        Entry(GOOGLE, GoogleGuide(), GoogleConnector(clock, limits)),
    )
    return ProviderRegistry(tuple(_with_clouds(entry, extra.get(entry.description.key, {})) for entry in entries), http)


def _with_clouds(entry: Entry, clouds: Mapping[str, Mapping[str, str]]) -> Entry:
    return replace(entry, description=replace(entry.description, clouds={**entry.description.clouds, **clouds}))
