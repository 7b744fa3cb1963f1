"""How a job is written down: a task's name and one id."""

import dataclasses
from uuid import UUID

from roomstead.application.ports.jobs import (
    DeliverWebhooks,
    DiscoverRooms,
    Job,
    PullMailbox,
    PushBooking,
    RunVerification,
)

TASKS: dict[type[Job], str] = {
    PushBooking: "push_booking",
    PullMailbox: "pull_mailbox",
    RunVerification: "run_verification",
    DiscoverRooms: "discover_rooms",
    DeliverWebhooks: "deliver_webhooks",
}

PRIORITIES: dict[type[Job], int] = {
    PushBooking: 20,
    RunVerification: 10,
    PullMailbox: 0,
    DeliverWebhooks: -5,
    DiscoverRooms: -10,
}
"""People wait for a push; they watch a verification."""


def arguments(job: Job) -> dict[str, str]:
    """The job's ids as text, by field."""
    return {field.name: str(getattr(job, field.name)) for field in dataclasses.fields(job)}


def read(kind: type[Job], stored: dict[str, str]) -> Job:
    """The job that was written down."""
    return kind(*(UUID(stored[field.name]) for field in dataclasses.fields(kind)))
