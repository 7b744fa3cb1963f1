"""Control routes for rooms: facts, calendar processing, delegates' decisions, delays, sending limits."""

from dataclasses import fields
from typing import Any

from pydantic import Field

from roomstead_sandbox.control.context import Context
from roomstead_sandbox.control.naming import customers, shown, tenant_named, user_named
from roomstead_sandbox.control.people import UserChange, facts_of
from roomstead_sandbox.control.routes import Body, Json, Moment, Order, Route
from roomstead_sandbox.world.core import Delays
from roomstead_sandbox.world.errors import Invalid, NotFound
from roomstead_sandbox.world.events import Answer
from roomstead_sandbox.world.people import BookingType, Place, Purpose, RoomList, User
from roomstead_sandbox.world.post import SendingLimits
from roomstead_sandbox.world.processing import Automate, Processing
from roomstead_sandbox.world.world import World


class PlaceChange(Body):
    """Facts of a room; only those given are changed."""

    building: str | None = None
    floor_number: int | None = None
    floor_label: str | None = None
    label: str | None = None
    nickname: str | None = None
    capacity: int | None = Field(default=None, ge=0)
    phone: str | None = None
    street: str | None = None
    city: str | None = None
    country: str | None = None
    audio_device: str | None = None
    video_device: str | None = None
    display_device: str | None = None
    tags: list[str] | None = None
    wheelchair: bool | None = None
    booking_type: BookingType | None = None
    visible_after: Moment | None = None


class NewRoom(UserChange):
    """A new room mailbox with its facts and, if it differs from the defaults, its calendar processing."""

    upn: str
    display_name: str
    tenant: str | None = None
    place: PlaceChange = PlaceChange()
    processing: dict[str, bool | int | str | list[str]] = Field(default_factory=dict)
    lists: list[str] = Field(default_factory=list, description="Room lists it belongs to, made where missing.")


class RoomChange(Body):
    """Facts and calendar processing to change."""

    place: PlaceChange = PlaceChange()
    processing: dict[str, bool | int | str | list[str]] = Field(default_factory=dict)
    delays: dict[str, float] = Field(default_factory=dict, description="Where this room differs from /delays.")


class Settlement(Body):
    """A delegate's answer to a request: accepted or declined."""

    uid: str
    answer: Answer
    comment: str = ""


class CheckIn(Body):
    """Somebody came."""

    uid: str


class DelayChange(Body):
    """Seconds of world time; only those given are changed."""

    deliver: float | None = Field(default=None, ge=0)
    process: float | None = Field(default=None, ge=0)
    reply: float | None = Field(default=None, ge=0)
    rotate: float | None = Field(default=None, ge=0)
    decide: float | None = Field(default=None, ge=0)


class LimitChange(Body):
    """What one mailbox may send; null for no limit."""

    messages_per_minute: int | None = Field(default=30, ge=1)
    recipients_per_day: int | None = Field(default=10_000, ge=1)


def routes(context: Context) -> list[Route]:
    """The routes of this area."""
    world = context.world
    query = (("tenant", "Id or domain. Left out: every tenant in a list, else the only one."),)
    return [
        Route("GET", "/rooms", "Rooms with facts and processing.", lambda o: _rooms(world, o), query=query),
        Route("POST", "/rooms", "Add a room.", lambda o: _add(world, o), NewRoom),
        Route("GET", "/rooms/{room}", "One room.", lambda o: _room(world, _named(world, o))),
        Route("PATCH", "/rooms/{room}", "Change a room.", lambda o: _change(world, o), RoomChange),
        Route("GET", "/rooms/{room}/awaiting", "Requests that wait for a delegate.", lambda o: _awaiting(world, o)),
        Route("POST", "/rooms/{room}/settle", "Decide as the delegate.", lambda o: _settle(world, o), Settlement),
        Route("POST", "/rooms/{room}/check-in", "Somebody came.", lambda o: _check_in(world, o), CheckIn),
        Route("GET", "/delays", "Seconds between the steps of a meeting's mail.", lambda _: world.delays),
        Route("PATCH", "/delays", "Change those delays.", lambda o: _delays(world, o), DelayChange),
        Route("GET", "/limits", "What one mailbox may send.", lambda _: world.post.limits),
        Route("PATCH", "/limits", "Change the sending limits.", lambda o: _limits(world, o), LimitChange),
    ]


def _named(world: World, order: Order) -> User:
    user = user_named(world, order.values["room"])
    if user.id not in world.directory.places:
        raise NotFound(f"{user.display_name} is not a room.")
    return user


def _room(world: World, user: User) -> Json:
    lists = [r.address for r in world.directory.room_lists.values() if user.id in r.room_ids]
    return {
        "user": user,
        "place": world.directory.places[user.id],
        "processing": world.directory.processing[user.id],
        "delays": world.delays_of(user.id),
        "lists": lists,
    }


def _rooms(world: World, order: Order) -> Json:
    users = (u for t in customers(world, order.values.get("tenant")) for u in world.directory.users_of(t.id))
    return [_room(world, user) for user in users if user.id in world.directory.places]


def _add(world: World, order: Order) -> Json:
    body: NewRoom = order.body
    facts = facts_of(body)
    for name in ("place", "processing", "lists"):
        facts.pop(name, None)
    tenant = tenant_named(world, facts.pop("tenant", None))
    facts = {"mail": body.upn, "purpose": Purpose.ROOM, **facts}
    processing = Processing()
    _set_processing(processing, body.processing)
    place = Place("", world.new_id(), **body.place.model_dump(exclude_unset=True))
    user = User(id=world.new_id(), tenant_id=tenant.id, **facts)
    place.user_id = user.id
    world.directory.add_room(user, place, processing)
    for address in body.lists:
        _list_at(world, tenant.id, address).room_ids.append(user.id)
    return _room(world, user)


def _list_at(world: World, tenant_id: str, address: str) -> RoomList:
    found = world.directory.find_room_list(tenant_id, address)
    return found or world.directory.add_room_list(
        RoomList(world.new_id(), tenant_id, address, address.partition("@")[0])
    )


def _change(world: World, order: Order) -> Json:
    body: RoomChange = order.body
    user = _named(world, order)
    _set_processing(world.directory.processing[user.id], body.processing)
    for name, value in body.place.model_dump(exclude_unset=True).items():
        setattr(world.directory.places[user.id], name, value)
    if body.delays:
        named = {f.name for f in fields(Delays)}
        if unknown := set(body.delays) - named:
            raise Invalid(f"There is no delay {', '.join(sorted(unknown))}; there are {', '.join(sorted(named))}.")
        held = {name: getattr(world.delays_of(user.id), name) for name in named}
        world.room_delays[user.id] = Delays(**{**held, **body.delays})
    return _room(world, user)


def _set_processing(processing: Processing, changes: dict[str, Any]) -> None:
    """Set parameters by name, checked against the type of what they are; all of them or none."""
    checked = {}
    for name, value in changes.items():
        if name not in {f.name for f in fields(Processing)}:
            raise Invalid(f"Calendar processing has no parameter {name!r}.")
        held = getattr(processing, name)
        if isinstance(held, Automate) and value in set(Automate):
            checked[name] = Automate(value)
        elif type(held) is type(value):
            checked[name] = value
        else:
            raise Invalid(f"The parameter {name} does not take {value!r}.")
    for name, value in checked.items():
        setattr(processing, name, value)


def _awaiting(world: World, order: Order) -> Json:
    return [shown(event) for event in world.attendant.awaiting(_named(world, order).id)]


def _settle(world: World, order: Order) -> Json:
    body: Settlement = order.body
    world.attendant.settle(_named(world, order).id, body.uid, body.answer, body.comment)
    return {"settled": body.uid}


def _check_in(world: World, order: Order) -> Json:
    world.attendant.check_in(_named(world, order).id, order.body.uid)
    return {"checked_in": order.body.uid}


def _delays(world: World, order: Order) -> Json:
    for name, value in order.body.model_dump(exclude_none=True).items():
        setattr(world.delays, name, value)
    return world.delays


def _limits(world: World, order: Order) -> Json:
    changes = order.body.model_dump(exclude_unset=True)
    held = world.post.limits
    world.post.limits = SendingLimits(
        changes.get("messages_per_minute", held.messages_per_minute),
        changes.get("recipients_per_day", held.recipients_per_day),
    )
    return world.post.limits
