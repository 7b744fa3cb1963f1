"""The program `roomstead-sandbox`: serve a rehearsal tenant, and order things of a running one.

Exit codes: 0 done, 1 refused or nothing there, 2 wrong usage.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from roomstead_sandbox.cli_act import act
from roomstead_sandbox.console import delete, fail, get, pairs, patch, post, show, target

app = typer.Typer(help="Rehearsal tenants of Microsoft 365 and Google Workspace on this machine.", no_args_is_help=True)
clock = typer.Typer(help="Read and move the world's clock.", no_args_is_help=True)
fault = typer.Typer(help="Order bad luck.", no_args_is_help=True)
app.add_typer(act, name="act")
app.add_typer(clock, name="clock")
app.add_typer(fault, name="fault")

_LONGEST_SHOWN = 200
Comment = Annotated[str, typer.Option(help="Words that go with it.")]


@app.callback()
def options(
    url: Annotated[
        str, typer.Option(envvar="ROOMSTEAD_SANDBOX_URL", help="Where the running sandbox listens.")
    ] = "http://127.0.0.1:8760",
    authority: Annotated[Path | None, typer.Option(help="PEM of the authority to trust, with TLS.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Options for every command."""
    target.url, target.authority, target.as_json = url.rstrip("/"), authority, as_json


@app.command()
def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 0,
    seed: Annotated[str, typer.Option(help="What to begin with: contoso, corp, both, empty or big.")] = "contoso",
    state: Annotated[Path | None, typer.Option(help="Load from this file if it is there; save to it at exit.")] = None,
    certificate: Annotated[Path | None, typer.Option("--tls-certificate", help="PEM file: speak TLS.")] = None,
    key: Annotated[Path | None, typer.Option("--tls-key", help="PEM file of its key.")] = None,
    frozen: Annotated[bool, typer.Option(help="Let the clock stand until somebody advances it.")] = False,
    speed: Annotated[float, typer.Option(help="How many times as fast as real time the clock runs.")] = 1.0,
) -> None:
    """Serve a rehearsal tenant until interrupted. Prints one line with its addresses when ready."""
    from roomstead_sandbox import serving
    from roomstead_sandbox.world.errors import WorldError

    plan = serving.Plan(seed=seed, state=state, frozen=frozen, speed=speed, certificate=certificate, key=key)
    try:
        serving.run(plan, host, port, _announce)
    except (OSError, WorldError) as error:
        fail(f"The sandbox cannot start: {error}")


@app.command()
def state() -> None:
    """How much is in the world."""
    show(get("state"))


@app.command()
def reset(seed: Annotated[str, typer.Argument(help="contoso, corp, both, empty or big")] = "contoso") -> None:
    """Empty the world and plant a seed."""
    show(post("reset", seed=seed))


@app.command()
def save(path: Path) -> None:
    """Save the whole world to a file."""
    show(post("save", path=str(path.absolute())))


@app.command()
def load(path: Path) -> None:
    """Replace the world by a saved one."""
    show(post("load", path=str(path.absolute())))


@app.command("order")
def order(
    name: Annotated[str, typer.Argument(help="Path of a control action, such as microsoft/grant.")],
    values: Annotated[list[str] | None, typer.Argument(help="name=value; the value may be JSON.")] = None,
) -> None:
    """Order anything that the control API offers (see /_control/docs)."""
    show(post(name, **pairs(values or [])))


@app.command()
def grant(
    mailbox: Annotated[str, typer.Argument(help="Whose mailbox comes into the app's reach.")],
    client_id: Annotated[str | None, typer.Option(help="The app; the seeded one when left out.")] = None,
    spread: Annotated[float | None, typer.Option(help="Seconds until it holds, from now on.")] = None,
    face: Annotated[str, typer.Option(help="Whose access rules.")] = "microsoft",
) -> None:
    """Put a mailbox into an app's reach."""
    show(post(f"{face}/grant", mailbox=mailbox, client_id=client_id, propagation_seconds=spread))


@app.command()
def revoke(
    mailbox: Annotated[str, typer.Argument(help="Whose mailbox leaves the app's reach.")],
    client_id: Annotated[str | None, typer.Option(help="The app; the seeded one when left out.")] = None,
    spread: Annotated[float | None, typer.Option(help="Seconds until it holds, from now on.")] = None,
    face: Annotated[str, typer.Option(help="Whose access rules.")] = "microsoft",
) -> None:
    """Take a mailbox out of an app's reach."""
    show(post(f"{face}/revoke", mailbox=mailbox, client_id=client_id, propagation_seconds=spread))


@app.command("mail-log")
def mail_log(
    kind: Annotated[str | None, typer.Option(help="request, update, cancellation, response…")] = None,
    since: Annotated[int, typer.Option(help="Only after this number.")] = 0,
) -> None:
    """Every meeting message that was sent."""
    show(get("mail", kind=kind, since=since), ("number", "at", "kind", "sender", "recipients", "subject"))


@app.command()
def requests(since: Annotated[int, typer.Option(help="Only after this number.")] = 0) -> None:
    """Calls that clients made."""
    show(get("requests", since=since), ("number", "at", "method", "template", "status", "code"))


@app.command()
def calendar(who: Annotated[str, typer.Argument(help="Any address.")]) -> None:
    """What is in somebody's calendar."""
    items = get(f"calendars/{who}")["items"]
    show(items, ("start", "end", "subject", "show_as", "response", "kind"))


@app.command()
def rooms() -> None:
    """The rooms."""
    found = [{**r["place"], "name": r["user"]["display_name"], "address": r["user"]["mail"]} for r in get("rooms")]
    show(found, ("name", "address", "building", "floor_label", "capacity"))


@app.command()
def users() -> None:
    """The accounts, rooms included."""
    show(get("users"), ("display_name", "mail", "kind", "mailbox", "purpose"))


@app.command()
def switches() -> None:
    """Undecided behaviours and how they stand."""
    show(get("switches"), ("name", "value", "says"))


@app.command()
def switch(values: Annotated[list[str], typer.Argument(help="name=value")]) -> None:
    """Set undecided behaviours."""
    show(patch("switches", {"switches": pairs(values)}), ("name", "value", "says"))


@app.command()
def settle(room: str, uid: str, answer: str, comment: Comment = "") -> None:
    """Decide on a request as the room's delegate: accepted or declined."""
    show(post(f"rooms/{room}/settle", uid=uid, answer=answer, comment=comment))


def _announce(endpoints: Mapping[str, str]) -> None:
    """One line, when the sandbox listens; whole key files are for programs only (--json)."""
    if target.as_json:
        show({"ready": True, **endpoints})
    else:
        short = {name: value for name, value in endpoints.items() if len(value) <= _LONGEST_SHOWN}
        typer.echo("Ready: " + "  ".join(f"{name} {value}" for name, value in short.items()))


# -- clock and faults ----------------------------------------------------------------------------------------


@clock.command("show")
def clock_show() -> None:
    """The time, and what is due next."""
    show(get("clock"))


@clock.command()
def advance(seconds: float) -> None:
    """Move the clock forward, running what falls due."""
    show(post("clock/advance", seconds=seconds))


@clock.command()
def freeze() -> None:
    """Stop the clock."""
    show(post("clock/freeze"))


@clock.command("run")
def clock_run(speed: float = 1.0) -> None:
    """Let the clock run."""
    show(post("clock/run", speed=speed))


@clock.command("settle")
def clock_settle(within: Annotated[float, typer.Option(help="Seconds to look ahead.")] = 600) -> None:
    """Move the clock forward until nothing more is due."""
    show(post("clock/settle", within_seconds=within))


@fault.command("add")
def fault_add(kind: str, values: Annotated[list[str] | None, typer.Argument(help="name=value")] = None) -> None:
    """Put a fault in force: `fault add answer status=503 mailbox=oak@contoso.example count=3`."""
    show(post("faults", kind=kind, **pairs(values or [])))


@fault.command("list")
def fault_list() -> None:
    """The faults in force."""
    show(get("faults"), ("number", "kind", "mailbox", "operation", "method", "count", "struck"))


@fault.command("clear")
def fault_clear(number: Annotated[int | None, typer.Argument(help="Only this one.")] = None) -> None:
    """Take faults out of force."""
    show(delete("faults" if number is None else f"faults/{number}"))


def main() -> None:
    """The program's entry point."""
    app()
