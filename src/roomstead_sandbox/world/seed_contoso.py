"""The demonstration tenant: a company of three buildings with people, rooms and meetings made in Outlook.

People of note: Jane Doe and Mei Tan (who administers), Priya Shah (a director whose mailbox few applications may
read), Omar Haddad (a guest), Lena Fischer (her mailbox is on-premises), Sam Okafor (no licence, no mailbox).
Rooms of note: Chestnut never answers (AutoUpdate), Boardroom asks its delegate, Sequoia admits named people only,
Quartz shows true titles. Every other room hides titles, as rooms do by default.
"""

from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from roomstead_sandbox.world.errors import NotFound
from roomstead_sandbox.world.events import (
    Answer,
    Attendee,
    Content,
    Location,
    Pattern,
    PatternKind,
    Person,
    Recurrence,
    Role,
    Sensitivity,
)
from roomstead_sandbox.world.people import (
    Group,
    MailboxKind,
    Place,
    Purpose,
    RoomList,
    Tenant,
    User,
    UserKind,
    WorkingHours,
)
from roomstead_sandbox.world.processing import Automate, Processing
from roomstead_sandbox.world.world import World

DOMAIN = "contoso.example"
TENANT_ID = "84bd8158-6d4d-4958-8b9f-9d6445542f95"
SERVICE_MAILBOX = f"rooms@{DOMAIN}"
OUTSIDER = Person("ada@fabrikam.example", "Ada Byrne")
_BERLIN = ZoneInfo("Europe/Berlin")

_PEOPLE = (
    ("jane.doe", "Jane Doe", "Product Manager", "Product"),
    ("mei.tan", "Mei Tan", "IT Administrator", "IT"),
    ("priya.shah", "Priya Shah", "Director", "Board"),
    ("tom.baker", "Tom Baker", "Engineer", "Engineering"),
    ("nora.weiss", "Nora Weiss", "Engineer", "Engineering"),
    ("luis.ortega", "Luis Ortega", "Designer", "Product"),
    ("aiko.mori", "Aiko Mori", "Counsel", "Legal"),
    ("ben.carter", "Ben Carter", "Account Manager", "Sales"),
    ("sofia.rossi", "Sofia Rossi", "Account Manager", "Sales"),
    ("hugo.lind", "Hugo Lind", "Recruiter", "People"),
    ("emma.novak", "Emma Novak", "Office Manager", "Facilities"),
    ("raj.patel", "Raj Patel", "Analyst", "Finance"),
)
_BUILDINGS = (
    ("Wood House", "Lindenstr. 4", ("Oak", "Elm", "Larch", "Willow", "Ash", "Birch", "Maple", "Cedar", "Rowan",
     "Hazel", "Alder", "Beech", "Poplar", "Chestnut", "Boardroom", "Sequoia")),
    ("Stone Court", "Marktplatz 12", ("Quartz", "Granite", "Basalt", "Slate", "Marble", "Onyx", "Jasper", "Agate",
     "Opal", "Flint", "Topaz", "Beryl", "Garnet", "Pumice", "Chalk", "Amber")),
    ("River Wing", "Uferweg 1", ("Danube", "Rhine", "Elbe", "Oder", "Neckar", "Isar", "Mosel", "Weser", "Spree",
     "Havel", "Saale", "Lahn", "Fulda", "Werra", "Tauber", "Inn")),
)  # fmt: skip
_CAPACITIES = (4, 6, 8, 6, 10, 4, 12, 8, 2, 6, 16, 4, 8, 20, 14, 6)
_SCREENS = ("Surface Hub 2S", None, "85-inch display", "Projector")
_PROCESSING = {
    "Chestnut": Processing(automate_processing=Automate.AUTO_UPDATE),
    "Boardroom": Processing(
        all_book_in_policy=False, all_request_in_policy=True, resource_delegates=[f"emma.novak@{DOMAIN}"]
    ),
    "Sequoia": Processing(all_book_in_policy=False, book_in_policy=[f"priya.shah@{DOMAIN}"]),
    "Quartz": Processing(
        delete_subject=False, add_organizer_to_subject=False, delete_comments=False, remove_private_property=False
    ),
    "Danube": Processing(process_external_meeting_messages=True),
    "Granite": Processing(maximum_duration_in_minutes=120),
    "Basalt": Processing(remove_canceled_meetings=True),
    "Marble": Processing(schedule_only_during_work_hours=True),
}


def contoso(world: World) -> None:
    """Plant the tenant, its rooms, and the meetings of the coming days, made an hour ago with all answers in."""
    now = world.now()
    world.clock.set(now - timedelta(hours=1))
    world.directory.add_tenant(Tenant(TENANT_ID, "Contoso", [DOMAIN, "contoso.onmicrosoft.example"]))
    _people(world)
    _rooms(world)
    _groups(world)
    _meetings(world, _next_working_day(now))
    world.clock.set(now)


def _user(world: World, name: str, display_name: str, **facts: object) -> User:
    address = f"{name}@{DOMAIN}"
    user = User(world.new_id(), TENANT_ID, address, display_name, address)
    world.directory.add_user(user)
    return world.directory.change_user(user.id, **facts)


def _people(world: World) -> None:
    for name, display_name, title, department in _PEOPLE:
        given, surname = display_name.split(" ", 1)
        user = _user(world, name, display_name, job_title=title, department=department)
        world.directory.change_user(
            user.id, given_name=given, surname=surname, proxy_addresses=[f"{given.lower()}@{DOMAIN}"]
        )
    _user(world, "rooms", "Room Booking", purpose=Purpose.SHARED, account_enabled=False)
    _user(world, "lena.fischer", "Lena Fischer", mailbox=MailboxKind.ON_PREMISES)
    _user(world, "sam.okafor", "Sam Okafor", mailbox=MailboxKind.NONE)
    guest = User(
        world.new_id(),
        TENANT_ID,
        f"omar_fabrikam.example#EXT#@{DOMAIN}",
        "Omar Haddad",
        "omar@fabrikam.example",
        kind=UserKind.GUEST,
        mailbox=MailboxKind.NONE,
    )
    world.directory.add_user(guest)


def _rooms(world: World) -> None:
    for building, street, names in _BUILDINGS:
        address = building.lower().replace(" ", "-") + f"@{DOMAIN}"
        room_list = RoomList(world.new_id(), TENANT_ID, address, building)
        for number, name in enumerate(names):
            room_list.room_ids.append(_room(world, name, number, building, street).id)
        world.directory.add_room_list(room_list)


def _room(world: World, name: str, number: int, building: str, street: str) -> User:
    address = f"{name.lower()}@{DOMAIN}"
    hours = WorkingHours(start=time(7), end=time(20))
    user = User(
        world.new_id(), TENANT_ID, address, name, address, purpose=Purpose.ROOM, account_enabled=False,
        working_hours=hours,
    )  # fmt: skip
    floor = number // 4
    place = Place(
        user_id=user.id,
        place_id=world.new_id(),
        building=building,
        floor_number=floor,
        floor_label="Ground floor" if floor == 0 else f"Floor {floor}",
        label=f"{building[0]}{floor}.{number % 4 + 1:02}",
        nickname=name,
        capacity=_CAPACITIES[number],
        street=street,
        city="Berlin",
        postal_code="10115",
        country="DE",
        display_device=_SCREENS[number % 4],
        video_device="Rally Bar" if number % 3 == 0 else None,
        audio_device="Ceiling microphones" if number % 5 == 0 else None,
        tags=["whiteboard"] if number % 2 == 0 else [],
        wheelchair=floor == 0 or number % 2 == 0,
    )
    return world.directory.add_room(user, place, deepcopy(_PROCESSING.get(name, Processing())))


def _groups(world: World) -> None:
    """The groups that access policies are made of: everything bookable, and the board apart from it."""
    users = list(world.directory.users_of(TENANT_ID))
    service = [u.id for u in users if u.mail == SERVICE_MAILBOX]
    rooms = [u.id for u in users if u.is_resource]
    staff = [u.id for u in users if u.department not in (None, "Board", "Legal")]
    board = [u.id for u in users if u.department == "Board"]
    for name, members in (
        ("Roomstead Rooms", service + rooms),
        ("Roomstead Organisers", staff),
        ("Board", board),
    ):
        mail = name.lower().replace(" ", "-") + f"@{DOMAIN}"
        world.directory.add_group(Group(world.new_id(), TENANT_ID, name, mail, members=members))


# -- meetings ------------------------------------------------------------------------------------------------


def _meetings(world: World, day: datetime) -> None:
    """Meetings from this day on, then a few minutes of mail, so that rooms have answered."""
    standup = Recurrence(Pattern(PatternKind.WEEKLY, days=(0, 1, 2, 3, 4)), day.date(), "Europe/Berlin", count=60)
    _book(
        world,
        _Planned("tom.baker", "Stand-up", _at(day, 9), 15, "oak", people=("nora.weiss", "jane.doe"), series=standup),
    )
    monthly = Pattern(PatternKind.WEEKLY, interval=2, days=(day.weekday(),))
    review = Recurrence(monthly, day.date(), "Europe/Berlin", until=(day + timedelta(days=150)).date())
    _book(
        world, _Planned("jane.doe", "Roadmap review", _at(day, 14), 60, "elm", people=("luis.ortega",), series=review)
    )
    _book(world, _Planned("aiko.mori", "Contract talks", _at(day, 11), 90, "larch", sensitivity=Sensitivity.PRIVATE))
    _book(world, _Planned("priya.shah", "Board preparation", _at(day, 15), 120, "sequoia"))
    _book(world, _Planned("sofia.rossi", "Customer visit", _at(day, 10), 60, "willow", people=("ben.carter",)))
    _book(world, _Planned("hugo.lind", "Interview", _at(day, 13), 45, "quartz", sensitivity=Sensitivity.PRIVATE))
    _book(world, _Planned("raj.patel", "Budget round", _at(day, 9), 60, "chestnut", people=("mei.tan",)))
    _book(world, _Planned("ben.carter", "Quarterly results", _at(day, 16), 60, "boardroom", people=("sofia.rossi",)))
    _outside_meeting(world, day)
    world.clock.settle(300)
    for address, answer in (("nora.weiss", Answer.ACCEPTED), ("luis.ortega", Answer.TENTATIVE)):
        _answer_all(world, address, answer)
    world.clock.settle(300)


def _outside_meeting(world: World, day: datetime) -> None:
    start = _at(day, 12)
    room = Attendee(f"danube@{DOMAIN}", "Danube", Role.RESOURCE)
    guest = Attendee(f"ben.carter@{DOMAIN}", "Ben Carter")
    content = Content("Partner workshop", start, start + timedelta(hours=2), attendees=(room, guest))
    world.outsiders.organize(OUTSIDER, content)


@dataclass(frozen=True)
class _Planned:
    organizer: str
    subject: str
    start: datetime
    minutes: int
    room: str
    people: tuple[str, ...] = ()
    series: Recurrence | None = None
    sensitivity: Sensitivity = Sensitivity.NORMAL


def _book(world: World, planned: _Planned) -> None:
    attendees = []
    for name in (*planned.people, planned.room):
        user = _named(world, name)
        role = Role.RESOURCE if user.is_resource else Role.REQUIRED
        attendees.append(Attendee(user.mail or user.upn, user.display_name, role))
    content = Content(
        subject=planned.subject,
        start=planned.start,
        end=planned.start + timedelta(minutes=planned.minutes),
        body=f"{planned.subject}: agenda follows.",
        start_zone="Europe/Berlin",
        end_zone="Europe/Berlin",
        locations=(Location(attendees[-1].name, attendees[-1].address),),
        attendees=tuple(attendees),
        sensitivity=planned.sensitivity,
        recurrence=planned.series,
    )
    world.meetings.create(_named(world, planned.organizer).id, content)


def _answer_all(world: World, name: str, answer: Answer) -> None:
    user = _named(world, name)
    for event in list(world.mailboxes.of(user.id).stored()):
        if not event.is_organizer:
            world.answers.respond(user.id, event.ref, answer)


def _named(world: World, name: str) -> User:
    user = world.directory.find(TENANT_ID, f"{name}@{DOMAIN}")
    if user is None:
        raise NotFound(f"The seed has nobody called {name}.")
    return user


def _next_working_day(now: datetime) -> datetime:
    day = now.astimezone(_BERLIN).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while day.weekday() > 4:  # noqa: PLR2004 - Friday
        day += timedelta(days=1)
    return day


def _at(day: datetime, hour: int) -> datetime:
    return day.replace(hour=hour).astimezone(UTC)
