"""What a booking's event shall say in its host's calendar. Pure.

The organiser is invited exactly once when somebody else's mailbox hosts, and never when their own does. The host is
never an attendee. A hosted event's description tells who really organises.
"""

from roomstead.domain.booking import Booking, Field, Hosting, Intent, IntentKind, write_key
from roomstead.domain.errors import Broken
from roomstead.domain.event import Attendee, AttendeeRole, MustSay, OutgoingEvent
from roomstead.domain.hosted_description import compose_description, organizer_lines
from roomstead.domain.hosting import HostKind

REMINDER_MINUTES = 15


def outgoing_event(booking: Booking, intent: Intent, *, booking_url: str) -> OutgoingEvent:
    """The event as ``intent`` wants it. ``booking_url``: where the organiser changes or cancels the booking.

    A change that leaves the description alone carries none, so that what the provider's side made of it (formatting,
    the block by which one joins online) stays. Raises Broken for a booking that has no host.
    """
    hosting = booking.hosting
    if hosting is None:
        raise Broken("This booking has no host.")
    is_hosted = hosting.kind is HostKind.SERVICE_ACCOUNT
    return OutgoingEvent(
        booking_tag=str(booking.id),
        write_key=write_key(booking.id, hosting.generation),
        title=booking.title,
        description=_description(booking, intent, booking_url, is_hosted=is_hosted),
        span=booking.occurrence.span,
        zone=booking.zone,
        attendees=_invited(booking, hosting),
        location=", ".join(request.room.name for request in booking.occurrence.wanted_rooms),
        is_private=booking.is_private,
        reminder_minutes=None if is_hosted else REMINDER_MINUTES,
        must_say=_must_say(booking, booking_url) if is_hosted else None,
        withdrawn=intent.wanted.withdrawn,
    )


def _description(booking: Booking, intent: Intent, booking_url: str, *, is_hosted: bool) -> str | None:
    if intent.kind is not IntentKind.CREATE and Field.DESCRIPTION not in intent.wanted.fields:
        return None
    if not is_hosted:
        return booking.description
    organizer = booking.organizer
    return compose_description(booking.description, organizer.name, organizer.address, booking_url)


def _must_say(booking: Booking, booking_url: str) -> MustSay:
    organizer = booking.organizer
    lines = organizer_lines(organizer.name, organizer.address, booking_url)
    return MustSay(lines.splitlines()[1], lines)


def _invited(booking: Booking, hosting: Hosting) -> tuple[Attendee, ...]:
    organizer = booking.organizer
    rooms = [
        Attendee(request.room.mailbox.address, request.room.name, AttendeeRole.ROOM)
        for request in booking.occurrence.wanted_rooms
    ]
    never = {hosting.mailbox.address, organizer.address, *organizer.addresses, *(room.address for room in rooms)}
    people = [Attendee(each.address, each.name, each.role) for each in booking.attendees if each.address not in never]
    if hosting.kind is HostKind.SERVICE_ACCOUNT:
        people.insert(0, Attendee(organizer.address, organizer.name, AttendeeRole.REQUIRED))
    return (*people, *rooms)
