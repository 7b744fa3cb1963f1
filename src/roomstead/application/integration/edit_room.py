"""Correct what the provider says of a room. Overrides survive every reading of the directory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from roomstead.application.integration_rules import require_version, room_for_change
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.rooms import RoomDetails
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import InvalidInput, NotFound
from roomstead.domain.integration import RoomId
from roomstead.domain.people import Actor, require_admin

LARGEST_CAPACITY = 100_000
LONGEST_CHECK_IN = 120
LONGEST_TEXT = 255
MOST_EQUIPMENT = 50
TEXTS = ("name", "building", "floor")


@dataclass(frozen=True, slots=True)
class EditRoom:
    """``overrides``: field → our value; None takes an override away. Fields: name, building, floor, capacity,
    equipment, zone; ``check_in_minutes``, within which a meeting has to be checked in (None: never); and ``approval``,
    whether a person answers for the room, so that its silence is no failure."""

    room_id: RoomId
    overrides: Mapping[str, object]
    expected_version: int | None = None


async def edit_room(command: EditRoom, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> RoomDetails:
    """Store the overrides. Raises NotFound, StaleRevision, and InvalidInput with all mistakes at once."""
    require_admin(actor)
    mistakes = {name: text for name, value in command.overrides.items() if (text := _mistake(name, value))}
    if mistakes:
        raise InvalidInput(mistakes)
    async with units() as uow:
        held = await room_for_change(uow, command.room_id)
        require_version(held, command.expected_version)
        together = {**held.overrides, **{name: _clean(value) for name, value in command.overrides.items()}}
        overrides = {name: value for name, value in together.items() if value is not None}
        if overrides != held.overrides:
            changed = replace(held, overrides=overrides, version=held.version + 1)
            await uow.rooms.save_overrides(changed)
            await uow.audit.record(
                "room.edited",
                Subject("room", held.id),
                actor,
                at=clock.now(),
                integration_id=held.integration_id,
                detail={"fields": sorted(command.overrides)},
            )
            await uow.announce("room", held.id)
        details = await uow.rooms.details(held.id)
        await uow.commit()
    if details is None:
        raise NotFound
    return details


def _clean(value: object) -> object:
    if value is False:  # the only switch: off is as if it had never been set
        return None
    if isinstance(value, str):
        return value.strip()
    return [str(one).strip() for one in value] if isinstance(value, (list, tuple)) else value


def _mistake(name: str, value: object) -> str:
    """What is wrong with one override; empty: nothing."""
    if name not in _CHECKS:
        return "A room has no such field."
    return "" if value is None else _CHECKS[name](value)


def _text_mistake(value: object) -> str:
    fits = isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_TEXT and value.strip().isprintable()
    return "" if fits else f"Write 1 to {LONGEST_TEXT} characters on one line."


def _capacity_mistake(value: object) -> str:
    fits = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LARGEST_CAPACITY
    return "" if fits else f"Give a number of people from 1 to {LARGEST_CAPACITY:,}."


def _check_in_mistake(value: object) -> str:
    fits = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LONGEST_CHECK_IN
    return "" if fits else f"Give a number of minutes from 1 to {LONGEST_CHECK_IN}."


def _equipment_mistake(value: object) -> str:
    if not isinstance(value, (list, tuple)) or len(value) > MOST_EQUIPMENT:
        return f"Give a list of at most {MOST_EQUIPMENT} items."
    return "Write each item in 1 to 255 characters on one line." if any(map(_text_mistake, value)) else ""


def _zone_mistake(value: object) -> str:
    try:
        known = isinstance(value, str) and bool(ZoneInfo(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = False
    return "" if known else "Give a time zone such as Europe/Amsterdam."


def _approval_mistake(value: object) -> str:
    return "" if isinstance(value, bool) else "Say true or false."


_CHECKS: Mapping[str, Callable[[object], str]] = {
    **dict.fromkeys(TEXTS, _text_mistake),
    "capacity": _capacity_mistake,
    "equipment": _equipment_mistake,
    "zone": _zone_mistake,
    "check_in_minutes": _check_in_mistake,
    "approval": _approval_mistake,
}
