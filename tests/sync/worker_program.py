"""A worker as a process of its own, at the rehearsal's time and in a hurry; killed by tests at every step of a push."""

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from roomstead.adapters.connections import CachedConnections
from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.leadership import Leadership
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.adapters.jobs.worker import JobWorker, Pace
from roomstead.adapters.providers.registry import build_providers
from roomstead.adapters.secrets import Sealer
from roomstead.application.policy import Policy
from roomstead.bootstrap.worker import WorkerPorts, handlers, turns
from roomstead.entrypoints.worker.run import Regular, run_worker, stop_on_signals


@dataclass
class ShiftedClock:
    """Real time, shifted to the rehearsal's."""

    by: timedelta

    def now(self) -> datetime:
        """The present moment over there."""
        return datetime.now(UTC) + self.by


async def main(database_url: str, key: str, shift: float) -> None:
    """Work until told to stop."""
    engine = make_engine(database_url)
    units = SqlUnitsOfWork(engine, lambda connection: QueuedJobs(connection.exec_driver_sql))
    clock = ShiftedClock(timedelta(seconds=shift))
    providers = build_providers(clock, LocalCallLimits(clock), HttpSettings())
    connections = CachedConnections(units, Sealer([key]), providers)
    policy = Policy(push_patience=timedelta(seconds=1), debounce=timedelta(0), pull_interval=timedelta(seconds=2))
    ports = WorkerPorts(units, connections, providers, clock, policy)
    worker = JobWorker(database_url, handlers(ports), Pace(8, poll=0.1, heartbeat=0.2, dead_after=2.5, grace=30.0))
    stop = asyncio.Event()
    stop_on_signals(stop)
    print("working", flush=True)  # noqa: T201 - the test waits for it
    timetable = [
        Regular(turn.name, min(turn.every, 0.2), turn.work) for turn in turns(ports) if "test" not in turn.name
    ]
    await run_worker(take_jobs=worker.run, timetable=timetable, leadership=Leadership(engine), stop=stop)
    await connections.aclose()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
