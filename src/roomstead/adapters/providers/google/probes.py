"""What we may do with a calendar, found out from what Google says of our role in it; no event is read.

The role stands in the answer to a list of events, of which only that one field is asked for. It is Google's own word
for what the asker may do there, and so speaks of writing, too. Reading it needs no scope beyond those that are needed
anyway.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from roomstead.adapters.providers.google.calls import CallKind, GoogleCall, Reach, is_room
from roomstead.adapters.providers.google.client import GoogleClient
from roomstead.adapters.providers.google.mapping import Json, text_of
from roomstead.adapters.providers.google.scopes import FREE_BUSY, OWN_EVENTS, PEOPLE, READ_EVENTS, ROOMS
from roomstead.application.ports.calendar import HostFacts
from roomstead.domain.access import AccessCause, Capability, ProbeResult, Verdict
from roomstead.domain.errors import (
    AppError,
    ConsentMissing,
    CredentialMissing,
    CredentialRejected,
    NotFound,
    OutOfReach,
)
from roomstead.domain.mailbox import Address, MailboxRef

_EVENTS = "/calendars/{mailbox}/events"
_ROLE = (("maxResults", "1"), ("fields", "accessRole,timeZone,summary"))
_AT_A_TIME = 8
_SEE_TIMES = {"freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner"}
_SEE_DETAILS = _SEE_TIMES - {"freeBusyReader"}
_WRITE = {"writerWithoutPrivateAccess", "writer", "owner"}
_ENOUGH: Mapping[Capability, set[str]] = {
    Capability.TIMES: _SEE_TIMES,
    Capability.DETAILS: _SEE_DETAILS,
    Capability.WRITE: _WRITE,
    Capability.SUBSCRIBE: _SEE_TIMES,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A calendar that answered."""

    role: str
    zone: str | None
    title: str


def role_call(mailbox: MailboxRef) -> GoogleCall:
    """Asks for our role in a calendar."""
    return GoogleCall("GET", _EVENTS, CallKind.MAILBOX, mailbox, query=_ROLE)


async def look_at(client: GoogleClient, mailbox: MailboxRef) -> Seen:
    """Our role in a calendar. Raises OutOfReach."""
    return _seen(await client.json(role_call(mailbox)))


class Prober:
    """Asks for access, by trying."""

    def __init__(self, client: GoogleClient) -> None:
        """No I/O yet."""
        self._client = client

    async def host_facts(self, mailbox: MailboxRef) -> HostFacts:
        """The calendar at a user's own address is the primary one, and only there do all answers arrive."""
        seen = await look_at(self._client, mailbox)
        return HostFacts(
            is_default=not is_room(mailbox.address),
            can_edit=seen.role in _WRITE,
            tracks_answers=not is_room(mailbox.address),
            details={"role": seen.role},
        )

    async def probe(self, mailbox: MailboxRef, capability: Capability) -> ProbeResult:
        """Try one capability on one mailbox."""
        try:
            call = role_call(mailbox)
            if capability is Capability.WRITE and not is_room(mailbox.address):
                call = replace(call, scope=OWN_EVENTS)
            return _judge(_seen(await self._client.json(call)), mailbox, capability)
        except OutOfReach as refusal:
            return _refused(refusal)

    async def probe_many(
        self, mailboxes: Sequence[MailboxRef], capability: Capability
    ) -> Mapping[Address, ProbeResult]:
        """Try one capability on many, a few at a time: Google counts a call in a batch like any other."""
        turn = asyncio.Semaphore(_AT_A_TIME)

        async def one(mailbox: MailboxRef) -> ProbeResult:
            async with turn:
                return await self._probe_or_unknown(mailbox, capability)

        results = await asyncio.gather(*(one(mailbox) for mailbox in mailboxes))
        return {mailbox.address: result for mailbox, result in zip(mailboxes, results, strict=True)}

    async def check_permission(self, permission: str, mailbox: MailboxRef | None) -> ProbeResult:
        """Prove one scope by a read that needs it, with a token for that scope alone.

        Raises KeyError for one that no tier asks for, ValueError where a mailbox is needed and none is named.
        """
        if permission == OWN_EVENTS and mailbox is not None and is_room(mailbox.address):
            return ProbeResult(Verdict.REFUSED, AccessCause.NO_MAILBOX, "resource")
        try:
            await self._client.json(_permission_call(permission, mailbox, self._client.access.customer))
        except ConsentMissing as missing:
            return ProbeResult(Verdict.REFUSED, AccessCause.REFUSED, missing.details.get("code", ""))
        except NotFound as missing:
            return ProbeResult(Verdict.REFUSED, AccessCause.REFUSED, missing.details.get("code", ""))
        except OutOfReach as refusal:
            return _refused(refusal)
        return ProbeResult(Verdict.GRANTED)

    async def _probe_or_unknown(self, mailbox: MailboxRef, capability: Capability) -> ProbeResult:
        """One that cannot be asked just now does not stop the others; a lost credential does."""
        try:
            return await self.probe(mailbox, capability)
        except (CredentialRejected, CredentialMissing):
            raise
        except AppError as error:
            code = error.details.get("code") or error.code
            return ProbeResult(Verdict.UNKNOWN, AccessCause.NONE, code, error.details.get("request_id", ""))


def _permission_call(permission: str, mailbox: MailboxRef | None, customer: str) -> GoogleCall:
    if permission == ROOMS:
        query = (("maxResults", "1"), ("fields", "kind"))
        template = "/customer/{customer}/resources/calendars"
        values = {"customer": customer}
        return GoogleCall("GET", template, CallKind.DIRECTORY, values=values, query=query, reach=Reach.ROOMS)
    if permission == PEOPLE:
        one = (("customer", customer), ("maxResults", "1"), ("fields", "kind"))
        return GoogleCall("GET", "/users", CallKind.DIRECTORY, query=one, reach=Reach.PEOPLE)
    if permission == FREE_BUSY:
        body = b'{"timeMin":"2026-01-01T00:00:00Z","timeMax":"2026-01-01T00:30:00Z","items":[]}'
        return GoogleCall("POST", "/freeBusy", CallKind.DIRECTORY, body=body, reach=Reach.FREE_BUSY)
    if permission not in {OWN_EVENTS, READ_EVENTS}:
        raise KeyError(permission)
    if mailbox is None:
        raise ValueError(f"{permission} is about mailboxes; name one to try it on.")
    return replace(role_call(mailbox), scope=permission)


def _seen(body: Json) -> Seen:
    return Seen(text_of(body, "accessRole") or "none", text_of(body, "timeZone"), text_of(body, "summary") or "")


def _judge(seen: Seen, mailbox: MailboxRef, capability: Capability) -> ProbeResult:
    """Free/busy of people is open to all of an organisation as a rule; that is no access of ours."""
    enough = _ENOUGH[capability] if is_room(mailbox.address) else _ENOUGH[capability] & _SEE_DETAILS
    if seen.role in enough:
        return ProbeResult(Verdict.GRANTED)
    return ProbeResult(Verdict.REFUSED, AccessCause.REFUSED, seen.role)


def _refused(refusal: OutOfReach) -> ProbeResult:
    return ProbeResult(Verdict.REFUSED, refusal.cause, refusal.provider_code, refusal.request_id)
