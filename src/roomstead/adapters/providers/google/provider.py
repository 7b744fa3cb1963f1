"""The calendar port over Google's Calendar and Directory APIs."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from roomstead.adapters.http.transport import Transport
from roomstead.adapters.providers.aliases import Aliases
from roomstead.adapters.providers.google import writes
from roomstead.adapters.providers.google.changes import ChangeReader
from roomstead.adapters.providers.google.client import GoogleAccess, GoogleClient
from roomstead.adapters.providers.google.directory import Directory
from roomstead.adapters.providers.google.freebusy import read_free_busy
from roomstead.adapters.providers.google.offer import CAPABILITIES
from roomstead.adapters.providers.google.probes import Prober
from roomstead.application.ports.calendar import (
    BusyTimes,
    Capabilities,
    ChangePage,
    CredentialReport,
    EventRef,
    HostFacts,
    PreparedWrite,
    RoomFacts,
    SyncCursor,
)
from roomstead.domain.access import Capability, ProbeResult
from roomstead.domain.event import CalendarEvent, OutgoingEvent
from roomstead.domain.mailbox import Address, MailboxFacts, MailboxRef
from roomstead.domain.timespan import Timespan


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are to Google: the numeric client id or OAuth client, and the address that goes with it."""

    tenant: str
    app_id: str
    account: str


class GoogleProvider:
    """One connected tenant. Each method is documented by the port."""

    def __init__(self, access: GoogleAccess, transport: Transport, identity: Identity) -> None:
        """``transport`` is this provider's own and closed with it; the rest is shared. No I/O yet."""
        self._access = access
        self._transport = transport
        self._identity = identity
        self._client = GoogleClient(access, transport)
        self._directory = Directory(self._client)
        self._prober = Prober(self._client)
        self._writer = writes.Writer(self._client, Aliases(self._directory.resolve))
        self._changes = ChangeReader(self._client)

    @property
    def capabilities(self) -> Capabilities:
        """What this provider can do that someone would notice."""
        return CAPABILITIES

    async def check_credential(self) -> CredentialReport:
        """Sign in afresh, in our own name: whether anything is delegated to us is a question of permissions."""
        token = await self._client.own_token()
        return CredentialReport(
            tenant=self._identity.tenant,
            app_id=self._identity.app_id,
            app_object_id=self._identity.account,
            named_permissions=token.scopes,
            clock_skew=token.clock_skew,
            is_tenant_proven=False,
        )

    async def check_permission(self, permission: str, mailbox: MailboxRef | None) -> ProbeResult:
        """Prove one scope of the tiers by a harmless read that needs it."""
        return await self._prober.check_permission(permission, mailbox)

    async def resolve(self, address: Address) -> MailboxFacts:
        """Look an address up in the directory, or by the calendar that it opens."""
        return await self._directory.resolve(address)

    def list_rooms(self) -> AsyncIterator[RoomFacts]:
        """All rooms of the directory."""
        return self._directory.list_rooms()

    async def host_facts(self, mailbox: MailboxRef) -> HostFacts:
        """The primary calendar of a mailbox that shall host."""
        return await self._prober.host_facts(mailbox)

    async def probe(self, mailbox: MailboxRef, capability: Capability) -> ProbeResult:
        """Try one capability on one mailbox."""
        return await self._prober.probe(mailbox, capability)

    async def probe_many(
        self, mailboxes: Sequence[MailboxRef], capability: Capability
    ) -> Mapping[Address, ProbeResult]:
        """Try one capability on many mailboxes."""
        return await self._prober.probe_many(mailboxes, capability)

    async def free_busy(
        self, mailboxes: Sequence[MailboxRef], span: Timespan, *, via: MailboxRef
    ) -> Mapping[Address, BusyTimes]:
        """Busy times of many mailboxes, asked through ``via``'s rights."""
        return await read_free_busy(self._client, mailboxes, span, via)

    def prepare_create(self, mailbox: MailboxRef, event: OutgoingEvent) -> PreparedWrite:
        """Decide a create. Raises InvalidInput for what Google would refuse."""
        return writes.prepare_create(mailbox, event)

    def prepare_change(self, existing: EventRef, event: OutgoingEvent) -> PreparedWrite:
        """Decide a change. Raises InvalidInput for what Google would refuse."""
        return writes.prepare_change(existing, event)

    def prepare_cancel(self, existing: EventRef, comment: str) -> PreparedWrite:
        """Decide a cancellation for everyone."""
        return writes.prepare_cancel(existing, comment)

    async def send(self, prepared: PreparedWrite) -> CalendarEvent | None:
        """Perform a prepared write."""
        return await self._writer.send(prepared)

    async def find_event(self, mailbox: MailboxRef, booking_tag: str, near: Timespan) -> CalendarEvent | None:
        """Our own event of that booking in that mailbox, if it is there."""
        return await self._writer.find(mailbox, booking_tag, near)

    async def read_event(self, ref: EventRef) -> CalendarEvent:
        """One copy, whole."""
        return await self._writer.read(ref.mailbox, ref.event_id)

    async def changes(self, mailbox: MailboxRef, cursor: SyncCursor | None, window: Timespan) -> ChangePage:
        """The next page of a mailbox's changes."""
        return await self._changes.page(mailbox, cursor, window)

    async def aclose(self) -> None:
        """Give connections back."""
        await self._transport.aclose()
