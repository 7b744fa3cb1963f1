"""People: who may add, see and change them, and what never happens to them."""

import asyncio
from uuid import uuid4

import pytest

from roomstead.application.people.add_person import AddPerson
from roomstead.application.people.edit_person import EditPerson
from roomstead.application.people.list_people import ListPeople
from roomstead.application.people.read_audit import ReadAudit
from roomstead.application.ports.people import AuditFilter
from roomstead.bootstrap.use_cases import UseCases
from roomstead.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleRevision
from roomstead.domain.people import OPERATOR, Actor, Person, PersonId, Role, Via


async def add(cases: UseCases, name: str, role: Role = Role.MEMBER) -> Person:
    """Somebody with an address made of the name."""
    return await cases.add_person(AddPerson(name, [f"{name.replace(' ', '.')}@Contoso.example"], role), OPERATOR)


def acting(person: Person) -> Actor:
    """The person, acting."""
    return Actor(person.id, person.name, person.role, Via.API)


async def test_a_person_is_found_by_any_of_their_addresses_in_any_case(cases: UseCases) -> None:
    command = AddPerson(" Jane Doe ", ["Jane@Contoso.example", "jd@fabrikam.example", "JANE@contoso.example"])
    jane = await cases.add_person(command, OPERATOR)
    assert jane.name == "Jane Doe"
    assert jane.addresses == ("jane@contoso.example", "jd@fabrikam.example")
    assert await cases.find_person("JD@FABRIKAM.EXAMPLE", OPERATOR) == jane
    assert await cases.read_person(jane.id, acting(jane)) == jane
    with pytest.raises(NotFound):
        await cases.find_person("nobody@contoso.example", OPERATOR)
    with pytest.raises(InvalidInput):
        await cases.find_person("no address", OPERATOR)


async def test_an_address_belongs_to_one_person_also_under_a_race(cases: UseCases) -> None:
    attempts = [cases.add_person(AddPerson(f"Robin {n}", ["one@contoso.example"]), OPERATOR) for n in range(12)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(outcome, Person) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 11
    people = await cases.list_people(ListPeople(), OPERATOR)
    assert len(people.items) == 1


async def test_members_see_themselves_and_nobody_else(cases: UseCases) -> None:
    jane, john = await add(cases, "jane"), await add(cases, "john")
    with pytest.raises(Forbidden):
        await cases.read_person(john.id, acting(jane))
    with pytest.raises(Forbidden):
        await cases.list_people(ListPeople(), acting(jane))
    with pytest.raises(Forbidden):
        await cases.add_person(AddPerson("X", ["x@contoso.example"]), acting(jane))
    with pytest.raises(Forbidden):
        await cases.edit_person(EditPerson(jane.id, 1, role=Role.GLOBAL_ADMIN), acting(jane))
    with pytest.raises(Forbidden):
        await cases.read_audit(ReadAudit(), acting(jane))
    with pytest.raises(NotFound):
        await cases.read_person(PersonId(uuid4()), OPERATOR)


async def test_a_change_is_decided_on_a_version(cases: UseCases) -> None:
    jane = await add(cases, "jane")
    changed = await cases.edit_person(
        EditPerson(jane.id, 1, name="Jane Roe", addresses=["jr@contoso.example"]), OPERATOR
    )
    assert (changed.version, changed.name, changed.addresses) == (2, "Jane Roe", ("jr@contoso.example",))
    assert await cases.read_person(jane.id, OPERATOR) == changed
    with pytest.raises(StaleRevision):
        await cases.edit_person(EditPerson(jane.id, 1, name="Too Late"), OPERATOR)
    same = await cases.edit_person(EditPerson(jane.id, 2, name="Jane Roe"), OPERATOR)
    assert same.version == 2


async def test_an_address_of_somebody_else_cannot_be_taken(cases: UseCases) -> None:
    jane, john = await add(cases, "jane"), await add(cases, "john")
    with pytest.raises(Conflict):
        await cases.edit_person(EditPerson(jane.id, 1, addresses=["jane@contoso.example", john.addresses[0]]), OPERATOR)
    assert await cases.read_person(jane.id, OPERATOR) == jane


@pytest.mark.parametrize("change", [{"role": Role.MEMBER}, {"is_active": False}])
async def test_the_last_global_admin_stays_one(cases: UseCases, change: dict[str, object]) -> None:
    ada = await add(cases, "ada", Role.GLOBAL_ADMIN)
    with pytest.raises(Conflict):
        await cases.edit_person(EditPerson(ada.id, 1, **change), OPERATOR)  # type: ignore[arg-type]  # parametrized
    await add(cases, "bea", Role.GLOBAL_ADMIN)
    changed = await cases.edit_person(EditPerson(ada.id, 1, **change), OPERATOR)  # type: ignore[arg-type]  # as above
    assert changed.version == 2


async def test_admins_who_demote_each_other_at_once_leave_one(cases: UseCases) -> None:
    admins = [await add(cases, f"admin{n}", Role.GLOBAL_ADMIN) for n in range(8)]
    demotions = [cases.edit_person(EditPerson(each.id, 1, role=Role.MEMBER), OPERATOR) for each in admins]
    outcomes = await asyncio.gather(*demotions, return_exceptions=True)
    assert sum(isinstance(outcome, Person) for outcome in outcomes) == 7
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
    left = await cases.list_people(ListPeople(role=Role.GLOBAL_ADMIN), OPERATOR)
    assert len(left.items) == 1


async def test_lists_come_in_pages_that_miss_and_repeat_nothing(cases: UseCases) -> None:
    names = {f"same{n % 3}" for n in range(3)} | {f"éa {n}" for n in range(4)}
    for number, name in enumerate(sorted(names)):
        await cases.add_person(AddPerson(name.rstrip("012"), [f"p{number}@contoso.example"]), OPERATOR)
    seen: list[PersonId] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await cases.list_people(ListPeople(cursor=cursor, limit=2), OPERATOR)
        seen += [person.id for person in page.items]
        cursor = page.next_cursor
    assert len(seen) == len(set(seen)) == 7


async def test_a_search_takes_its_letters_as_they_are(cases: UseCases) -> None:
    await cases.add_person(AddPerson("100% Jane_", ["a_b@contoso.example"]), OPERATOR)
    await cases.add_person(AddPerson("John", ["axb@contoso.example"]), OPERATOR)
    for search, hits in (("%", 1), ("_b", 1), ("JOHN", 1), ("contoso", 2), ("\\", 0), ("'", 0)):
        found = await cases.list_people(ListPeople(search=search), OPERATOR)
        assert len(found.items) == hits, search


async def test_names_that_are_none_are_refused_with_a_sentence(cases: UseCases) -> None:
    for name in ("", "   ", "x" * 121, "a\u202eb", "a\tb", "a\u0000b"):
        with pytest.raises(InvalidInput) as refused:
            await cases.add_person(AddPerson(name, []), OPERATOR)
        assert set(refused.value.mistakes) == {"name", "addresses"}


async def test_the_trail_tells_who_did_what_without_telling_addresses(cases: UseCases) -> None:
    ada = await add(cases, "ada", Role.GLOBAL_ADMIN)
    await cases.edit_person(EditPerson(ada.id, 1, name="Ada Roe"), acting(ada))
    trail = await cases.read_audit(ReadAudit(), acting(ada))
    assert [(entry.action, entry.actor_name, entry.via) for entry in trail.items] == [
        ("person.edited", "ada", "api"),
        ("person.added", "operator", "cli"),
    ]
    assert trail.items[0].detail == {"role": "global_admin", "is_active": True, "fields": ["name"]}
    assert not any("@" in str(entry.detail) for entry in trail.items)
    edited = await cases.read_audit(ReadAudit(AuditFilter(action="person.edited", subject_id=ada.id)), OPERATOR)
    assert len(edited.items) == 1
    none = await cases.read_audit(ReadAudit(AuditFilter(action="perso")), OPERATOR)
    assert none.items == ()
    first = await cases.read_audit(ReadAudit(limit=1), OPERATOR)
    assert first.next_cursor is not None
    second = await cases.read_audit(ReadAudit(cursor=first.next_cursor, limit=1), OPERATOR)
    assert [entry.action for entry in second.items] == ["person.added"]
    assert second.next_cursor is None
