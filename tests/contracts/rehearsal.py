"""What the calendar contract asks of a rehearsal tenant: people of known standing, and things that happen to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roomstead.application.ports.calendar import CalendarProvider
from roomstead.domain.event import ResponseStatus
from roomstead.domain.mailbox import Address
from roomstead.domain.timespan import Timespan


@dataclass(frozen=True, slots=True)
class Cast:
    """Addresses in the tenant, by the part they play."""

    service: Address
    """A mailbox, nobody's own, that may host."""
    organizer: Address
    """A person in reach."""
    organizer_alias: Address
    """Another address of the same person."""
    guest: Address
    """A second person in reach."""
    kept_out: Address
    """A person whose mailbox the app may not touch."""
    no_mailbox: Address
    """Somebody of the directory without a mailbox."""
    nobody: Address
    """An address of the tenant's domain that does not exist."""
    outsider: Address
    """Somebody of another organisation."""
    room: Address
    other_room: Address
    room_count: int
    are_rooms_mailed: bool
    """Whether a room is asked by a meeting message, or by the service itself."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One meeting message that was sent: its kind (request, update, cancellation), to whom, and the words with it."""

    kind: str
    recipients: tuple[str, ...]
    comment: str = ""


class Rehearsal(Protocol):
    """A tenant in which a provider is put to the test."""

    provider: CalendarProvider
    cast: Cast

    def now(self) -> datetime:
        """The tenant's time."""
        ...

    def settle(self) -> None:
        """Let mail travel and rooms answer until nothing more is due."""
        ...

    def mails(self) -> Sequence[Mail]:
        """Meeting messages sent since the beginning of the test, except answers."""
        ...

    def calendar(self, mailbox: Address, span: Timespan) -> Sequence[Mapping[str, object]]:
        """What lies in a mailbox within the span; ``subject`` and ``uid`` of each at least."""
        ...

    def book(self, organizer: Address, title: str, span: Timespan, *, rooms: Sequence[Address] = ()) -> None:
        """Somebody books in their own calendar program."""
        ...

    def edit(self, organizer: Address, title: str, *, new_title: str = "", add: Sequence[Address] = ()) -> None:
        """Somebody edits there."""
        ...

    def move(self, organizer: Address, title: str, start: datetime) -> None:
        """Somebody moves a meeting there."""
        ...

    def delete(self, mailbox: Address, title: str) -> None:
        """Somebody deletes it from their own calendar."""
        ...

    def respond(self, attendee: Address, title: str, answer: ResponseStatus) -> None:
        """Somebody answers an invitation."""
        ...

    def lose_answer(self, mailbox: Address) -> None:
        """The next write to this mailbox is done and its answer lost."""
        ...

    def fail_writes(self, mailbox: Address, times: int) -> None:
        """The next writes to this mailbox fail before anything is done, by the provider's own fault."""
        ...

    def fail_reads(self, mailbox: Address, times: int) -> None:
        """The next reads of this mailbox fail by the provider's own fault."""
        ...

    def throttle(self, mailbox: Address, times: int, seconds: int | None) -> None:
        """The next calls to this mailbox are asked to slow down, for so many seconds or without saying."""
        ...

    def show_aliases_as_primary(self) -> None:
        """From now on, calendars show whoever is invited by an alias under the primary address."""
        ...

    def race(self, mailbox: Address, times: int) -> None:
        """The next changes in this mailbox lose against somebody else's."""
        ...

    def expire_cursor(self, mailbox: Address) -> None:
        """The provider forgets every place in this mailbox's changes."""
        ...

    def end_tokens(self) -> None:
        """Every token issued so far is worthless from now on."""
        ...

    def lock_out(self, mailbox: Address) -> None:
        """The app is kept out of this mailbox, at once."""
        ...
