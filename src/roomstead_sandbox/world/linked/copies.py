"""The copies of a meeting on linked calendars: found, made, brought in step with the organiser's, taken away."""

from collections.abc import Iterator
from dataclasses import replace

from roomstead_sandbox.world import recurrence
from roomstead_sandbox.world.core import Core
from roomstead_sandbox.world.events import (
    NEVER,
    Answer,
    Content,
    Event,
    EventKind,
    Former,
    ShowAs,
)
from roomstead_sandbox.world.linked.finding import find, stored
from roomstead_sandbox.world.mailbox import DEFAULT_CALENDAR, Mailbox
from roomstead_sandbox.world.people import User
from roomstead_sandbox.world.shelf import series_state

SHARED = "shared/"
"""Extended properties that go along to every copy begin so; all others stay where they are."""

MOST_TOLD = 200
"""In larger meetings the guests do not see each other's answers."""

_KEPT_FORMERS = 8


class Copies:
    """Keeps the guests' copies like the organiser's."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def guests(self, event: Event) -> Iterator[User]:
        """Whose linked calendars hold a copy, apart from the organiser's own."""
        seen = {event.mailbox_id}
        for attendee in event.content.attendees:
            user = self._core.linked_user(attendee.address)
            if user is not None and user.id not in seen:
                seen.add(user.id)
                yield user

    def spread(self, event: Event) -> None:
        """The organiser's event changed: every guest's copy follows."""
        for user in self.guests(event):
            self.put(user, event)

    def spread_answer(self, event: Event, of: User) -> None:
        """Somebody answered: their own copy follows and, unless the meeting is too large, everybody's."""
        if len(event.content.attendees) <= MOST_TOLD:
            self.spread(event)
        elif of.id != event.mailbox_id:
            self.put(of, event)

    def put(self, user: User, event: Event) -> Event:
        """Make a guest's copy, or bring it in step."""
        mailbox = self._core.mailboxes.of(user.id)
        held = find(mailbox, event.ical_uid, event.original_start)
        answer = own_answer(event.content, user)
        if held is None:
            return self._add(user, mailbox, event, answer)
        if held.is_organizer and held.organizer != event.organizer:
            return held  # an event of their own that happens to have this name
        copy = stored(mailbox, held)
        copy.response, copy.is_organizer = answer, False
        copy.cancelled = event.cancelled or (copy.cancelled and answer is Answer.DECLINED)
        copy.awaiting_decision = copy.awaiting_decision and answer is Answer.NOT_RESPONDED
        copy.sequence, copy.organizer = event.sequence, event.organizer
        content = event.content
        if content.show_as is not copy.content.show_as:
            content = replace(content, show_as=copy.content.show_as)
        mailbox.replace_properties(copy, _properties(event, copy))
        self.reshape(mailbox, copy, content)
        mailbox.change(copy, content)
        return copy

    def withdraw(self, user: User, event: Event) -> None:
        """Somebody is no longer invited: their copy is cancelled."""
        mailbox = self._core.mailboxes.of(user.id)
        held = find(mailbox, event.ical_uid, event.original_start)
        if held is not None and not held.is_organizer and not held.cancelled:
            self.cancel(mailbox, stored(mailbox, held))

    def cancel(self, mailbox: Mailbox, event: Event) -> None:
        """Mark an item, with all that differs from its pattern, as cancelled. It stays to be read."""
        event.cancelled, event.awaiting_decision = True, False
        for exception in exceptions(mailbox, event):
            exception.cancelled = True
            mailbox.change(exception)
        mailbox.change(event)

    def reshape(self, mailbox: Mailbox, event: Event, content: Content) -> None:
        """Follow a change between single item and series, or of a series' pattern, before the content is changed."""
        if event.original_start is not None or _pattern(event.content) == _pattern(content):
            return
        state = series_state(event)
        state.former = [*state.former, Former(mailbox.version, event.content)][-_KEPT_FORMERS:]
        if event.kind is EventKind.SERIES_MASTER:
            for exception in exceptions(mailbox, event):
                start = exception.original_start
                stays = content.recurrence is not None and start is not None
                if not (stays and start is not None and recurrence.occurrence_at(content, start)):
                    mailbox.remove_exception(exception)
        mailbox.reclassify(event, EventKind.SERIES_MASTER if content.recurrence else EventKind.SINGLE)

    def _add(self, user: User, mailbox: Mailbox, event: Event, answer: Answer) -> Event:
        made = mailbox.add(
            Event(
                key=mailbox.new_key(),
                mailbox_id=user.id,
                calendar_id=DEFAULT_CALENDAR,
                ical_uid=event.ical_uid,
                kind=EventKind.SINGLE if event.content.recurrence is None else EventKind.SERIES_MASTER,
                content=event.content,
                organizer=event.organizer,
                is_organizer=False,
                response=answer,
                responded_at=NEVER,
                created=event.created,
                modified=self._core.now(),
                sequence=event.sequence,
                cancelled=event.cancelled,
                properties=_properties(event, None),
                original_start=event.original_start,
            )
        )
        if made.kind is EventKind.SERIES_MASTER:
            mailbox.adopt(made)  # occurrences they were invited to before they were invited to all
            self._add_exceptions(user, event)
        return made

    def _add_exceptions(self, user: User, master: Event) -> None:
        if master.series is None or not self._core.is_linked(master.mailbox_id):
            return
        for exception in exceptions(self._core.mailboxes.of(master.mailbox_id), master):
            if any(exception.content.attendee(address) for address in user.addresses):
                self.put(user, exception)
            else:
                self.withdraw(user, exception)


def exceptions(mailbox: Mailbox, master: Event) -> list[Event]:
    """What differs from a series' pattern, cancelled occurrences included."""
    return [mailbox.items[key] for key in master.series.exceptions.values()] if master.series else []


def own_answer(content: Content, user: User) -> Answer:
    """What the meeting says that this user answered."""
    for address in user.addresses:
        attendee = content.attendee(address)
        if attendee is not None:
            return Answer.NOT_RESPONDED if attendee.answer is Answer.NONE else attendee.answer
    return Answer.NOT_RESPONDED


def holds_time(event: Event) -> bool:
    """Whether an item on a linked calendar makes its owner busy."""
    if event.cancelled or event.content.show_as is ShowAs.FREE:
        return False
    return event.is_organizer or event.response in (Answer.ACCEPTED, Answer.TENTATIVE)


def _properties(event: Event, copy: Event | None) -> dict[str, str] | None:
    """The organiser's shared properties with the copy's own ones."""
    shared = {name: value for name, value in (event.properties or {}).items() if name.startswith(SHARED)}
    held = (copy.properties if copy is not None else None) or {}
    own = {name: value for name, value in held.items() if not name.startswith(SHARED)}
    return {**own, **shared} or None


def _pattern(content: Content) -> object:
    return content.recurrence, (content.start if content.recurrence is not None else None)
