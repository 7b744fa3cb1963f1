"""Telling an endpoint nothing any more, and its admins why."""

from dataclasses import replace
from datetime import datetime

from roomstead.application.ports.people import PeopleFilter
from roomstead.application.ports.store import UnitOfWork
from roomstead.application.webhook_rules import record_webhook, server_of
from roomstead.domain.notice import Notice, NoticeKind, notice_id
from roomstead.domain.people import SYSTEM, Role
from roomstead.domain.webhook import DisabledFor, WebhookEndpoint

MANY = 1_000
_SENTENCES = {
    DisabledFor.GONE: "{server} answered that it is gone, so it is told nothing any more.",
    DisabledFor.FAILING: "{server} took no message for three days, so it is told nothing any more.",
    DisabledFor.SECRET_LOST: "The present sealing key does not open the secret for {server}, so nothing is sent.",
}


async def disable(uow: UnitOfWork, held: WebhookEndpoint, cause: DisabledFor, now: datetime) -> None:
    """Disable it by itself, and leave every Global Admin a notice."""
    changed = replace(
        held,
        is_enabled=False,
        disabled_for=cause,
        disabled_at=now,
        paused_until=None,
        version=held.version + 1,
    )
    await uow.endpoints.save(changed)
    await record_webhook(uow, "webhook.disabled", changed, SYSTEM, now, cause=cause.value)
    admins = await uow.people.page(PeopleFilter(role=Role.GLOBAL_ADMIN, is_active=True), after=None, limit=MANY)
    server = server_of(held.url)
    facts = {"server": server, "sentence": _SENTENCES[cause].format(server=server)}
    what = (NoticeKind.WEBHOOK_DISABLED.value, held.id, now)
    await uow.notices.add(
        [
            Notice(notice_id(each.id, *what), each.id, NoticeKind.WEBHOOK_DISABLED, now, now, facts=facts)
            for each in admins
        ]
    )
