"""The parts of a world that its verbs work on, in one place."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from roomstead_sandbox.world.clock import Clock
from roomstead_sandbox.world.directory import Directory
from roomstead_sandbox.world.events import Attendee, Content, Person
from roomstead_sandbox.world.faults import Faults
from roomstead_sandbox.world.mailboxes import Mailboxes
from roomstead_sandbox.world.people import Manner, User
from roomstead_sandbox.world.post import Post, SendingLimits
from roomstead_sandbox.world.requests import RequestLog
from roomstead_sandbox.world.stream import Stream
from roomstead_sandbox.world.switches import Switches


@dataclass(slots=True)
class Delays:
    """Seconds of world time between the steps of a meeting's mail."""

    deliver: float = 1.0  # request sent → in the attendee's mailbox
    process: float = 3.0  # there → the room's attendant decided
    reply: float = 2.0  # answer given → on the organiser's copy
    rotate: float = 2.0  # organiser's create → its revision changes by itself
    decide: float = 0.3  # linked calendars: invited → the room decided


class Core:
    """State and chance of a world. `seed` makes ids and faults repeatable."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self.clock = clock
        self.seed = seed
        self.chance = Random(seed)
        self.stream = Stream()
        self.directory = Directory()
        self.mailboxes = Mailboxes(self.directory, clock, self.stream)
        self.switches = Switches()
        self.post = Post(clock, self.directory, self._is_limited)
        self.faults = Faults(self.chance)
        self.delays = Delays()
        self.room_delays: dict[str, Delays] = {}  # by the room's user id, where it differs
        self.requests = RequestLog()

    def clear(self) -> None:
        """Forget everything but the time; listeners and timer handlers stay."""
        self.clock.clear()
        self.chance.seed(self.seed)
        self.directory.clear()
        self.mailboxes.clear()
        self.post.clear()
        self.post.limits = SendingLimits()
        self.faults.clear()
        self.switches = Switches()
        self.delays = Delays()
        self.room_delays.clear()
        self.requests.clear()

    def now(self) -> datetime:
        """The current time of the world."""
        return self.clock.now()

    def _is_limited(self, sender_id: str) -> bool:
        return self.switches.calendar_mail_counts and not self.is_linked(sender_id)

    def new_id(self) -> str:
        """A fresh UUID as text, from the world's own chance."""
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def new_ical_uid(self) -> str:
        """A fresh UID for a meeting, in the form that Outlook gives it."""
        stamp = f"{int(self.now().timestamp() * 10_000_000):016X}"
        unique = f"{self.chance.getrandbits(128):032X}"
        return f"040000008200E00074C5B7101A82E00800000000{stamp}000000000000000010000000{unique}"

    def is_linked(self, user_id: str) -> bool:
        """Whether this user's calendar is linked to the others of its service."""
        user = self.directory.users.get(user_id)
        return user is not None and self.directory.tenants[user.tenant_id].manner is Manner.LINKED

    def linked_user(self, address: str) -> User | None:
        """Whose linked calendar an address is, in any tenant; None for everybody else."""
        user = self.post.reached(address)
        return user if user is not None and self.is_linked(user.id) else None

    def shown_guests(self, content: Content) -> Content:
        """A meeting's guests by the addresses that calendars show, each once."""
        if not self.switches.aliases_become_primary:
            return content
        found: dict[str, Attendee] = {}
        for attendee in content.attendees:
            user = self.post.reached(attendee.address)
            address = attendee.address if user is None else user.mail or user.upn
            found.setdefault(address.casefold(), replace(attendee, address=address))
        return replace(content, attendees=tuple(found.values()))

    def new_linked_uid(self) -> str:
        """A fresh UID for a meeting, in the form that Google gives it: the event's id at google.com."""
        digits = "0123456789abcdefghijklmnopqrstuv"
        return "".join(self.chance.choice(digits) for _ in range(26)) + "@google.com"

    def delays_of(self, user_id: str) -> Delays:
        """The delays that hold for a mailbox."""
        return self.room_delays.get(user_id, self.delays)


def person(user: User) -> Person:
    """A user as calendars and mails name them."""
    return Person(user.mail or user.upn, user.display_name)
