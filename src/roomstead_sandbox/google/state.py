"""What the Google face holds beside the world: clouds, customers, sharing, tokens, counters."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from roomstead_sandbox.google.calendar_book import CalendarBook, CalendarEntry
from roomstead_sandbox.google.event_state import EventState
from roomstead_sandbox.google.identity.cloud import Cloud, ServiceAccount
from roomstead_sandbox.google.identity.codes import CodeBook
from roomstead_sandbox.google.identity.customers import Account, Building, Customer, ResourceFacts
from roomstead_sandbox.google.identity.tokens import TokenBook
from roomstead_sandbox.google.quotas import Quotas
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.world.mailbox import DEFAULT_CALENDAR
from roomstead_sandbox.world.people import Tenant, User
from roomstead_sandbox.world.world import World

FACE = "google"
ASKS, ALLOWS, REFUSES = "asks", "allows", "refuses"
ROBOTS = "robots"  # the tenant of service accounts: of no customer
SECONDARIES = "secondaries"  # the tenant of secondary calendars, each of which has a mailbox of its own
SECONDARY_DOMAIN = "group.calendar.google.com"


@dataclass(slots=True)
class FaceState:
    """Everything that handlers share.

    ``login_skew_seconds`` shifts the clock that judges assertions; ``consent_page`` says who answers there: it asks,
    or the person named by the request allows or refuses at once.
    """

    world: World
    cloud: Cloud = field(default_factory=Cloud)
    customers: dict[str, Customer] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    buildings: list[Building] = field(default_factory=list)
    resources: dict[str, ResourceFacts] = field(default_factory=dict)
    tokens: TokenBook = field(default_factory=TokenBook)
    book: CalendarBook = field(default_factory=CalendarBook)
    quotas: Quotas = field(default_factory=Quotas)
    events: EventState = field(default_factory=EventState)
    codes: CodeBook = field(default_factory=CodeBook)
    login_skew_seconds: float = 0
    consent_page: str = ASKS

    def tenants(self) -> Iterator[Tenant]:
        """The customers' tenants in the world."""
        return (tenant for tenant in self.world.directory.tenants.values() if tenant.face == FACE)

    def customer(self, tenant_id: str) -> Customer:
        """The customer of one of Google's tenants."""
        held = self.customers.get(tenant_id)
        if held is None:
            held = self.customers[tenant_id] = Customer(tenant_id, f"C{tenant_id.replace('-', '')[:8]}")
        return held

    def account(self, user: User) -> Account:
        """Facts of a user's account."""
        return self.accounts.setdefault(user.id, Account())

    def user(self, address: str) -> User | None:
        """An account of any customer, by any of its addresses."""
        for tenant in self.tenants():
            found = self.world.directory.find(tenant.id, address)
            if found is not None:
                return found
        return None

    def robot(self, account: ServiceAccount) -> User:
        """A service account as somebody who has a calendar of their own."""
        directory = self.world.directory
        if ROBOTS not in directory.tenants:
            directory.add_tenant(Tenant(ROBOTS, "Service accounts", ["iam.gserviceaccount.com"], ""))
        return directory.find(ROBOTS, account.email) or directory.add_user(
            User(account.email, ROBOTS, account.email, account.email, account.email, time_zone="UTC")
        )

    def add_secondary(self, owner: User, summary: str) -> CalendarEntry:
        """A new secondary calendar: its events have it as organiser, so it has a mailbox as if it were somebody."""
        directory = self.world.directory
        if SECONDARIES not in directory.tenants:
            directory.add_tenant(Tenant(SECONDARIES, "Secondary calendars", [SECONDARY_DOMAIN], SECONDARIES))
        user_id = self.world.new_id()
        address = f"c_{user_id.replace('-', '')}@{SECONDARY_DOMAIN}"
        directory.add_user(User(user_id, SECONDARIES, address, summary, address, time_zone=owner.time_zone))
        entry = self.entry(owner, user_id)
        entry.address = address
        return entry

    def entry(self, owner: User, calendar_id: str = DEFAULT_CALENDAR) -> CalendarEntry:
        """What is kept of a calendar; a new one is shared as the customer shares by default."""
        key = f"{owner.id}/{calendar_id}"
        held = self.book.entries.get(key)
        if held is None:
            held = self.book.entries[key] = self._new_entry(owner, calendar_id)
        return held

    def make_read_only(self, user: User, hours: float | None = None) -> None:
        """The anti-abuse limits strike: the account's calendars cannot be changed for hours."""
        hours = self.quotas.limits.read_only_hours if hours is None else hours
        self.account(user).read_only_until = self.world.now() + timedelta(hours=hours)

    def count_created(self, user: User, external_guests: int) -> None:
        """Count an event that was created; the account goes read-only when there were too many."""
        if self.quotas.created(user.id, external_guests, self.world.now()):
            self.make_read_only(user)

    def _new_entry(self, owner: User, calendar_id: str) -> CalendarEntry:
        entry = CalendarEntry(owner.id, calendar_id)
        if not owner.is_resource:
            entry.share("user", owner.mail or owner.upn, Role.OWNER)
        if owner.tenant_id != ROBOTS and calendar_id == DEFAULT_CALENDAR:
            customer = self.customer(owner.tenant_id)
            role = Role.of(customer.rooms_shared if owner.is_resource else customer.people_shared)
            domain = self.world.directory.tenants[owner.tenant_id].domains[0]
            if role:
                entry.share("domain", domain, role)
            entry.bookable = customer.rooms_bookable
        entry.acl_version = 1
        return entry


def number_of(user: User) -> str:
    """The 21 digits by which Google knows an account: always the same for the same user."""
    if user.tenant_id == ROBOTS:
        return user.id
    return f"1{int(user.id.replace('-', ''), 16) % 10**20:020}"
