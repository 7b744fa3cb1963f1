"""What a provider's guide fills its scripts and remedies in with."""

from collections.abc import Sequence

from roomstead.application.ports.connections import CURRENT
from roomstead.application.ports.people import PeopleFilter, PersonMark
from roomstead.application.ports.providers import RestrictionFacts
from roomstead.application.ports.store import UnitOfWork
from roomstead.domain.integration import Integration, RoomStatus
from roomstead.domain.mailbox import Address, domain_of, parse_address
from roomstead.domain.people import Person

EVERYONE_TIER = 3
"""The tier in which people's own calendars are asked for."""
RELEVANT_ROOMS = (RoomStatus.NEW, RoomStatus.LIVE, RoomStatus.UNREACHABLE)
GROUP_NAME = "roomstead-rooms"
_PAGE = 1_000


async def restriction_facts(uow: UnitOfWork, integration: Integration) -> RestrictionFacts:
    """App, service account, rooms and allowed organisers of an integration, as stored."""
    credential = await uow.integrations.sealed_credential(integration.id, CURRENT)
    account = await uow.integrations.active_service_mailbox(integration.id)
    account = account or await uow.integrations.pending_service_mailbox(integration.id)
    rooms = tuple(await uow.rooms.addresses(integration.id, RELEVANT_ROOMS))
    service_address = None if account is None else account.mailbox.address
    shown = {} if credential is None else credential.settings
    return RestrictionFacts(
        app_id=shown.get("app_id", ""),
        app_object_id=integration.app_object_id or shown.get("account", ""),
        tenant=integration.tenant,
        service_account=service_address,
        rooms=rooms,
        organizers=await _organizers(uow, integration),
        tier=integration.tier,
        group_address=_group_address(integration, service_address, rooms),
    )


async def organizer_addresses(uow: UnitOfWork, integration: Integration, limit: int) -> tuple[Address, ...]:
    """Addresses of active people that this tenant knows, by name, at most ``limit``; no service accounts, no mailbox
    that must be refused."""
    hosts = await uow.integrations.hosting_addresses(integration.id)
    named = {one.address for one in await uow.access.must_be_refused(integration.id)}
    found: list[Address] = []
    after: PersonMark | None = None
    while len(found) < limit:
        people: Sequence[Person] = await uow.people.page(PeopleFilter(is_active=True), after=after, limit=_PAGE)
        for person in people:
            inside = [address for address in person.addresses if domain_of(address) in integration.domains]
            found += [address for address in inside[:1] if address not in hosts | named]
        if len(people) < _PAGE:
            break
        after = PersonMark(people[-1].name, people[-1].id)
    return tuple(found[:limit])


async def _organizers(uow: UnitOfWork, integration: Integration) -> tuple[Address, ...]:
    if integration.tier < EVERYONE_TIER:
        return ()
    return await organizer_addresses(uow, integration, limit=10_000)


def _group_address(integration: Integration, service_address: Address | None, rooms: Sequence[Address]) -> Address:
    known = [*([service_address] if service_address else []), *rooms[:1]]
    domains = [domain_of(address) for address in known] or list(integration.domains) or ["example.org"]
    return parse_address(f"{GROUP_NAME}@{domains[0]}")
