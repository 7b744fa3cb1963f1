"""Whether an integration's access is restricted, and how to restrict it. For Global Admins."""

from typing import Annotated

import typer

from roomstead.entrypoints.cli.naming import integration_named
from roomstead.entrypoints.cli.options import AsJson, Token
from roomstead.entrypoints.cli.output import print_facts, print_json
from roomstead.entrypoints.cli.running import Session, run

app = typer.Typer(help="See whether access is restricted, print the scripts for it.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(help="The integration: name or id.")]
Address = Annotated[str, typer.Argument(help="The mailbox's address.")]


@app.command("show")
def show(
    integration: Named,
    script: Annotated[str, typer.Option("--script", help="Print just the script with this key.")] = "",
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Show whether the restriction is proven, and which scripts there are."""
    from roomstead.entrypoints.wire.access import RestrictionShape

    async def work(session: Session) -> RestrictionShape:
        integration_id = await integration_named(session, integration)
        return RestrictionShape.of(await session.cases.read_restriction(integration_id, session.actor))

    shape = run(work, token)
    if script:
        found = [each for each in shape.scripts if each.key == script]
        if not found:
            raise typer.BadParameter(f"Give one of: {', '.join(each.key for each in shape.scripts)}.")
        typer.echo(found[0].text)
        return
    if as_json:
        print_json(shape)
        return
    facts: list[tuple[str, object]] = [
        ("State", f"{shape.state.value}: {shape.sentence}"),
        ("App ID", shape.app_id),
        ("Service account", shape.service_account),
    ]
    facts += [
        ("Must be refused", f"{each.address}: {each.verdict.value if each.verdict else 'not tried yet'}")
        for each in shape.must_be_refused
    ]
    facts += [("Script", f"--script {each.key}: {each.title}") for each in shape.scripts]
    print_facts(facts)


@app.command("must-be-refused")
def must_be_refused(
    integration: Named,
    address: Address,
    reason: Annotated[str, typer.Option("--reason", help="For those who read the list later.")] = "",
    token: Token = None,
) -> None:
    """Name a mailbox that must be refused: only one that is kept out proves a restriction."""
    from roomstead.application.integration.name_must_be_refused import NameMustBeRefused

    async def work(session: Session) -> None:
        command = NameMustBeRefused(await integration_named(session, integration), address, reason)
        await session.cases.name_must_be_refused(command, session.actor)

    run(work, token)


@app.command("may-be-reached")
def may_be_reached(integration: Named, address: Address, token: Token = None) -> None:
    """Take a mailbox off the list of those that must be refused."""
    from roomstead.application.integration.drop_must_be_refused import DropMustBeRefused

    async def work(session: Session) -> None:
        command = DropMustBeRefused(await integration_named(session, integration), address)
        await session.cases.drop_must_be_refused(command, session.actor)

    run(work, token)
