"""From a connection as it is stored to a provider that calls."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from roomstead.adapters.http.transport import Transport
from roomstead.adapters.providers.google.asking import Delegation, SharedRooms, SignedIn, Way
from roomstead.adapters.providers.google.auth import (
    CloudIdentity,
    IamSigner,
    KeySigner,
    SignedInMailbox,
    TokenSource,
    TokenVault,
)
from roomstead.adapters.providers.google.calls import is_cloud_identity, is_room
from roomstead.adapters.providers.google.client import GoogleAccess
from roomstead.adapters.providers.google.endpoints import (
    calendar_url,
    directory_url,
    iam_url,
    metadata_url,
    token_url,
)
from roomstead.adapters.providers.google.grant import REFRESH_TOKEN, read_grant
from roomstead.adapters.providers.google.key_file import KeyFile, NotAKeyFile, read_key_file
from roomstead.adapters.providers.google.offer import KEY_FILE, MAILBOX
from roomstead.adapters.providers.google.provider import GoogleProvider, Identity
from roomstead.adapters.providers.google.trade import OAuthClient, trade_in
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.limits import CallLimits
from roomstead.application.ports.providers import Connection
from roomstead.domain.errors import CredentialMissing
from roomstead.domain.mailbox import Address

EVERYONE_TIER = 3
"""The tier that needs a delegation; below it nobody is impersonated."""


@dataclass(slots=True)
class GoogleConnector:
    """Makes providers; those of one credential share its tokens. Held are tokens, never credentials."""

    clock: Clock
    limits: CallLimits
    _vaults: dict[str, TokenVault] = field(default_factory=dict)

    def connect(self, connection: Connection, transport: Transport) -> GoogleProvider:
        """A provider for this connection; ``transport`` becomes its own. Raises CredentialMissing for no key file."""
        identity, cloud, mailbox = self._sources(connection, transport)
        access = GoogleAccess(
            calendar_url=calendar_url(connection),
            directory_url=directory_url(connection),
            customer=customer(connection.tenant),
            app_key=f"{connection.tenant.lower()}/{identity.app_id}",
            app_id=identity.app_id,
            way=_way(connection),
            cloud=cloud,
            mailbox=mailbox,
            tokens=self._vaults.setdefault(_digest(connection), TokenVault(self.clock)),
            limits=self.limits,
            clock=self.clock,
        )
        return GoogleProvider(access, transport, identity)

    async def redeem(self, connection: Connection, transport: Transport) -> Mapping[str, str] | None:
        """The secret fields with the refresh token that a waiting code was traded in for; None: no code waits.

        Raises CredentialRejected when it came too late, or when not the mailbox that was named has signed in.
        """
        grant = read_grant(connection.secrets.get(REFRESH_TOKEN, ""))
        if connection.credential_kind != MAILBOX or grant is None:
            return None
        client = OAuthClient(
            token_url(connection), connection.settings.get("app_id", ""), connection.secrets.get("client_secret", "")
        )
        refresh = await trade_in(transport, self.clock, grant, client, _signing_in(connection))
        return {**connection.secrets, REFRESH_TOKEN: refresh}

    def _sources(
        self, connection: Connection, transport: Transport
    ) -> tuple[Identity, TokenSource | None, TokenSource | None]:
        settings, secrets = connection.settings, connection.secrets
        tenant, tokens_at = connection.tenant, token_url(connection)
        if connection.credential_kind == MAILBOX:
            mailbox = SignedInMailbox(
                transport,
                self.clock,
                token_url=tokens_at,
                client_id=settings.get("app_id", ""),
                client_secret=secrets.get("client_secret", ""),
                refresh=secrets.get("refresh_token", ""),
            )
            return Identity(tenant, settings.get("app_id", ""), settings.get("mailbox", "")), None, mailbox
        if connection.credential_kind == KEY_FILE:
            key = _key_file(secrets)
            signer = KeySigner(key.key_id, key.private_key)
            cloud = CloudIdentity(transport, self.clock, account=key.client_email, token_url=tokens_at, signer=signer)
            return Identity(tenant, key.client_id, key.client_email), cloud, None
        account = settings.get("account", "")
        iam = IamSigner(
            transport,
            self.clock,
            account=account,
            iam_url=iam_url(connection),
            metadata_url=metadata_url(connection),
        )
        cloud = CloudIdentity(transport, self.clock, account=account, token_url=tokens_at, signer=iam)
        return Identity(tenant, settings.get("app_id", ""), account), cloud, None


def customer(tenant: str) -> str:
    """How the Directory API names the tenant: by its customer id, or as that of whoever asks."""
    return "my_customer" if "." in tenant else tenant


def _way(connection: Connection) -> Way:
    if connection.credential_kind == MAILBOX:
        return SignedIn(_signing_in(connection))
    return Delegation(_person(connection.acting)) if connection.tier >= EVERYONE_TIER else SharedRooms()


def _signing_in(connection: Connection) -> Address:
    return Address(connection.settings.get("mailbox", "").lower())


def _person(address: Address | None) -> Address | None:
    """Whoever can act for others: a room or a program cannot, and the cloud identity asks in its own name."""
    return None if address is None or is_room(address) or is_cloud_identity(address) else address


def _key_file(secrets: Mapping[str, str]) -> KeyFile:
    try:
        return read_key_file(secrets.get("key_file", ""))
    except NotAKeyFile as error:
        raise CredentialMissing(str(error), remedy="Enter the key file again.") from error


def _digest(connection: Connection) -> str:
    told = [connection.tenant, connection.credential_kind, *sorted(connection.endpoints.values())]
    for fields in (connection.settings, connection.secrets):
        told += [f"{name}={value}" for name, value in sorted(fields.items())]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()
