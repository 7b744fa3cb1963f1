"""The use case: pull one mailbox."""

from datetime import timedelta

from roomstead.application.policy import Policy
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.connections import Connections
from roomstead.application.ports.jobs import PullMailbox
from roomstead.application.ports.mirror import FollowedId, FollowedMailbox
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.sync.pull.context import PullContext
from roomstead.application.sync.pull.looks import look_at_due
from roomstead.application.sync.pull.rounds import follow_changes
from roomstead.domain.access import Access, Capability, Verdict
from roomstead.domain.backoff import backoff
from roomstead.domain.errors import AppError, NeedsAdmin, OutOfReach, Refused, RetryLater, WorldMoved
from roomstead.domain.integration import Attention
from roomstead.domain.reconcile import MailboxKind

WHEN_REFUSED = timedelta(hours=1)
"""How often a mailbox that is closed to us is tried again by itself; a verification that finds it open comes first."""


async def pull_mailbox(
    job: PullMailbox, *, units: UnitsOfWork, connections: Connections, clock: Clock, policy: Policy
) -> None:
    """Bring what we hold of a mailbox up to date.

    Foreseen trouble is noted with the mailbox, with when to try again, and ends the job well. Anything else is noted
    too, then raised: it is a defect.
    """
    context = PullContext(units, clock, policy)
    mailbox = await _read(units, FollowedId(job.mailbox_id))
    if mailbox is None:
        return
    try:
        async with connections.open(mailbox.integration_id) as provider:
            await _pull(context, provider, mailbox)
    except Refused:
        await _failed(context, mailbox, "not_connected", policy.pull_interval)
    except NeedsAdmin as error:
        await _call_admin(context, mailbox, error)
    except RetryLater as error:
        wait = backoff(mailbox.id, mailbox.failures + 1, asked=error.after)
        await _failed(context, mailbox, error.code, wait)
    except OutOfReach as error:
        await _out_of_reach(context, mailbox, error)
    except WorldMoved as error:
        await _failed(context, mailbox, error.code, backoff(mailbox.id, mailbox.failures + 1))
    except Exception as error:
        code = error.code if isinstance(error, AppError) else "broken"
        await _failed(context, mailbox, code, backoff(mailbox.id, mailbox.failures + 1))
        raise


async def _read(units: UnitsOfWork, mailbox_id: FollowedId) -> FollowedMailbox | None:
    async with units.reading() as uow:
        return await uow.mirror.get(mailbox_id)


async def _pull(context: PullContext, provider: CalendarProvider, mailbox: FollowedMailbox) -> None:
    if mailbox.kind is not MailboxKind.ROOM:
        await look_at_due(context, provider, mailbox)
    if mailbox.next_round_at is not None and mailbox.next_round_at <= context.clock.now():
        await follow_changes(context, provider, mailbox)


async def _failed(context: PullContext, mailbox: FollowedMailbox, code: str, wait: timedelta) -> None:
    at = context.clock.now() + wait
    async with context.units() as uow:
        await uow.mirror.round_failed(mailbox.id, error_code=code, next_round_at=at, forget_cursor=False)
        await uow.mirror.postpone_looks(mailbox.id, at)
        await uow.commit()


async def _call_admin(context: PullContext, mailbox: FollowedMailbox, error: NeedsAdmin) -> None:
    """The integration is marked once; nothing of it is asked again before the mark is taken away."""
    now = context.clock.now()
    async with context.units() as uow:
        await uow.integrations.call_admin(
            mailbox.integration_id, Attention(error.code, error.message, error.remedy, now)
        )
        await uow.announce("integration", mailbox.integration_id)
        at = now + context.policy.pull_interval
        await uow.mirror.round_failed(mailbox.id, error_code=error.code, next_round_at=at, forget_cursor=False)
        await uow.mirror.postpone_looks(mailbox.id, at)
        await uow.commit()


async def _out_of_reach(context: PullContext, mailbox: FollowedMailbox, error: OutOfReach) -> None:
    """What we hold stays as it was last seen; the finding is stored with its cause."""
    finding = Access(
        address=mailbox.ref.address,
        capability=Capability.TIMES if mailbox.kind is MailboxKind.ROOM else Capability.DETAILS,
        verdict=Verdict.REFUSED,
        cause=error.cause,
        probed_at=context.clock.now(),
        provider_code=error.provider_code,
        request_id=error.request_id,
    )
    async with context.units() as uow:
        await uow.access.record(mailbox.integration_id, [finding])
        await uow.commit()
    await _failed(context, mailbox, error.code, WHEN_REFUSED)
