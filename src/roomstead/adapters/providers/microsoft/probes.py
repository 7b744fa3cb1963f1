"""What we may do with a mailbox, found out by reading its calendar's metadata, never its events.

Verified is what a read shows: whether the mailbox answers us. Inferred is the right to write. ``canEdit`` speaks of
the mailbox' owner and is true for every app that may read, so it is believed only where nothing speaks against it:
where the token names a permission to write, or names none for calendars (then Exchange's own roles grant it, mailbox
by mailbox). A token that names reading alone leaves writing unknown. A write that is refused corrects the finding.
"""

from collections.abc import Mapping, Sequence

from roomstead.adapters.providers.microsoft.batch import read_many
from roomstead.adapters.providers.microsoft.calls import CallKind, GraphCall
from roomstead.adapters.providers.microsoft.client import GraphClient
from roomstead.adapters.providers.microsoft.mapping import Json
from roomstead.application.ports.calendar import HostFacts
from roomstead.domain.access import AccessCause, Capability, ProbeResult, Verdict
from roomstead.domain.errors import AppError, ConsentMissing, OutOfReach
from roomstead.domain.mailbox import Address, MailboxRef

_FIELDS = "id,name,canEdit,isDefaultCalendar,isTallyingResponses,allowedOnlineMeetingProviders"
_WRITE = "Calendars.ReadWrite"
_PERMISSION_CALLS: Mapping[str, GraphCall] = {
    "Place.Read.All": GraphCall("GET", "/places/microsoft.graph.room", CallKind.DIRECTORY, query={"$top": "1"}),
    "User.ReadBasic.All": GraphCall("GET", "/users", CallKind.DIRECTORY, query={"$top": "1", "$select": "id"}),
}


def _calendar_call(mailbox: MailboxRef) -> GraphCall:
    return GraphCall("GET", "/users/{mailbox}/calendar", CallKind.MAILBOX, mailbox, query={"$select": _FIELDS})


class Prober:
    """Asks for access, by trying."""

    def __init__(self, client: GraphClient) -> None:
        """No I/O yet."""
        self._client = client

    async def host_facts(self, mailbox: MailboxRef) -> HostFacts:
        """The default calendar. Only there are attendees' answers collected (Microsoft Graph docs: calendar)."""
        calendar = await self._client.json(_calendar_call(mailbox))
        online = calendar.get("allowedOnlineMeetingProviders")
        details = {"online_meetings": ",".join(map(str, online))} if isinstance(online, list) and online else {}
        return HostFacts(
            is_default=calendar.get("isDefaultCalendar") is not False,
            can_edit=calendar.get("canEdit") is True,
            tracks_answers=calendar.get("isTallyingResponses") is True,
            details=details,
        )

    async def probe(self, mailbox: MailboxRef, capability: Capability) -> ProbeResult:
        """Try one capability on one mailbox."""
        try:
            calendar, request_id = await self._client.json_and_request_id(_calendar_call(mailbox))
        except OutOfReach as refusal:
            return _refused(refusal)
        return await self._judge(calendar, capability, request_id)

    async def probe_many(
        self, mailboxes: Sequence[MailboxRef], capability: Capability
    ) -> Mapping[Address, ProbeResult]:
        """Try one capability on many, twenty to a call."""
        calls = [_calendar_call(mailbox) for mailbox in mailboxes]
        answers = await read_many(self._client, calls)
        return {
            mailbox.address: await self._judge_one(answer, capability)
            for mailbox, answer in zip(mailboxes, answers, strict=True)
        }

    async def check_permission(self, permission: str, mailbox: MailboxRef | None) -> ProbeResult:
        """Prove one permission by a read that needs it.

        Raises KeyError for one that no tier asks for, ValueError where a mailbox is needed and none is named.
        """
        try:
            body, request_id = await self._client.json_and_request_id(_permission_call(permission, mailbox))
        except ConsentMissing as missing:
            details = missing.details
            return ProbeResult(
                Verdict.REFUSED, AccessCause.REFUSED, details.get("code", ""), details.get("request_id", "")
            )
        except OutOfReach as refusal:
            return _refused(refusal)
        if permission == _WRITE:
            return await self._judge(body, Capability.WRITE, request_id, is_proof=True)
        return ProbeResult(Verdict.GRANTED, request_id=request_id)

    async def _judge_one(self, answer: Json | AppError, capability: Capability) -> ProbeResult:
        if isinstance(answer, OutOfReach):
            return _refused(answer)
        if isinstance(answer, AppError):
            code = answer.details.get("code") or answer.code
            return ProbeResult(Verdict.UNKNOWN, AccessCause.NONE, code, answer.details.get("request_id", ""))
        return await self._judge(answer, capability, "")

    async def _judge(
        self, calendar: Json, capability: Capability, request_id: str, *, is_proof: bool = False
    ) -> ProbeResult:
        """What a calendar that answered tells. ``is_proof``: only what is shown counts, nothing inferred."""
        if capability is not Capability.WRITE:
            return ProbeResult(Verdict.GRANTED, request_id=request_id)
        if calendar.get("canEdit") is not True:
            return ProbeResult(Verdict.REFUSED, AccessCause.REFUSED, "canEdit=false", request_id)
        if is_proof:
            return ProbeResult(Verdict.UNKNOWN, AccessCause.NONE, "shown_by_a_write_only", request_id)
        named = [role for role in await self._client.named_permissions() if role.startswith("Calendars.")]
        if named and _WRITE not in named:
            return ProbeResult(Verdict.UNKNOWN, AccessCause.NONE, "token_names_reading_only", request_id)
        return ProbeResult(Verdict.GRANTED, request_id=request_id)


def _permission_call(permission: str, mailbox: MailboxRef | None) -> GraphCall:
    if permission in _PERMISSION_CALLS:
        return _PERMISSION_CALLS[permission]
    if mailbox is None:
        raise ValueError(f"{permission} is about mailboxes; name one to try it on.")
    if permission == "MailboxSettings.Read":
        return GraphCall("GET", "/users/{mailbox}/mailboxSettings", CallKind.MAILBOX, mailbox)
    if permission in {"Calendars.Read", _WRITE}:
        return _calendar_call(mailbox)
    raise KeyError(permission)


def _refused(refusal: OutOfReach) -> ProbeResult:
    return ProbeResult(Verdict.REFUSED, refusal.cause, refusal.provider_code, refusal.request_id)
