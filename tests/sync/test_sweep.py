"""The sweep: our tables are the truth, so a lost job costs time and never work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from roomstead.application.sync.follow import follow_mailboxes
from roomstead.application.sync.sweep import sweep
from roomstead.domain.booking import BookingState
from roomstead.domain.integration import RoomStatus

if TYPE_CHECKING:
    from tests.sync.conftest import Town


async def _waiting(url: str) -> dict[str, int]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as session:
        found = await session.execute("SELECT task_name, count(*) FROM procrastinate_jobs GROUP BY 1")
        return {row[0]: row[1] for row in await found.fetchall()}


async def _empty_the_queue(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as session:
        await session.execute("TRUNCATE procrastinate_jobs CASCADE")


async def test_what_is_due_is_found_again_in_an_emptied_queue(town: Town, database_url: str) -> None:
    booking_id = await town.book("jane.doe", "oak")
    await follow_mailboxes(units=town.units, clock=town.clock)
    await _empty_the_queue(database_url)
    await sweep(units=town.units, clock=town.clock)
    assert await _waiting(database_url) == {"push_booking": 1, "pull_mailbox": len(town.rooms)}
    await sweep(units=town.units, clock=town.clock)  # what waits already is not left twice
    assert await _waiting(database_url) == {"push_booking": 1, "pull_mailbox": len(town.rooms)}
    await town.live(20)
    assert await town.state(booking_id) is BookingState.CONFIRMED
    await _empty_the_queue(database_url)
    await sweep(units=town.units, clock=town.clock)
    assert await _waiting(database_url) == {}  # nothing is due any more


async def test_mailboxes_are_followed_as_long_as_they_matter(town: Town) -> None:
    service = await town.use_service_account()
    assert await follow_mailboxes(units=town.units, clock=town.clock) == len(town.rooms) + 1
    assert await follow_mailboxes(units=town.units, clock=town.clock) == 0
    async with town.units() as uow:
        await uow.rooms.set_statuses([town.rooms["oak"].id], RoomStatus.UNREACHABLE)
        await uow.commit()
    await follow_mailboxes(units=town.units, clock=town.clock)
    async with town.units() as uow:
        due = [await uow.mirror.get(each) for each in (await uow.due.by(town.clock.now(), 100)).mailboxes]
    followed = {mailbox.ref.address for mailbox in due if mailbox is not None}
    assert "oak@contoso.example" not in followed
    assert service.mailbox.address in followed
    async with town.units() as uow:
        await uow.rooms.set_statuses([town.rooms["oak"].id], RoomStatus.LIVE)
        await uow.commit()
    assert await follow_mailboxes(units=town.units, clock=town.clock) == 1
