"""A small company for tests of the world: three people, two rooms, a frozen clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from roomstead_sandbox.world.events import Answer, Attendee, Content, Event, Role
from roomstead_sandbox.world.people import Place, Purpose, Tenant, User
from roomstead_sandbox.world.processing import Processing
from roomstead_sandbox.world.world import World

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Office:
    """The company, and what its people do most."""

    world: World
    jane: User
    mei: User
    tom: User
    oak: User
    elm: User

    def content(self, subject: str = "Kick-off", *invited: User, start: datetime = NINE, **more: object) -> Content:
        """A meeting's content; the last hour unless `end` is given."""
        attendees = tuple(
            Attendee(u.mail or u.upn, u.display_name, Role.RESOURCE if u.is_resource else Role.REQUIRED)
            for u in invited
        )
        more.setdefault("end", start + HOUR)
        return Content(subject, start, attendees=attendees, **more)  # type: ignore[arg-type]  # any of its fields

    def book(self, organizer: User, *invited: User, **more: object) -> Event:
        """Create a meeting as somebody."""
        return self.world.meetings.create(organizer.id, self.content("Kick-off", *invited, **more))  # type: ignore[arg-type]  # as above

    def settle(self) -> None:
        """Let all mail arrive and all rooms decide."""
        self.world.clock.settle(600)

    def copy(self, user: User, event: Event) -> Event | None:
        """A user's copy of a meeting."""
        return self.world.mailboxes.of(user.id).copy_of(event.ical_uid)

    def need(self, user: User, event: Event) -> Event:
        """As `copy`, which must be there."""
        found = self.copy(user, event)
        assert found is not None
        return found

    def answer(self, event: Event, user: User) -> Answer:
        """What the organiser's copy says of somebody's answer."""
        attendee = event.content.attendee(user.mail or user.upn)
        assert attendee is not None
        return attendee.answer

    def processing(self, room: User) -> Processing:
        """A room's calendar processing, to be changed."""
        return self.world.directory.processing[room.id]


def make_office() -> Office:
    """A fresh company."""
    world = World(now=NOW)
    world.directory.add_tenant(Tenant("tenant-1", "Contoso", ["contoso.example"]))

    def user(name: str, display_name: str) -> User:
        address = f"{name}@contoso.example"
        return world.directory.add_user(User(world.new_id(), "tenant-1", address, display_name, address))

    def room(name: str) -> User:
        address = f"{name.lower()}@contoso.example"
        made = User(world.new_id(), "tenant-1", address, name, address, purpose=Purpose.ROOM)
        return world.directory.add_room(made, Place(made.id, world.new_id(), capacity=4))

    return Office(
        world, user("jane", "Jane Doe"), user("mei", "Mei Tan"), user("tom", "Tom Baker"), room("Oak"), room("Elm")
    )


@pytest.fixture
def office() -> Office:
    """A fresh company."""
    return make_office()


@pytest.fixture(scope="session")
def new_office() -> Callable[[], Office]:
    """Makes fresh companies, for property tests."""
    return make_office
