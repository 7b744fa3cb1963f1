"""Change a person: name, addresses, role, whether they may come in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from roomstead.application.person_rules import name_mistake, no_such_person, parsed_addresses
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import PeopleRepository, Subject
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.domain.errors import Conflict, InvalidInput, StaleRevision
from roomstead.domain.people import Actor, Person, PersonId, Role, require_admin


@dataclass(frozen=True, slots=True)
class EditPerson:
    """What shall change; None stays as it is. ``version`` is the one that the change was decided on; None: any."""

    person_id: PersonId
    version: int | None
    name: str | None = None
    addresses: Sequence[str] | None = None
    role: Role | None = None
    is_active: bool | None = None


async def edit_person(command: EditPerson, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> Person:
    """Store the change. For Global Admins.

    Raises NotFound, StaleRevision, InvalidInput, and Conflict for an address of somebody else or for taking the last
    Global Admin away.
    """
    require_admin(actor)
    async with units() as uow:
        # All admins are locked before the one person, in one order, so that two who demote each other do not deadlock.
        admins = await uow.people.lock_admins() if _may_take_an_admin_away(command) else None
        present = await _for_change(command, uow.people)
        changed = _changed(present, command)
        if changed == present:
            return present
        _require_an_admin_left(present, changed, admins)
        changed = replace(changed, version=present.version + 1)
        await uow.people.save(changed)
        await _take_keys_back(present, changed, uow, clock.now())
        await uow.audit.record(
            "person.edited",
            Subject("person", changed.id),
            actor,
            at=clock.now(),
            detail={"role": changed.role.value, "is_active": changed.is_active, "fields": _fields(present, changed)},
        )
        await uow.commit()
    return changed


async def _for_change(command: EditPerson, people: PeopleRepository) -> Person:
    present = await people.get_for_change(command.person_id)
    if present is None:
        raise no_such_person()
    if command.version is not None and present.version != command.version:
        raise StaleRevision(details={"version": str(present.version)})
    return present


async def _take_keys_back(before: Person, after: Person, uow: UnitOfWork, now: datetime) -> None:
    """Whoever is kept out comes back with new keys; a link that went to an address of before leads nowhere."""
    if before.addresses != after.addresses or not after.is_active:
        await uow.passwords.drop_links(after.id)
    if before.is_active and not after.is_active:
        await uow.sessions.end_all(after.id)
        await uow.people.revoke_tokens(after.id, now)


def _changed(present: Person, command: EditPerson) -> Person:
    mistakes: dict[str, str] = {}
    name, addresses = present.name, present.addresses
    if command.name is not None:
        name, mistakes["name"] = command.name.strip(), name_mistake(command.name)
    if command.addresses is not None:
        addresses, mistakes["addresses"] = parsed_addresses(command.addresses)
    if any(mistakes.values()):
        raise InvalidInput({field: sentence for field, sentence in mistakes.items() if sentence})
    return replace(
        present,
        name=name,
        addresses=addresses,
        role=present.role if command.role is None else command.role,
        is_active=present.is_active if command.is_active is None else command.is_active,
    )


def _may_take_an_admin_away(command: EditPerson) -> bool:
    return command.role is Role.MEMBER or command.is_active is False


def _require_an_admin_left(present: Person, changed: Person, admins: int | None) -> None:
    if admins == 1 and _is_working_admin(present) and not _is_working_admin(changed):
        raise Conflict(
            "This is the last Global Admin.", remedy="Make somebody else a Global Admin first, then change this person."
        )


def _is_working_admin(person: Person) -> bool:
    return person.is_active and person.role is Role.GLOBAL_ADMIN


def _fields(present: Person, changed: Person) -> list[str]:
    return [
        name for name in ("name", "addresses", "role", "is_active") if getattr(present, name) != getattr(changed, name)
    ]
