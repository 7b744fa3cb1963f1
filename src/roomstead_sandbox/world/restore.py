"""A world from the sections that `snapshot` made of another one."""

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from roomstead_sandbox.world.changes import ChangeLog
from roomstead_sandbox.world.clock import Timer
from roomstead_sandbox.world.codec import Codec, Json
from roomstead_sandbox.world.core import Delays
from roomstead_sandbox.world.errors import Invalid
from roomstead_sandbox.world.events import Attendee, Content, Event, Person
from roomstead_sandbox.world.faults import Fault
from roomstead_sandbox.world.mailbox import Calendar, Mailbox, Transaction
from roomstead_sandbox.world.outsiders import Meeting, Script
from roomstead_sandbox.world.people import Group, Place, RoomList, Tenant, User
from roomstead_sandbox.world.post import Message, SendingLimits
from roomstead_sandbox.world.processing import Processing
from roomstead_sandbox.world.requests import Request
from roomstead_sandbox.world.snapshot import SKIPPED
from roomstead_sandbox.world.switches import Switches
from roomstead_sandbox.world.world import World


class Reader:
    """Takes sections, in the order in which they were given, into an empty world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._contents: list[Content] = []
        self._mailbox: Mailbox | None = None
        self._messages: list[Message] = []
        self._uids: dict[str, str] = {}
        people: dict[Any, Any] = {}
        plain = Codec()
        memo = {hint: (_unused, _memoised(plain.decoder(hint), people)) for hint in (Person, Attendee)}
        self._codec = Codec({**memo, Content: (_unused, self._contents.__getitem__)}, SKIPPED)
        self._content_codec = Codec(dict(memo))

    def take(self, section: str, data: Json) -> None:
        """Take one section. Raises Invalid for one that is not understood."""
        handler: Callable[[Any], None] | None = getattr(self, f"_take_{section}", None)
        if handler is None:
            raise Invalid(f"A saved world has no section {section!r}.")
        handler(data)

    def finish(self) -> None:
        """The last section was taken: what needs them all follows."""
        self._world.post.restore(self._messages)

    def _take_chance(self, data: Json) -> None:
        version, state, gauss = data
        self._world.chance.setstate((version, tuple(state), gauss))

    def _take_tenants(self, data: Json) -> None:
        for tenant in self._codec.decode(list[Tenant], data):
            self._world.directory.add_tenant(tenant)

    def _take_users(self, data: Json) -> None:
        for user in self._codec.decode(list[User], data):
            self._world.directory.add_user(user)

    def _take_places(self, data: Json) -> None:
        self._world.directory.places.update({p.user_id: p for p in self._codec.decode(list[Place], data)})

    def _take_groups(self, data: Json) -> None:
        self._world.directory.groups.update({g.id: g for g in self._codec.decode(list[Group], data)})

    def _take_room_lists(self, data: Json) -> None:
        self._world.directory.room_lists.update({r.id: r for r in self._codec.decode(list[RoomList], data)})

    def _take_processing(self, data: Json) -> None:
        self._world.directory.processing.update(self._codec.decode(dict[str, Processing], data))

    def _take_settings(self, data: Json) -> None:
        world = self._world
        world.switches = Switches(**data["switches"])
        world.delays = self._codec.decode(Delays, data["delays"])
        world.room_delays.update(self._codec.decode(dict[str, Delays], data["room_delays"]))
        world.post.limits = self._codec.decode(SendingLimits, data["limits"])
        world.stream.number, world.requests.total, world.seed = data["stream"], data["requests"], data["seed"]

    def _take_faults(self, data: Json) -> None:
        self._world.faults.restore(self._codec.decode(list[Fault], data))

    def _take_contents(self, data: Json) -> None:
        self._contents += self._content_codec.decode(list[Content], data)

    def _take_mailbox(self, data: Json) -> None:
        mailbox = self._world.mailboxes.open(data["user"], data["number"])
        mailbox.generation, mailbox.next_key = data["generation"], data["next_key"]
        mailbox.calendars = self._codec.decode(dict[str, Calendar], data["calendars"])
        mailbox.transactions = self._codec.decode(dict[str, Transaction], data["transactions"])
        mailbox.inbox = data["inbox"]
        mailbox.log = ChangeLog.restore(*data["log"])
        self._mailbox = mailbox

    def _take_items(self, data: Json) -> None:
        if self._mailbox is None:
            raise Invalid("A saved world has items outside every mailbox.")
        events = self._codec.decode(list[Event], data)
        for event in events:  # equal texts become one again
            event.mailbox_id = self._mailbox.user_id
            event.calendar_id = sys.intern(event.calendar_id)
            event.ical_uid = self._uids.setdefault(event.ical_uid, event.ical_uid)
        self._mailbox.load(events)

    def _take_messages(self, data: Json) -> None:
        self._messages += self._codec.decode(list[Message], data)

    def _take_outside_meetings(self, data: Json) -> None:
        self._world.outsiders.meetings.update(self._codec.decode(dict[str, Meeting], data))

    def _take_outside_scripts(self, data: Json) -> None:
        self._world.outsiders.scripts.update(self._codec.decode(dict[str, Script], data))

    def _take_requests(self, data: Json) -> None:
        self._world.requests.restore(self._codec.decode(list[Request], data))

    def _take_attendant(self, data: Json) -> None:
        self._world.attendant.checked_in.update((room, uid) for room, uid in data)

    def _take_clock(self, data: Json) -> None:
        timers = self._codec.decode(list[Timer], data["timers"])
        now = datetime.fromisoformat(data["now"])
        self._world.clock.restore(now, timers, frozen=data["frozen"], speed=data["speed"])


def _memoised(decode: Callable[[Json], Any] | None, known: dict[Any, Any]) -> Callable[[Json], Any]:
    """Equal rows become one record: people and their answers are repeated a lot."""

    def convert(row: Json) -> Any:  # noqa: ANN401 - a record
        key = tuple(row)
        found = known.get(key)
        if found is None:
            found = known[key] = row if decode is None else decode(row)
        return found

    return convert


def _unused(value: Any) -> Json:  # noqa: ANN401 - never called: a reader does not write
    raise NotImplementedError(value)
