"""What an event says: read when it is written down, which is at its first attempt."""

from datetime import datetime
from typing import Protocol

from roomstead.application.booking_view import BookingView, to_view
from roomstead.application.ports.store import UnitOfWork
from roomstead.domain.booking import Booking, BookingId
from roomstead.domain.integration import Integration
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.masking import Relation, Visibility, visibility
from roomstead.domain.people import SYSTEM, Actor, Role, Via
from roomstead.domain.webhook import Delivery, EndpointId, WebhookEvent

_COLLEAGUE = Actor(None, "webhook", Role.MEMBER, Via.SYSTEM)


class Payloads(Protocol):
    """Writes events down as the documentation describes them."""

    def booking(self, event: WebhookEvent, view: BookingView) -> str:
        """JSON of something that happened to a booking, at most as long as may be sent."""
        ...

    def integration(self, event: WebhookEvent, integration: Integration) -> str:
        """JSON of something that happened to an integration."""
        ...

    def test(self, event: WebhookEvent, endpoint_id: EndpointId) -> str:
        """JSON of a test."""
        ...


async def body_of(uow: UnitOfWork, delivery: Delivery, payloads: Payloads, now: datetime) -> str | None:
    """The body; None where what it is about is gone."""
    event = delivery.event
    if event.type.is_about_a_booking:
        booking = await uow.bookings.get(BookingId(event.subject_id))
        return None if booking is None else payloads.booking(event, to_view(booking, seen_outside(booking), now))
    if event.type.is_about_an_integration:
        integration = await uow.integrations.get(IntegrationId(event.subject_id))
        return None if integration is None else payloads.integration(event, integration)
    return payloads.test(event, delivery.endpoint_id)


def seen_outside(booking: Booking) -> Visibility:
    """What a webhook may tell of a booking: what a Global Admin sees who does not take part, of a private meeting
    what any colleague sees."""
    if booking.is_private:
        return visibility(Relation.COLLEAGUE, _COLLEAGUE, booking)
    return visibility(Relation.ADMIN, SYSTEM, booking)
