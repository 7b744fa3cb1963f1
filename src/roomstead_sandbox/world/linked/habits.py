"""What a service does with rooms of its own accord, if its switches say so: other rooms for declined ones, and release.

(Google Workspace help: "Automatically replace declined rooms" and "Room release".)  Both change the list of attendees
or answers behind the organiser's back.
"""

from collections.abc import Callable
from dataclasses import replace

from roomstead_sandbox.world.core import Core
from roomstead_sandbox.world.events import NEVER, Answer, Attendee, Event, Role, same_address
from roomstead_sandbox.world.linked.answering import Answering
from roomstead_sandbox.world.linked.copies import Copies, holds_time
from roomstead_sandbox.world.linked.finding import find
from roomstead_sandbox.world.people import User

Consider = Callable[[User, Event], None]


class Habits:
    """Looks at meetings after an answer."""

    def __init__(self, core: Core, copies: Copies, answering: Answering, consider: Consider) -> None:
        self._core, self._copies, self._answering, self._consider = core, copies, answering, consider
        answering.answered = self.release_deserted

    def replace_declined(self, room: User, event: Event) -> bool:
        """Put a free room of the same building in the place of one that declined; whether there is one."""
        reached = self._answering.organizer_copy(event)
        if not self._core.switches.declined_rooms_are_replaced or reached is None:
            return False
        mailbox, theirs = reached
        other = next((r for r in self._alike(room) if self._is_free(r, theirs)), None)
        if other is None or theirs.content.recurrence is not None:
            return False
        new = Attendee(other.mail or other.upn, other.display_name, Role.RESOURCE, answered_at=NEVER)
        attendees = tuple(new if self._is(room, a) else a for a in theirs.content.attendees)
        mailbox.change(theirs, replace(theirs.content, attendees=attendees))
        self._copies.withdraw(room, theirs)
        self._copies.spread(theirs)
        self._consider(other, theirs)
        return True

    def release_deserted(self, event: Event) -> None:
        """Give rooms back when all guests but one have declined."""
        if not self._core.switches.deserted_rooms_are_released:
            return
        people = [a for a in event.content.attendees if a.role is not Role.RESOURCE]
        staying = [a for a in people if a.answer is not Answer.DECLINED]
        if len(people) < 2 or len(staying) > 1:  # noqa: PLR2004 - one alone deserts nobody
            return
        for attendee in event.content.attendees:
            room = self._core.linked_user(attendee.address) if attendee.answer is Answer.ACCEPTED else None
            copy = self._copy(room, event) if room is not None and room.is_resource else None
            if room is not None and copy is not None:
                self._answering.respond(room.id, copy.ref, Answer.DECLINED)

    def _copy(self, room: User, event: Event) -> Event | None:
        return find(self._core.mailboxes.of(room.id), event.ical_uid, event.original_start)

    def _alike(self, room: User) -> list[User]:
        """Other rooms of the building with as many seats, the smallest first."""
        places = self._core.directory.places
        wanted = places[room.id]
        seats = {
            user.id: places[user.id].capacity or 0
            for user in self._core.directory.users_of(room.tenant_id)
            if user.id in places and user.id != room.id and places[user.id].building == wanted.building
        }
        fitting = [user_id for user_id, count in seats.items() if count >= (wanted.capacity or 0)]
        return [self._core.directory.users[user_id] for user_id in sorted(fitting, key=lambda one: seats[one])]

    def _is_free(self, room: User, event: Event) -> bool:
        held = self._core.mailboxes.of(room.id).view(event.start, event.end)
        return not any(other.ical_uid == event.ical_uid or holds_time(other) for other in held)

    def _is(self, room: User, attendee: Attendee) -> bool:
        return any(same_address(attendee.address, known) for known in room.addresses)
