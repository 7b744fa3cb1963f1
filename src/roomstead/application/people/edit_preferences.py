"""Choose how pages are shown to oneself."""

from dataclasses import dataclass

from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import Forbidden, InvalidInput
from roomstead.domain.people import Actor
from roomstead.domain.sessions import Hours, Preferences, Theme
from roomstead.domain.zones import is_zone


@dataclass(frozen=True, slots=True)
class EditPreferences:
    """What was chosen; an empty zone: as the browser says."""

    zone: str
    theme: str
    hours: str


async def edit_preferences(command: EditPreferences, actor: Actor, *, units: UnitsOfWork) -> Preferences:
    """Store one's own preferences. Raises InvalidInput."""
    if actor.person_id is None:
        raise Forbidden("Only people have preferences.")
    mistakes = {}
    if command.zone and not is_zone(command.zone):
        mistakes["zone"] = "Choose a time zone from the list, such as Europe/Amsterdam."
    if command.theme not in {theme.value for theme in Theme}:
        mistakes["theme"] = "Choose one of the three."
    if command.hours not in {hours.value for hours in Hours}:
        mistakes["hours"] = "Choose one of the two."
    if mistakes:
        raise InvalidInput(mistakes)
    chosen = Preferences(command.zone or None, Theme(command.theme), Hours(command.hours))
    async with units() as uow:
        await uow.sessions.prefer(actor.person_id, chosen)
        await uow.commit()
    return chosen
