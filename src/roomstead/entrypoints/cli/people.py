"""People."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from roomstead.domain.people import PersonId, Role
from roomstead.entrypoints.cli.errors import REFUSED
from roomstead.entrypoints.cli.options import AsJson, Cursor, Limit, Token
from roomstead.entrypoints.cli.output import print_facts, print_json, print_table
from roomstead.entrypoints.cli.running import Session, run_as_operator

if TYPE_CHECKING:
    from roomstead.application.sign_in_links import MadeLink
    from roomstead.domain.people import Person

app = typer.Typer(help="Add, list and change people.", no_args_is_help=True)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The person's name.")],
    addresses: Annotated[list[str], typer.Argument(help="E-mail addresses, the preferred one first.")],
    admin: Annotated[bool, typer.Option("--admin", help="Make the person a Global Admin.")] = False,
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Add a person. The first Global Admin comes in this way."""
    from roomstead.application.people.add_person import AddPerson

    command = AddPerson(name, addresses, Role.GLOBAL_ADMIN if admin else Role.MEMBER)

    async def work(session: Session) -> "Person":
        return await session.cases.add_person(command, session.actor)

    _show(run_as_operator(work, token), as_json)


@app.command("list")
def list_(
    search: Annotated[str, typer.Option("--search", help="Part of a name or address.")] = "",
    role: Annotated[Role | None, typer.Option("--role", help="Only people with this role.")] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """List people by name."""
    from roomstead.application.people.list_people import ListPeople
    from roomstead.entrypoints.wire.base import Listing
    from roomstead.entrypoints.wire.people import PersonShape

    command = ListPeople(search, role, None, cursor, limit)

    async def work(session: Session) -> Listing[PersonShape]:
        page = await session.cases.list_people(command, session.actor)
        return Listing(items=[PersonShape.of(person) for person in page.items], next_cursor=page.next_cursor)

    found = run_as_operator(work, token)
    if as_json:
        print_json(found)
        return
    print_table(
        ("Name", "Addresses", "Role", "Active", "Id"),
        [(each.name, each.addresses, each.role.value, each.is_active, each.id) for each in found.items],
        empty="No people yet. Add the first Global Admin with `roomstead people add --admin NAME ADDRESS`.",
        more=found.next_cursor,
    )


@app.command("show")
def show(
    address: Annotated[str, typer.Argument(help="One of the person's addresses.")],
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Show a person."""

    async def work(session: Session) -> "Person":
        return await session.cases.find_person(address, session.actor)

    _show(run_as_operator(work, token), as_json)


@app.command("edit")
def edit(
    address: Annotated[str, typer.Argument(help="One of the person's addresses.")],
    name: Annotated[str | None, typer.Option("--name", help="The new name.")] = None,
    addresses: Annotated[
        list[str] | None, typer.Option("--address", help="All addresses from now on; may be repeated.")
    ] = None,
    role: Annotated[Role | None, typer.Option("--role", help="The new role.")] = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive", help="Whether the person may come in.")] = None,
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Change a person. The last Global Admin stays one."""
    from roomstead.application.people.edit_person import EditPerson

    async def work(session: Session) -> "Person":
        person = await session.cases.find_person(address, session.actor)
        command = EditPerson(PersonId(person.id), person.version, name, addresses or None, role, active)
        return await session.cases.edit_person(command, session.actor)

    _show(run_as_operator(work, token), as_json)


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="A CSV file: name, address and, if you like, role.", dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would come to.")] = False,
    token: Token = None,
) -> None:
    """Add and change people from a table. Lines with mistakes are named and left out; nobody is removed."""
    from roomstead.application.people.import_people import Import, ImportPeople
    from roomstead.application.people_import import Plan, decoded

    try:
        table = decoded(path.read_bytes())
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}.", param_hint="PATH") from error
    command = ImportPeople(table, Import.PREVIEW if dry_run else Import.APPLY)

    async def work(session: Session) -> Plan:
        return await session.cases.import_people(command, session.actor)

    plan = run_as_operator(work, token)
    for each in plan.mistakes:
        typer.echo(f"Line {each.number}: {each.sentence}", err=True)
    would = "would be " if dry_run else ""
    typer.echo(
        f"{len(plan.added)} {would}added, {len(plan.changed)} {would}changed, {plan.unchanged} as they were, "
        f"{len(plan.mistakes)} left out."
    )
    if plan.mistakes:
        raise typer.Exit(REFUSED)


@app.command("setup-link")
def setup_link(as_json: AsJson = False, token: Token = None) -> None:
    """Make a link with which you become the first Global Admin. It works once, for a day."""

    async def work(session: Session) -> "MadeLink":
        return await session.cases.make_setup_link(session.actor)

    _show_link(run_as_operator(work, token), as_json)


@app.command("reset-link")
def reset_link(
    address: Annotated[str, typer.Argument(help="One of the person's addresses.")],
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Make a link with which a person, also the last Global Admin, chooses a password. It works once."""

    async def work(session: Session) -> "MadeLink":
        person = await session.cases.find_person(address, session.actor)
        return await session.cases.make_password_link(person.id, session.actor)

    _show_link(run_as_operator(work, token), as_json)


def _show_link(made: "MadeLink", as_json: bool) -> None:
    from roomstead.entrypoints.wire.people import LinkShape

    if as_json:
        print_json(LinkShape.of(made))
        return
    typer.echo(f"Whoever has this link can use it, once, until {made.expires_at:%Y-%m-%d %H:%M} UTC.", err=True)
    typer.echo(made.url)


def _show(person: "Person", as_json: bool) -> None:
    from roomstead.entrypoints.wire.people import PersonShape

    shape = PersonShape.of(person)
    if as_json:
        print_json(shape)
        return
    print_facts(
        [
            ("Name", shape.name),
            ("Addresses", shape.addresses),
            ("Role", shape.role.value),
            ("Active", shape.is_active),
            ("Id", shape.id),
        ]
    )
