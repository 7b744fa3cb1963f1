"""Rates that a provider sets, kept on a clock of the test's own: bursts stay below, and everybody gets their turn."""

import asyncio
import heapq
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.providers.google.calls import CallKind, GoogleCall, Reach
from roomstead.adapters.providers.google.rates import (
    CALENDAR_WRITES,
    DIRECTORY_READS,
    PROJECT_READS,
    PROJECT_WRITES,
    USER_READS,
    meters_of,
)
from roomstead.application.ports.limits import LimitRules, Meter, Rate
from roomstead.domain.errors import Throttled
from roomstead.domain.mailbox import Address, MailboxRef

APP = "C03/1046"
BOT = MailboxRef(Address("rooms-bot@corp.example"))
JANE = MailboxRef(Address("jane@corp.example"))
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
EVENTS = "/calendars/{mailbox}/events"


class StoryClock:
    """Time that jumps to whoever wakes up next, as soon as nobody has anything left to do."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 10, tzinfo=UTC)
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._number = count()

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.moment + timedelta(seconds=seconds), next(self._number), woken))
        await woken

    async def play(self, parts: Iterable[Coroutine[object, object, None]]) -> None:
        """Let all of them come to their end."""
        tasks = [asyncio.ensure_future(part) for part in parts]
        while not all(task.done() for task in tasks):
            for _ in range(12):
                await asyncio.sleep(0)
            if self._sleepers:
                self.moment, _, woken = heapq.heappop(self._sleepers)
                woken.set_result(None)
        await asyncio.gather(*tasks)


@dataclass
class Scene:
    """Callers of one app, and when each of their calls began."""

    clock: StoryClock = field(default_factory=StoryClock)
    began: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    waits: list[timedelta] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.limits = LocalCallLimits(self.clock, LimitRules(app_concurrency=200), sleep=self.clock.sleep)

    async def call(
        self, call: GoogleCall, *, lasts: float = 0.1, starts: float = 0, counts: Sequence[Meter] = ()
    ) -> None:
        """One call by somebody who comes back whenever told to."""
        if starts:
            await self.clock.sleep(starts)
        asked = self.clock.now()
        while (again := await self._try(call, asked, lasts, counts)) is not None:
            await self.clock.sleep(again.total_seconds())

    async def _try(self, call: GoogleCall, asked: datetime, lasts: float, counts: Sequence[Meter]) -> timedelta | None:
        """When to come back; None: the call was made."""
        mailbox = call.mailbox.address if call.mailbox else ""
        try:
            async with self.limits.slot(APP, mailbox, counts or meters_of(call, "1046")):
                self.waits.append(self.clock.now() - asked)
                self.began[mailbox].append(self.clock.now())
                await self.clock.sleep(lasts)
        except Throttled as told:
            return told.after
        return None

    def most_within(self, window: timedelta, mailboxes: Sequence[MailboxRef] = ()) -> int:
        """The most calls that any stretch of this length has seen: of these mailboxes, or of all."""
        names: list[str] = [one.address for one in mailboxes] or list(self.began)
        moments = sorted(moment for name in names for moment in self.began[name])
        return max(bisect_left(moments, moment + window) - place for place, moment in enumerate(moments))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def read(mailbox: MailboxRef | None) -> GoogleCall:
    return GoogleCall("GET", EVENTS, CallKind.MAILBOX, mailbox)


def write(mailbox: MailboxRef) -> GoogleCall:
    return GoogleCall("POST", EVENTS, CallKind.MAILBOX, mailbox, is_write=True)


async def test_an_ordinary_booking_waits_for_nothing(scene: Scene) -> None:
    await scene.clock.play(scene.call(call) for call in (read(JANE), write(JANE), read(JANE)))
    assert scene.waits == [timedelta(0)] * 3


@pytest.mark.parametrize("lasts", [0.01, 0.4, 3.0])
async def test_a_user_is_called_less_than_six_hundred_times_a_minute(scene: Scene, lasts: float) -> None:
    crowd = [scene.call(read(BOT), lasts=lasts) for _ in range(900)]
    crowd += [scene.call(write(BOT), lasts=lasts) for _ in range(100)]
    await scene.clock.play(crowd)
    assert len(scene.began[BOT.address]) == 1000
    assert scene.most_within(MINUTE, [BOT]) <= 600


async def test_one_calendar_is_written_to_once_a_second_after_a_quick_start(scene: Scene) -> None:
    start = scene.clock.now()
    await scene.clock.play(scene.call(write(BOT)) for _ in range(300))
    assert scene.most_within(10 * SECOND) <= 20
    assert scene.clock.now() - start < 400 * SECOND, "the line is never idle while somebody waits"
    assert sum(wait < SECOND for wait in scene.waits) == 10


async def test_who_was_sent_away_is_not_sent_away_for_ever(scene: Scene) -> None:
    """While others keep coming, a little fewer than fit."""
    early = [scene.call(write(BOT)) for _ in range(60)]
    late = [scene.call(write(BOT), starts=1.1 * number) for number in range(300)]
    await scene.clock.play(early + late)
    assert len(scene.waits) == 360
    assert max(scene.waits) < 8 * MINUTE


def test_what_may_be_called_together_is_less_than_google_allows() -> None:
    assert USER_READS.calls + CALENDAR_WRITES.calls <= 600
    assert PROJECT_READS.calls + PROJECT_WRITES.calls <= 10_000
    assert DIRECTORY_READS.calls <= 2_400


@pytest.mark.parametrize("at_once", [1, 20, 49])
async def test_no_stretch_of_time_sees_more_than_the_rate(scene: Scene, at_once: int) -> None:
    rate = Rate(50, MINUTE, at_once=at_once)
    crowd = [scene.call(read(JANE), counts=(Meter("any", rate),)) for _ in range(150)]
    crowd += [scene.call(read(BOT), starts=n, counts=(Meter("any", rate),)) for n in range(0, 300, 2)]
    await scene.clock.play(crowd)
    assert len(scene.waits) == 300
    assert scene.most_within(MINUTE) <= 50


async def test_a_booking_does_not_wait_behind_thousands_of_looks(scene: Scene) -> None:
    looks = [scene.call(read(MailboxRef(Address(f"r{n}@corp.example")))) for n in range(1500)]
    written = Scene(clock=scene.clock)
    written.limits = scene.limits
    await scene.clock.play([*looks, written.call(write(JANE), starts=0.5)])
    assert max(scene.waits) > SECOND, "the looks are slowed down"
    assert max(written.waits) < SECOND / 5


async def test_calls_of_the_directory_have_a_number_of_their_own(scene: Scene) -> None:
    users = GoogleCall("GET", "/users", CallKind.DIRECTORY, reach=Reach.PEOPLE)
    assert {meter.name for meter in meters_of(users, "1046")}.isdisjoint(
        meter.name for meter in meters_of(read(None), "1046")
    )
    await scene.clock.play(scene.call(users) for _ in range(2500))
    assert scene.most_within(MINUTE) <= 2_400


def test_tenants_of_one_cloud_identity_share_its_projects_rate() -> None:
    assert meters_of(read(JANE), "1046")[0] == meters_of(read(BOT), "1046")[0]


@pytest.mark.parametrize(("calls", "at_once"), [(0, 0), (5, 5), (5, 0), (5, 6)])
def test_a_rate_lets_calls_through(calls: int, at_once: int) -> None:
    with pytest.raises(ValueError, match="at least one call"):
        Rate(calls, MINUTE, at_once=at_once)


async def test_a_clock_put_back_stops_nobody(scene: Scene) -> None:
    meter = Meter("any", Rate(70, MINUTE, at_once=10))
    async with scene.limits.slot(APP, "jane", (meter,)):
        scene.clock.moment -= timedelta(hours=1)
    for _ in range(10):
        async with scene.limits.slot(APP, "jane", (meter,)):
            pass
