"""An endpoint of somebody else's on this machine, and everything between a booking and it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.fernet import Fernet
from openapi_schema_validator import OAS31Validator
from tests.application.booking.conftest import desk  # noqa: F401 - a fixture, for tests of what bookings lead to

from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.http.transport import make_tls_context
from roomstead.adapters.secrets import Sealer
from roomstead.adapters.webhooks.addresses import AddressRules
from roomstead.adapters.webhooks.sender import HttpWebhookSender
from roomstead.application.webhook_rules import EndpointWithSecret
from roomstead.application.webhooks.add_webhook import AddWebhook, add_webhook
from roomstead.application.webhooks.deliver_webhooks import deliver_webhooks
from roomstead.application.webhooks.list_deliveries import ListDeliveries, list_deliveries
from roomstead.domain.people import OPERATOR
from roomstead.domain.webhook import SUBSCRIBABLE, Delivery, EndpointId, WebhookEndpoint
from roomstead.entrypoints.web.app import create_app
from roomstead.entrypoints.wire.webhooks import JsonPayloads

if TYPE_CHECKING:
    from tests.application.conftest import HeldClock

LOOPBACK = ("127.0.0.0/8",)
ALL = tuple(each.value for each in SUBSCRIBABLE)


@cache
def described() -> dict[str, Any]:
    """The description of the API, with the webhooks in it."""
    return create_app(None).openapi()  # type: ignore[arg-type]  # describing needs no service


@dataclass
class Message:
    """What came in at an endpoint."""

    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - as it came
        """The body."""
        return json.loads(self.body)

    def mistakes(self) -> list[str]:
        """Where it is not as the description of the API says that messages of its type are."""
        place = f"#/webhooks/{self.json()['type']}/post/requestBody/content/application~1json/schema"
        return [each.message for each in OAS31Validator({**described(), "$ref": place}).iter_errors(self.json())]

    def is_signed_by(self, secret: str) -> bool:
        """As the Standard Webhooks scheme says, written here once more from its description."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        right = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return right in self.headers["webhook-signature"].split(" ")


@dataclass
class Inbox:
    """An endpoint. ``replies``: what it says to the next messages, as whole answers; then 204."""

    port: int = 0
    taken: list[Message] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def url(self, path: str = "/hook") -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}{path}"

    def says(self, status: int, body: str = "", **headers: str) -> None:
        """Answer the next message so."""
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        self.replies.append(
            f"HTTP/1.1 {status} X\r\n{lines}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
        )

    def types(self) -> list[str]:
        """What it was told, in the order in which it came."""
        return [each.json()["type"] for each in self.taken]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one message."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.taken.append(Message(first.split(" ")[1], headers, body))
        self.arrived.set()
        await self.gate.wait()
        if not self.replies:
            self.says(204)
        writer.write(self.replies.pop(0).encode())
        await writer.drain()
        writer.close()


@dataclass
class Courier:
    """Registers endpoints and sends what is due, as the worker does."""

    units: SqlUnitsOfWork
    clock: HeldClock
    sealer: Sealer
    sender: HttpWebhookSender

    async def register(self, inbox: Inbox, *events: str) -> EndpointWithSecret:
        """An endpoint for these events; all of them unless given."""
        command = AddWebhook(inbox.url(), events or ALL)
        return await add_webhook(
            command,
            OPERATOR,
            units=self.units,
            clock=self.clock,
            sealer=self.sealer,
            addresses=AddressRules(LOOPBACK),
        )

    async def due(self) -> list[EndpointId]:
        """Endpoints that something is due to."""
        async with self.units() as uow:
            return list((await uow.due.by(self.clock.now(), 100)).endpoints)

    async def deliver(self) -> int:
        """What the sweep and a worker do: every endpoint that something is due to."""
        return sum([await self.deliver_to(each) for each in await self.due()])

    async def deliver_to(self, endpoint_id: EndpointId) -> int:
        """One job."""
        return await deliver_webhooks(
            endpoint_id,
            units=self.units,
            clock=self.clock,
            sealer=self.sealer,
            sender=self.sender,
            payloads=JsonPayloads(),
        )

    async def deliver_after(self, **by: float) -> int:
        """The same, that much later."""
        self.clock.advance(timedelta(**by))
        return await self.deliver()

    async def log(self, endpoint_id: EndpointId) -> tuple[Delivery, ...]:
        """What became of everything, the newest first."""
        page = await list_deliveries(ListDeliveries(endpoint_id, limit=200), OPERATOR, units=self.units)
        return page.items

    async def stored(self, endpoint_id: EndpointId) -> WebhookEndpoint:
        """The endpoint as it stands."""
        async with self.units() as uow:
            found = await uow.endpoints.get(endpoint_id)
        assert found is not None
        return found


@pytest.fixture
async def inboxes() -> AsyncIterator[list[Inbox]]:
    """Three endpoints that run. Whatever they were sent was as it is described."""
    servers, made = [], []
    for _ in range(3):
        inbox = Inbox()
        server = await asyncio.start_server(inbox.serve, "127.0.0.1", 0)
        inbox.port = server.sockets[0].getsockname()[1]
        servers.append(server)
        made.append(inbox)
    yield made
    assert [message.mistakes() for inbox in made for message in inbox.taken if message.mistakes()] == []
    for inbox in made:
        inbox.gate.set()
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest.fixture
def inbox(inboxes: list[Inbox]) -> Inbox:
    """One of them."""
    return inboxes[0]


@pytest.fixture
def sealer() -> Sealer:
    """Seals with a key of its own."""
    return Sealer([Fernet.generate_key().decode()])


@pytest.fixture
def sender() -> HttpWebhookSender:
    """May call this machine."""
    return HttpWebhookSender(AddressRules(LOOPBACK), make_tls_context(None))


@pytest.fixture
def courier(units: SqlUnitsOfWork, clock: HeldClock, sealer: Sealer, sender: HttpWebhookSender) -> Courier:
    """Delivers over real HTTP."""
    return Courier(units, clock, sealer, sender)
