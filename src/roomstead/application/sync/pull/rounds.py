"""Rounds of changes: page by page, each stored whole with the place after it."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from roomstead.application.ports.calendar import CalendarProvider, ChangePage, SyncCursor
from roomstead.application.ports.jobs import PullMailbox
from roomstead.application.ports.mirror import FollowedMailbox, Progress
from roomstead.application.ports.store import UnitOfWork
from roomstead.application.sync.pull.context import PullContext
from roomstead.domain.booking import BookingId
from roomstead.domain.errors import AppError, CursorExpired
from roomstead.domain.event import CalendarEvent
from roomstead.domain.reconcile import Known, MailboxKind, Plan, RoundEnd, end_of_round, plan
from roomstead.domain.timespan import Timespan

log = logging.getLogger("roomstead.pull")

DOUBT = "calendar_empty"
"""Noted with a mailbox whose full round showed nothing where there was something; the next round confirms it."""
CONFIRM_AFTER = timedelta(minutes=5)
ROLL_AFTER = timedelta(days=1)
"""How old a cursor's window may get before a full round over a new one."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A page with the question that it answers."""

    page: ChangePage
    asked_at: datetime
    generation: int
    window: Timespan
    cursor_version: int


async def follow_changes(context: PullContext, provider: CalendarProvider, mailbox: FollowedMailbox) -> None:
    """Take in pages until the round is complete. Stops quietly when somebody else takes the mailbox further."""
    began_at = context.clock.now()
    cursor = _usable_cursor(context, provider, mailbox, began_at)
    may_start_over = cursor is not None
    while True:
        window, generation = mailbox.window, mailbox.generation
        if cursor is None or window is None:
            window = Timespan(began_at - context.policy.pull_back, began_at + context.policy.pull_ahead)
            generation += 1
        asked_at = context.clock.now()
        try:
            page = await provider.changes(mailbox.ref, cursor, window)
        except CursorExpired:
            if not may_start_over:
                raise
            may_start_over, cursor = False, None
            continue
        asked = _Asked(page, asked_at, generation, window, provider.capabilities.cursor_version)
        if not await _take_in(context, mailbox, asked, began_at) or page.is_last:
            return
        cursor = page.cursor
        mailbox = replace(mailbox, cursor=cursor, generation=generation, window=window)


def _usable_cursor(
    context: PullContext, provider: CalendarProvider, mailbox: FollowedMailbox, now: datetime
) -> SyncCursor | None:
    """Where to go on; None: from the beginning, since there is no place, or it is too old to be of use."""
    capabilities = provider.capabilities
    if mailbox.window is None or mailbox.cursor_version != capabilities.cursor_version:
        return None
    made_at = mailbox.window.start + context.policy.pull_back
    spread = ROLL_AFTER * ((mailbox.id.int & 0xFF) / 0xFF / 4)  # not all rooms of a tenant at the same hour
    if capabilities.window_is_fixed and now - made_at > ROLL_AFTER + spread:
        return None
    return mailbox.cursor


async def _take_in(context: PullContext, mailbox: FollowedMailbox, asked: _Asked, began_at: datetime) -> bool:
    """One page in one transaction: mirror, place, and the looks that follow; then the bookings it tells of."""
    if asked.page.is_last and not asked.page.is_full and not asked.page.changes:
        await _nothing_new(context, mailbox, asked, began_at)
        return True
    async with context.units() as uow:
        known = await _known(uow, mailbox, asked.page)
        decided = plan(mailbox.kind, known, asked.page.changes, asked_at=asked.asked_at)
        if not await uow.mirror.store_page(mailbox, decided, _progress(mailbox, asked)):
            return False
        looks = {BookingId(each) for each in decided.looks | decided.host_copies.keys()}
        if asked.page.is_last:
            looks |= await _end_round(context, uow, mailbox, asked, began_at)
        if asked.page.changes and mailbox.room_id is not None:
            await uow.announce("room", mailbox.room_id)
        hosts = await uow.mirror.look_again(looks, asked.asked_at)
        await uow.jobs.defer_all(PullMailbox(host) for host in hosts if host != mailbox.id)
        await uow.commit()
    if decided.unreadable:
        log.warning("changes_unreadable", extra={"mailbox": str(mailbox.id), "count": decided.unreadable})
    await _tell_bookings(context, mailbox, decided, asked.asked_at)
    return True


async def _nothing_new(context: PullContext, mailbox: FollowedMailbox, asked: _Asked, began_at: datetime) -> None:
    next_round_at = _next_round_at(context, mailbox)
    async with context.units() as uow:
        await uow.mirror.nothing_new(mailbox, _progress(mailbox, asked), began_at=began_at, next_round_at=next_round_at)
        await uow.commit()


def _next_round_at(context: PullContext, mailbox: FollowedMailbox) -> datetime:
    interval = context.policy.pull_interval
    spread = interval * ((mailbox.id.int >> 8 & 0xFF) / 0xFF / 10)
    return context.clock.now() + interval + spread


async def _known(uow: UnitOfWork, mailbox: FollowedMailbox, page: ChangePage) -> Known:
    event_ids = [change.event_id for change in page.changes]
    uids = [
        change.ical_uid for change in page.changes if isinstance(change, CalendarEvent) and change.ical_uid is not None
    ]
    held = await uow.mirror.held(mailbox.id, event_ids)
    by_uid = await uow.mirror.own_by_uid(mailbox.integration_id, uids)
    if mailbox.kind is MailboxKind.ROOM:
        return Known(held, by_uid)
    return Known(held, by_uid, await uow.mirror.own_by_event(mailbox.integration_id, mailbox.ref.address, event_ids))


def _progress(mailbox: FollowedMailbox, asked: _Asked) -> Progress:
    return Progress(
        cursor_before=mailbox.cursor,
        cursor=asked.page.cursor,
        cursor_version=asked.cursor_version,
        window=asked.window,
        generation_before=mailbox.generation,
        generation=asked.generation,
        seen_at=asked.asked_at,
    )


async def _end_round(
    context: PullContext, uow: UnitOfWork, mailbox: FollowedMailbox, asked: _Asked, began_at: datetime
) -> set[BookingId]:
    """The round is complete. Answers our bookings that a full round should have shown and did not."""
    missing: set[BookingId] = set()
    if asked.page.is_full:
        count = await uow.mirror.count_round(mailbox.id, asked.generation)
        verdict = end_of_round(unseen=count.unseen, shown=count.shown, was_doubted=mailbox.error_code == DOUBT)
        if verdict is RoundEnd.ASK_AGAIN:
            soon = context.clock.now() + min(CONFIRM_AFTER, context.policy.pull_interval)
            await uow.mirror.round_done(mailbox.id, began_at=began_at, next_round_at=soon, doubt=DOUBT)
            return missing
        missing = set(await uow.mirror.remove_unseen(replace(mailbox, window=asked.window), asked.generation))
    await uow.mirror.round_done(mailbox.id, began_at=began_at, next_round_at=_next_round_at(context, mailbox))
    return missing


async def _tell_bookings(context: PullContext, mailbox: FollowedMailbox, decided: Plan, asked_at: datetime) -> None:
    """Each booking on its own; one that fails is looked at again, as the page's transaction has planned."""
    for seen in decided.host_copies.values():
        try:
            await context.observe(BookingId(seen.booking_id), seen.event, asked_at=asked_at)
        except AppError:
            log.exception("copy_not_taken_in", extra={"booking": str(seen.booking_id)})
    for answer in decided.answers.values():
        try:
            await context.room_answered(
                BookingId(answer.booking_id), mailbox.ref.address, answer.response, asked_at=asked_at
            )
        except AppError:
            log.exception("answer_not_taken_in", extra={"booking": str(answer.booking_id)})
