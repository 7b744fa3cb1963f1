"""Control routes for bad luck: faults on order."""

from pydantic import Field

from roomstead_sandbox.control.context import Context
from roomstead_sandbox.control.naming import user_named
from roomstead_sandbox.control.routes import Body, Json, Order, Route, parsed_number
from roomstead_sandbox.world.errors import NotFound
from roomstead_sandbox.world.faults import Fault, FaultKind
from roomstead_sandbox.world.world import World


class FaultOrder(Body):
    """One fault. `mailbox` is any address or id; leave a selector out for any; `count` null for ever."""

    kind: FaultKind
    mailbox: str | None = None
    operation: str | None = Field(default=None, description="As in the request log's template.")
    method: str | None = None
    count: int | None = Field(default=1, ge=1)
    probability: float = Field(default=1.0, gt=0, le=1)
    after_commit: bool = Field(default=False, description="The work is done, and then the answer goes wrong.")
    status: int | None = Field(default=None, ge=400, le=599)
    code: str | None = None
    message: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    seconds: float = Field(default=0, ge=0, le=86_400)
    parameters: dict[str, str | int | float | bool | None] = Field(default_factory=dict)


def routes(context: Context) -> list[Route]:
    """The routes of this area."""
    world = context.world
    return [
        Route("GET", "/faults", "The faults in force.", lambda _: world.faults.list()),
        Route("POST", "/faults", "Put a fault in force.", lambda o: _add(world, o), FaultOrder),
        Route("DELETE", "/faults", "Take all faults out of force.", lambda _: {"cleared": world.faults.clear()}),
        Route("DELETE", "/faults/{number}", "Take one fault out of force.", lambda o: _clear(world, o)),
    ]


def _add(world: World, order: Order) -> Json:
    asked: FaultOrder = order.body
    given = asked.model_dump()
    if asked.mailbox is not None:
        given["mailbox"] = user_named(world, asked.mailbox).id
    return world.faults.add(Fault(**given))


def _clear(world: World, order: Order) -> Json:
    cleared = world.faults.clear(parsed_number(order.values["number"]))
    if not cleared:
        raise NotFound("There is no such fault (any more).")
    return {"cleared": cleared}
