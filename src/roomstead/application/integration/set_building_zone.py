"""Say in which time zone a building stands; mailboxes' own zones are often wrong."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from roomstead.application.integration_rules import known_integration, record_change
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.rooms import Building
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import InvalidInput, NotFound
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin


@dataclass(frozen=True, slots=True)
class SetBuildingZone:
    """``zone`` None takes it away."""

    integration_id: IntegrationId
    building: str
    zone: str | None


async def set_building_zone(
    command: SetBuildingZone, actor: Actor, *, units: UnitsOfWork, clock: Clock
) -> tuple[Building, ...]:
    """Store it for the building and its rooms; answers all buildings. Raises NotFound, InvalidInput."""
    require_admin(actor)
    if command.zone is not None and not _is_zone(command.zone):
        raise InvalidInput({"zone": "Give a time zone such as Europe/Amsterdam."})
    async with units() as uow:
        integration = await known_integration(uow, command.integration_id)
        if command.building not in {one.name for one in await uow.rooms.buildings(integration.id)}:
            raise NotFound("There is no such building.")
        await uow.rooms.set_building_zone(integration.id, command.building, command.zone)
        await record_change(
            uow,
            "building.zone_set",
            integration.id,
            actor,
            clock.now(),
            building=command.building,
            zone=command.zone or "",
        )
        found = tuple(await uow.rooms.buildings(integration.id))
        await uow.commit()
    return found


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
