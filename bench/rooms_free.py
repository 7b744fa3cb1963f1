"""P1: which rooms are free from t1 to t2, over HTTP, with filters and a page of 50."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlencode

from bench.figures import Figure, at_most, median_ms
from bench.load import Connection
from bench.stage import FIRST_DAY, Stage, stage

SIZES = (1_000, 10_000)
REQUESTS = 150
WARM_UP = 20
TIMES = 4.0


def measure() -> Sequence[Figure]:
    """The median answer at each size, and how it grows."""
    figures: list[Figure] = []
    for rooms in SIZES:
        with stage(rooms, with_claims=True) as ready:
            ours, floor = asyncio.run(_medians(ready))
        work = f"free rooms, {rooms:,} rooms × 100 claims, p50"
        figures.append(at_most("P1", work, ours, floor, TIMES))
    small, large = figures
    assert small.floor is not None
    assert large.floor is not None
    growth = at_most(
        "P1", "growth from 1,000 to 10,000 rooms", large.value / small.value, large.floor / small.floor, 1, "×"
    )
    return [*figures, growth]


async def _medians(ready: Stage) -> tuple[float, float]:
    """Ours and the floor's, asked in turns, so that a noisy moment hits both."""
    chance = random.Random(1)
    ours, floor = await Connection(ready.ours, ready.token).open(), await Connection(ready.floor).open()
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(WARM_UP + REQUESTS):
        query = _query(chance)
        for connection, path, taken in ((ours, "/api/v1/rooms/free", times[0]), (floor, "/free", times[1])):
            answer = await connection.ask("GET", f"{path}?{query}")
            assert answer.status == 200, answer.body
            if turn >= WARM_UP:
                taken.append(answer.seconds)
    await ours.close()
    await floor.close()
    return median_ms(times[0]), median_ms(times[1])


def _query(chance: random.Random) -> str:
    start = FIRST_DAY + timedelta(days=chance.randrange(40), hours=8, minutes=15 * chance.randrange(32))
    wanted = {"min_capacity": 6, "equipment": "projector", "limit": 50}
    return urlencode({"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat(), **wanted})
