"""Attendees' copies of meetings: found for a message, made and updated from a request."""

from dataclasses import replace

from roomstead_sandbox.world.core import Core
from roomstead_sandbox.world.events import (
    NEVER,
    Answer,
    Content,
    Event,
    EventKind,
    ItemRef,
    ShowAs,
    with_answer,
    without_answers,
)
from roomstead_sandbox.world.mailbox import DEFAULT_CALENDAR, Mailbox
from roomstead_sandbox.world.people import User
from roomstead_sandbox.world.post import Draft, MailKind


def find_copy(mailbox: Mailbox, draft: Draft) -> Event | None:
    """The item in this mailbox that a message is about: the occurrence it names, else the single or series."""
    copy = mailbox.copy_of(draft.ical_uid)
    if copy is None or draft.occurrence is None or copy.kind is not EventKind.SERIES_MASTER:
        return copy
    return mailbox.get(ItemRef(copy.key, draft.occurrence))


def put_copy(core: Core, user: User, mailbox: Mailbox, draft: Draft) -> Event:
    """Make or update the attendee's copy of a meeting from a request."""
    held = find_copy(mailbox, draft)
    content = _as_received(user, draft)
    if held is None:
        return _new_copy(core, mailbox, draft, content)
    event = mailbox.make_exception(held)
    if draft.resets or draft.kind is MailKind.REQUEST or event.cancelled:
        event.response, event.responded_at = Answer.NOT_RESPONDED, NEVER
    else:
        content = replace(content, show_as=event.content.show_as)
        for address in user.addresses:
            content = with_answer(content, address, event.response, event.responded_at)
    event.sequence, event.cancelled = draft.sequence, False
    event.awaiting_decision = False
    if event.master_key is None:
        _follow_kind(mailbox, event, content)
    mailbox.change(event, content)
    return event


def _new_copy(core: Core, mailbox: Mailbox, draft: Draft, content: Content) -> Event:
    now = core.now()
    return mailbox.add(
        Event(
            key=mailbox.new_key(),
            mailbox_id=mailbox.user_id,
            calendar_id=DEFAULT_CALENDAR,
            ical_uid=draft.ical_uid,
            kind=EventKind.SINGLE if content.recurrence is None else EventKind.SERIES_MASTER,
            content=content,
            organizer=draft.organizer,
            is_organizer=False,
            response=Answer.NOT_RESPONDED,
            responded_at=NEVER,
            created=now,
            modified=now,
            sequence=draft.sequence,
        )
    )


def _follow_kind(mailbox: Mailbox, event: Event, content: Content) -> None:
    if event.content.recurrence != content.recurrence:
        mailbox.forget_exceptions(event)
        mailbox.reclassify(event, EventKind.SINGLE if content.recurrence is None else EventKind.SERIES_MASTER)


def _as_received(user: User, draft: Draft) -> Content:
    """The organiser's content as it arrives: nobody's answers, no categories, tentative until answered."""
    content = without_answers(draft.content)
    attendees = content.attendees
    if content.hide_attendees:
        own = {address.casefold() for address in user.addresses}
        attendees = tuple(a for a in attendees if a.address.casefold() in own)
    show_as = ShowAs.FREE if content.show_as is ShowAs.FREE else ShowAs.TENTATIVE
    return replace(content, attendees=attendees, show_as=show_as, categories=())
