"""What it costs when nothing happens, in statements: they are what an idle worker's time goes into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.statements import statements

from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.leadership import Leadership
from roomstead.application.ports.calendar import SyncCursor
from roomstead.application.ports.mirror import Progress
from roomstead.application.sync.sweep import sweep
from roomstead.domain.booking import BookingState

if TYPE_CHECKING:
    from tests.sync.conftest import Town

TURNS = 5


async def test_a_sweep_in_which_nothing_is_due_is_one_look(town: Town) -> None:
    booking_id = await town.book("jane.doe", "oak")
    await town.live(20)
    assert await town.state(booking_id) is BookingState.CONFIRMED
    with statements() as asked:
        assert sum([await sweep(units=town.units, clock=town.clock) for _ in range(TURNS)]) == 0
    assert len(asked) == TURNS


async def test_a_round_in_which_nothing_had_changed_is_two_looks_and_one_write(town: Town) -> None:
    await town.live(20)
    before = await town.mailbox("oak")
    town.sandbox.advance(2 * town.policy.pull_interval.total_seconds())
    with statements() as asked:
        await town.pull(before.id)
    assert [statement.split()[0] for statement in asked] == ["SELECT", "SELECT", "UPDATE"]
    after = await town.mailbox("oak")
    assert before.pulled_at is not None
    assert after.pulled_at is not None
    assert after.pulled_at > before.pulled_at
    assert after.next_round_at is not None
    assert after.next_round_at > town.clock.now()


async def test_a_round_that_comes_too_late_does_not_take_the_mailbox_back(town: Town) -> None:
    """Two workers may have asked; the second of them finds that the place is not the one that it asked from."""
    await town.live(20)
    await town.pull_now("oak")
    held = await town.mailbox("oak")
    assert held.window is not None
    late = Progress(
        cursor_before=SyncCursor("of another round"),
        cursor=SyncCursor("older"),
        cursor_version=held.cursor_version,
        window=held.window,
        generation_before=held.generation,
        generation=held.generation,
        seen_at=town.at(-100),
    )
    async with town.units() as uow:
        await uow.mirror.nothing_new(held, late, began_at=town.at(-100), next_round_at=town.at(-100))
        await uow.commit()
    assert await town.mailbox("oak") == held


async def test_a_leader_finds_out_that_it_still_leads_without_asking(database_url: str) -> None:
    engine = make_engine(database_url)
    leadership = Leadership(engine)
    assert await leadership.is_mine()
    with statements() as asked:
        assert all([await leadership.is_mine() for _ in range(TURNS)])
    assert asked == []
    await leadership.resign()
    await engine.dispose()
