"""P2: bookings a second in rooms of their own, and how many win when many want one slot."""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from itertools import count

from bench.figures import Figure, at_least, at_most, median_ms
from bench.load import Answer, Connection
from bench.stage import FIRST_DAY, Stage, stage

ROOMS = 400
BOOKINGS = {1: 40, 16: 160}
"""By how many clients; as many a turn, and ours and the floor's in turns, so that a noisy moment hits both."""
TURNS = 7
ROUNDS = 30
CREATED = 201
TAKEN = 409

Ask = Callable[[Connection, bytes], Awaitable[Answer]]


def measure() -> Sequence[Figure]:
    """Rates beside the floor's, and winners per round."""
    with stage(ROOMS, with_claims=False) as ready:
        return asyncio.run(_measure(ready))


async def _measure(ready: Stage) -> list[Figure]:
    figures: list[Figure] = []
    days = count()
    for clients, bookings in BOOKINGS.items():
        rates = [
            [
                await _rate(_open(ready, ask), ask, clients, bookings, _bodies(ready, next(days)))
                for ask in (_ours, _floor)
            ]
            for _ in range(1 + TURNS)
        ]
        ours, floor = (statistics.median(side) for side in zip(*rates[1:], strict=True))  # the first turn warms up
        figures.append(at_least("P2", f"bookings, distinct rooms, {clients} clients", ours, floor, 0.3))
    for clients in (16, 64):
        floor_rounds = [await _round(ready, _slot, clients, next(days)) for _ in range(ROUNDS)]
        our_rounds = [await _round(ready, _ours, clients, next(days)) for _ in range(ROUNDS)]
        worst = max(our_rounds, key=lambda each: abs(each[0] - 1))[0]
        work = f"{clients} clients want one slot"
        figures.append(
            Figure("P2", f"{work}: winners in the worst of {ROUNDS} rounds", worst, "", None, "1", worst == 1)
        )
        ours, floor = (median_ms([seconds for _, seconds in each]) for each in (our_rounds, floor_rounds))
        figures.append(at_most("P2", f"{work}: a round, p50", ours, floor, 6))
    return figures


async def _ours(connection: Connection, body: bytes) -> Answer:
    return await connection.ask("POST", "/api/v1/bookings", body)


async def _floor(connection: Connection, body: bytes) -> Answer:
    return await connection.ask("POST", "/book", body)


async def _slot(connection: Connection, body: bytes) -> Answer:
    return await connection.ask("POST", "/slot", body)


def _open(ready: Stage, ask: Ask) -> Callable[[], Awaitable[Connection]]:
    """Opens connections to the side that ``ask`` asks."""

    def connect() -> Awaitable[Connection]:
        return Connection(ready.ours, ready.token).open() if ask is _ours else Connection(ready.floor).open()

    return connect


def _bodies(ready: Stage, day: int) -> Iterator[bytes]:
    """Bookings on one day, each in a room or at a time of its own."""
    for number in count():
        hour, room = divmod(number, len(ready.rooms))
        yield _body(ready.rooms[room], day, hour)


def _body(room: str, day: int, hour: int) -> bytes:
    start = FIRST_DAY + timedelta(days=day, hours=hour)
    return json.dumps(
        {
            "room_id": room,
            "start": start.isoformat(),
            "end": (start + timedelta(minutes=30)).isoformat(),
            "title": "Budget review",
            "attendees": [{"address": f"guest{number}@contoso.example"} for number in range(4)],
        }
    ).encode()


async def _rate(
    connect: Callable[[], Awaitable[Connection]], ask: Ask, clients: int, bookings: int, bodies: Iterator[bytes]
) -> float:
    connections = [await connect() for _ in range(clients)]

    async def work(connection: Connection) -> None:
        for _ in range(bookings // clients):
            answer = await ask(connection, next(bodies))
            assert answer.status == CREATED, answer.body

    began = time.perf_counter()
    await asyncio.gather(*(work(connection) for connection in connections))
    seconds = time.perf_counter() - began
    for connection in connections:
        await connection.close()
    return bookings // clients * clients / seconds


async def _round(ready: Stage, ask: Ask, clients: int, day: int) -> tuple[int, float]:
    """How many of ``clients`` get one slot that all want at once, and how long until all have their answer."""
    connect = _open(ready, ask)
    connections = [await connect() for _ in range(clients)]
    body = _body(ready.rooms[0], day, 0)
    began = time.perf_counter()
    answers = await asyncio.gather(*(ask(connection, body) for connection in connections))
    seconds = time.perf_counter() - began
    for connection in connections:
        await connection.close()
    assert {answer.status for answer in answers} <= {CREATED, TAKEN}, [answer.body for answer in answers][:3]
    return sum(answer.status == CREATED for answer in answers), seconds
