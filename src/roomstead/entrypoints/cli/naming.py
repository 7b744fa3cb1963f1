"""Things that people name on a command line: by id, or by what they are called."""

from typing import TYPE_CHECKING
from uuid import UUID

from roomstead.domain.errors import NotFound
from roomstead.domain.integration import RoomId
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import PersonId
from roomstead.domain.webhook import EndpointId

if TYPE_CHECKING:
    from roomstead.entrypoints.cli.running import Session


def as_id(text: str) -> UUID | None:
    """The id that a text is; None: it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


async def room_named(session: "Session", text: str) -> RoomId:
    """A room by id, address or whole name. Raises NotFound, also when several have the name."""
    from roomstead.application.integration.list_rooms import ListRooms
    from roomstead.application.ports.rooms import RoomFilter

    given = as_id(text)
    if given is not None:
        return RoomId(given)
    wanted = text.strip().casefold()
    page = await session.cases.list_rooms(ListRooms(RoomFilter(search=text), limit=200), session.actor)
    hits = [room for room in page.items if wanted in {room.name.casefold(), room.mailbox.address}]
    if len(hits) != 1:
        raise NotFound(
            f"Several rooms are called “{text}”." if hits else f"There is no room “{text}”.",
            remedy="Name it by its id or address; `roomstead rooms list` shows them.",
        )
    return hits[0].id


async def integration_named(session: "Session", text: str) -> IntegrationId:
    """An integration by id or whole name. Raises NotFound, also when several have the name."""
    from roomstead.application.integration.list_integrations import ListIntegrations

    given = as_id(text)
    if given is not None:
        return IntegrationId(given)
    found = await session.cases.list_integrations(ListIntegrations(), session.actor)
    hits = [each.integration for each in found if each.integration.name.casefold() == text.strip().casefold()]
    if len(hits) != 1:
        raise NotFound(
            f"Several integrations are called “{text}”." if hits else f"There is no integration “{text}”.",
            remedy="Name it by its id; `roomstead integrations list` shows them.",
        )
    return hits[0].id


async def webhook_named(session: "Session", text: str) -> EndpointId:
    """A webhook by id or address. Raises NotFound, also when several have the address."""
    given = as_id(text)
    if given is not None:
        return EndpointId(given)
    found = await session.cases.list_webhooks(session.actor)
    hits = [each.endpoint for each in found if each.endpoint.url == text.strip()]
    if len(hits) != 1:
        raise NotFound(
            f"Several webhooks go to “{text}”." if hits else f"There is no webhook to “{text}”.",
            remedy="Name it by its id; `roomstead webhooks list` shows them.",
        )
    return hits[0].id


async def person_named(session: "Session", text: str) -> PersonId:
    """A person by id or address. Raises NotFound."""
    given = as_id(text)
    if given is not None:
        return PersonId(given)
    return (await session.cases.find_person(text, session.actor)).id
