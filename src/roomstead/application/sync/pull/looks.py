"""Reading single copies by their ids: what a room answered, what a page could not tell."""

import logging

from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.mirror import DueLook, FollowedMailbox
from roomstead.application.sync.pull.context import PullContext
from roomstead.domain.errors import AppError, Broken, EventGone

log = logging.getLogger("roomstead.pull")

AT_ONCE = 20
"""Looks in one pull; more are due at once again."""


async def look_at_due(context: PullContext, provider: CalendarProvider, mailbox: FollowedMailbox) -> None:
    """Look at every copy in that mailbox that is due.

    Raises what concerns the mailbox or the integration as a whole; a single copy that cannot be read is put off.
    """
    async with context.units.reading() as uow:
        due = await uow.mirror.looks_due(mailbox.id, context.clock.now(), AT_ONCE)
    for look in due:
        await _look(context, provider, look)


async def _look(context: PullContext, provider: CalendarProvider, look: DueLook) -> None:
    asked_at = context.clock.now()
    try:
        event = await provider.read_event(look.ref)
    except EventGone:
        await context.gone(look.booking_id, asked_at=asked_at)
    except Broken:
        log.exception("copy_unreadable", extra={"booking": str(look.booking_id)})
        await _put_off(context, look)
    else:
        try:
            await context.observe(look.booking_id, event, asked_at=asked_at)
        except AppError:
            log.exception("copy_not_taken_in", extra={"booking": str(look.booking_id)})
            await _put_off(context, look)


async def _put_off(context: PullContext, look: DueLook) -> None:
    async with context.units() as uow:
        now = context.clock.now()
        await uow.mirror.looked(look.booking_id, now + context.policy.pull_interval, seen_at=now)
        await uow.commit()
