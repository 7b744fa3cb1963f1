"""One act to be delivered, with what every step of a push needs."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.backoff import backoff
from roomstead.domain.booking import Booking, BookingId, Hosting, Intent, IntentKind, IntentStatus
from roomstead.domain.errors import Broken
from roomstead.domain.integration import Integration


class Step(Enum):
    """What comes after an act was worked on."""

    GO_ON = "go_on"
    """Read the booking again: the act is done, or has to be decided afresh."""
    WAIT = "wait"
    """Nothing more can be done now."""


@dataclass(frozen=True, slots=True)
class PushContext:
    """The ports of a push that every step needs."""

    units: UnitsOfWork
    clock: Clock
    policy: Policy


@dataclass(frozen=True, slots=True)
class Act:
    """The oldest unfinished intent of a booking, as it was read."""

    booking: Booking
    intent: Intent
    integration: Integration

    @property
    def hosting(self) -> Hosting:
        """The booking's current host. Raises Broken."""
        if self.booking.hosting is None:
            raise Broken("This booking has no host.")
        return self.booking.hosting

    @property
    def is_resend(self) -> bool:
        """Whether an earlier attempt may have been taken: it is settled first, by the same request again."""
        return self.intent.request is not None

    @property
    def is_first_create(self) -> bool:
        """Whether nothing of the booking can lie in any calendar, so that it may still be hosted by another."""
        return self.intent.kind is IntentKind.CREATE and not self.is_resend and self.hosting.event_id is None

    def wait(self, asked: timedelta | None = None) -> timedelta:
        """How long to leave it alone after the present attempt."""
        return backoff(self.intent.id, self.intent.attempts + 1, asked=asked)


async def next_act(context: PushContext, booking_id: BookingId) -> Act | None:
    """The act to work on now; None: there is none, it is not due, or it waits for somebody."""
    async with context.units() as uow:
        booking = await uow.bookings.get(booking_id)
        if booking is None or not booking.unfinished:
            return None
        integration = await uow.integrations.get(booking.integration_id)
    intent = booking.unfinished[0]
    is_due = intent.next_attempt_at is None or intent.next_attempt_at <= context.clock.now()
    if integration is None or intent.status is IntentStatus.HELD or not is_due:
        return None
    return Act(booking, intent, integration)
