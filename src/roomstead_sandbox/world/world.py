"""The world: everything of a rehearsal tenant, and the verbs that change it."""

from datetime import datetime

from roomstead_sandbox.world.answers import Answers
from roomstead_sandbox.world.attendant import Attendant
from roomstead_sandbox.world.clock import Clock
from roomstead_sandbox.world.core import Core
from roomstead_sandbox.world.delivery import Delivery
from roomstead_sandbox.world.linked.engine import Linked
from roomstead_sandbox.world.meetings import Meetings
from roomstead_sandbox.world.outsiders import Outsiders


class World(Core):
    """One rehearsal world. Not thread-safe: one event loop owns it.

    State: `clock`, `stream`, `directory`, `mailboxes`, `post` (mail log and limits), `faults`, `switches`,
    `delays`, `requests`. Verbs: `meetings` (organiser), `answers` (attendee), `attendant` (rooms), `outsiders`;
    `linked` does the same for calendars that a service keeps in step, and the others turn to it for those.
    """

    def __init__(self, *, now: datetime | None = None, seed: int = 1, frozen: bool = True, speed: float = 1.0) -> None:
        super().__init__(Clock(now, speed=speed, frozen=frozen), seed)
        self.linked = Linked(self)
        self.meetings = Meetings(self, self.linked)
        self.answers = Answers(self, self.linked)
        self.attendant = Attendant(self, self.answers, self.linked)
        self.outsiders = Outsiders(self)
        Delivery(self, self.attendant, self.linked)

    def clear(self) -> None:
        """Forget everything but the time; listeners, faces and timer handlers stay."""
        super().clear()
        self.attendant.checked_in.clear()
        self.outsiders.clear()
