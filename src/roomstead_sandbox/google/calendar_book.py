"""What Google keeps of a calendar beyond its items: how it is shared, what it is called, who lists it."""

from dataclasses import dataclass, field

from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.world.mailbox import DEFAULT_CALENDAR


@dataclass(slots=True)
class Rule:
    """One line of sharing: a scope ("user", "group", "domain" with a value, or "default") and its role.

    A rule taken away stays with the role ``NONE``, so that followers of the list learn of it. ``version`` is the
    calendar's ``acl_version`` of the last change.
    """

    scope: str
    value: str
    role: Role
    version: int = 1

    @property
    def id(self) -> str:
        """The rule's id."""
        return self.scope if self.scope == "default" else f"{self.scope}:{self.value}"


@dataclass(slots=True)
class CalendarEntry:
    """A calendar by its owner (a world's user) and its id among the owner's calendars.

    ``address`` is the id of a secondary calendar; that of a primary or a room is the owner's own address.
    ``acl_version`` grows with every change of sharing, which ends the sync tokens handed out before.
    """

    owner_id: str
    calendar_id: str = DEFAULT_CALENDAR
    address: str | None = None
    rules: dict[str, Rule] = field(default_factory=dict)
    acl_version: int = 1
    revision: int = 1
    bookable: bool = True
    summary: str | None = None
    description: str | None = None
    location: str | None = None
    time_zone: str | None = None
    push_unsupported: bool = False

    @property
    def key(self) -> str:
        """The entry's name in the book."""
        return f"{self.owner_id}/{self.calendar_id}"

    def share(self, scope: str, value: str, role: Role) -> Rule:
        """Give somebody a role, or another one than before."""
        self.acl_version += 1
        rule = Rule(scope, value.casefold(), role, self.acl_version)
        self.rules[rule.id] = rule
        return rule

    def withdraw(self, rule_id: str) -> Rule | None:
        """Take a rule away; None when there is none of that id."""
        held = self.rules.get(rule_id)
        if held is None or held.role is Role.NONE:
            return None
        return self.share(held.scope, held.value, Role.NONE)


@dataclass(slots=True)
class Listed:
    """A calendar in somebody's list, with that person's own view of it."""

    key: str
    color: str = "18"
    hidden: bool = False
    selected: bool = True
    summary: str | None = None


@dataclass(slots=True)
class CalendarBook:
    """Every calendar that was ever asked for, and everybody's list of other people's calendars."""

    entries: dict[str, CalendarEntry] = field(default_factory=dict)
    lists: dict[str, dict[str, Listed]] = field(default_factory=dict)

    def by_address(self, address: str) -> CalendarEntry | None:
        """A secondary calendar by its id."""
        wanted = address.casefold()
        return next((entry for entry in self.entries.values() if entry.address == wanted), None)
