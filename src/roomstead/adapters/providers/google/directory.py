"""The tenant's directory: who is behind an address, and which rooms there are.

A way in that may not ask the directory is answered by the calendar itself.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from roomstead.adapters.providers.google.calls import CallKind, GoogleCall, Reach, is_cloud_identity, is_room
from roomstead.adapters.providers.google.client import GoogleClient, items_of
from roomstead.adapters.providers.google.mapping import Json, address_of, is_object, text_of
from roomstead.adapters.providers.google.probes import look_at
from roomstead.application.ports.calendar import RoomFacts
from roomstead.domain.access import AccessCause
from roomstead.domain.errors import ConsentMissing, NotFound, OutOfReach
from roomstead.domain.mailbox import Address, MailboxFacts, MailboxPurpose, MailboxRef

SECONDARY_SUFFIX = "@group.calendar.google.com"
_PAGE = "500"
_ROOMS = "/customer/{customer}/resources/calendars"
_BUILDINGS = "/customer/{customer}/resources/buildings"
_USER = "/users/{user}"
_NOT_A_ROOM = "OTHER"
_ROOM_FIELDS = (
    "nextPageToken,items(resourceId,resourceName,generatedResourceName,resourceEmail,resourceCategory,capacity,"
    "buildingId,floorName,floorSection,featureInstances)"
)
_USER_FIELDS = "id,primaryEmail,name/fullName,suspended,archived,isGuestUser"


@dataclass(frozen=True, slots=True)
class _DirectoryAnswer:
    """``is_told`` False: we may not ask the directory."""

    item: Json | None
    is_told: bool


class Directory:
    """Looks people and rooms up."""

    def __init__(self, client: GoogleClient) -> None:
        """No I/O yet."""
        self._client = client

    async def resolve(self, address: Address) -> MailboxFacts:
        """Who an address belongs to. Raises OutOfReach when nobody, or when it has no calendar that we can reach."""
        if is_room(address):
            return await self._resolve_room(address)  # its address says what it is, whether or not it can be seen
        if is_cloud_identity(address) or address.endswith(SECONDARY_SUFFIX):
            return MailboxFacts(MailboxRef(address), "", MailboxPurpose.OTHER)
        found = await self._user(address)
        if found.item is None:
            if found.is_told:
                raise OutOfReach(address, AccessCause.NOT_IN_DIRECTORY, provider_code="notFound")
            zone = (await look_at(self._client, MailboxRef(address))).zone
            return MailboxFacts(MailboxRef(address), "", MailboxPurpose.USER, zone=zone)
        return await self._person(found.item, address)

    async def list_rooms(self) -> AsyncIterator[RoomFacts]:
        """All rooms that the directory lists; what else can be booked there, such as cars, is left out."""
        buildings = {text_of(one, "buildingId"): text_of(one, "buildingName") for one in await self._buildings()}
        query = (("maxResults", _PAGE), ("fields", _ROOM_FIELDS))
        async for body in self._client.pages(self._resources(_ROOMS, query)):
            for item in items_of(body):
                room = read_room(item, buildings)
                if room is not None:
                    yield room

    async def _person(self, user: Json, asked: Address) -> MailboxFacts:
        ref = MailboxRef(address_of(text_of(user, "primaryEmail")) or asked, text_of(user, "id"))
        for state in ("suspended", "archived"):
            if user.get(state) is True:
                raise OutOfReach(asked, AccessCause.NO_MAILBOX, provider_code=state)
        name = user.get("name")
        facts = MailboxFacts(
            ref,
            (text_of(name, "fullName") if is_object(name) else None) or "",
            MailboxPurpose.USER,
            is_guest=user.get("isGuestUser") is True,
        )
        try:
            zone = (await look_at(self._client, ref)).zone
        except OutOfReach as refusal:
            if refusal.cause is AccessCause.REFUSED:
                return facts
            raise
        return MailboxFacts(ref, facts.display_name, facts.purpose, facts.is_guest, zone=zone)

    async def _resolve_room(self, address: Address) -> MailboxFacts:
        query = (("query", f'resourceEmail="{address}"'), ("maxResults", "1"), ("fields", _ROOM_FIELDS))
        found = await self._first(self._resources(_ROOMS, query))
        if found.is_told and found.item is None:
            raise OutOfReach(address, AccessCause.NOT_IN_DIRECTORY, provider_code="notFound")
        room = None if found.item is None else read_room(found.item, {})
        is_equipment = found.item is not None and room is None
        ref = MailboxRef(address, None if found.item is None else text_of(found.item, "resourceId"))
        purpose = MailboxPurpose.EQUIPMENT if is_equipment else MailboxPurpose.ROOM
        try:
            seen = await look_at(self._client, ref)
        except OutOfReach:
            return MailboxFacts(ref, address if room is None else room.name, purpose)
        return MailboxFacts(ref, seen.title if room is None else room.name, purpose, zone=seen.zone)

    async def _user(self, address: Address) -> _DirectoryAnswer:
        """By any of a user's addresses. A directory that says *forbidden* may mean us, or somebody else's domain."""
        call = GoogleCall(
            "GET",
            _USER,
            CallKind.DIRECTORY,
            values={"user": address},
            query=(("fields", _USER_FIELDS),),
            reach=Reach.PEOPLE,
        )
        try:
            return _DirectoryAnswer(await self._client.json(call), is_told=True)
        except NotFound:
            return _DirectoryAnswer(None, is_told=True)
        except ConsentMissing:
            return _DirectoryAnswer(None, is_told=False)

    async def _first(self, call: GoogleCall) -> _DirectoryAnswer:
        try:
            body = await self._client.json(call)
        except (ConsentMissing, NotFound):
            return _DirectoryAnswer(None, is_told=False)
        return _DirectoryAnswer(next(iter(items_of(body)), None), is_told=True)

    async def _buildings(self) -> Sequence[Json]:
        query = (("maxResults", _PAGE), ("fields", "nextPageToken,buildings(buildingId,buildingName)"))
        found: list[Json] = []
        async for body in self._client.pages(self._resources(_BUILDINGS, query)):
            found += items_of(body, "buildings")
        return found

    def _resources(self, template: str, query: Sequence[tuple[str, str]]) -> GoogleCall:
        values = {"customer": self._client.access.customer}
        return GoogleCall("GET", template, CallKind.DIRECTORY, values=values, query=query, reach=Reach.ROOMS)


def read_room(item: Json, buildings: Mapping[str | None, str | None]) -> RoomFacts | None:
    """A room as the directory lists it; None for what is no room, or has no usable address."""
    address = address_of(text_of(item, "resourceEmail"))
    if address is None or item.get("resourceCategory") == _NOT_A_ROOM:
        return None
    capacity, building = item.get("capacity"), text_of(item, "buildingId")
    floor = " ".join(filter(None, (text_of(item, "floorName"), text_of(item, "floorSection"))))
    return RoomFacts(
        address=address,
        name=text_of(item, "resourceName") or text_of(item, "generatedResourceName") or address,
        object_id=text_of(item, "resourceId"),
        building=buildings.get(building) or building,
        floor=floor or None,
        capacity=capacity if isinstance(capacity, int) and not isinstance(capacity, bool) and capacity > 0 else None,
        equipment=tuple(_features(item.get("featureInstances"))),
    )


def _features(told: object) -> list[str]:
    named = [text_of(one.get("feature"), "name") for one in told if is_object(one)] if isinstance(told, list) else []
    return list(dict.fromkeys(one for one in named if one))
