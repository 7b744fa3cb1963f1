"""Saving and loading: faithful, also in the middle of things, and safe whatever happens to the file."""

import gzip
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead_sandbox import state
from roomstead_sandbox.world import seeds
from roomstead_sandbox.world.errors import Invalid, WorldError
from roomstead_sandbox.world.events import Answer, Pattern, PatternKind, Person, Recurrence
from roomstead_sandbox.world.faces import Action, ASGIApp, Json
from roomstead_sandbox.world.faults import Fault, FaultKind
from roomstead_sandbox.world.outsiders import Script
from roomstead_sandbox.world.requests import Request
from roomstead_sandbox.world.world import World

if TYPE_CHECKING:
    from tests.sandbox.world.conftest import Office

HOUR = timedelta(hours=1)
STEPS = ["book", "series", "move", "cancel", "answer", "outside", "wait", "fault"]
steps = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 7)),
    max_size=14,
)


def _apply(office: "Office", step: str, number: int) -> None:
    world = office.world
    people, rooms = (office.jane, office.mei, office.tom), (office.oak, office.elm)
    who, room = people[number % 3], rooms[number % 2]
    own = list(world.mailboxes.of(who.id).stored())
    start = world.now() + timedelta(days=2, hours=number)
    daily = Recurrence(Pattern(PatternKind.DAILY), start.date(), "Europe/Berlin", count=4)
    acts: dict[str, Callable[[], object]] = {
        "book": lambda: office.book(who, office.mei, room, start=start, categories=("x",)),
        "series": lambda: office.book(who, room, start=start, recurrence=daily),
        "move": lambda: [
            world.meetings.update(who.id, e.ref, office.content("Moved", room, start=start)) for e in own[:1]
        ],
        "cancel": lambda: _delete_first(world, who.id, start),
        "answer": lambda: [world.answers.respond(who.id, e.ref, Answer.TENTATIVE) for e in own if not e.is_organizer],
        "outside": lambda: world.outsiders.organize(
            Person("a@fabrikam.example", "A"), office.content("O", who, start=start)
        ),
        "wait": lambda: world.clock.advance(number),
        "fault": lambda: world.faults.add(Fault(FaultKind.ROOM_LATE, count=number + 1, seconds=9, parameters={"a": 1})),
    }
    acts[step]()


def _delete_first(world: World, user_id: str, before: datetime) -> None:
    for event in world.mailboxes.of(user_id).view(before - 9 * HOUR, before)[:1]:
        world.meetings.delete(user_id, event.ref)


@given(steps)
def test_a_loaded_world_is_the_saved_one_and_goes_on_like_it(
    new_office: "Callable[[], Office]", tmp_path_factory: pytest.TempPathFactory, done: list[tuple[str, int]]
) -> None:
    office = new_office()
    for step, number in done:
        _apply(office, step, number)
    folder = tmp_path_factory.mktemp("worlds")
    saved, again = folder / "first", folder / "second"
    state.save(office.world, [], saved)
    loaded = World()
    state.load(loaded, [], saved)
    state.save(loaded, [], again)
    assert saved.read_bytes() == again.read_bytes()
    for world, path in ((office.world, saved), (loaded, again)):
        world.clock.advance(7 * 86_400)
        assert world.new_id()  # chance goes on alike, too
        state.save(world, [], path)
    assert saved.read_bytes() == again.read_bytes()


def test_settings_logs_and_the_faces_own_state_are_kept(office: "Office", tmp_path: Path) -> None:
    world = office.world
    world.switches.cancelled_prefix = "Abgesagt: "
    world.delays.process = 7
    world.post.limits.messages_per_minute = None
    world.outsiders.script("bob@fabrikam.example", Script(Answer.ACCEPTED))
    world.requests.record(Request(world.now(), "face", "GET", "/x/{id}", 200))
    world.mailboxes.move(office.jane.id)
    world.meetings.create(office.jane.id, office.content(), transaction=("t", "f"), properties={"p": "v"})
    face = _Face()
    face.held = {"deep": [1, "two"]}
    state.save(world, [face], tmp_path / "world")
    loaded, other = World(), _Face()
    state.load(loaded, [other], tmp_path / "world")
    assert other.held == {"deep": [1, "two"]}
    assert loaded.switches.cancelled_prefix == "Abgesagt: "
    assert (loaded.delays.process, loaded.post.limits.messages_per_minute) == (7, None)
    assert loaded.outsiders.scripts["bob@fabrikam.example"].answer is Answer.ACCEPTED
    assert [r.template for r in loaded.requests.since()] == ["/x/{id}"]
    mailbox = loaded.mailboxes.of(office.jane.id)
    assert mailbox.generation == 1
    assert mailbox.transactions["t"].fingerprint == "f"
    assert len(mailbox.with_property("p", "V")) == 1


@pytest.mark.parametrize("seed", ["empty", "contoso"])
def test_every_seed_survives_saving(seed: str, tmp_path: Path) -> None:
    world, loaded = World(), World()
    seeds.planter(seed)(world)
    state.save(world, [], tmp_path / "a")
    state.load(loaded, [], tmp_path / "a")
    state.save(loaded, [], tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("damage", ["cut", "flip", "text", "empty", "foreign", "newer", "no end"])
def test_a_damaged_file_is_refused_and_the_world_stays(office: "Office", tmp_path: Path, damage: str) -> None:
    path = tmp_path / "world"
    event = office.book(office.jane)
    state.save(office.world, [], path)
    whole = path.read_bytes()
    lines = gzip.decompress(whole).splitlines(keepends=True)
    newer = json.dumps(["format", {"name": state.FORMAT, "version": 99}]).encode() + b"\n"
    path.write_bytes(
        {
            "cut": whole[:-20],
            "flip": whole[:200] + bytes([whole[200] ^ 0xFF]) + whole[201:],
            "text": b"not a world",
            "empty": b"",
            "foreign": gzip.compress(b'["format",{"name":"other","version":1}]\n["end",null]\n'),
            "newer": gzip.compress(newer + b"".join(lines[1:])),
            "no end": gzip.compress(b"".join(lines[:-1])),
        }[damage]
    )
    with pytest.raises(WorldError):
        state.load(office.world, [], path)
    assert office.copy(office.jane, event) is event


def test_a_failed_save_leaves_the_old_file_and_nothing_else(office: "Office", tmp_path: Path) -> None:
    path = tmp_path / "world"
    state.save(office.world, [], path)
    before = path.read_bytes()
    face = _Face()
    face.held = {"no": object()}
    with pytest.raises(TypeError):
        state.save(office.world, [face], path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(FileNotFoundError):
        state.load(office.world, [], tmp_path / "missing")


def test_titles_that_are_no_proper_text_are_saved_as_they_are(office: "Office", tmp_path: Path) -> None:
    title = "half a \ud83d pair \u202e\x00"
    office.world.meetings.create(office.jane.id, office.content(title))
    state.save(office.world, [], tmp_path / "world")
    loaded = World()
    state.load(loaded, [], tmp_path / "world")
    assert [e.content.subject for e in loaded.mailboxes.of(office.jane.id).stored()] == [title]


def test_unknown_seeds_are_refused() -> None:
    with pytest.raises(Invalid):
        seeds.planter("nothing like it")


class _Face:
    """A face with a bit of state."""

    name = "face"

    def __init__(self) -> None:
        self.held: Any = None

    def mounts(self) -> Mapping[str, ASGIApp]:
        return {}

    def endpoints(self, base_url: str) -> Mapping[str, str]:
        return {"somewhere": base_url}

    def actions(self) -> Mapping[str, Action]:
        return {}

    def seeded(self, seed: str) -> None:
        """Nothing to add."""

    def dump(self) -> Json:
        return self.held

    def restore(self, data: Json) -> None:
        self.held = data

    def reset(self) -> None:
        self.held = None

    async def start(self) -> None:
        """Nothing runs."""

    async def stop(self) -> None:
        """Nothing ran."""


def test_a_world_saved_before_records_had_their_last_fields_is_read(office: "Office", tmp_path: Path) -> None:
    event = office.book(office.jane, office.oak)
    office.settle()
    state.save(office.world, [], tmp_path / "new")
    older = []
    for line in gzip.decompress((tmp_path / "new").read_bytes()).splitlines():
        section, data = json.loads(line)
        if section == "format":
            data["version"] = 1
        if section == "tenants":
            data = [row[:3] for row in data]
        if section == "contents":
            data = [row[:-1] for row in data]
        older.append(json.dumps([section, data], separators=(",", ":")).encode() + b"\n")
    (tmp_path / "old").write_bytes(gzip.compress(b"".join(older)))
    loaded = World()
    state.load(loaded, [], tmp_path / "old")
    copy = loaded.mailboxes.of(office.oak.id).copy_of(event.ical_uid)
    assert copy is not None
    assert copy.response is Answer.ACCEPTED
