"""What a booking looks like to the provider: the event that a push writes."""

from roomstead.application.policy import Policy
from roomstead.domain.booking import Booking, Field, Intent, IntentKind, write_key
from roomstead.domain.errors import Broken
from roomstead.domain.event import Attendee, AttendeeRole, OutgoingEvent
from roomstead.domain.hosted_description import compose_description
from roomstead.domain.hosting import HostKind
from roomstead.domain.mailbox import Address

REMINDER_MINUTES = 15


def booking_tag(booking: Booking) -> str:
    """What marks our event in the host's calendar as this booking's."""
    return str(booking.id)


def outgoing_event(booking: Booking, intent: Intent, policy: Policy) -> OutgoingEvent:
    """The state of the event once ``intent`` (a create or a change) is done.

    Hosted by the service account the organiser is invited exactly once and named in the description; hosted in their
    own calendar they are no attendee. A change that leaves the description alone sends none. A service account reads
    no reminders, so it gets none.
    """
    if booking.hosting is None:
        raise Broken("This booking has no host.")
    is_hosted = booking.hosting.kind is HostKind.SERVICE_ACCOUNT
    sends_text = intent.kind is IntentKind.CREATE or Field.DESCRIPTION in intent.wanted.fields
    rooms = [request.room for request in booking.occurrence.wanted_rooms]
    return OutgoingEvent(
        booking_tag=booking_tag(booking),
        write_key=write_key(booking.id, booking.hosting.generation),
        title=booking.title,
        description=_description(booking, policy, is_hosted=is_hosted) if sends_text else None,
        span=booking.occurrence.span,
        zone=booking.zone,
        attendees=_attendees(booking, booking.hosting.mailbox.address, is_hosted=is_hosted),
        location=", ".join(room.name for room in rooms),
        is_private=booking.is_private,
        reminder_minutes=None if is_hosted else REMINDER_MINUTES,
        withdrawn=intent.wanted.withdrawn,
    )


def _description(booking: Booking, policy: Policy, *, is_hosted: bool) -> str:
    if not is_hosted:
        return booking.description
    url = f"{policy.public_url.rstrip('/')}/bookings/{booking.id}"
    return compose_description(booking.description, booking.organizer.name, booking.organizer.address, url)


def _attendees(booking: Booking, host: Address, *, is_hosted: bool) -> tuple[Attendee, ...]:
    invited: dict[Address, Attendee] = {}
    if is_hosted:
        organizer = booking.organizer
        invited[organizer.address] = Attendee(organizer.address, organizer.name)
    for request in booking.occurrence.wanted_rooms:
        address = request.room.mailbox.address
        invited[address] = Attendee(address, request.room.name, AttendeeRole.ROOM)
    for each in booking.attendees:
        invited.setdefault(each.address, Attendee(each.address, each.name, each.role))
    never = {host, *booking.organizer.addresses} - ({booking.organizer.address} if is_hosted else set())
    return tuple(attendee for address, attendee in invited.items() if address not in never)
