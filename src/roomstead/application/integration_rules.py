"""What holds for every integration, whichever use case touches it."""

from datetime import datetime

from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitOfWork
from roomstead.domain.errors import InvalidInput, NotFound, StaleRevision
from roomstead.domain.integration import Integration, Room, RoomId, ServiceMailbox
from roomstead.domain.mailbox import Address, IntegrationId, InvalidAddress, parse_address
from roomstead.domain.people import Actor

LONGEST_NAME = 120


async def integration_for_change(uow: UnitOfWork, integration_id: IntegrationId) -> Integration:
    """The integration, locked for this unit of work. Raises NotFound."""
    held = await uow.integrations.get_for_change(integration_id)
    if held is None:
        raise no_such_integration()
    return held


async def known_integration(uow: UnitOfWork, integration_id: IntegrationId) -> Integration:
    """The integration. Raises NotFound."""
    held = await uow.integrations.get(integration_id)
    if held is None:
        raise no_such_integration()
    return held


async def room_for_change(uow: UnitOfWork, room_id: RoomId) -> Room:
    """The room, locked for this unit of work. Raises NotFound."""
    held = await uow.rooms.get_for_change(room_id)
    if held is None:
        raise no_such_room()
    return held


async def record_change(
    uow: UnitOfWork, action: str, integration_id: IntegrationId, actor: Actor, at: datetime, **detail: object
) -> None:
    """Append to the audit trail what was done to an integration."""
    subject = Subject("integration", integration_id)
    await uow.audit.record(action, subject, actor, at=at, integration_id=integration_id, detail=detail)


def no_such_integration() -> NotFound:
    """What to raise when an integration is not there."""
    return NotFound("There is no such integration.", remedy="Look the id up in the list of integrations.")


def no_such_room() -> NotFound:
    """What to raise when a room is not there."""
    return NotFound("There is no such room.", remedy="Look the id up in the list of rooms.")


def require_version(held: Integration | ServiceMailbox | Room, expected: int | None) -> None:
    """Raise StaleRevision when somebody changed it since the caller read it; None: the caller does not mind."""
    if expected is not None and held.version != expected:
        raise StaleRevision(remedy="Read it again, then repeat your change if it still makes sense.")


def name_mistake(name: str) -> str:
    """What is wrong with an integration's name; empty: nothing."""
    if not name.strip():
        return "Give the integration a name."
    if len(name.strip()) > LONGEST_NAME or not name.strip().isprintable():
        return f"Keep the name within {LONGEST_NAME} characters, without control characters."
    return ""


def parsed_address(text: str, field: str) -> Address:
    """One address. Raises InvalidInput for that field."""
    try:
        return parse_address(text)
    except InvalidAddress as error:
        raise InvalidInput({field: str(error)}) from error


def parsed_domains(typed: tuple[str, ...]) -> tuple[str, ...]:
    """Mail domains in lower case, without repetitions. Raises InvalidInput."""
    found: dict[str, None] = {}
    for text in typed:
        domain = text.strip().lower().removeprefix("@")
        try:
            parse_address(f"x@{domain}")
        except InvalidAddress as error:
            raise InvalidInput({"domains": f"“{text.strip()[:80]}” is not a domain like example.org."}) from error
        found[domain] = None
    return tuple(found)
