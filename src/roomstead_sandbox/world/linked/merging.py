"""What a change of a series does to its exceptions: whatever they did not change themselves follows. Pure."""

from dataclasses import fields, replace

from roomstead_sandbox.world.events import Attendee, Content

_APART = frozenset({"start", "end", "recurrence", "attendees"})
_FOLLOWING = tuple(f.name for f in fields(Content) if f.name not in _APART)


def merged(before: Content, after: Content, exception: Content) -> Content:
    """The exception's content after its series went from `before` to `after`; the same object if nothing follows."""
    changes = {
        name: getattr(after, name)
        for name in _FOLLOWING
        if getattr(before, name) != getattr(after, name) and getattr(exception, name) == getattr(before, name)
    }
    attendees = _attendees(before, after, exception)
    if attendees != exception.attendees:
        changes["attendees"] = attendees
    length = after.end - after.start
    if before.end - before.start == exception.end - exception.start != length:
        changes["end"] = exception.start + length
    return replace(exception, **changes) if changes else exception


def _attendees(before: Content, after: Content, exception: Content) -> tuple[Attendee, ...]:
    old, new = _by_address(before), _by_address(after)
    kept = []
    for key, attendee in _by_address(exception).items():
        if key in old and key not in new:
            continue
        kept.append(new[key] if key in new and attendee == old.get(key) else attendee)
    there = _by_address(exception).keys()
    return (*kept, *(attendee for key, attendee in new.items() if key not in old and key not in there))


def _by_address(content: Content) -> dict[str, Attendee]:
    return {attendee.address.casefold(): attendee for attendee in content.attendees}
