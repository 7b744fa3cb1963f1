"""A large tenant for measurements: as many mailboxes and items as asked for, made without sending any mail."""

import gc
from datetime import datetime, timedelta
from itertools import count as count_from

from roomstead_sandbox.world.core import person
from roomstead_sandbox.world.events import Answer, Attendee, Content, Event, EventKind, Person, Role
from roomstead_sandbox.world.mailbox import DEFAULT_CALENDAR
from roomstead_sandbox.world.people import Place, Purpose, RoomList, Tenant, User
from roomstead_sandbox.world.world import World

DOMAIN = "big.example"
TENANT_ID = "b1600000-0000-4000-8000-000000000000"
_ROOM_SHARE = 5  # every fifth mailbox is a room
_SLOT = timedelta(minutes=90)
_PAST = timedelta(days=30)


def big(world: World, *, mailboxes: int, events: int, past: timedelta = _PAST) -> None:
    """Plant `mailboxes` mailboxes, a fifth of them rooms, and `events` items: every meeting once with its
    organiser and once in its room, from `past` ago on over the coming months, without overlap in any room.
    """
    world.directory.add_tenant(Tenant(TENANT_ID, "Big", [DOMAIN]))
    rooms = [_room(world, number) for number in range(max(mailboxes // _ROOM_SHARE, 1))]
    people = [_person(world, number) for number in range(max(mailboxes - len(rooms), 1))]
    world.directory.add_room_list(
        RoomList(world.new_id(), TENANT_ID, f"all@{DOMAIN}", "All rooms", [r.id for r in rooms])
    )
    enabled = gc.isenabled()
    gc.disable()
    try:
        _meetings(world, people, rooms, events // 2, past)
    finally:
        gc.freeze()  # what was planted stays: the collector need not look at it again
        if enabled:
            gc.enable()


def _person(world: World, number: int) -> User:
    address = f"person{number}@{DOMAIN}"
    return world.directory.add_user(User(world.new_id(), TENANT_ID, address, f"Person {number}", address))


def _room(world: World, number: int) -> User:
    address = f"room{number}@{DOMAIN}"
    user = User(
        world.new_id(), TENANT_ID, address, f"Room {number}", address, purpose=Purpose.ROOM, account_enabled=False
    )
    place = Place(user.id, world.new_id(), f"Building {number // 50}", number % 50 // 10, capacity=4 + number % 17)
    return world.directory.add_room(user, place)


def _meetings(world: World, people: list[User], rooms: list[User], count: int, past: timedelta) -> None:
    now = world.now()
    first = now.replace(minute=0, second=0, microsecond=0) - past
    batches: dict[str, list[Event]] = {user.id: [] for user in (*people, *rooms)}
    named = {user.id: person(user) for user in (*people, *rooms)}
    answers = {r.id: (Attendee(r.mail or r.upn, r.display_name, Role.RESOURCE, Answer.ACCEPTED, now),) for r in rooms}
    keys = {user_id: count_from(1) for user_id in batches}
    for number in range(count):
        room = rooms[number % len(rooms)].id
        organizer = people[number % len(people)].id
        start = first + _SLOT * (number // len(rooms))
        content = Content(f"Meeting {number}", start, start + timedelta(hours=1), attendees=answers[room])
        ical_uid = world.new_ical_uid()
        own = _copy(next(keys[organizer]), organizer, ical_uid, content, named[organizer], now)
        copy = _copy(next(keys[room]), room, ical_uid, content, named[organizer], now)
        own.is_organizer, own.response = True, Answer.ORGANIZER
        batches[organizer].append(own)
        batches[room].append(copy)
    for user_id, batch in batches.items():
        if batch:
            world.mailboxes.of(user_id).load(batch)


def _copy(key: int, holder: str, ical_uid: str, content: Content, organizer: Person, now: datetime) -> Event:
    return Event(
        key, holder, DEFAULT_CALENDAR, ical_uid, EventKind.SINGLE, content, organizer,
        is_organizer=False, response=Answer.ACCEPTED, responded_at=now, created=now, modified=now,
    )  # fmt: skip
