"""The worker, wired from settings, mails people; without a mail server it does not try."""

from pathlib import Path
from typing import TYPE_CHECKING

from roomstead.adapters.clock import SystemClock
from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.application.notify.send_test_mail import send_test_mail
from roomstead.bootstrap.worker import build_worker
from roomstead.config import load
from roomstead.domain.people import Role
from roomstead.entrypoints.mail.letters import CatalogueLetters

if TYPE_CHECKING:
    from tests.application.conftest import Given
    from tests.application.notify.conftest import Sink


async def test_the_worker_sends_what_is_due(
    given: "Given", units: SqlUnitsOfWork, sink: "Sink", smtp_port: int, database_url: str, tmp_path: Path
) -> None:
    mei = await given.person("Mei Tan", role=Role.GLOBAL_ADMIN)
    await send_test_mail(given.actor(mei), units=units, clock=SystemClock())
    settings = load(
        data_dir=tmp_path,
        smtp_url=f"smtp://127.0.0.1:{smtp_port}",
        mail_from="rooms@contoso.example",
        public_url="https://rooms.contoso.example",
    )
    async with build_worker(settings, database_url, CatalogueLetters()) as parts:
        turns = {turn.name: turn for turn in parts.turns}
        await turns["watch_integrations"].work()
        await turns["deliver_notices"].work()
    (mail,) = sink.taken
    assert mail["Subject"] == "Mail from Roomstead arrives"
    assert "https://rooms.contoso.example/settings/notifications" in str(mail)


async def test_without_a_mail_server_nothing_is_tried(database_url: str, tmp_path: Path) -> None:
    async with build_worker(load(data_dir=tmp_path), database_url, CatalogueLetters()) as parts:
        assert "deliver_notices" not in {turn.name for turn in parts.turns}
