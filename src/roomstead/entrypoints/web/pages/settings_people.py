"""Settings → People: who may come in, as what, and how."""

from uuid import UUID

from fastapi import APIRouter, Response

from roomstead.application.people.add_person import AddPerson
from roomstead.application.people.edit_person import EditPerson
from roomstead.application.people.list_people import ListPeople
from roomstead.application.sign_in_links import MadeLink
from roomstead.domain.errors import AppError, Conflict, InvalidInput, StaleRevision
from roomstead.domain.people import PersonId, Role
from roomstead.entrypoints.web.pages.forms import Asked, Fields, FilledForm
from roomstead.entrypoints.web.pages.once import once
from roomstead.entrypoints.web.pages.visits import UNPROCESSABLE, AdminVisit, Visit, trouble

router = APIRouter(include_in_schema=False)

PEOPLE = "/settings/people"
STATES = {"active": True, "inactive": False}
TYPED = ("name", "addresses", "role", "version")


@router.get(PEOPLE)
async def list_people(visit: AdminVisit, asked: Asked) -> Response:
    """The list, by name."""
    wanted = ListPeople(
        search=asked.text("search"),
        role=_role(asked, None),
        is_active=STATES.get(asked.text("state")),
        cursor=asked.text("cursor"),
    )
    found = await visit.cases.list_people(wanted, visit.actor)
    chosen = {name: asked.text(name) for name in ("search", "role", "state")}
    return visit.show("people.html", found=found, chosen=chosen, is_first=not wanted.cursor)


@router.get(f"{PEOPLE}/new")
async def show_new(visit: AdminVisit) -> Response:
    """The form for somebody new."""
    return _new(visit, FilledForm({}))


@router.post(f"{PEOPLE}/new")
async def add(visit: AdminVisit, fields: Fields) -> Response:
    """Add somebody."""
    command = AddPerson(fields.text("name"), _addresses(fields), _role(fields, Role.MEMBER) or Role.MEMBER)

    async def work() -> Response:
        try:
            added = await visit.cases.add_person(command, visit.actor)
        except (InvalidInput, Conflict) as error:
            return _new(visit, fields, error)
        return visit.go(f"{PEOPLE}/{added.id}", "people.added", name=added.name)

    return await once(visit.request, visit.actor, work)


@router.get(f"{PEOPLE}/{{person_id}}")
async def show(visit: AdminVisit, person_id: UUID) -> Response:
    """One person."""
    return await _person(visit, person_id)


@router.post(f"{PEOPLE}/{{person_id}}")
async def edit(visit: AdminVisit, person_id: UUID, fields: Fields) -> Response:
    """Change somebody."""
    version = fields.text("version")
    command = EditPerson(
        PersonId(person_id),
        int(version) if version.isdecimal() and len(version) < len("999999999") else 0,
        name=fields.text("name"),
        addresses=_addresses(fields),
        role=_role(fields, None),
    )
    try:
        changed = await visit.cases.edit_person(command, visit.actor)
    except (InvalidInput, Conflict, StaleRevision) as error:
        return await _person(visit, person_id, error=error, fields=fields)
    return visit.go(f"{PEOPLE}/{person_id}", "people.saved", name=changed.name)


@router.post(f"{PEOPLE}/{{person_id}}/active")
async def set_active(visit: AdminVisit, person_id: UUID, fields: Fields) -> Response:
    """Let somebody in again, or no longer."""
    command = EditPerson(PersonId(person_id), None, is_active=fields.text("active") == "yes")
    try:
        changed = await visit.cases.edit_person(command, visit.actor)
    except Conflict as error:
        return await _person(visit, person_id, error=error)
    said = "people.let_in" if changed.is_active else "people.kept_out"
    return visit.go(f"{PEOPLE}/{person_id}", said, name=changed.name)


@router.post(f"{PEOPLE}/{{person_id}}/link")
async def make_link(visit: AdminVisit, person_id: UUID) -> Response:
    """An invitation, or a reset of the password; shown this once."""

    async def work() -> Response:
        try:
            made = await visit.cases.make_password_link(PersonId(person_id), visit.actor)
        except Conflict as error:
            return await _person(visit, person_id, error=error)
        return await _person(visit, person_id, made=made)

    return await once(visit.request, visit.actor, work)


@router.post(f"{PEOPLE}/{{person_id}}/sign-out")
async def sign_out(visit: AdminVisit, person_id: UUID) -> Response:
    """Sign somebody out everywhere."""
    ended = await visit.cases.end_sessions(PersonId(person_id), visit.actor)
    return visit.go(f"{PEOPLE}/{person_id}", "people.signed_out", count=ended)


def _new(visit: Visit, fields: FilledForm, error: AppError | None = None) -> Response:
    return visit.show(
        "person_new.html",
        status=UNPROCESSABLE if error is not None else 200,
        typed={name: fields.text(name) for name in TYPED},
        **trouble(error),
    )


async def _person(
    visit: Visit,
    person_id: UUID,
    *,
    error: AppError | None = None,
    fields: FilledForm | None = None,
    made: MadeLink | None = None,
) -> Response:
    account = await visit.cases.read_account(PersonId(person_id), visit.actor)
    person = account.person
    stored = {
        "name": person.name,
        "addresses": "\n".join(person.addresses),
        "role": person.role.value,
        "version": str(person.version),
    }
    return visit.show(
        "person.html",
        status=UNPROCESSABLE if error is not None else 200,
        account=account,
        typed=stored if fields is None else {name: fields.text(name) for name in TYPED},
        made=made,
        **trouble(error),
    )


def _role(fields: FilledForm, otherwise: Role | None) -> Role | None:
    return next((role for role in Role if role.value == fields.text("role")), otherwise)


def _addresses(fields: FilledForm) -> list[str]:
    return fields.text("addresses").replace(",", " ").replace(";", " ").split()
