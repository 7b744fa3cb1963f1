"""A worker that does one verification and nothing else: a program of its own, so that it can be killed.

Arguments: database URL, sealing key, verification id, the moment at which its clock stands.
"""

import asyncio
import sys
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from roomstead.adapters.connections import CachedConnections
from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.adapters.providers.registry import build_providers
from roomstead.adapters.secrets import Sealer
from roomstead.application.integration.run_verification import run_verification
from roomstead.application.policy import Policy
from roomstead.domain.integration import VerificationId


@dataclass(frozen=True)
class StandingClock:
    """Implements ``Clock``: always the same moment."""

    moment: datetime

    def now(self) -> datetime:
        """The moment."""
        return self.moment


async def main(database_url: str, key: str, verification_id: str, moment: str) -> None:
    """Do it."""
    clock = StandingClock(datetime.fromisoformat(moment))
    units = SqlUnitsOfWork(make_engine(database_url), lambda connection: QueuedJobs(connection.exec_driver_sql))
    providers = build_providers(clock, LocalCallLimits(clock), HttpSettings())
    await run_verification(
        VerificationId(UUID(verification_id)),
        units=units,
        connections=CachedConnections(units, Sealer([key]), providers),
        providers=providers,
        clock=clock,
        policy=Policy(),
    )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
