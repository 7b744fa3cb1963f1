"""Verifying an integration, and what it may do with mailboxes. For Global Admins."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from roomstead.entrypoints.cli.following import follow_verification, tell_check
from roomstead.entrypoints.cli.naming import integration_named, room_named
from roomstead.entrypoints.cli.options import AsJson, Cursor, Limit, Token, Wait
from roomstead.entrypoints.cli.output import print_json, print_table
from roomstead.entrypoints.cli.running import Session, run

if TYPE_CHECKING:
    from roomstead.domain.verification import Verification

Named = Annotated[str, typer.Argument(help="The integration: name or id.")]


def verify(
    integration: Named,
    failed_rooms: Annotated[bool, typer.Option("--failed-rooms", help="Only the rooms that failed.")] = False,
    restriction: Annotated[bool, typer.Option("--restriction", help="Only whether access is restricted.")] = False,
    ask_rooms: Annotated[
        list[str] | None,
        typer.Option("--ask-room", help="Only whether this room accepts: it is sent a request. May be repeated."),
    ] = None,
    wait: Wait = True,
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Verify an integration. A worker must be running; nothing is left behind."""
    from roomstead.application.integration.request_verification import RequestVerification
    from roomstead.domain.verification import Purpose

    narrowed = [
        (Purpose.ROOM_ANSWERS, bool(ask_rooms)),
        (Purpose.ROOMS, failed_rooms),
        (Purpose.RESTRICTION, restriction),
    ]
    purpose = next((each for each, is_wanted in narrowed if is_wanted), Purpose.INTEGRATION)

    async def work(session: Session) -> "Verification":
        rooms = tuple([await room_named(session, each) for each in ask_rooms or ()])
        command = RequestVerification(await integration_named(session, integration), purpose, rooms)
        return await session.cases.request_verification(command, session.actor)

    follow_verification(work, token, wait=wait, as_json=as_json)


def verification(
    verification_id: Annotated[UUID, typer.Argument(help="Its id.")], as_json: AsJson = False, token: Token = None
) -> None:
    """Show a verification as it stands."""
    from roomstead.domain.integration import VerificationId
    from roomstead.entrypoints.wire.verifications import VerificationDetailShape

    async def work(session: Session) -> VerificationDetailShape:
        view = await session.cases.read_verification(VerificationId(verification_id), session.actor)
        return VerificationDetailShape.seen(view)

    shape = run(work, token)
    if as_json:
        print_json(shape)
        return
    for check in shape.checks:
        tell_check(check, set())
    typer.echo(f"Verification {shape.status.value}.")


def applied(
    verification_id: Annotated[UUID, typer.Argument(help="The verification that failed.")],
    check: Annotated[str, typer.Argument(help="The check whose remedy was applied, such as `rooms`.")],
    token: Token = None,
) -> None:
    """Say that a remedy was applied: we look again as the change spreads."""
    from roomstead.application.integration.mark_applied import MarkApplied
    from roomstead.domain.integration import VerificationId
    from roomstead.domain.verification import CheckKey

    try:
        key = CheckKey(check)
    except ValueError as error:
        raise typer.BadParameter(f"Give one of: {', '.join(CheckKey)}.", param_hint="CHECK") from error

    async def work(session: Session) -> None:
        await session.cases.mark_applied(MarkApplied(VerificationId(verification_id), key), session.actor)

    run(work, token)


def access(
    integration: Named,
    search: Annotated[str, typer.Option("--search", help="Part of an address or name.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Show what was last found of every mailbox."""
    from roomstead.application.integration.list_access import ListAccess
    from roomstead.application.ports.access import AccessFilter
    from roomstead.entrypoints.wire.access import AccessShape
    from roomstead.entrypoints.wire.base import Listing

    async def work(session: Session) -> Listing[AccessShape]:
        integration_id = await integration_named(session, integration)
        command = ListAccess(integration_id, AccessFilter(search=search), cursor, limit)
        page = await session.cases.list_access(command, session.actor)
        return Listing(items=[AccessShape.of(each) for each in page.items], next_cursor=page.next_cursor)

    found = run(work, token)
    if as_json:
        print_json(found)
        return
    print_table(
        ("Address", "Whose", "Capability", "Verdict", "Cause", "Probed"),
        [
            (each.address, each.kind, each.capability.value, each.verdict.value, each.cause.value, each.probed_at)
            for each in found.items
        ],
        empty="Nothing was probed yet. Run `roomstead integrations verify`.",
        more=found.next_cursor,
    )


def probe(
    integration: Named,
    addresses: Annotated[list[str], typer.Argument(help="Whose mailboxes.")],
    wait: Wait = True,
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Probe mailboxes now."""
    from roomstead.application.integration.probe_access import ProbeAccess

    async def work(session: Session) -> "Verification":
        command = ProbeAccess(await integration_named(session, integration), tuple(addresses))
        return await session.cases.probe_access(command, session.actor)

    follow_verification(work, token, wait=wait, as_json=as_json)
