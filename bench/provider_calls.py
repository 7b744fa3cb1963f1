"""P8: calls to the provider for one booking until the room has answered, and for a mailbox where nothing is new.

As with notifications: each of the two mailboxes is pulled once after the room has answered. Everything was asked
before, so that nobody is probed or signed in.
"""

import asyncio
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.figures import Figure
from bench.parts import Site, Tenant, connected
from bench.stage import fresh_database
from roomstead.application.booking.create import CreateBooking, create_booking
from roomstead.application.booking.read import ReadBooking, read_booking
from roomstead.application.booking_request import BookingRequest
from roomstead.application.policy import Policy
from roomstead.application.ports.jobs import PushBooking
from roomstead.application.ports.mirror import FollowedId
from roomstead.application.sync.follow import follow_mailboxes
from roomstead.application.sync.push.run import push_booking
from roomstead.domain.booking import BookingState
from roomstead.domain.integration import Room
from roomstead.domain.mailbox import parse_address
from roomstead.domain.people import SYSTEM, Actor, Person, PersonId, Role, Via
from roomstead_sandbox.running import RunningSandbox
from roomstead_sandbox.world.world import World

ROOM = "oak@contoso.example"
ORGANIZER = "jane.doe@contoso.example"
MOST_CALLS = 5
ROOM_ANSWERS_WITHIN = 120.0


@dataclass(frozen=True, slots=True)
class WorldClock:
    """Implements ``Clock`` by the rehearsal's, which is advanced by hand."""

    world: World

    def now(self) -> datetime:
        """The rehearsal's time."""
        return self.world.now()


def measure() -> Sequence[Figure]:
    """Calls, counted by the rehearsal tenant."""
    with ExitStack() as undo:
        _, url = undo.enter_context(fresh_database())
        sandbox = undo.enter_context(RunningSandbox())
        booking, idle = asyncio.run(_counted(url, sandbox))
    return (
        _figure("one booking, from the request to the room's answer", booking, MOST_CALLS),
        _figure("a mailbox that is looked at, nothing new", idle, 1),
    )


def _figure(work: str, calls: int, most: int) -> Figure:
    return Figure("P8", f"calls to the provider: {work}", calls, "", None, f"≤ {most}", calls <= most)


async def _counted(url: str, sandbox: RunningSandbox) -> tuple[int, int]:
    found = sandbox.endpoints
    tenant = Tenant(
        found["tenant_id"],
        found["login_base"],
        found["graph_base"],
        found["client_id"],
        found["client_secret"],
        "contoso.example",
    )
    async with connected(url, tenant, WorldClock(sandbox.world)) as site:
        (room_mailbox,) = await site.follow([ROOM])
        await site.pull(room_mailbox)
        jane = Person(PersonId(uuid.uuid4()), "Jane Doe", (parse_address(ORGANIZER),), Role.MEMBER)
        async with site.units() as uow:
            await uow.people.add(jane)
            room = (await uow.rooms.by_addresses([parse_address(ROOM)]))[parse_address(ROOM)]
            await uow.commit()
        await _book(site, sandbox, jane, room, timedelta(hours=50))
        before = sandbox.world.requests.total
        await _book(site, sandbox, jane, room, timedelta(hours=52))
        after = sandbox.world.requests.total
        await _pull_now(site, room_mailbox)
        return after - before, sandbox.world.requests.total - after


async def _book(site: Site, sandbox: RunningSandbox, jane: Person, room: Room, ahead: timedelta) -> None:
    """From the request to the room's answer."""
    start = site.clock.now().replace(minute=0, second=0, microsecond=0) + ahead
    request = BookingRequest(start, start + timedelta(minutes=30), "Budget review", room_id=room.id)
    actor, policy = Actor(jane.id, jane.name, jane.role, Via.API), Policy(debounce=timedelta(0))
    made = await create_booking(
        CreateBooking(request), actor, units=site.units, providers=site.providers, clock=site.clock, policy=policy
    )
    await push_booking(
        PushBooking(made.id), units=site.units, connections=site.connections, clock=site.clock, policy=policy
    )
    sandbox.advance(ROOM_ANSWERS_WITHIN)
    await follow_mailboxes(units=site.units, clock=site.clock)
    async with site.units() as uow:
        followed = (await uow.due.by(site.clock.now() + timedelta(days=2), 10)).mailboxes
    assert len(followed) == 2, "the room's mailbox and the organiser's"
    for mailbox_id in followed:
        await _pull_now(site, FollowedId(mailbox_id))
    seen = await read_booking(ReadBooking(made.id), SYSTEM, units=site.units, clock=site.clock)
    assert seen.state is BookingState.CONFIRMED, seen.state


async def _pull_now(site: Site, mailbox_id: FollowedId) -> None:
    """A round, due or not."""
    async with site.units() as uow:
        held = await uow.mirror.get(mailbox_id)
        assert held is not None
        await uow.mirror.round_failed(
            mailbox_id, error_code=held.error_code, next_round_at=site.clock.now(), forget_cursor=False
        )
        await uow.commit()
    await site.pull(mailbox_id)
