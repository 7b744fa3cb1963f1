"""A worker as a process of its own that only sends webhooks, in a hurry; killed by a test in the middle of it."""

import asyncio
import json
import sys
from datetime import timedelta
from functools import partial

from roomstead.adapters.clock import SystemClock
from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.leadership import Leadership
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.http.transport import make_tls_context
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.adapters.jobs.worker import JobWorker, Pace
from roomstead.adapters.secrets import Sealer
from roomstead.adapters.webhooks.addresses import AddressRules
from roomstead.adapters.webhooks.sender import HttpWebhookSender
from roomstead.application.ports.jobs import DeliverWebhooks
from roomstead.application.sync.sweep import sweep
from roomstead.bootstrap.hooks import Hooks
from roomstead.entrypoints.wire.webhooks import JsonPayloads
from roomstead.entrypoints.worker.run import Regular, run_worker, stop_on_signals


async def main(database_url: str, key: str) -> None:
    """Work until told to stop."""
    engine = make_engine(database_url)
    units, clock = SqlUnitsOfWork(engine, lambda connection: QueuedJobs(connection.exec_driver_sql)), SystemClock()
    sender = HttpWebhookSender(AddressRules(["127.0.0.0/8"]), make_tls_context(None))
    hooks = Hooks(Sealer([key]), sender, JsonPayloads(), timedelta(days=30))
    pace = Pace(4, poll=0.1, heartbeat=0.2, dead_after=2.5, grace=30.0)
    worker = JobWorker(database_url, {DeliverWebhooks: hooks.handler(units, clock)}, pace)
    stop = asyncio.Event()
    stop_on_signals(stop)
    sweeping = Regular("sweep", 0.2, partial(sweep, units=units, clock=clock))
    await run_worker(take_jobs=worker.run, timetable=[sweeping], leadership=Leadership(engine), stop=stop)
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
