"""The world as named sections of plain data; `restore` reads them, `roomstead_sandbox.state` keeps them in a file."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import islice
from typing import Any

from roomstead_sandbox.world.clock import Timer
from roomstead_sandbox.world.codec import Codec
from roomstead_sandbox.world.core import Delays
from roomstead_sandbox.world.events import Content, Event
from roomstead_sandbox.world.faults import Fault
from roomstead_sandbox.world.mailbox import Calendar, Mailbox, Transaction
from roomstead_sandbox.world.outsiders import Meeting, Script
from roomstead_sandbox.world.people import Group, Place, RoomList, Tenant, User
from roomstead_sandbox.world.post import Message, SendingLimits
from roomstead_sandbox.world.processing import Processing
from roomstead_sandbox.world.requests import Request
from roomstead_sandbox.world.switches import Switches
from roomstead_sandbox.world.world import World

_BATCH = 500
SKIPPED = {Event: frozenset({"cache"})}
Section = tuple[str, Any]


def sections(world: World) -> Iterator[Section]:
    """Everything of a world, in the order in which `Reader` needs it."""
    writer = _Writer()
    codec = writer.codec
    random_version, random_state, random_gauss = world.chance.getstate()
    yield "chance", [random_version, list(random_state), random_gauss]
    for name, (hint, held) in _tables(world).items():
        for batch in _batches(held):
            yield name, codec.encode(list[hint], batch)  # type: ignore[valid-type]  # the hint is a value here
    yield "processing", codec.encode(dict[str, Processing], world.directory.processing)
    yield "settings", _settings(world, codec)
    yield "faults", codec.encode(list[Fault], world.faults.list())
    for mailbox in world.mailboxes.all():
        yield from writer.mailbox(mailbox)
    for messages in _batches(world.post.log):
        data = codec.encode(list[Message], messages)
        yield from writer.new_contents()
        yield "messages", data
    yield from _outside(world, writer)
    for calls in _batches(world.requests.since()):
        yield "requests", codec.encode(list[Request], calls)
    yield "attendant", sorted(world.attendant.checked_in)
    yield "clock", _clock(world, codec)


def _tables(world: World) -> dict[str, tuple[type, Iterable[Any]]]:
    directory = world.directory
    return {
        "tenants": (Tenant, directory.tenants.values()),
        "users": (User, directory.users.values()),
        "places": (Place, directory.places.values()),
        "groups": (Group, directory.groups.values()),
        "room_lists": (RoomList, directory.room_lists.values()),
    }


def _settings(world: World, codec: Codec) -> dict[str, Any]:
    return {
        "switches": {f.name: getattr(world.switches, f.name) for f in fields(Switches)},
        "delays": codec.encode(Delays, world.delays),
        "room_delays": codec.encode(dict[str, Delays], world.room_delays),
        "limits": codec.encode(SendingLimits, world.post.limits),
        "stream": world.stream.number,
        "requests": world.requests.total,
        "seed": world.seed,
    }


def _outside(world: World, writer: "_Writer") -> Iterator[Section]:
    meetings = writer.codec.encode(dict[str, Meeting], world.outsiders.meetings)
    yield from writer.new_contents()
    yield "outside_meetings", meetings
    yield "outside_scripts", writer.codec.encode(dict[str, Script], world.outsiders.scripts)


def _clock(world: World, codec: Codec) -> dict[str, Any]:
    return {
        "now": world.now().isoformat(),
        "frozen": world.clock.frozen,
        "speed": world.clock.speed,
        "timers": codec.encode(list[Timer], world.clock.timers()),
    }


class _Writer:
    """Writes each content once and names it by number wherever it is used."""

    def __init__(self) -> None:
        self.codec = Codec({Content: (self._number, _unused)}, SKIPPED)
        self._contents = Codec()
        self._numbers: dict[int, int] = {}
        self._kept: list[Content] = []  # keeps them alive, so that their identities stay unique
        self._told = 0

    def mailbox(self, mailbox: Mailbox) -> Iterator[Section]:
        yield (
            "mailbox",
            {
                "user": mailbox.user_id,
                "number": mailbox.number,
                "generation": mailbox.generation,
                "next_key": mailbox.next_key,
                "calendars": self.codec.encode(dict[str, Calendar], mailbox.calendars),
                "transactions": self.codec.encode(dict[str, Transaction], mailbox.transactions),
                "inbox": mailbox.inbox,
                "log": mailbox.log.dump(),
            },
        )
        for batch in _batches(mailbox.items.values()):
            rows = self.codec.encode(list[Event], batch)
            yield from self.new_contents()
            yield "items", rows

    def new_contents(self) -> Iterator[Section]:
        """The contents that were named since the last time."""
        new, self._told = self._kept[self._told :], len(self._kept)
        if new:
            yield "contents", self._contents.encode(list[Content], new)

    def _number(self, content: Content) -> int:
        number = self._numbers.get(id(content))
        if number is None:
            number = self._numbers[id(content)] = len(self._kept)
            self._kept.append(content)
        return number


def _batches(held: Iterable[Any]) -> Iterator[list[Any]]:
    items = iter(held)
    while batch := list(islice(items, _BATCH)):
        yield batch


def _unused(data: Any) -> Any:  # noqa: ANN401 - never called: a writer does not read
    raise NotImplementedError(data)
