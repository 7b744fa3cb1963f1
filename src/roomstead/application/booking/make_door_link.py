"""Make the link that turns a tablet into a room's door display."""

from dataclasses import dataclass

from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.session_secret import digest_of, new_secret
from roomstead.domain.errors import InvalidInput, NotFound
from roomstead.domain.integration import RoomId
from roomstead.domain.people import Actor, PersonId, require_admin


@dataclass(frozen=True, slots=True)
class MakeDoorLink:
    """For which room, and who organises what is booked at the door."""

    room_id: RoomId
    organizer_id: PersonId


async def make_door_link(
    command: MakeDoorLink, actor: Actor, *, units: UnitsOfWork, clock: Clock, policy: Policy
) -> str:
    """The link; it is shown this once, and the one before is worth nothing any more.

    For Global Admins. Raises NotFound, InvalidInput.
    """
    require_admin(actor)
    secret = new_secret()
    async with units() as uow:
        room = await uow.rooms.get(command.room_id)
        if room is None:
            raise NotFound("There is no such room.")
        person = await uow.people.get(command.organizer_id)
        if person is None or not person.is_active or not person.addresses:
            raise InvalidInput({"organizer": "Choose somebody who can organise meetings."})
        await uow.doors.set(room.id, digest_of(secret), person.id)
        await uow.audit.record(
            "room.door_link_made",
            Subject("room", room.id),
            actor,
            at=clock.now(),
            integration_id=room.integration_id,
            detail={"organizer": str(person.id)},
        )
        await uow.commit()
    return f"{policy.public_url.rstrip('/')}/door/{secret}"
