"""Take a table of people in, or see what that would come to."""

import uuid
from dataclasses import dataclass
from enum import StrEnum

from roomstead.application.people_import import Plan, plan_of, read_table
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.people import Actor, Person, PersonId, Role, require_admin


class Import(StrEnum):
    """How far to go."""

    PREVIEW = "preview"
    APPLY = "apply"


@dataclass(frozen=True, slots=True)
class ImportPeople:
    """The table (CSV; its first line names the columns)."""

    table: str
    how: Import


async def import_people(command: ImportPeople, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> Plan:
    """Add and change people, all in one go; lines with mistakes are left out, nobody is removed.

    Taking the same table in again changes nothing. For Global Admins. Raises InvalidInput for what is no table, and
    Conflict when somebody else takes one of the addresses at the same moment.
    """
    require_admin(actor)
    lines, mistakes = read_table(command.table)
    async with units() as uow:
        known = await uow.people.by_addresses([address for line in lines for address in line.addresses])
        plan = plan_of(lines, mistakes, known)
        if command.how is Import.PREVIEW or not (plan.added or plan.changed):
            return plan
        for line in plan.added:
            await uow.people.add(Person(PersonId(uuid.uuid4()), line.name, line.addresses, line.role or Role.MEMBER))
        for _, after in plan.changed:
            await uow.people.save(after)
        detail = {"added": len(plan.added), "changed": len(plan.changed), "left_out": len(plan.mistakes)}
        await uow.audit.record("person.imported", Subject("person"), actor, at=clock.now(), detail=detail)
        await uow.commit()
    return plan
