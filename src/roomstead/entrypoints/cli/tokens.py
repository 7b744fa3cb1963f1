"""API tokens."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from roomstead.domain.people import Role, TokenId
from roomstead.entrypoints.cli.options import AsJson, Token, moment
from roomstead.entrypoints.cli.output import print_json, print_table
from roomstead.entrypoints.cli.running import Session, run_as_operator

if TYPE_CHECKING:
    from roomstead.application.people.create_token import NewToken

app = typer.Typer(help="Make, list and revoke API tokens.", no_args_is_help=True)


@app.command("create")
def create(
    address: Annotated[str, typer.Argument(help="One of the addresses of the person it speaks for.")],
    name: Annotated[str, typer.Option("--name", help="What the token is for.")] = "command line",
    role: Annotated[Role | None, typer.Option("--role", help="At most the person's; by default the same.")] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", help="When it ends, like 2027-01-01T00:00:00Z; by default never.")
    ] = None,
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Make a token. Its secret is printed this once, alone on standard output."""
    from roomstead.application.people.create_token import CreateToken
    from roomstead.entrypoints.wire.people import NewTokenShape

    until = moment(expires, "--expires")

    async def work(session: Session) -> "NewToken":
        person = await session.cases.find_person(address, session.actor)
        return await session.cases.create_token(CreateToken(person.id, name, role, until), session.actor)

    made = run_as_operator(work, token)
    if as_json:
        print_json(NewTokenShape.made(made.token, made.secret))
    else:
        typer.echo("Keep it safe: it is shown this once.", err=True)
        typer.echo(made.secret)


@app.command("list")
def list_(
    address: Annotated[str, typer.Argument(help="One of the person's addresses.")],
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """List a person's tokens, newest first."""
    from roomstead.entrypoints.wire.base import Listing
    from roomstead.entrypoints.wire.people import TokenShape

    async def work(session: Session) -> Listing[TokenShape]:
        person = await session.cases.find_person(address, session.actor)
        tokens = await session.cases.list_tokens(person.id, session.actor)
        return Listing(items=[TokenShape.of(each) for each in tokens])

    found = run_as_operator(work, token)
    if as_json:
        print_json(found)
        return
    print_table(
        ("Name", "Begins with", "Role", "Last used", "Expires", "Revoked", "Id"),
        [
            (
                each.name,
                f"rs_{each.prefix}",
                each.role.value,
                each.last_used_at,
                each.expires_at,
                each.revoked_at,
                each.id,
            )
            for each in found.items
        ],
        empty="No tokens yet. Make one with `roomstead tokens create ADDRESS`.",
    )


@app.command("revoke")
def revoke(
    token_id: Annotated[UUID, typer.Argument(help="The token's id, from `tokens list`.")],
    token: Token = None,
) -> None:
    """Make a token worthless at once."""

    async def work(session: Session) -> None:
        await session.cases.revoke_token(TokenId(token_id), session.actor)

    run_as_operator(work, token)
