"""People."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response, status
from pydantic import Field

from roomstead.application.people.add_person import AddPerson
from roomstead.application.people.edit_person import EditPerson
from roomstead.application.people.list_people import ListPeople
from roomstead.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleRevision
from roomstead.domain.people import PersonId, Role
from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import (
    Cases,
    CurrentActor,
    ExpectedVersion,
    set_location,
    set_version,
)
from roomstead.entrypoints.web.errors import VersionRequired
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.wire.base import Listing, PageQuery, Text
from roomstead.entrypoints.wire.people import NewPerson, PersonChange, PersonShape

router = api_router("people", "/people")


class PeopleQuery(PageQuery):
    """Which people."""

    search: Text = Field(default="", description="Part of a name or address.", max_length=200)
    role: Role | None = None
    is_active: bool | None = None


@router.get("", summary="List people", responses=documented(Forbidden, InvalidInput))
async def list_people(
    query: Annotated[PeopleQuery, Query()], cases: Cases, actor: CurrentActor
) -> Listing[PersonShape]:
    """By name. For Global Admins."""
    command = ListPeople(query.search, query.role, query.is_active, query.cursor, query.limit)
    page = await cases.list_people(command, actor)
    return Listing(items=[PersonShape.of(person) for person in page.items], next_cursor=page.next_cursor)


@router.post(
    "",
    summary="Add a person",
    status_code=status.HTTP_201_CREATED,
    responses=documented(Forbidden, InvalidInput, Conflict),
)
async def add_person(
    new: NewPerson, request: Request, response: Response, cases: Cases, actor: CurrentActor
) -> PersonShape:
    """For Global Admins. An address belongs to one person."""
    person = await cases.add_person(AddPerson(new.name, new.addresses, new.role), actor)
    set_version(response, person.version)
    set_location(request, response, f"/people/{person.id}")
    return PersonShape.of(person)


@router.get("/{person_id}", summary="Read a person", responses=documented(Forbidden, NotFound, InvalidInput))
async def read_person(person_id: UUID, response: Response, cases: Cases, actor: CurrentActor) -> PersonShape:
    """For the person and for Global Admins."""
    person = await cases.read_person(PersonId(person_id), actor)
    set_version(response, person.version)
    return PersonShape.of(person)


@router.patch(
    "/{person_id}",
    summary="Change a person",
    responses=documented(Forbidden, NotFound, InvalidInput, Conflict, StaleRevision, VersionRequired),
)
async def edit_person(
    person_id: UUID,
    change: PersonChange,
    version: ExpectedVersion,
    response: Response,
    cases: Cases,
    actor: CurrentActor,
) -> PersonShape:
    """For Global Admins. The last Global Admin stays one."""
    command = EditPerson(PersonId(person_id), version, change.name, change.addresses, change.role, change.is_active)
    person = await cases.edit_person(command, actor)
    set_version(response, person.version)
    return PersonShape.of(person)
