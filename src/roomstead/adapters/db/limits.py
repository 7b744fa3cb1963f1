"""Bounds on calls to providers, shared by all workers through the database."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from time import monotonic

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from roomstead.application.ports.limits import CallLimits, LimitRules, Meter
from roomstead.domain.errors import Throttled

LEASE = timedelta(minutes=2)
"""How long the place of a worker that died stays taken; longer than any call lasts."""
LOOK_FOR_OTHERS_EVERY = 10.0

_TAKE = text(
    "SELECT roomstead_take_call(:app, :mailbox, CAST(:holder AS uuid), :mailbox_places, :app_places,"
    " CAST(:lease AS interval))"
)
_TAKE_TURN = text(
    "SELECT wait, is_taken FROM roomstead_take_turn(CAST(:names AS text[]), CAST(:intervals AS interval[]),"
    " CAST(:credits AS interval[]), CAST(:patience AS interval))"
)
_GIVE_BACK = text("DELETE FROM call_lease WHERE holder = CAST(:holder AS uuid)")
_PAUSE = text(
    """
    INSERT INTO call_pause (app, mailbox, until)
    VALUES (:app, :mailbox, clock_timestamp() + CAST(:length AS interval))
    ON CONFLICT (app, mailbox) DO UPDATE SET until = greatest(call_pause.until, excluded.until)
    """
)
_WORKERS = text("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute'")


class SharedCallLimits:
    """Implements ``CallLimits`` for any number of processes: a place is a row that its holder deletes.

    Three short statements a call. Time is the database's, which all workers share.
    """

    def __init__(self, engine: AsyncEngine, rules: LimitRules | None = None) -> None:
        """Each statement is a transaction of its own."""
        self._engine = engine
        self._rules = rules or LimitRules()

    @asynccontextmanager
    async def slot(self, app: str, mailbox: str, meters: Sequence[Meter] = ()) -> AsyncGenerator[None]:
        """Hold one place for the length of a call. Raises Throttled when the wait would outlast our patience."""
        if meters:
            await self._wait_for_turn(meters)
        holder = str(uuid.uuid4())
        await self._wait_for(app, mailbox, holder)
        try:
            yield
        finally:
            async with self._engine.begin() as connection:
                await connection.execute(_GIVE_BACK, {"holder": holder})

    async def pause(self, app: str, mailbox: str, length: timedelta) -> None:
        """No worker calls this mailbox (or, if empty, this app) for ``length``. A longer pause stays in force."""
        async with self._engine.begin() as connection:
            await connection.execute(_PAUSE, {"app": app, "mailbox": mailbox, "length": length})

    async def _wait_for_turn(self, meters: Sequence[Meter]) -> None:
        """Lines are taken in the order of their names, so that no two callers wait for each other."""
        ordered = sorted(meters, key=lambda meter: meter.name)
        async with self._engine.begin() as connection:
            answer = await connection.execute(
                _TAKE_TURN,
                {
                    "names": [meter.name for meter in ordered],
                    "intervals": [meter.pace for meter in ordered],
                    "credits": [meter.rate.credit for meter in ordered],
                    "patience": self._rules.turn_patience,
                },
            )
            wait, is_taken = answer.one()
        if not is_taken:
            raise Throttled(after=wait)
        if wait > timedelta(0):
            await asyncio.sleep(wait.total_seconds())

    async def _wait_for(self, app: str, mailbox: str, holder: str) -> None:
        deadline = monotonic() + self._rules.patience.total_seconds()
        while (wait := await self._take(app, mailbox, holder)) > timedelta(0):
            if monotonic() + wait.total_seconds() > deadline:
                raise Throttled(after=wait)
            await asyncio.sleep(wait.total_seconds())

    async def _take(self, app: str, mailbox: str, holder: str) -> timedelta:
        """Nothing when a place was taken, else how long to wait before asking again."""
        rules = self._rules
        async with self._engine.begin() as connection:
            answer = await connection.execute(
                _TAKE,
                {
                    "app": app,
                    "mailbox": mailbox,
                    "holder": holder,
                    "mailbox_places": rules.mailbox_concurrency,
                    "app_places": rules.app_concurrency,
                    "lease": LEASE,
                },
            )
            wait: timedelta = answer.scalar_one()
        return wait


class CallLimitsAmongWorkers:
    """Implements ``CallLimits``: in memory while this worker is the only one, through the database when there are more.

    Bounds may be overstepped for seconds after another worker came; the provider's own answer then slows both down.
    """

    def __init__(self, engine: AsyncEngine, alone: CallLimits, shared: CallLimits) -> None:
        """``alone`` and ``shared`` go by the same rules."""
        self._engine = engine
        self._alone = alone
        self._shared = shared
        self._is_alone = True
        self._looked_at = float("-inf")

    @asynccontextmanager
    async def slot(self, app: str, mailbox: str, meters: Sequence[Meter] = ()) -> AsyncGenerator[None]:
        """Hold one place for the length of a call."""
        async with (await self._limits()).slot(app, mailbox, meters):
            yield

    async def pause(self, app: str, mailbox: str, length: timedelta) -> None:
        """Leave a mailbox or an app alone, also when another worker comes meanwhile."""
        await self._alone.pause(app, mailbox, length)
        if await self._limits() is self._shared:
            await self._shared.pause(app, mailbox, length)

    async def _limits(self) -> CallLimits:
        if monotonic() - self._looked_at > LOOK_FOR_OTHERS_EVERY:
            self._looked_at = monotonic()
            async with self._engine.connect() as connection:
                self._is_alone = (await connection.execute(_WORKERS)).scalar_one() <= 1
        return self._alone if self._is_alone else self._shared
