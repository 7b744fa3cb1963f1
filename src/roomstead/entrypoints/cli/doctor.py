"""What an operator should know of."""

from typing import TYPE_CHECKING

import typer

from roomstead.entrypoints.cli.errors import NEEDS_ADMIN, guide_line
from roomstead.entrypoints.cli.options import AsJson, Token
from roomstead.entrypoints.cli.output import print_json
from roomstead.entrypoints.cli.running import Session, run_as_operator

if TYPE_CHECKING:
    from roomstead.application.operation.diagnose import Finding

MARKS = {"ok": "ok     ", "warning": "warning", "failed": "FAILED "}


def doctor(as_json: AsJson = False, token: Token = None) -> None:
    """Look at clock, database, worker, integrations, disk and key; ends with 3 when something failed."""
    from roomstead.entrypoints.wire.operation import DiagnosisShape

    async def work(session: Session) -> "list[Finding]":
        return await session.cases.diagnose(session.actor)

    found = DiagnosisShape.of(run_as_operator(work, token))
    if as_json:
        print_json(found)
    else:
        for each in found.findings:
            typer.echo(f"{MARKS[each.state]}  {each.sentence}")
            if each.remedy:
                typer.echo(f"         {each.remedy}")
            if each.guide:
                typer.echo(f"         {guide_line(each.guide)}")
    if not found.healthy:
        raise typer.Exit(NEEDS_ADMIN)
