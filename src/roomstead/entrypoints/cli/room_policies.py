"""How rooms treat requests, read by a script that an admin runs. For Global Admins."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from roomstead.entrypoints.cli.following import follow_verification
from roomstead.entrypoints.cli.naming import integration_named
from roomstead.entrypoints.cli.options import AsJson, Token
from roomstead.entrypoints.cli.running import Session, run

if TYPE_CHECKING:
    from roomstead.domain.verification import Verification

app = typer.Typer(help="Know whether rooms accept without sending them anything.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(help="The integration: name or id.")]


@app.command("script")
def script(integration: Named, token: Token = None) -> None:
    """Print the script that reads the rooms' booking policies. It changes nothing."""

    async def work(session: Session) -> str:
        integration_id = await integration_named(session, integration)
        return (await session.cases.read_room_policy_script(integration_id, session.actor)).text

    typer.echo(run(work, token))


@app.command("import")
def import_(
    integration: Named,
    file: Annotated[str, typer.Argument(help="What the script printed; - is standard input.")],
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Bring in what the script printed, and show which rooms accept."""
    from roomstead.application.integration.import_room_policies import ImportRoomPolicies

    try:
        pasted = typer.get_text_stream("stdin").read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}.", param_hint="FILE") from error
    except UnicodeError as error:
        raise typer.BadParameter(f"{file} is no text in UTF-8.", param_hint="FILE") from error

    async def work(session: Session) -> "Verification":
        command = ImportRoomPolicies(await integration_named(session, integration), pasted)
        return await session.cases.import_room_policies(command, session.actor)

    follow_verification(work, token, wait=True, as_json=as_json)
