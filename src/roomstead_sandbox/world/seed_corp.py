"""The second demonstration tenant: a company that lives in Google Workspace, with two buildings.

People of note: Jane Doe, who also works at Contoso; Olga Petrova, who administers; Dana Cole, whose calendar nobody
reads; Pieter Vos, for whom the calendar service is off; Greta Lund, who is suspended; the service user Rooms Bot.
Rooms of note: Bridge never answers by itself; Sardine is for one person only.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from roomstead_sandbox.world.errors import NotFound
from roomstead_sandbox.world.events import (
    Attendee,
    Content,
    Location,
    Pattern,
    PatternKind,
    Recurrence,
    Role,
    Sensitivity,
)
from roomstead_sandbox.world.people import Group, MailboxKind, Place, Purpose, Tenant, User, WorkingHours
from roomstead_sandbox.world.processing import Automate, Processing
from roomstead_sandbox.world.world import World

DOMAIN = "corp.example"
TENANT_ID = "c0790000-0c0a-4000-8000-00000000c0a9"
FACE = "google"
SERVICE_USER = f"rooms-bot@{DOMAIN}"
ADMIN = f"olga.petrova@{DOMAIN}"
HUMAN_ROOM = "Bridge"
RESTRICTED_ROOM = "Sardine"

_PEOPLE = (
    ("jane.doe", "Jane Doe", "Product Manager", "Product"),
    ("olga.petrova", "Olga Petrova", "IT Administrator", "IT"),
    ("dana.cole", "Dana Cole", "Chief Executive", "Board"),
    ("marcus.lee", "Marcus Lee", "Engineer", "Engineering"),
    ("ines.costa", "Ines Costa", "Engineer", "Engineering"),
    ("yuki.tanaka", "Yuki Tanaka", "Designer", "Product"),
    ("karim.aziz", "Karim Aziz", "Account Manager", "Sales"),
    ("lucy.hart", "Lucy Hart", "Office Manager", "Facilities"),
    ("femi.ade", "Femi Ade", "Analyst", "Finance"),
    ("pieter.vos", "Pieter Vos", "Technician", "Workshop"),
    ("greta.lund", "Greta Lund", "Recruiter", "People"),
)


@dataclass(frozen=True)
class Site:
    """A building with its rooms: name, floor, seats, what is in it."""

    id: str
    name: str
    street: str
    city: str
    country: str
    zone: str
    latitude: float
    longitude: float
    floors: tuple[str, ...]
    rooms: tuple[tuple[str, str, int, tuple[str, ...]], ...]


SITES = (
    Site(
        "AMS", "Amsterdam HQ", "Damrak 1", "Amsterdam", "NL", "Europe/Amsterdam", 52.3759, 4.8975, ("G", "1", "2"),
        (
            ("Tulip", "G", 8, ("Whiteboard", "Video conferencing")), ("Canal", "G", 4, ("Screen",)),
            ("Bridge", "1", 12, ("Whiteboard", "Screen")), ("Windmill", "1", 6, ("Screen",)),
            ("Bicycle", "2", 2, ()), ("Harbour", "2", 20, ("Video conferencing", "Screen", "Wheelchair access")),
        ),
    ),
    Site(
        "LIS", "Lisbon Studio", "Rua Augusta 20", "Lisboa", "PT", "Europe/Lisbon", 38.7101, -9.1366, ("0", "1"),
        (
            ("Fado", "0", 6, ("Whiteboard",)), ("Tejo", "0", 10, ("Video conferencing",)),
            ("Sardine", "0", 2, ()), ("Azulejo", "1", 8, ("Screen", "Whiteboard")),
            ("Miradouro", "1", 14, ("Video conferencing", "Screen")), ("Tram", "1", 4, ("Screen",)),
        ),
    ),
)  # fmt: skip


def corp(world: World) -> None:
    """Plant the tenant, its rooms, and the meetings of the coming days, made an hour ago with all answers in."""
    now = world.now()
    world.clock.set(now - timedelta(hours=1))
    world.directory.add_tenant(Tenant(TENANT_ID, "Corp", [DOMAIN, f"sub.{DOMAIN}"], FACE))
    _people(world)
    for site in SITES:
        for number, (name, floor, seats, features) in enumerate(site.rooms):
            _room(world, site, number, (name, floor, seats, features))
    _meetings(world, _next_working_day(now))
    world.clock.set(now)


def room_address(name: str) -> str:
    """The address of a room's calendar."""
    return f"c_1880{name.lower()}@resource.calendar.google.com"


def _people(world: World) -> None:
    for name, display_name, title, department in _PEOPLE:
        given, surname = display_name.split(" ", 1)
        address = f"{name}@{DOMAIN}"
        user = User(
            world.new_id(), TENANT_ID, address, display_name, address, [f"{given.lower()}@{DOMAIN}"],
            time_zone="Europe/Amsterdam", given_name=given, surname=surname, job_title=title, department=department,
        )  # fmt: skip
        world.directory.add_user(user)
    bot = User(
        world.new_id(), TENANT_ID, SERVICE_USER, "Rooms Bot", SERVICE_USER, time_zone="Europe/Amsterdam",
        given_name="Rooms", surname="Bot", department="IT",
    )  # fmt: skip
    world.directory.add_user(bot)
    world.directory.change_user(_named(world, "pieter.vos").id, mailbox=MailboxKind.NONE)
    world.directory.change_user(_named(world, "greta.lund").id, account_enabled=False)
    engineers = [u.id for u in world.directory.users_of(TENANT_ID) if u.department == "Engineering"]
    world.directory.add_group(
        Group(world.new_id(), TENANT_ID, "Engineering", f"engineering@{DOMAIN}", members=engineers)
    )


def _room(world: World, site: Site, number: int, facts: tuple[str, str, int, tuple[str, ...]]) -> User:
    name, floor, seats, features = facts
    address = room_address(name)
    user = User(
        world.new_id(), TENANT_ID, address, name, address, purpose=Purpose.ROOM, account_enabled=False,
        time_zone=site.zone, working_hours=WorkingHours(start=time(7), end=time(20), zone=site.zone),
    )  # fmt: skip
    place = Place(
        user_id=user.id,
        place_id=f"{site.id}-{floor}-{name.upper()}",
        building=site.name,
        floor_number=site.floors.index(floor),
        floor_label=floor,
        label=f"{site.id}{floor}.{number + 1:02}",
        capacity=seats,
        street=site.street,
        city=site.city,
        country=site.country,
        latitude=site.latitude,
        longitude=site.longitude,
        tags=list(features),
        wheelchair="Wheelchair access" in features,
    )
    by_hand = name == HUMAN_ROOM
    processing = Processing(
        automate_processing=Automate.AUTO_UPDATE if by_hand else Automate.AUTO_ACCEPT,
        booking_window_in_days=100_000, maximum_duration_in_minutes=0, delete_subject=False,
        add_organizer_to_subject=False, delete_comments=False, remove_private_property=False,
        process_external_meeting_messages=True,
    )  # fmt: skip
    return world.directory.add_room(user, place, processing)


# -- meetings ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Planned:
    organizer: str
    subject: str
    hour: int
    minutes: int
    invited: tuple[str, ...]
    sensitivity: Sensitivity = Sensitivity.NORMAL
    series: Recurrence | None = None


def _meetings(world: World, day: datetime) -> None:
    days = Pattern(PatternKind.WEEKLY, days=(0, 1, 2, 3, 4))
    standup = Recurrence(days, day.date(), "Europe/Amsterdam", count=40)
    for planned in (
        _Planned("marcus.lee", "Stand-up", 9, 15, ("ines.costa", "Tulip"), series=standup),
        _Planned("jane.doe", "Launch plan", 11, 60, ("yuki.tanaka", "Windmill")),
        _Planned("dana.cole", "Investors", 14, 90, ("Harbour",), Sensitivity.PRIVATE),
        _Planned("karim.aziz", "Customer call", 10, 30, ("Canal",)),
        _Planned("ines.costa", "Design review", 15, 60, ("yuki.tanaka", "Azulejo")),
        _Planned("femi.ade", "Budget", 16, 60, ("Tejo",)),
    ):
        _book(world, planned, day.replace(hour=planned.hour).astimezone(UTC))
    world.clock.settle(300)


def _book(world: World, planned: _Planned, start: datetime) -> None:
    attendees = []
    for name in planned.invited:
        user = _named(world, name)
        role = Role.RESOURCE if user.is_resource else Role.REQUIRED
        attendees.append(Attendee(user.mail or user.upn, user.display_name, role))
    content = Content(
        subject=planned.subject,
        start=start,
        end=start + timedelta(minutes=planned.minutes),
        start_zone="Europe/Amsterdam",
        end_zone="Europe/Amsterdam",
        locations=(Location(attendees[-1].name, attendees[-1].address),),
        attendees=tuple(attendees),
        sensitivity=planned.sensitivity,
        recurrence=planned.series,
    )
    world.meetings.create(_named(world, planned.organizer).id, content)


def _named(world: World, name: str) -> User:
    for address in (f"{name}@{DOMAIN}", room_address(name)):
        user = world.directory.find(TENANT_ID, address)
        if user is not None:
            return user
    raise NotFound(f"The seed has nobody called {name}.")


def _next_working_day(now: datetime) -> datetime:
    day = now.astimezone(ZoneInfo("Europe/Amsterdam")).replace(hour=0, minute=0, second=0, microsecond=0)
    day += timedelta(days=1)
    while day.weekday() > 4:  # noqa: PLR2004 - Friday
        day += timedelta(days=1)
    return day
