"""The audit trail."""

import json
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from roomstead.entrypoints.cli.options import AsJson, Cursor, Limit, Token, moment
from roomstead.entrypoints.cli.output import print_json, print_table
from roomstead.entrypoints.cli.running import Session, run

if TYPE_CHECKING:
    from roomstead.entrypoints.wire.people import AuditShape


def audit(
    action: Annotated[str, typer.Option("--action", help="This action, or all that it begins: `booking`.")] = "",
    subject: Annotated[UUID | None, typer.Option("--subject", help="Only about this id.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="From this time on.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Before this time.")] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Show who did what, newest first. For Global Admins."""
    from roomstead.application.people.read_audit import ReadAudit
    from roomstead.application.ports.people import AuditFilter
    from roomstead.entrypoints.wire.base import Listing
    from roomstead.entrypoints.wire.people import AuditShape

    wanted = AuditFilter(
        action=action, subject_id=subject, since=moment(since, "--since"), until=moment(until, "--until")
    )

    async def work(session: Session) -> Listing[AuditShape]:
        page = await session.cases.read_audit(ReadAudit(wanted, cursor, limit), session.actor)
        return Listing(items=[AuditShape.of(entry) for entry in page.items], next_cursor=page.next_cursor)

    found = run(work, token)
    if as_json:
        print_json(found)
        return
    columns = ("When", "Who", "Via", "What", "About", "Detail")
    print_table(columns, map(_row, found.items), empty="Nothing happened yet.", more=found.next_cursor)


def _row(entry: "AuditShape") -> tuple[object, ...]:
    detail = json.dumps(entry.detail, ensure_ascii=False) if entry.detail else ""
    return (entry.at, entry.actor_name, entry.via, entry.action, entry.subject_id, detail)
