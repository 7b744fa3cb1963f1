"""What the demo prints: where to go, whom to be, three things to try."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from roomstead.entrypoints.demo.scene import JANE, MEI, PEOPLE, PRIYA, Scene
from roomstead.entrypoints.demo.story import tomorrow_at
from roomstead.entrypoints.demo.tenants import CONTOSO, CORP, TENANTS


def welcome(scene: Scene) -> Iterator[str]:
    """The lines, with rich's markup."""
    names = _write_names(scene)
    start = tomorrow_at(13)
    yield ""
    labels = " and a rehearsal ".join(f"{tenant.label} tenant" for tenant in TENANTS.values())
    yield f"[bold]Roomstead is ready, beside a rehearsal {labels}.[/bold]"
    yield ""
    yield "[bold]Where to go[/bold]"
    yield f"  Pages and API     {scene.url}    (described at {scene.url}/api/v1/openapi.json)"
    yield f"  Rehearsal tenant  {scene.sandbox_url}/_control/docs"
    yield ""
    yield "[bold]Whom to be[/bold]"
    for cast in PEOPLE:
        given = scene.passes[cast.address]
        yield f"  [bold]{cast.name}[/bold], {_who(cast.address)}"
        yield f"    address {cast.address}   password {given.password}"
        yield f"    token {given.token}"
    yield ""
    yield "[bold]Three things to try[/bold], in another terminal after"
    yield f"  [cyan]. {names}[/cyan]"
    yield ""
    yield "1. Book as Jane, whose mailbox is out of reach, and see who hosts it, and why:"
    times = f"{start:%Y-%m-%dT%H:%MZ} {start + timedelta(hours=1):%Y-%m-%dT%H:%MZ}"
    yield f"   [cyan]roomstead bookings create --token $JANE Oak {times} 'Budget review'[/cyan]"
    yield "   [cyan]roomstead bookings list --token $JANE[/cyan]"
    yield f"2. Be Jane in {CONTOSO.calendar}: accept what the service account sent, and see it here:"
    yield f"   [cyan]roomstead-sandbox act accept {JANE.address} 'Budget review'[/cyan]"
    yield f"3. Be the {CONTOSO.admin}: grant access to Jane's mailbox, and book again in her own name:"
    yield f"   [cyan]roomstead-sandbox grant {JANE.address}[/cyan]"
    yield ""
    yield "Everything lives in a folder that is removed at the end. Ctrl+C ends it."


def _who(address: str) -> str:
    return {
        MEI.address: "Global Admin, sees integrations",
        PRIYA.address: f"member, in reach in {CONTOSO.calendar}; no mailbox in {CORP.label}",
        JANE.address: f"member, in reach in {CORP.calendar} alone; elsewhere {CONTOSO.service_account} stands in",
    }[address]


def _write_names(scene: Scene) -> Path:
    lines = [f"export {name}='{value}'" for name, value in scene.environment.items()]
    lines.append(f"export ROOMSTEAD_SANDBOX_URL='{scene.sandbox_url}'")
    lines += [f"export {cast.name.split()[0].upper()}='{scene.passes[cast.address].token}'" for cast in PEOPLE]
    lines.append(f'export PATH="{Path(sys.executable).parent}:$PATH"')
    names = scene.folder / "names.sh"
    names.write_text("\n".join(lines) + "\n")
    names.chmod(0o600)
    return names
