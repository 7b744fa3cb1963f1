"""Find what Global Admins should be told about integrations, and forget notices that are long over."""

from datetime import datetime, timedelta

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.connections import CURRENT
from roomstead.application.ports.people import PeopleFilter
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.domain.credential_expiry import warning_stage
from roomstead.domain.integration import Integration, IntegrationStatus
from roomstead.domain.notice import Notice, NoticeKind, notice_id
from roomstead.domain.people import PersonId, Role
from roomstead.domain.webhook import WebhookEvent, WebhookType, event_id

KEPT = timedelta(days=90)
"""Longer than the first warning of a credential's end, so that none of the warnings is given twice."""
MANY = 1_000


async def watch_integrations(*, units: UnitsOfWork, clock: Clock) -> None:
    """Note, once each, that an integration needs attention and every stage of a credential's end.

    The stages are told to other programs, too.
    """
    now = clock.now()
    async with units() as uow:
        admins = await uow.people.page(PeopleFilter(role=Role.GLOBAL_ADMIN, is_active=True), after=None, limit=MANY)
        people = [each.id for each in admins]
        for integration in await uow.integrations.all():
            if integration.status is not IntegrationStatus.DISABLED:
                await uow.notices.add(_attention(integration, people, now))
                await uow.notices.add(await _credential_ends(uow, integration, people, now))
        await uow.notices.forget_before(now - KEPT)
        await uow.commit()


def _attention(integration: Integration, people: list[PersonId], now: datetime) -> list[Notice]:
    attention = integration.attention
    if attention is None:
        return []
    facts = {"sentence": attention.sentence, "remedy": attention.remedy}
    what = (NoticeKind.ATTENTION.value, integration.id, attention.code, attention.since)
    return [
        Notice(notice_id(each, *what), each, NoticeKind.ATTENTION, now, now, integration_id=integration.id, facts=facts)
        for each in people
    ]


async def _credential_ends(
    uow: UnitOfWork, integration: Integration, people: list[PersonId], now: datetime
) -> list[Notice]:
    credentials = await uow.integrations.credentials(integration.id)
    current = next((each for each in credentials if each.slot == CURRENT), None)
    stage = warning_stage(current.expires_at, now) if current is not None else None
    if current is None or current.expires_at is None or stage is None:
        return []
    facts = {"ends_at": current.expires_at.isoformat()}
    kind = WebhookType.INTEGRATION_CREDENTIAL_EXPIRING
    known = event_id(integration.id, kind.value, current.fingerprint, stage)
    await uow.deliveries.record([WebhookEvent(known, kind, integration.id, now, facts)])
    what = (NoticeKind.CREDENTIAL_ENDS.value, integration.id, current.fingerprint, stage)
    return [
        Notice(
            notice_id(each, *what),
            each,
            NoticeKind.CREDENTIAL_ENDS,
            now,
            now,
            integration_id=integration.id,
            facts=facts,
        )
        for each in people
    ]
