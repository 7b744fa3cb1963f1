"""Webhooks: other programs that are told what happens."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from roomstead.domain.webhook import SUBSCRIBABLE, DeliveryId
from roomstead.entrypoints.cli.naming import webhook_named
from roomstead.entrypoints.cli.options import AsJson, Cursor, Limit, Token
from roomstead.entrypoints.cli.output import print_facts, print_json, print_table
from roomstead.entrypoints.cli.running import Session, run

if TYPE_CHECKING:
    from roomstead.application.webhook_rules import EndpointWithSecret
    from roomstead.entrypoints.wire.webhooks import (
        DeliveryDetailShape,
        DeliveryShape,
        SeenWebhookShape,
        WebhookShape,
    )

app = typer.Typer(help="Tell other programs what happens.", no_args_is_help=True)

Webhook = Annotated[str, typer.Argument(help="Its id, or the address that it goes to.")]
Events = Annotated[
    list[str] | None,
    typer.Option("--event", help="A type such as booking.confirmed; may be repeated. Otherwise all."),
]


@app.command("list")
def list_(as_json: AsJson = False, token: Token = None) -> None:
    """List webhooks and how each is doing."""
    from roomstead.entrypoints.wire.base import Listing
    from roomstead.entrypoints.wire.webhooks import SeenWebhookShape

    async def work(session: Session) -> Listing[SeenWebhookShape]:
        found = await session.cases.list_webhooks(session.actor)
        return Listing(items=[SeenWebhookShape.seen(each) for each in found])

    found = run(work, token)
    if as_json:
        print_json(found)
        return
    print_table(
        ("Address", "For", "Events", "State", "Waiting", "Last taken", "Id"),
        [
            (each.url, each.description, len(each.events), _state(each), each.waiting, each.last_taken_at, each.id)
            for each in found.items
        ],
        empty="No webhooks yet. Add one with `roomstead webhooks add URL`.",
    )


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="Where messages go to.")],
    event: Events = None,
    description: Annotated[str, typer.Option("--for", help="What it is for.")] = "",
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Add a webhook. Its secret is printed this once, alone on standard output."""
    from roomstead.application.webhooks.add_webhook import AddWebhook

    command = AddWebhook(url, tuple(event or [each.value for each in SUBSCRIBABLE]), description)

    async def work(session: Session) -> "EndpointWithSecret":
        return await session.cases.add_webhook(command, session.actor)

    _show_secret(run(work, token), as_json)


@app.command("show")
def show(webhook: Webhook, as_json: AsJson = False, token: Token = None) -> None:
    """Show a webhook."""
    from roomstead.entrypoints.wire.webhooks import SeenWebhookShape

    async def work(session: Session) -> SeenWebhookShape:
        endpoint_id = await webhook_named(session, webhook)
        return SeenWebhookShape.seen(await session.cases.read_webhook(endpoint_id, session.actor))

    _show(run(work, token), as_json)


@app.command("edit")
def edit(
    webhook: Webhook,
    url: Annotated[str | None, typer.Option("--url", help="The new address.")] = None,
    event: Annotated[list[str] | None, typer.Option("--event", help="All types from now on; may be repeated.")] = None,
    description: Annotated[str | None, typer.Option("--for", help="What it is for.")] = None,
    enabled: Annotated[bool | None, typer.Option("--enable/--disable", help="Whether it is told anything.")] = None,
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Change a webhook. Enabled again, it is told at once what waited."""
    from roomstead.application.webhooks.edit_webhook import EditWebhook
    from roomstead.entrypoints.wire.webhooks import WebhookShape

    async def work(session: Session) -> WebhookShape:
        endpoint_id = await webhook_named(session, webhook)
        command = EditWebhook(endpoint_id, None, url, description, event or None, enabled)
        return WebhookShape.of(await session.cases.edit_webhook(command, session.actor))

    _show(run(work, token), as_json)


@app.command("remove")
def remove(webhook: Webhook, token: Token = None) -> None:
    """Remove a webhook with its secret, its log and what was still to be sent."""
    from roomstead.application.webhooks.remove_webhook import RemoveWebhook

    async def work(session: Session) -> None:
        endpoint_id = await webhook_named(session, webhook)
        await session.cases.remove_webhook(RemoveWebhook(endpoint_id), session.actor)

    run(work, token)


@app.command("rotate-secret")
def rotate_secret(webhook: Webhook, as_json: AsJson = False, token: Token = None) -> None:
    """Make a new secret; for a day the old one signs as well. It is printed this once."""

    async def work(session: Session) -> "EndpointWithSecret":
        endpoint_id = await webhook_named(session, webhook)
        return await session.cases.rotate_webhook_secret(endpoint_id, session.actor)

    _show_secret(run(work, token), as_json)


@app.command("test")
def send_test(webhook: Webhook, as_json: AsJson = False, token: Token = None) -> None:
    """Send a test; what came of it stands in the list of deliveries."""
    from roomstead.entrypoints.wire.webhooks import DeliveryDetailShape

    async def work(session: Session) -> DeliveryDetailShape:
        endpoint_id = await webhook_named(session, webhook)
        return DeliveryDetailShape.written(await session.cases.send_test_event(endpoint_id, session.actor))

    _show_delivery(run(work, token), as_json)


@app.command("deliveries")
def deliveries(
    webhook: Webhook, limit: Limit = 50, cursor: Cursor = "", as_json: AsJson = False, token: Token = None
) -> None:
    """List what was sent and what is still to be, the newest event first."""
    from roomstead.application.webhooks.list_deliveries import ListDeliveries
    from roomstead.entrypoints.wire.base import Listing
    from roomstead.entrypoints.wire.webhooks import DeliveryShape

    async def work(session: Session) -> Listing[DeliveryShape]:
        endpoint_id = await webhook_named(session, webhook)
        page = await session.cases.list_deliveries(ListDeliveries(endpoint_id, cursor, limit), session.actor)
        return Listing(items=[DeliveryShape.of(each) for each in page.items], next_cursor=page.next_cursor)

    found = run(work, token)
    if as_json:
        print_json(found)
        return
    print_table(
        ("When", "Event", "Attempts", "Outcome", "Code", "ms", "Id"),
        [
            (
                each.occurred_at,
                each.type.value,
                each.attempts,
                _outcome(each),
                each.last and each.last.status,
                each.last and each.last.ms,
                each.id,
            )
            for each in found.items
        ],
        empty="Nothing was sent yet. Send a test with `roomstead webhooks test WEBHOOK`.",
        more=found.next_cursor,
    )


@app.command("delivery")
def delivery(
    webhook: Webhook,
    delivery_id: Annotated[UUID, typer.Argument(help="Its id, from `webhooks deliveries`.")],
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Show what was sent, and what came of every attempt."""
    from roomstead.entrypoints.wire.webhooks import DeliveryDetailShape

    async def work(session: Session) -> DeliveryDetailShape:
        endpoint_id = await webhook_named(session, webhook)
        written = await session.cases.read_delivery(endpoint_id, DeliveryId(delivery_id), session.actor)
        return DeliveryDetailShape.written(written)

    _show_delivery(run(work, token), as_json)


@app.command("redeliver")
def redeliver(
    webhook: Webhook,
    delivery_id: Annotated[UUID, typer.Argument(help="Its id, from `webhooks deliveries`.")],
    as_json: AsJson = False,
    token: Token = None,
) -> None:
    """Send the same message again, under the same id."""
    from roomstead.entrypoints.wire.webhooks import DeliveryDetailShape

    async def work(session: Session) -> DeliveryDetailShape:
        endpoint_id = await webhook_named(session, webhook)
        written = await session.cases.redeliver(endpoint_id, DeliveryId(delivery_id), session.actor)
        return DeliveryDetailShape.written(written)

    _show_delivery(run(work, token), as_json)


def _show_secret(made: "EndpointWithSecret", as_json: bool) -> None:
    from roomstead.entrypoints.wire.webhooks import WebhookSecretShape

    shape: WebhookSecretShape = WebhookSecretShape.made(made)
    if as_json:
        print_json(shape)
        return
    typer.echo(f"Webhook {shape.id}. Keep its secret safe: it is shown this once.", err=True)
    typer.echo(shape.secret)


def _show(shape: "WebhookShape | SeenWebhookShape", as_json: bool) -> None:
    if as_json:
        print_json(shape)
        return
    waiting = getattr(shape, "waiting", None)
    print_facts(
        [
            ("Address", shape.url),
            ("For", shape.description),
            ("State", _state(shape)),
            ("Failing since", shape.failing_since),
            ("Waiting", waiting),
            ("Old secret until", shape.old_secret_until),
            ("Events", [each.value for each in shape.events]),
            ("Id", shape.id),
        ]
    )


def _show_delivery(shape: "DeliveryDetailShape", as_json: bool) -> None:
    if as_json:
        print_json(shape)
        return
    print_facts(
        [
            ("Event", shape.type.value),
            ("Happened", shape.occurred_at),
            ("Outcome", _outcome(shape)),
            ("Message", shape.message_id),
            ("Id", shape.id),
            ("Body", shape.body),
        ]
    )
    print_table(
        ("At", "Code", "ms", "What came of it", "Answer"),
        [(each.at, each.status, each.ms, each.failure or "Taken.", each.excerpt) for each in shape.log],
        empty="Not tried yet.",
    )


def _state(shape: "WebhookShape | SeenWebhookShape") -> str:
    if not shape.is_enabled:
        return f"disabled ({shape.disabled_for.value})" if shape.disabled_for else "disabled"
    return "failing" if shape.failing_since else "enabled"


def _outcome(shape: "DeliveryShape") -> str:
    if shape.was_taken:
        return "taken"
    return "given up" if shape.due_at is None else "waiting"
