"""The calendar port over Microsoft Graph."""

from collections.abc import AsyncIterator, Mapping, Sequence

from roomstead.adapters.http.transport import Transport
from roomstead.adapters.providers.aliases import Aliases
from roomstead.adapters.providers.microsoft import writes
from roomstead.adapters.providers.microsoft.auth import roles_in, token_claims
from roomstead.adapters.providers.microsoft.changes import ChangeReader, DeltaHealth
from roomstead.adapters.providers.microsoft.client import GraphAccess, GraphClient
from roomstead.adapters.providers.microsoft.directory import Directory
from roomstead.adapters.providers.microsoft.freebusy import read_free_busy
from roomstead.adapters.providers.microsoft.mapping import read_event, text_of
from roomstead.adapters.providers.microsoft.offer import CAPABILITIES
from roomstead.adapters.providers.microsoft.probes import Prober
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


class MicrosoftProvider:
    """One connected tenant. Each method is documented by the port."""

    def __init__(self, access: GraphAccess, transport: Transport, health: DeltaHealth) -> None:
        """``transport`` is this provider's own and closed with it; the rest is shared. No I/O yet."""
        self._access = access
        self._transport = transport
        self._client = GraphClient(access, transport)
        self._directory = Directory(self._client)
        self._prober = Prober(self._client)
        self._writer = writes.Writer(self._client, Aliases(self._directory.resolve))
        self._changes = ChangeReader(self._client, health)

    @property
    def capabilities(self) -> Capabilities:
        """What this provider can do that someone would notice."""
        return CAPABILITIES

    async def check_credential(self) -> CredentialReport:
        """Sign in afresh, so that a consent given a moment ago shows."""
        token = await self._access.tokens.renew(self._access.sign_in.fetch_token)
        claims = token_claims(token.value)
        return CredentialReport(
            tenant=text_of(claims, "tid") or self._access.sign_in.identity.tenant,
            app_id=text_of(claims, "appid") or self._access.sign_in.identity.app_id,
            app_object_id=text_of(claims, "oid") or "",
            named_permissions=roles_in(token.value),
            clock_skew=token.clock_skew,
        )

    async def check_permission(self, permission: str, mailbox: MailboxRef | None) -> ProbeResult:
        """Prove one permission of the tiers by a harmless read that needs it."""
        return await self._prober.check_permission(permission, mailbox)

    async def resolve(self, address: Address) -> MailboxFacts:
        """Look an address up in the directory, or by the mailbox that Exchange opens for it."""
        return await self._directory.resolve(address)

    def list_rooms(self) -> AsyncIterator[RoomFacts]:
        """All rooms of the directory."""
        return self._directory.list_rooms()

    async def host_facts(self, mailbox: MailboxRef) -> HostFacts:
        """The default calendar of a mailbox that shall host."""
        return await self._prober.host_facts(mailbox)

    async def probe(self, mailbox: MailboxRef, capability: Capability) -> ProbeResult:
        """Try one capability on one mailbox."""
        return await self._prober.probe(mailbox, capability)

    async def probe_many(
        self, mailboxes: Sequence[MailboxRef], capability: Capability
    ) -> Mapping[Address, ProbeResult]:
        """Try one capability on many mailboxes, twenty to a call."""
        return await self._prober.probe_many(mailboxes, capability)

    async def free_busy(
        self, mailboxes: Sequence[MailboxRef], span: Timespan, *, via: MailboxRef
    ) -> Mapping[Address, BusyTimes]:
        """Busy times of many mailboxes, asked through ``via``'s rights."""
        return await read_free_busy(self._client, mailboxes, span, via)

    def prepare_create(self, mailbox: MailboxRef, event: OutgoingEvent) -> PreparedWrite:
        """Decide a create. Raises InvalidInput for what Exchange would refuse."""
        return writes.prepare_create(mailbox, event)

    def prepare_change(self, existing: EventRef, event: OutgoingEvent) -> PreparedWrite:
        """Decide a change. Raises InvalidInput for what Exchange would refuse."""
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
        return read_event(await self._writer.read(ref.mailbox, ref.event_id))

    async def changes(self, mailbox: MailboxRef, cursor: SyncCursor | None, window: Timespan) -> ChangePage:
        """The next page of a mailbox's changes."""
        return await self._changes.page(mailbox, cursor, window)

    async def aclose(self) -> None:
        """Give connections back."""
        await self._transport.aclose()
