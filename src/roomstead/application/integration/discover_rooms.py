"""Bring the rooms of an integration's directory in, and have new ones verified. The worker's."""

from datetime import timedelta

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.connections import Connections
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.room_listing import Listing, NothingListed, take_in_listed
from roomstead.application.verifying import Wanted, begin_verification
from roomstead.domain.errors import NeedsAdmin, RetryLater
from roomstead.domain.integration import Attention, RoomStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import SYSTEM
from roomstead.domain.verification import Purpose

AGAIN_AFTER = timedelta(minutes=15)


async def discover_rooms(
    integration_id: IntegrationId, *, units: UnitsOfWork, connections: Connections, clock: Clock
) -> Listing | None:
    """Answers what changed; None when the list could not be read now (it is tried again) or lists nothing.

    An admin is called when the credential or a permission stands in the way.
    """
    try:
        async with connections.open(integration_id) as provider:
            listing = await take_in_listed(provider, integration_id, units=units, clock=clock)
    except NothingListed:
        return None
    except RetryLater as error:
        await _put_off(integration_id, error.after or AGAIN_AFTER, units=units, clock=clock)
        return None
    except NeedsAdmin as error:
        await _call_admin(integration_id, error, units=units, clock=clock)
        return None
    except Exception:  # a defect, which asking again at once would not mend
        await _put_off(integration_id, AGAIN_AFTER, units=units, clock=clock)
        raise
    async with units() as uow:
        new = await uow.rooms.of_integration(integration_id, (RoomStatus.NEW,))
        if new:
            addresses = tuple(room.mailbox.address for room in new)
            await begin_verification(uow, Wanted(integration_id, Purpose.ROOMS, addresses), SYSTEM, clock.now())
        await uow.announce("integration", integration_id)
        await uow.commit()
    return listing


async def _put_off(integration_id: IntegrationId, wait: timedelta, *, units: UnitsOfWork, clock: Clock) -> None:
    async with units() as uow:
        await uow.integrations.set_next_discovery(integration_id, clock.now() + wait)
        await uow.commit()


async def _call_admin(integration_id: IntegrationId, error: NeedsAdmin, *, units: UnitsOfWork, clock: Clock) -> None:
    now = clock.now()
    async with units() as uow:
        await uow.integrations.set_next_discovery(integration_id, now + AGAIN_AFTER)
        await uow.integrations.call_admin(integration_id, Attention(error.code, error.message, error.remedy, now))
        await uow.announce("integration", integration_id)
        await uow.commit()
