"""Taking in the directory's room list: all of it is read first, then stored in one go."""

from dataclasses import dataclass
from datetime import timedelta

from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.rooms import RoomSource
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.restriction_facts import RELEVANT_ROOMS
from roomstead.domain.errors import Refused
from roomstead.domain.mailbox import IntegrationId, domain_of

DISCOVER_EVERY = timedelta(hours=6)


class NothingListed(Refused):
    """The directory lists no rooms at all. What was known is kept: a list that empties itself is rarely true."""

    code = "no_rooms_listed"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a complete reading of the room list brought."""

    listed: int
    added: int
    changed: int
    missing: int


async def take_in_listed(
    provider: CalendarProvider, integration_id: IntegrationId, *, units: UnitsOfWork, clock: Clock
) -> Listing:
    """Read the whole list, then store it: rooms, buildings, domains, and which rooms are missing.

    A list that breaks off halfway stores nothing, so that no room goes missing by a fault. Places that nobody may
    book count as not listed. Raises NothingListed for an empty list, and whatever the provider raises.
    """
    facts = [one async for one in provider.list_rooms() if one.is_bookable]
    now = clock.now()
    async with units() as uow:
        await uow.integrations.set_next_discovery(integration_id, now + DISCOVER_EVERY)
        if facts:
            taken = await uow.rooms.take_in(integration_id, facts, RoomSource.DIRECTORY)
            missing = await uow.rooms.mark_missing(integration_id, [one.address for one in facts], now)
            domains = {domain_of(one.address) for one in facts} - provider.capabilities.shared_domains
            await uow.integrations.learn_domains(integration_id, sorted(domains))
            await uow.commit()
            return Listing(len(facts), taken.added, taken.changed, missing)
        known = await uow.rooms.of_integration(integration_id, RELEVANT_ROOMS)
        await uow.commit()
    kept = f" {len(known):,} rooms known before are kept." if known else ""
    raise NothingListed(f"The directory lists no rooms.{kept}")
