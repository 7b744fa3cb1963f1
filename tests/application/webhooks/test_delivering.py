"""What becomes of messages that are not taken, and of endpoints that take none."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from cryptography.fernet import Fernet

from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.http.transport import make_tls_context
from roomstead.adapters.secrets import Sealer
from roomstead.adapters.webhooks.addresses import AddressRules
from roomstead.adapters.webhooks.sender import HttpWebhookSender
from roomstead.application.sync.sweep import sweep
from roomstead.application.webhooks.deliver_webhooks import AT_A_TIME, ROUNDS
from roomstead.application.webhooks.edit_webhook import EditWebhook, edit_webhook
from roomstead.application.webhooks.forget_old_deliveries import forget_old_deliveries
from roomstead.application.webhooks.read_delivery import read_delivery
from roomstead.application.webhooks.redeliver import redeliver
from roomstead.application.webhooks.rotate_webhook_secret import rotate_webhook_secret
from roomstead.application.webhooks.send_test_event import send_test_event
from roomstead.domain.errors import Conflict, Forbidden, InvalidInput
from roomstead.domain.integration import Room
from roomstead.domain.people import OPERATOR, Person, Role
from roomstead.domain.webhook import MOST_ENDPOINTS, DisabledFor, event_id

if TYPE_CHECKING:
    from tests.application.booking.conftest import Desk
    from tests.application.conftest import Given, HeldClock
    from tests.application.webhooks.conftest import Courier, Inbox


MANY = """
WITH event AS (
    INSERT INTO webhook_event (id, type, subject_id, occurred_at)
    SELECT gen_random_uuid(), 'webhook.test', md5((number %% 20)::text)::uuid, %(now)s
    FROM generate_series(1, 10000) AS number
    RETURNING id, sequence
)
INSERT INTO webhook_delivery (id, event_id, endpoint_id, sequence, created_at, due_at, give_up_at)
SELECT gen_random_uuid(), id, %(endpoint)s, sequence, %(now)s, %(now)s, %(now)s FROM event
"""


async def test_a_message_that_is_not_taken_comes_again_as_the_same_message(
    courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room
) -> None:
    made = await courier.register(inbox, "booking.requested")
    inbox.says(500, "Sorry,\n<b>later</b>")
    await desk.book(jane, oak)
    assert await courier.deliver() == 0
    assert await courier.deliver() == 0
    assert len(inbox.taken) == 1
    (waiting,) = await courier.log(made.endpoint.id)
    assert waiting.last is not None
    assert (waiting.last.status, waiting.last.failure) == (500, "It answered 500.")
    assert waiting.last.excerpt == "Sorry, <b>later</b>"
    await desk.deliver((await desk.stored(waiting.event.subject_id)).id)  # type: ignore[arg-type]  # a booking's id
    assert await courier.deliver_after(seconds=6) == 1
    first, second = inbox.taken
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert second.is_signed_by(made.secret)
    assert (await courier.stored(made.endpoint.id)).failures == 0


async def test_messages_are_tried_for_a_day_and_then_given_up(
    courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room, clock: HeldClock
) -> None:
    made = await courier.register(inbox, "booking.requested")
    await desk.book(jane, oak)
    began, waits = clock.now(), []
    while not (waiting := (await courier.log(made.endpoint.id))[0]).done_at:
        paused = (await courier.stored(made.endpoint.id)).paused_until
        clock.moment = max(clock.moment, waiting.due_at, paused or clock.moment)
        inbox.says(503)
        await courier.deliver()
        waits.append(clock.now() - began)
    assert waits[0] == timedelta(0)
    assert timedelta(hours=23) < waits[-1] < timedelta(hours=36)
    assert 8 < len(waits) < 16
    (given_up,) = await courier.log(made.endpoint.id)
    assert not given_up.was_taken
    inbox.replies.clear()
    await redeliver(made.endpoint.id, given_up.id, OPERATOR, units=courier.units, clock=clock)
    assert await courier.deliver() == 1
    written = await read_delivery(made.endpoint.id, given_up.id, OPERATOR, units=courier.units)
    assert written.delivery.was_taken
    assert len(written.attempts) == len(waits) + 1
    assert inbox.taken[0].headers["webhook-id"] == inbox.taken[-1].headers["webhook-id"]


async def test_an_endpoint_that_takes_nothing_for_days_is_disabled_and_admins_are_told(
    courier: Courier, inbox: Inbox, given: Given, desk: Desk, jane: Person, oak: Room
) -> None:
    clock = courier.clock
    mei = await given.person("Mei Tan", role=Role.GLOBAL_ADMIN)
    made = await courier.register(inbox, "booking.requested")
    for day in range(4):
        await desk.book(jane, oak, 24 * day + 1)
        inbox.says(500)
        await courier.deliver()
        clock.advance(timedelta(days=1))
    endpoint = await courier.stored(made.endpoint.id)
    assert (endpoint.is_enabled, endpoint.disabled_for) == (False, DisabledFor.FAILING)
    async with courier.units() as uow:
        (notice,) = await uow.notices.due(clock.now(), 10)
    assert (notice.person_id, notice.kind.value) == (mei.id, "webhook_disabled")
    assert await courier.due() == []
    with pytest.raises(Conflict):
        await send_test_event(endpoint.id, OPERATOR, units=courier.units, clock=clock)
    command = EditWebhook(endpoint.id, is_enabled=True)
    await edit_webhook(command, OPERATOR, units=courier.units, clock=clock, addresses=AddressRules())
    inbox.replies.clear()
    assert await courier.deliver() > 0


async def test_410_disables_at_once(
    courier: Courier, inbox: Inbox, given: Given, desk: Desk, jane: Person, oak: Room
) -> None:
    await given.person("Mei Tan", role=Role.GLOBAL_ADMIN)
    made = await courier.register(inbox, "booking.requested")
    inbox.says(410)
    await desk.book(jane, oak)
    await courier.deliver()
    endpoint = await courier.stored(made.endpoint.id)
    assert (endpoint.is_enabled, endpoint.disabled_for) == (False, DisabledFor.GONE)
    await desk.book(jane, oak, 3)
    assert len(await courier.log(made.endpoint.id)) == 1
    async with courier.units() as uow:
        assert len(await uow.notices.due(courier.clock.now(), 10)) == 1


async def test_retry_after_is_honoured(courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room) -> None:
    made = await courier.register(inbox, "booking.requested")
    inbox.says(429, Retry_After="600")
    await desk.book(jane, oak)
    await courier.deliver()
    paused = (await courier.stored(made.endpoint.id)).paused_until
    assert paused == courier.clock.now() + timedelta(minutes=10)
    assert await courier.deliver_after(minutes=9) == 0
    assert await courier.deliver_after(minutes=1) == 1


async def test_redirects_are_not_followed(
    courier: Courier, inboxes: list[Inbox], desk: Desk, jane: Person, oak: Room
) -> None:
    made = await courier.register(inboxes[0], "booking.requested")
    inboxes[0].says(307, Location=inboxes[1].url())
    await desk.book(jane, oak)
    assert await courier.deliver() == 0
    assert inboxes[1].taken == []
    (waiting,) = await courier.log(made.endpoint.id)
    assert waiting.last is not None
    assert "redirect" in waiting.last.failure


async def test_of_a_long_answer_a_short_excerpt_is_kept(
    courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room
) -> None:
    made = await courier.register(inbox, "booking.requested")
    inbox.says(200, "x" * 1_000_000)
    await desk.book(jane, oak)
    assert await courier.deliver() == 1
    (taken,) = await courier.log(made.endpoint.id)
    assert taken.last is not None
    assert taken.last.excerpt == "x" * 500


async def test_both_secrets_sign_for_a_day_after_a_rotation(
    courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room
) -> None:
    first = await courier.register(inbox, "booking.requested")
    second = await rotate_webhook_secret(
        first.endpoint.id, OPERATOR, units=courier.units, clock=courier.clock, sealer=courier.sealer
    )
    await desk.book(jane, oak)
    await courier.deliver()
    assert inbox.taken[0].is_signed_by(first.secret)
    assert inbox.taken[0].is_signed_by(second.secret)
    courier.clock.advance(timedelta(hours=25))
    await desk.book(jane, oak)
    await courier.deliver()
    assert not inbox.taken[1].is_signed_by(first.secret)
    assert inbox.taken[1].is_signed_by(second.secret)


async def test_a_slow_endpoint_does_not_hold_up_others(
    courier: Courier, inboxes: list[Inbox], desk: Desk, jane: Person, oak: Room
) -> None:
    slow, quick = inboxes[:2]
    slow.gate.clear()
    ids = [(await courier.register(each, "booking.requested")).endpoint.id for each in (slow, quick)]
    await desk.book(jane, oak)
    waiting = asyncio.create_task(courier.deliver_to(ids[0]))
    await slow.arrived.wait()
    assert await courier.deliver_to(ids[1]) == 1
    assert not waiting.done()
    slow.gate.set()
    assert await waiting == 1


async def test_an_endpoint_that_never_answers_is_given_up_on_in_time_and_left_alone(
    courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room
) -> None:
    tls = make_tls_context(None)
    courier.sender = HttpWebhookSender(AddressRules(["127.0.0.0/8"]), tls, time_out=timedelta(seconds=1))
    inbox.gate.clear()
    made = await courier.register(inbox, "booking.requested")
    for number in range(3):
        await desk.book(jane, oak, 1 + 2 * number)
    assert await courier.deliver() == 0
    assert {each.last.failure for each in await courier.log(made.endpoint.id) if each.last} == {
        "It did not answer within 1 seconds."
    }
    assert await courier.due() == []


async def test_after_a_failure_one_message_is_tried_and_then_all(
    courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room
) -> None:
    await courier.register(inbox, "booking.requested")
    inbox.says(500)
    await desk.book(jane, oak, 1)
    await courier.deliver()
    for number in range(5):
        await desk.book(jane, oak, 3 + 2 * number)
    inbox.says(500)
    assert await courier.deliver_after(seconds=3) == 0
    assert len(inbox.taken) == 2
    assert await courier.deliver_after(minutes=2) == 6


async def test_a_sender_that_dies_in_the_act_sends_the_same_message_again(
    courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room
) -> None:
    await courier.register(inbox, "booking.requested")
    await desk.book(jane, oak)
    inbox.gate.clear()
    (endpoint_id,) = await courier.due()
    dying = asyncio.create_task(courier.deliver_to(endpoint_id))
    await inbox.arrived.wait()
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying
    inbox.gate.set()
    assert await courier.deliver() == 0
    assert await courier.deliver_after(minutes=2) == 1
    first, second = inbox.taken
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)


async def test_of_ten_thousand_waiting_messages_a_job_sends_some_each_subject_in_its_order(
    courier: Courier, inboxes: list[Inbox], database_url: str, desk: Desk, jane: Person, oak: Room
) -> None:
    busy, other = [await courier.register(each, "booking.requested") for each in inboxes[:2]]
    async with await psycopg.AsyncConnection.connect(database_url) as session:
        await session.execute(MANY, {"endpoint": busy.endpoint.id, "now": courier.clock.now()})
    assert await courier.deliver_to(busy.endpoint.id) == ROUNDS * AT_A_TIME
    by_subject: dict[int, list[int]] = {}
    for each in inboxes[0].taken:
        by_subject.setdefault(each.json()["sequence"] % 20, []).append(each.json()["sequence"])
    assert len(by_subject) == 20
    assert all(each == sorted(each) for each in by_subject.values())
    await desk.book(jane, oak)
    assert await courier.deliver_to(other.endpoint.id) == 1


async def test_the_sweep_finds_what_is_due(courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room) -> None:
    await courier.register(inbox, "booking.requested")
    await desk.book(jane, oak)
    before = await sweep(units=courier.units, clock=courier.clock)
    await courier.deliver()
    assert await sweep(units=courier.units, clock=courier.clock) == before - 1


async def test_a_secret_that_cannot_be_opened_disables(
    courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room
) -> None:
    made = await courier.register(inbox, "booking.requested")
    courier.sealer = Sealer([Fernet.generate_key().decode()])
    await desk.book(jane, oak)
    assert await courier.deliver() == 0
    assert inbox.taken == []
    assert (await courier.stored(made.endpoint.id)).disabled_for is DisabledFor.SECRET_LOST


async def test_the_log_is_cleared(courier: Courier, inbox: Inbox, desk: Desk, jane: Person, oak: Room) -> None:
    made = await courier.register(inbox, "booking.requested")
    await desk.book(jane, oak)
    await courier.deliver()
    courier.clock.advance(timedelta(days=31))
    assert await forget_old_deliveries(units=courier.units, clock=courier.clock, kept=timedelta(days=30)) == 1
    assert await courier.log(made.endpoint.id) == ()


async def test_there_may_be_so_many_and_no_more_also_at_once(courier: Courier, inbox: Inbox) -> None:
    done = await asyncio.gather(*(courier.register(inbox) for _ in range(MOST_ENDPOINTS + 3)), return_exceptions=True)
    assert [type(each) for each in done if isinstance(each, Exception)] == [Conflict] * 3


async def test_members_neither_see_nor_change_webhooks(courier: Courier, given: Given, jane: Person) -> None:
    with pytest.raises(Forbidden):
        await edit_webhook(
            EditWebhook(event_id(1)),  # type: ignore[arg-type]  # no endpoint
            given.actor(jane),
            units=courier.units,
            clock=courier.clock,
            addresses=AddressRules(),
        )


async def test_events_that_are_none_are_refused_with_the_rest(courier: Courier, units: SqlUnitsOfWork) -> None:
    from roomstead.application.webhooks.add_webhook import AddWebhook, add_webhook

    with pytest.raises(InvalidInput) as wrong:
        await add_webhook(
            AddWebhook("ftp://x", ("webhook.test",), "x" * 201),
            OPERATOR,
            units=units,
            clock=courier.clock,
            sealer=courier.sealer,
            addresses=AddressRules(),
        )
    assert set(wrong.value.mistakes) == {"url", "events", "description"}
