"""Jobs kept in our own PostgreSQL by Procrastinate: left in the caller's transaction, done by any number of workers."""

from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.adapters.jobs.worker import JobWorker

__all__ = ["JobWorker", "QueuedJobs"]
