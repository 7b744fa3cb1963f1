"""The seeds: what is promised of them is there, and twice the same."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from roomstead_sandbox.world.events import Answer, Sensitivity
from roomstead_sandbox.world.people import MailboxKind, UserKind
from roomstead_sandbox.world.seed_big import big
from roomstead_sandbox.world.seed_contoso import DOMAIN, SERVICE_MAILBOX, TENANT_ID, contoso
from roomstead_sandbox.world.world import World

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def _planted() -> World:
    world = World(now=NOW)
    contoso(world)
    return world


def _room_answer(world: World, room: str) -> list[Answer]:
    user = world.directory.find(TENANT_ID, f"{room}@{DOMAIN}")
    assert user is not None
    return [e.response for e in world.mailboxes.of(user.id).stored()]


def test_contoso_has_what_its_description_promises() -> None:
    world = _planted()
    users = list(world.directory.users_of(TENANT_ID))
    rooms = [u for u in users if u.is_resource]
    assert len(rooms) == 48
    buildings = Counter(world.directory.places[u.id].building for u in rooms)
    assert set(buildings.values()) == {16}
    assert len(world.directory.room_lists) == 3
    assert {u.mailbox for u in users} >= {MailboxKind.CLOUD, MailboxKind.ON_PREMISES, MailboxKind.NONE}
    assert any(u.kind is UserKind.GUEST for u in users)
    service = world.directory.find_mailbox(SERVICE_MAILBOX)
    assert service is not None
    assert not service.account_enabled


def test_contoso_rooms_have_answered_as_they_are_set() -> None:
    world = _planted()
    assert _room_answer(world, "oak") == [Answer.ACCEPTED]
    assert _room_answer(world, "chestnut") == [Answer.NOT_RESPONDED]
    assert _room_answer(world, "boardroom") == [Answer.TENTATIVE]
    assert _room_answer(world, "danube") == [Answer.ACCEPTED]
    assert world.clock.timers() == []
    assert world.now() == NOW


def test_contoso_shows_and_hides_titles() -> None:
    world = _planted()
    quartz, larch = (world.directory.find(TENANT_ID, f"{n}@{DOMAIN}") for n in ("quartz", "larch"))
    assert quartz is not None
    assert larch is not None
    shown, hidden = (next(world.mailboxes.of(u.id).stored()).content for u in (quartz, larch))
    assert (shown.subject, shown.sensitivity) == ("Interview", Sensitivity.PRIVATE)
    assert (hidden.subject, hidden.sensitivity) == ("Aiko Mori ", Sensitivity.NORMAL)


def test_the_same_seed_gives_the_same_world() -> None:
    first, second = _planted(), _planted()
    assert list(first.directory.users) == list(second.directory.users)
    assert [m.draft for m in first.post.log] == [m.draft for m in second.post.log]


def test_two_contosos_do_not_share_their_rules() -> None:
    first, second = _planted(), _planted()
    board = [next(u for u in w.directory.users.values() if u.upn == f"sequoia@{DOMAIN}") for w in (first, second)]
    first.directory.processing[board[0].id].book_in_policy.clear()
    assert second.directory.processing[board[1].id].book_in_policy != []


def test_a_big_world_has_as_much_as_was_asked_for_and_no_double_booking() -> None:
    world = World(now=NOW)
    big(world, mailboxes=100, events=2000)
    assert len(world.directory.users) == 100
    assert sum(len(m.items) for m in world.mailboxes.all()) == 2000
    for user in world.directory.users.values():
        if user.is_resource:
            held = world.mailboxes.of(user.id).view(NOW - timedelta(days=90), NOW + timedelta(days=900))
            assert len(held) == 50
            assert all(a.end <= b.start for a, b in pairwise(held))
