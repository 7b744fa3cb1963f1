"""Control routes for the world as a whole: what is in it, begin anew, save, load, switches."""

from dataclasses import fields
from pathlib import Path

from pydantic import Field

from roomstead_sandbox.control import naming
from roomstead_sandbox.control.context import Context
from roomstead_sandbox.control.routes import Body, Json, Order, Route
from roomstead_sandbox.world import seeds, switches
from roomstead_sandbox.world.errors import Invalid
from roomstead_sandbox.world.switches import Switches
from roomstead_sandbox.world.world import World


class Reset(Body):
    """Which world to begin with."""

    seed: str = Field(default="contoso", description="One of: " + ", ".join(seeds.SEEDS))


class File(Body):
    """A file on the machine where the sandbox runs."""

    path: Path


class Switching(Body):
    """Switches by name with their new values."""

    switches: dict[str, bool | str]


def routes(context: Context) -> list[Route]:
    """The routes of this area."""
    world = context.world
    return [
        Route("GET", "/state", "How much is in this world.", lambda _: _summary(context)),
        Route("POST", "/reset", "Empty the world and plant a seed.", lambda o: _reset(context, o), Reset),
        Route("POST", "/save", "Save the whole world to a file.", lambda o: _save(context, o), File),
        Route("POST", "/load", "Replace the world by a saved one.", lambda o: _load(context, o), File),
        Route("GET", "/switches", "Undecided behaviours and how they stand.", lambda _: _switches(world)),
        Route("PATCH", "/switches", "Set undecided behaviours.", lambda o: _switch(world, o), Switching),
    ]


def _summary(context: Context) -> Json:
    world = context.world
    mailboxes = world.mailboxes.all()
    return {
        "now": world.now(),
        "tenants": [
            {"id": t.id, "name": t.name, "domains": t.domains, "face": t.face} for t in naming.customers(world)
        ],
        "users": len(world.directory.users),
        "rooms": len(world.directory.places),
        "groups": len(world.directory.groups),
        "mailboxes_opened": len(mailboxes),
        "items": sum(len(m.items) for m in mailboxes),
        "messages": len(world.post.log),
        "requests": world.requests.total,
        "faults": len(world.faults.list()),
        "faces": [face.name for face in context.faces],
    }


def _reset(context: Context, order: Order) -> Json:
    context.fill(order.body.seed)
    return _summary(context)


def _save(context: Context, order: Order) -> Json:
    path: Path = order.body.path
    try:
        context.save(path)
    except OSError as error:
        raise Invalid(f"The world cannot be saved to {path}: {error.strerror}.") from error
    return {"path": str(path), "bytes": path.stat().st_size}


def _load(context: Context, order: Order) -> Json:
    path: Path = order.body.path
    try:
        context.load(path)
    except OSError as error:
        raise Invalid(f"No world can be loaded from {path}: {error.strerror}.") from error
    return _summary(context)


def _switches(world: World) -> Json:
    says = switches.sentences()
    return [{"name": f.name, "value": getattr(world.switches, f.name), "says": says[f.name]} for f in fields(Switches)]


def _switch(world: World, order: Order) -> Json:
    wanted: dict[str, bool | str] = order.body.switches
    for name, value in wanted.items():
        if name not in switches.sentences():
            raise Invalid(f"There is no switch {name!r}.")
        held = getattr(world.switches, name)
        if type(held) is not type(value):
            raise Invalid(f"The switch {name} takes a {type(held).__name__}, not {value!r}.")
    for name, value in wanted.items():
        setattr(world.switches, name, value)
    return _switches(world)
