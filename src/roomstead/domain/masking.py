"""What a viewer may see of a booking, and the words in place of what may not be seen. Pure.

Participants see everything. Of an ordinary meeting colleagues see title and organiser, admins also text and guests;
answers are for participants alone. Of a private meeting everybody else, Global Admins included, sees a busy room.
"""

from dataclasses import dataclass
from enum import StrEnum

from roomstead.domain.booking import Booking
from roomstead.domain.mailbox import Address
from roomstead.domain.people import Actor

BUSY = "Busy"
UNAVAILABLE = "Meeting information unavailable"


class Relation(StrEnum):
    """How a viewer stands to a booking."""

    ORGANIZER = "organizer"
    BOOKED_BY = "booked_by"
    ATTENDEE = "attendee"
    ADMIN = "admin"
    COLLEAGUE = "colleague"


PARTICIPANTS = frozenset({Relation.ORGANIZER, Relation.BOOKED_BY, Relation.ATTENDEE})


@dataclass(frozen=True, slots=True)
class Visibility:
    """What may be shown, and whether it may be changed.

    ``causes``: the raw reason and codes of a host, for admins only; everybody else gets sentences.
    """

    title: bool
    organizer: bool
    text: bool
    people: bool
    answers: bool
    causes: bool
    may_edit: bool
    is_organizer: bool = False


def relation_of(actor: Actor, addresses: frozenset[Address], booking: Booking) -> Relation:
    """How the actor, who has these addresses, stands to the booking."""
    person = actor.person_id
    if person is not None and person == booking.organizer.person_id:
        return Relation.ORGANIZER
    if person is not None and person == booking.booked_by:
        return Relation.BOOKED_BY
    if any(each.address in addresses or (person and each.person_id == person) for each in booking.attendees):
        return Relation.ATTENDEE
    return Relation.ADMIN if actor.is_admin else Relation.COLLEAGUE


def may_see_title(relation: Relation, *, is_private: bool) -> bool:
    """Whether title and organiser are shown."""
    return relation in PARTICIPANTS or not is_private


def visibility(relation: Relation, actor: Actor, booking: Booking) -> Visibility:
    """What somebody of that relation may see and do."""
    takes_part = relation in PARTICIPANTS
    is_open = may_see_title(relation, is_private=booking.is_private)
    return Visibility(
        title=is_open,
        organizer=is_open,
        text=takes_part or (is_open and actor.is_admin),
        people=takes_part or (is_open and actor.is_admin),
        answers=takes_part,
        causes=actor.is_admin,
        may_edit=relation in {Relation.ORGANIZER, Relation.BOOKED_BY} or actor.is_admin,
        is_organizer=relation is Relation.ORGANIZER,
    )
