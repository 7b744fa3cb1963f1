"""The tenant's directory: who is behind an address, and which rooms there are.

Asked for are only those fields of a user that ``User.ReadBasic.All`` covers; a tier without that permission is
answered by the mailbox itself, which Exchange finds by any of its addresses.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from roomstead.adapters.providers.microsoft.calls import CallKind, GraphCall
from roomstead.adapters.providers.microsoft.client import GraphClient, values_of
from roomstead.adapters.providers.microsoft.mapping import Json, address_of, text_of
from roomstead.adapters.providers.microsoft.windows_zones import iana_name
from roomstead.application.ports.calendar import RoomFacts
from roomstead.domain.access import AccessCause
from roomstead.domain.errors import ConsentMissing, OutOfReach
from roomstead.domain.mailbox import Address, MailboxFacts, MailboxPurpose, MailboxRef

_USER_FIELDS = "id,displayName,mail,userPrincipalName"
_PURPOSES = {
    "user": MailboxPurpose.USER,
    "linked": MailboxPurpose.USER,
    "shared": MailboxPurpose.SHARED,
    "room": MailboxPurpose.ROOM,
    "equipment": MailboxPurpose.EQUIPMENT,
    "others": MailboxPurpose.OTHER,
}
_GUEST_MARK = "#EXT#"
_DEVICES = ("audioDeviceName", "videoDeviceName", "displayDeviceName", "displayDevice")


@dataclass(frozen=True, slots=True)
class _DirectoryAnswer:
    """``is_told`` False: we may not ask the directory."""

    user: Json | None
    is_told: bool


class Directory:
    """Looks people and rooms up."""

    def __init__(self, client: GraphClient) -> None:
        """No I/O yet."""
        self._client = client

    async def resolve(self, address: Address) -> MailboxFacts:
        """Who an address belongs to. Raises OutOfReach when nobody, or when it has no mailbox that we can reach."""
        found = await self._look_up(address)
        if found.user is not None:
            return await self._with_mailbox(found.user, address)
        owner = await self._owner(address, is_directory_told=found.is_told)
        primary = address_of(owner) or address
        if found.is_told and primary != address:
            by_primary = await self._look_up(primary)
            if by_primary.user is not None:
                return await self._with_mailbox(by_primary.user, primary)
        purpose, zone = await self._settings(MailboxRef(primary))
        return MailboxFacts(MailboxRef(primary), text_of(owner, "name") or "", purpose, zone=zone)

    async def list_rooms(self) -> AsyncIterator[RoomFacts]:
        """All rooms that the directory lists; a new one may take two days to appear (Microsoft Graph docs: place)."""
        call = GraphCall("GET", "/places/microsoft.graph.room", CallKind.DIRECTORY, query={"$top": "100"})
        async for page in self._client.pages(call):
            for item in page:
                room = read_room(item)
                if room is not None:
                    yield room

    async def _look_up(self, address: Address) -> _DirectoryAnswer:
        quoted = address.replace("'", "''")
        query = {"$filter": f"mail eq '{quoted}' or userPrincipalName eq '{quoted}'", "$select": _USER_FIELDS}
        try:
            body = await self._client.json(GraphCall("GET", "/users", CallKind.DIRECTORY, query=query))
        except ConsentMissing:
            return _DirectoryAnswer(None, is_told=False)
        users = values_of(body)
        by_mail = [user for user in users if (text_of(user, "mail") or "").lower() == address]
        return _DirectoryAnswer(next(iter([*by_mail, *users]), None), is_told=True)

    async def _with_mailbox(self, user: Json, asked: Address) -> MailboxFacts:
        ref = MailboxRef(_user_address(user) or asked, text_of(user, "id"))
        purpose, zone = await self._settings(ref)
        is_guest = _GUEST_MARK in (text_of(user, "userPrincipalName") or "").upper()
        return MailboxFacts(ref, text_of(user, "displayName") or "", purpose, is_guest=is_guest, zone=zone)

    async def _owner(self, address: Address, *, is_directory_told: bool) -> object:
        """Whose default calendar Exchange opens for this address; it knows aliases that the directory is not asked."""
        call = GraphCall("GET", "/users/{mailbox}/calendar", CallKind.MAILBOX, MailboxRef(address))
        try:
            return (await self._client.json(call)).get("owner")
        except OutOfReach as refusal:
            if is_directory_told and refusal.cause is AccessCause.NO_MAILBOX:
                raise OutOfReach(
                    address,
                    AccessCause.NOT_IN_DIRECTORY,
                    provider_code=refusal.provider_code,
                    request_id=refusal.request_id,
                ) from refusal
            raise

    async def _settings(self, ref: MailboxRef) -> tuple[MailboxPurpose, str | None]:
        """Purpose and zone; unknown where we may not read them. Raises OutOfReach where there is no mailbox."""
        call = GraphCall("GET", "/users/{mailbox}/mailboxSettings", CallKind.MAILBOX, ref)
        try:
            settings = await self._client.json(call)
        except ConsentMissing:
            return MailboxPurpose.UNKNOWN, None
        except OutOfReach as refusal:
            if refusal.cause is AccessCause.REFUSED:
                return MailboxPurpose.UNKNOWN, None
            raise
        return _purpose(settings.get("userPurpose")), iana_name(text_of(settings, "timeZone"))


def _user_address(user: Json) -> Address | None:
    return address_of({"address": text_of(user, "mail") or text_of(user, "userPrincipalName")})


def _purpose(told: object) -> MailboxPurpose:
    """A word, or an object around it, as one version of the documentation shows."""
    word = told if isinstance(told, str) else text_of(told, "value")
    return _PURPOSES.get((word or "").lower(), MailboxPurpose.UNKNOWN)


def read_room(item: Json) -> RoomFacts | None:
    """A room as /places lists it; None without a usable address.

    Documentation and schema disagree on the case of names and on numbers as text, so both are taken. A place's id is
    not its mailbox' object id.
    """
    fields = {name.lower(): value for name, value in item.items()}
    address = address_of({"address": fields.get("emailaddress")})
    if address is None:
        return None
    wheelchair = fields.get("iswheelchairaccessible")
    return RoomFacts(
        address=address,
        name=_word(fields, "displayname") or address,
        building=_word(fields, "building"),
        floor=_word(fields, "floorlabel") or _word(fields, "floornumber"),
        capacity=_number(fields.get("capacity")),
        equipment=tuple(_equipment(fields)),
        is_wheelchair_accessible=wheelchair if isinstance(wheelchair, bool) else None,
        is_bookable=_word(fields, "bookingtype") != "reserved",
    )


def _word(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    return value if isinstance(value, int) and value > 0 else None


def _equipment(fields: Mapping[str, object]) -> list[str]:
    tags = fields.get("tags")
    named = [_word(fields, device.lower()) for device in _DEVICES]
    tagged = [tag.strip() for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    return list(dict.fromkeys(one for one in [*named, *tagged] if one))
