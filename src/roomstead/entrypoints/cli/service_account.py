"""The service account of an integration. For Global Admins."""

from typing import TYPE_CHECKING, Annotated

import typer

from roomstead.entrypoints.cli.following import follow_verification
from roomstead.entrypoints.cli.naming import integration_named
from roomstead.entrypoints.cli.options import AsJson, Token, Wait
from roomstead.entrypoints.cli.output import print_json
from roomstead.entrypoints.cli.running import Session, run

if TYPE_CHECKING:
    from roomstead.domain.verification import Verification

app = typer.Typer(help="Add, edit and remove the service account.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(help="The integration: name or id.")]
Address = Annotated[str, typer.Argument(help="The mailbox's address.")]


@app.command("add")
def add(integration: Named, address: Address, wait: Wait = True, as_json: AsJson = False, token: Token = None) -> None:
    """Add a service account and verify it; it is active once that passes."""
    from roomstead.application.integration.add_service_mailbox import AddServiceMailbox

    async def work(session: Session) -> "Verification":
        command = AddServiceMailbox(await integration_named(session, integration), address)
        return (await session.cases.add_service_mailbox(command, session.actor)).verification

    follow_verification(work, token, wait=wait, as_json=as_json)


@app.command("edit")
def edit(integration: Named, address: Address, wait: Wait = True, as_json: AsJson = False, token: Token = None) -> None:
    """Choose another mailbox. The old one stays in force until the new one is verified."""
    from roomstead.application.integration.edit_service_mailbox import EditServiceMailbox

    async def work(session: Session) -> "Verification":
        command = EditServiceMailbox(await integration_named(session, integration), address)
        change = await session.cases.edit_service_mailbox(command, session.actor)
        typer.echo(change.sentence, err=True)
        return change.verification

    follow_verification(work, token, wait=wait, as_json=as_json)


@app.command("remove")
def remove(
    integration: Named,
    confirmed: Annotated[bool, typer.Option("--confirmed", help="Go on although meetings depend on it.")] = False,
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Take the service account out of force."""
    from roomstead.application.integration.remove_service_mailbox import RemoveServiceMailbox
    from roomstead.entrypoints.wire.integrations import ServiceAccountShape

    async def work(session: Session) -> ServiceAccountShape:
        command = RemoveServiceMailbox(await integration_named(session, integration), confirmed)
        return ServiceAccountShape.of(await session.cases.remove_service_mailbox(command, session.actor))

    shape = run(work, token)
    if as_json:
        print_json(shape)
    else:
        typer.echo(f"{shape.address} is {shape.status.value}.")
