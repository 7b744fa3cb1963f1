"""A forgotten password: a mail whoever asks cannot see, with a link that is stored nowhere."""

import asyncio
import email
import email.policy
import re
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from tests.web.pages.conftest import PASSWORD, Browser, Visitor, heading

from roomstead.adapters.clock import SystemClock
from roomstead.adapters.db.engine import make_engine
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.jobs.queue import QueuedJobs
from roomstead.adapters.mail.server import server_of
from roomstead.adapters.mail.smtp import SmtpMailer
from roomstead.application.notify.deliver_notices import deliver_notices
from roomstead.application.people.add_person import AddPerson
from roomstead.application.people.ask_for_reset import MAILS_PER_ADDRESS
from roomstead.bootstrap.service import Roomstead
from roomstead.config import Settings, load
from roomstead.domain.people import OPERATOR
from roomstead.entrypoints.mail.letters import CatalogueLetters

PUBLIC = "http://rooms.contoso.example"
FORGOTTEN = "/sign-in/forgotten"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """With mail."""
    return load(
        data_dir=tmp_path / "data",
        port=0,
        public_url=PUBLIC,
        smtp_url="smtp://mail.contoso.example",
        mail_from="rooms@contoso.example",
    )


class Sink:
    """A mail server's memory."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        """Take a message: to whom, and its text."""
        del server, session
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        self.taken.append((envelope.rcpt_tos[0], body.get_content()))
        return "250 OK"


class Deliver:
    """Sends what is due over real SMTP."""

    def __init__(self, units: SqlUnitsOfWork, mailer: SmtpMailer, sink: Sink) -> None:
        self._units, self._mailer, self._sink = units, mailer, sink

    async def __call__(self) -> list[tuple[str, str]]:
        """What the server took by now."""
        await deliver_notices(
            units=self._units, clock=SystemClock(), mailer=self._mailer, letters=CatalogueLetters(), link_base=PUBLIC
        )
        return self._sink.taken


@pytest.fixture
async def deliver(database_url: str) -> AsyncIterator[Deliver]:
    """What the worker does."""
    sink, loop = Sink(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="localhost", loop=loop), "127.0.0.1", 0)
    engine = make_engine(database_url)
    units = SqlUnitsOfWork(engine, lambda connection: QueuedJobs(connection.exec_driver_sql))
    address = server_of(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    yield Deliver(units, SmtpMailer(address, "rooms@contoso.example", ssl.create_default_context()), sink)
    server.close()
    await server.wait_closed()
    await engine.dispose()


async def test_a_forgotten_password_is_replaced_by_mail(
    browser: Browser, member_page: Visitor, deliver: Deliver, database_url: str
) -> None:
    shown = await browser.get("/sign-in")
    assert f'href="{FORGOTTEN}"' in shown.text
    form = await browser.get(FORGOTTEN)
    sent = await browser.submit(form, "Send me a link", address=member_page.person.addresses[0].upper())
    assert "a mail with a link is on its way" in sent.text
    with psycopg.connect(database_url) as session:
        before = str(session.execute("SELECT row_to_json(n)::text FROM notice n").fetchall())
    ((to, text),) = await deliver()
    assert to == member_page.person.addresses[0]
    link = re.search(rf"{re.escape(PUBLIC)}(/password/([\w-]{{43}}))", text)
    assert link is not None
    assert link[2] not in before
    assert "If it was not you, do nothing" in text
    choose = await browser.get(link[1])
    assert heading(choose) == "Choose a new password"
    await browser.submit(choose, "Save and sign in", password="lantern-otter-quartz")
    assert (await browser.get("/me")).status_code == 200
    assert (await member_page.browser.get("/me")).status_code == 303


async def test_whoever_asks_learns_nothing_and_fills_nobodys_mailbox(
    service: Roomstead, browser: Browser, member_page: Visitor, deliver: Deliver
) -> None:
    await service.cases.add_person(AddPerson("Ines Duarte", ["ines@contoso.example"]), OPERATOR)
    for address in ("nobody@contoso.example", "ines@contoso.example", "no address", ""):
        answer = await browser.send(FORGOTTEN, {"address": address})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert await deliver() == []
    for _ in range(MAILS_PER_ADDRESS):
        assert (await browser.send(FORGOTTEN, {"address": member_page.person.addresses[0]})).status_code == 303
    refused = await browser.send(FORGOTTEN, {"address": member_page.person.addresses[0]})
    assert refused.status_code == 429
    assert 'href="/help/sign-in#attempts"' in refused.text
    mails = await deliver()
    assert len(mails) == MAILS_PER_ADDRESS
    paths = [urlsplit(re.findall(r"http://\S+/password/[\w-]+", text)[0]).path for _, text in mails]
    assert [(await browser.get(path)).status_code for path in paths] == [410, 410, 200]
    still = await browser.send("/sign-in", {"address": member_page.person.addresses[0], "password": PASSWORD})
    assert still.status_code == 303
