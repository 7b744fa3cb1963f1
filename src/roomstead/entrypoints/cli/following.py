"""Follows a verification on the terminal until nothing more will change soon."""

import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from roomstead.entrypoints.cli.errors import NEEDS_ADMIN, guide_line
from roomstead.entrypoints.cli.output import print_json
from roomstead.entrypoints.cli.running import Session, run

if TYPE_CHECKING:
    from roomstead.domain.verification import Verification
    from roomstead.entrypoints.wire.verifications import CheckShape, RemedyShape, VerificationDetailShape

SHOWN = 10
GOOD = frozenset({"passed", "partly_passed"})
MARKS = {
    "passed": "✓",
    "failed": "✗",
    "propagating": "…",
    "skipped": "-",
    "not_run": "-",
    "running": "◔",
}


def follow_verification(
    ask: "Callable[[Session], Awaitable[Verification]]", token: str | None, *, wait: bool, as_json: bool
) -> None:
    """Ask for a verification and show it: at once, or when it has ended. Ends with 3 when it did not pass."""

    async def work(session: Session) -> "VerificationDetailShape":
        asked = await ask(session)
        return await _await_end(session, asked, wait=wait, is_shown=not as_json)

    shape = run(work, token)
    if as_json:
        print_json(shape)
    elif not wait:
        typer.echo(f"Asked for. Follow it with: roomstead integrations verification {shape.id}")
    else:
        typer.echo(f"Verification {shape.status.value}.")
    if wait and shape.status.value not in GOOD:
        raise typer.Exit(NEEDS_ADMIN)


async def _await_end(
    session: Session, asked: "Verification", *, wait: bool, is_shown: bool
) -> "VerificationDetailShape":
    from roomstead.entrypoints.wire.verifications import VerificationDetailShape

    told: set[tuple[str, str]] = set()
    async with session.announcements.about("verification", asked.id) as news:
        while True:
            view = await session.cases.read_verification(asked.id, session.actor)
            shape = VerificationDetailShape.seen(view)
            if is_shown and wait:
                for check in shape.checks:
                    tell_check(check, told)
            if not wait or not shape.is_open or shape.status.value == "propagating":
                return shape
            await anext(news)


def tell_check(check: "CheckShape", told: set[tuple[str, str]]) -> None:
    """Print a check that has ended, once."""
    if check.status.value in {"not_run", "running"} and not check.sentence:
        return
    line = (check.key.value, f"{check.status.value} {check.sentence}")
    if line in told or check.status.value == "running":
        return
    told.add(line)
    print(f"{MARKS[check.status.value]} {check.sentence}")
    for group in check.groups:
        print(f"    {group.sentence}")
        for each in group.findings[:SHOWN]:
            print(f"      {each.subject}")
        if group.count > SHOWN:
            print(f"      and {group.count - SHOWN} more")
        _tell_remedy(group.remedy)
    if not check.groups:
        _tell_remedy(check.remedy)
    if check.status.value == "failed":
        print(f"    {guide_line((check.remedy and check.remedy.guide) or check.guide)}")
    sys.stdout.flush()


def _tell_remedy(remedy: "RemedyShape | None") -> None:
    if remedy is None:
        return
    print(f"    {remedy.sentence}")
    if remedy.command:
        print("\n".join(f"      {line}" for line in remedy.command.splitlines()))
