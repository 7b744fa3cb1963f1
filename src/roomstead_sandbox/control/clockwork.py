"""Control routes for the clock."""

from pydantic import Field

from roomstead_sandbox.control.context import Context
from roomstead_sandbox.control.routes import Body, Json, Moment, Nothing, Order, Route
from roomstead_sandbox.world.errors import Invalid
from roomstead_sandbox.world.world import World

_YEAR_SECONDS = 400 * 86_400


class Advance(Body):
    """By seconds, or to a time."""

    seconds: float | None = Field(default=None, ge=0, le=_YEAR_SECONDS)
    to: Moment | None = None


class Run(Body):
    """How many times as fast as real time."""

    speed: float = Field(default=1.0, gt=0, le=100_000)


class Settle(Body):
    """How far ahead to look for things still to happen."""

    within_seconds: float = Field(default=600, ge=0, le=_YEAR_SECONDS)


def routes(context: Context) -> list[Route]:
    """The routes of this area."""
    world = context.world
    return [
        Route("GET", "/clock", "The time, and what is due next.", lambda _: shown(world)),
        Route(
            "POST",
            "/clock/advance",
            "Move the clock forward, running what falls due.",
            lambda order: _advance(world, order),
            Advance,
        ),
        Route("POST", "/clock/freeze", "Stop the clock.", lambda _: _freeze(world), Nothing),
        Route("POST", "/clock/run", "Let the clock run.", lambda order: _run(world, order), Run),
        Route(
            "POST",
            "/clock/settle",
            "Move the clock forward until nothing more is due within the given span.",
            lambda order: _settle(world, order),
            Settle,
        ),
    ]


def shown(world: World) -> Json:
    """The clock as JSON data."""
    pending = world.clock.timers()
    return {
        "now": world.now(),
        "frozen": world.clock.frozen,
        "speed": world.clock.speed,
        "pending": len(pending),
        "next": [{"due": t.due, "kind": t.kind} for t in pending[:10]],
    }


def _advance(world: World, order: Order) -> Json:
    body: Advance = order.body
    if (body.seconds is None) == (body.to is None):
        raise Invalid("Say either seconds or to.")
    ran = world.clock.advance(body.seconds) if body.seconds is not None else 0
    if body.to is not None:
        ran = world.clock.advance_to(body.to)
    return {"ran": ran, **shown(world)}


def _settle(world: World, order: Order) -> Json:
    ran = world.clock.settle(order.body.within_seconds)
    return {"ran": ran, **shown(world)}


def _freeze(world: World) -> Json:
    world.clock.freeze()
    return shown(world)


def _run(world: World, order: Order) -> Json:
    world.clock.run(order.body.speed)
    return shown(world)
