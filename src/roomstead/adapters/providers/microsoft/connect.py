"""From a connection as it is stored to a provider that calls."""

from dataclasses import dataclass, field

from roomstead.adapters.http.transport import Transport
from roomstead.adapters.providers.microsoft.auth import AppIdentity, SignIn, TokenHolder
from roomstead.adapters.providers.microsoft.changes import DeltaHealth
from roomstead.adapters.providers.microsoft.client import GraphAccess
from roomstead.adapters.providers.microsoft.endpoints import graph_url, login_url, token_scope
from roomstead.adapters.providers.microsoft.provider import MicrosoftProvider
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.limits import CallLimits
from roomstead.application.ports.providers import Connection


@dataclass(slots=True)
class MicrosoftConnector:
    """Makes providers; those of one app share its token and what is known of its mailboxes' lists of changes.

    Held are tokens, never credentials: an app is known by a digest.
    """

    clock: Clock
    limits: CallLimits
    _tokens: dict[str, TokenHolder] = field(default_factory=dict)
    _health: dict[str, DeltaHealth] = field(default_factory=dict)

    def connect(self, connection: Connection, transport: Transport) -> MicrosoftProvider:
        """A provider for this connection; ``transport`` becomes its own."""
        identity = _identity(connection)
        app_key = f"{identity.tenant.lower()}/{identity.app_id.lower()}"
        access = GraphAccess(
            base_url=graph_url(connection),
            app_key=app_key,
            sign_in=SignIn(identity, transport, self.clock),
            tokens=self._tokens.setdefault(identity.key, TokenHolder(self.clock)),
            limits=self.limits,
            clock=self.clock,
        )
        return MicrosoftProvider(access, transport, self._health.setdefault(app_key, DeltaHealth(self.clock)))

    async def redeem(self, connection: Connection, transport: Transport) -> None:
        """Nothing: an app signs in, and no mailbox does."""


def _identity(connection: Connection) -> AppIdentity:
    secret_field = "client_secret" if connection.credential_kind == "secret" else "private_key"
    return AppIdentity(
        login_url=login_url(connection),
        tenant=connection.tenant,
        app_id=connection.settings.get("app_id", ""),
        scope=token_scope(connection),
        credential_kind=connection.credential_kind,
        certificate=connection.settings.get("certificate", ""),
        secret=connection.secrets.get(secret_field, ""),
    )
