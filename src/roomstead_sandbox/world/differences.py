"""What a change of a meeting changes, as far as its mail depends on it. Pure."""

from dataclasses import dataclass, replace

from roomstead_sandbox.world.events import Attendee, Content, Role


@dataclass(frozen=True, slots=True)
class Difference:
    """`others`: something changed that every attendee is told; `room`: another room, or another location."""

    added: tuple[Attendee, ...]
    removed: tuple[Attendee, ...]
    time: bool
    room: bool
    words: bool
    others: bool

    @property
    def only_attendees(self) -> bool:
        """Whether nothing but the list of attendees changed."""
        return not self.others


def between(before: Content, after: Content) -> Difference:
    """Compare two contents of one item. Reminders, categories and answers concern nobody else."""
    old, new = _by_address(before), _by_address(after)
    added = tuple(a for key, a in new.items() if key not in old)
    removed = tuple(a for key, a in old.items() if key not in new)
    return Difference(
        added=added,
        removed=removed,
        time=_times(before) != _times(after),
        room=_rooms(before) != _rooms(after) or before.locations != after.locations,
        words=(before.subject, before.body) != (after.subject, after.body),
        others=_public(before) != _public(after),
    )


def _by_address(content: Content) -> dict[str, Attendee]:
    return {a.address.casefold(): a for a in content.attendees}


def _rooms(content: Content) -> set[str]:
    return {a.address.casefold() for a in content.attendees if a.role is Role.RESOURCE}


def _times(content: Content) -> tuple[object, ...]:
    return content.start, content.end, content.all_day, content.recurrence


def _public(content: Content) -> Content:
    """What attendees see, apart from each other."""
    return replace(content, attendees=(), categories=(), reminder_minutes=0, reminder_on=False)
