"""Send one endpoint what is due to it, in the order in which it happened as far as nothing fails."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.ports.webhook_sending import Message, Sent, WebhookSender
from roomstead.application.ports.webhooks import WrittenDelivery
from roomstead.application.webhook_disabling import disable
from roomstead.application.webhook_writing import Payloads, body_of
from roomstead.domain.errors import CredentialMissing
from roomstead.domain.webhook import (
    GIVEN_UP_AFTER,
    Attempt,
    Delivery,
    DisabledFor,
    EndpointId,
    WebhookEndpoint,
    pause_after,
    signed_headers,
    wait_after,
)

AT_A_TIME = 16
LOOKED_AT = 64
ROUNDS = 50
"""After so many the place is given up to others; the sweep finds what is left."""
IN_HAND = timedelta(minutes=1)
"""How long a sender may be silent before another attempt: should it die, the same message is sent again."""
GONE = 410
NOTHING_TO_TELL = "What this was about is not there any more."


@dataclass(frozen=True, slots=True)
class _Ready:
    endpoint: WebhookEndpoint
    secrets: tuple[str, ...]
    batch: tuple[WrittenDelivery, ...]


async def deliver_webhooks(
    endpoint_id: EndpointId,
    *,
    units: UnitsOfWork,
    clock: Clock,
    sealer: Sealer,
    sender: WebhookSender,
    payloads: Payloads,
) -> int:
    """Send until nothing is due, something fails, or it is others' turn; answers how many messages were taken.

    What is sent is taken in hand in one transaction, sent outside any, and its outcome stored in another: at least
    once. An endpoint that fails is left alone for a while and then tried with one message.
    """
    taken = 0
    for _ in range(ROUNDS):
        async with units() as uow:
            ready = await _take_in_hand(uow, endpoint_id, clock, sealer, payloads)
            await uow.commit()
        if ready is None:
            break
        sent = await sender.send(ready.endpoint.url, _messages(ready, clock.now()))
        async with units() as uow:
            may_go_on = await _store(uow, ready, sent, clock.now())
            await uow.commit()
        taken += sum(not each.failure for each in sent)
        if not may_go_on:
            break
    return taken


async def _take_in_hand(
    uow: UnitOfWork, endpoint_id: EndpointId, clock: Clock, sealer: Sealer, payloads: Payloads
) -> _Ready | None:
    now = clock.now()
    endpoint = await uow.endpoints.get_for_change(endpoint_id)
    if endpoint is None or not endpoint.is_enabled or (endpoint.paused_until or now) > now:
        return None
    try:
        secrets = await _secrets(uow, endpoint, sealer, now)
    except CredentialMissing:
        await disable(uow, endpoint, DisabledFor.SECRET_LOST, now)
        return None
    due = await uow.deliveries.due(endpoint_id, now, LOOKED_AT)
    batch = [written for each in _apart(due, endpoint) if (written := await _written(uow, each, payloads, now))]
    if not due:
        return None
    await uow.deliveries.put_off([each.delivery.id for each in batch], now + IN_HAND)
    return _Ready(endpoint, secrets, tuple(batch))


async def _secrets(uow: UnitOfWork, endpoint: WebhookEndpoint, sealer: Sealer, now: datetime) -> tuple[str, ...]:
    sealed = await uow.endpoints.secrets(endpoint.id)
    if sealed is None:
        raise CredentialMissing
    both = [sealed.current]
    if sealed.old is not None and endpoint.old_secret_until is not None and endpoint.old_secret_until > now:
        both.append(sealed.old)
    return tuple(sealer.open(each).decode() for each in both)


def _apart(due: Sequence[WrittenDelivery], endpoint: WebhookEndpoint) -> list[WrittenDelivery]:
    """The first about each subject, so that two about one never race; one alone where the last attempt failed."""
    first = {each.delivery.event.subject_id: each for each in reversed(due)}
    picked = sorted(first.values(), key=lambda each: each.delivery.event.sequence)
    return picked[: 1 if endpoint.failures else AT_A_TIME]


async def _written(uow: UnitOfWork, each: WrittenDelivery, payloads: Payloads, now: datetime) -> WrittenDelivery | None:
    """Written down at the first attempt, and the same ever after; None, and over, where there is nothing to tell."""
    if each.body:
        return each
    body = await body_of(uow, each.delivery, payloads, now)
    if body is None:
        attempt = Attempt(now, 0, None, 0, NOTHING_TO_TELL)
        await uow.deliveries.attempted(each.delivery, attempt, again_at=None)
        return None
    await uow.deliveries.write(each.delivery.event.id, body)
    return replace(each, body=body)


def _messages(ready: _Ready, now: datetime) -> list[Message]:
    bodies = [(each.delivery.event.id, each.body.encode()) for each in ready.batch]
    return [Message(signed_headers(ready.secrets, event_id, now, body), body) for event_id, body in bodies]


async def _store(uow: UnitOfWork, ready: _Ready, sent: Sequence[Sent], now: datetime) -> bool:
    """Keep what came of it; whether to go on at once."""
    endpoint = await uow.endpoints.get_for_change(ready.endpoint.id)
    if endpoint is None:
        return False
    for each, came in zip(ready.batch, sent, strict=True):
        attempt = Attempt(now, 0, came.status, came.ms, came.failure, came.excerpt)
        await uow.deliveries.attempted(each.delivery, attempt, again_at=_again_at(each.delivery, came, now))
    failed = [each for each in sent if each.failure]
    if any(each.status == GONE for each in failed):
        await disable(uow, endpoint, DisabledFor.GONE, now)
    elif len(failed) < len(sent):
        await uow.endpoints.save(replace(endpoint, failing_since=None, failures=0, paused_until=None))
    elif failed:
        await _failed(uow, endpoint, failed[0], now)
    return not failed and endpoint.url == ready.endpoint.url


def _again_at(delivery: Delivery, came: Sent, now: datetime) -> datetime | None:
    if not came.failure or now >= delivery.give_up_at:
        return None
    return now + wait_after(delivery.attempts + 1)


async def _failed(uow: UnitOfWork, endpoint: WebhookEndpoint, came: Sent, now: datetime) -> None:
    since = endpoint.failing_since or now
    if now - since >= GIVEN_UP_AFTER:
        await disable(uow, endpoint, DisabledFor.FAILING, now)
        return
    failures = endpoint.failures + 1
    paused_until = now + pause_after(failures, came.retry_after)
    await uow.endpoints.save(replace(endpoint, failing_since=since, failures=failures, paused_until=paused_until))
