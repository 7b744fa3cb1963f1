"""Remove an integration for good: its tenant is never called again, its history stays."""

from dataclasses import dataclass

from roomstead.application.integration_rules import integration_for_change, record_change
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import InvalidInput
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin


@dataclass(frozen=True, slots=True)
class RemoveIntegration:
    """``name``: the integration's, typed by the admin as the confirmation that the consequences were read."""

    integration_id: IntegrationId
    name: str


async def remove_integration(command: RemoveIntegration, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> str:
    """Delete the credential, stop following, leave its rooms out; answers the name.

    Events stay in their calendars as they are: nothing is cancelled, nobody is mailed. What was not sent yet is given
    up and says so. Raises NotFound, and InvalidInput when the name was not typed as it stands.
    """
    require_admin(actor)
    now = clock.now()
    async with units() as uow:
        held = await integration_for_change(uow, command.integration_id)
        if command.name.strip() != held.name:
            raise InvalidInput({"name": "Type the name exactly as it stands there."})
        signs = await uow.overviews.signs(held.id, since=now, now=now)
        await uow.integrations.remove(held.id, actor.name, now)
        await record_change(
            uow,
            "integration.removed",
            held.id,
            actor,
            now,
            name=held.name,
            upcoming_bookings=signs.upcoming,
            given_up=signs.waiting,
        )
        await uow.announce("integration", held.id)
        await uow.commit()
    return held.name
