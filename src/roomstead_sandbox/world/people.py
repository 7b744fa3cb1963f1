"""Who and what lives in a tenant: people, rooms, groups. Plain records; `directory` holds and finds them."""

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum


class UserKind(StrEnum):
    """Whether the account belongs to the tenant or is invited from elsewhere."""

    MEMBER = "member"
    GUEST = "guest"


class Manner(StrEnum):
    """How the calendars of a tenant take part in a meeting.

    MAILED: every copy is made by a message (Exchange). LINKED: the copies are one event on several calendars, kept in
    step by the service; mail tells people and reaches other services (Google Calendar).
    """

    MAILED = "mailed"
    LINKED = "linked"


class MailboxKind(StrEnum):
    """Where the mailbox is, if there is one. Only CLOUD mailboxes hold events here."""

    NONE = "none"
    CLOUD = "cloud"
    ON_PREMISES = "onprem"
    SOFT_DELETED = "softdeleted"
    STALE = "stale"  # being moved between servers: there, but unreachable for now


class Purpose(StrEnum):
    """What the mailbox is for."""

    USER = "user"
    SHARED = "shared"
    ROOM = "room"
    EQUIPMENT = "equipment"


class BookingType(StrEnum):
    """Whether a room may be booked at all; nobody can book a RESERVED one."""

    STANDARD = "standard"
    RESERVED = "reserved"


@dataclass(slots=True)
class Tenant:
    """One customer's directory. `domains[0]` is the default one; `face` names the provider that keeps it.

    A tenant without a face is nobody's: a face keeps identities there that belong to no customer.
    """

    id: str
    name: str
    domains: list[str]
    face: str = "microsoft"

    @property
    def manner(self) -> Manner:
        """How this tenant's calendars take part in a meeting."""
        return Manner.MAILED if self.face == "microsoft" else Manner.LINKED


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Weekly working hours. `days` are 0 (Monday) to 6; `zone` is an IANA name; half-open [start, end)."""

    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    start: time = time(8)
    end: time = time(17)
    zone: str = "Europe/Berlin"


@dataclass(slots=True)
class User:
    """An account with, or without, a mailbox. Rooms and shared mailboxes are accounts too.

    `id` is the object id (lower-case UUID text) and never changes; every address may. `mail` is the primary
    SMTP address; `proxy_addresses` are further SMTP addresses that reach the same mailbox.
    """

    id: str
    tenant_id: str
    upn: str
    display_name: str
    mail: str | None = None
    proxy_addresses: list[str] = field(default_factory=list)
    kind: UserKind = UserKind.MEMBER
    account_enabled: bool = True
    mailbox: MailboxKind = MailboxKind.CLOUD
    purpose: Purpose = Purpose.USER
    time_zone: str = "Europe/Berlin"
    working_hours: WorkingHours = field(default_factory=WorkingHours)
    given_name: str | None = None
    surname: str | None = None
    job_title: str | None = None
    department: str | None = None
    office: str | None = None
    locale: str = "en-US"
    teams_licensed: bool = True

    @property
    def is_resource(self) -> bool:
        """Whether the mailbox is a room's or a piece of equipment's."""
        return self.purpose in (Purpose.ROOM, Purpose.EQUIPMENT)

    @property
    def addresses(self) -> list[str]:
        """Every address that reaches this account, the primary one first."""
        known = [self.mail, self.upn, *self.proxy_addresses]
        return list(dict.fromkeys(address for address in known if address))


@dataclass(slots=True)
class Place:
    """Facts about a room or a piece of equipment, as its directory shows them. `user_id` is the mailbox.

    `visible_after`: until then the places listing does not show it (directories lag by up to two days).
    """

    user_id: str
    place_id: str
    building: str | None = None
    floor_number: int | None = None
    floor_label: str | None = None
    label: str | None = None
    nickname: str | None = None
    capacity: int | None = None
    phone: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    audio_device: str | None = None
    video_device: str | None = None
    display_device: str | None = None
    tags: list[str] = field(default_factory=list)
    wheelchair: bool = False
    booking_type: BookingType = BookingType.STANDARD
    visible_after: datetime | None = None


@dataclass(slots=True)
class RoomList:
    """A named list of rooms (usually a building). A room may be in many lists or in none."""

    id: str
    tenant_id: str
    address: str
    display_name: str
    room_ids: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """A group of the directory. `members` are ids of users and of other groups."""

    id: str
    tenant_id: str
    name: str
    mail: str | None = None
    mail_enabled: bool = True
    security_enabled: bool = True
    members: list[str] = field(default_factory=list)
