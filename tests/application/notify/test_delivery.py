"""What becomes of mail that the server does not take, and how a mail looks to a mail program."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.mail.smtp import SmtpMailer
from roomstead.application.notify.list_notices import list_notices
from roomstead.application.notify.send_test_mail import send_test_mail
from roomstead.domain.errors import Broken, Forbidden
from roomstead.domain.people import OPERATOR, Person, Role

if TYPE_CHECKING:
    from tests.application.conftest import Given, HeldClock
    from tests.application.notify.conftest import PostOffice


@pytest.fixture
async def mei(given: "Given", units: SqlUnitsOfWork, clock: "HeldClock") -> Person:
    """A Global Admin with a non-ASCII name, who asked for a test mail."""
    person = await given.person("Mei Åsa “Tan”", "mei@contoso.example", role=Role.GLOBAL_ADMIN)
    await send_test_mail(given.actor(person), units=units, clock=clock)
    return person


async def test_a_mail_says_what_programs_need_to_know(post: "PostOffice", mei: Person) -> None:
    assert await post.deliver() == 1
    (mail,) = post.sink.taken
    assert mail["From"] == "Meeting rooms <rooms@contoso.example>"
    assert mail["To"].addresses[0].display_name == mei.name
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<https://rooms.contoso.example/me/notifications>"
    assert re.fullmatch(r"<[0-9a-f-]{36}@contoso\.example>", mail["Message-ID"])
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    html = mail.get_body(("html",))
    assert html is not None
    assert "<img" not in html.get_content()


async def test_a_mail_that_the_server_puts_off_is_sent_later_as_the_same_mail(post: "PostOffice", mei: Person) -> None:
    post.sink.replies = ["451 try again", "421 closing"]
    assert await post.deliver() == 0
    (notice,) = await post.listed()
    assert notice.error == "The mail server cannot be reached or does not take mail just now."
    assert notice.sent_at is None
    assert await post.deliver() == 0
    assert len(post.sink.replies) == 1
    assert await post.deliver_after(minutes=1) == 0
    assert await post.deliver_after(minutes=1) == 1
    (notice,) = await post.listed()
    assert (notice.sent_at, notice.error, notice.person_name) == (post.clock.now(), "", mei.name)


async def test_a_mail_that_the_server_refuses_is_given_up(post: "PostOffice", mei: Person) -> None:
    post.sink.replies = ["554 we do not want this"]
    assert await post.deliver() == 0
    assert await post.deliver_after(hours=2) == 0
    (notice,) = await post.listed()
    assert notice.given_up_at is not None
    assert notice.error == "The mail server refuses this message with code 554."


async def test_a_server_that_is_away_costs_time_and_after_a_day_the_mail(
    post: "PostOffice", mei: Person, mailer_to: Callable[[int], SmtpMailer]
) -> None:
    works, post.mailer = post.mailer, mailer_to(1)
    assert await post.deliver() == 0
    assert await post.deliver_after(hours=12) == 0
    post.mailer = works
    assert await post.deliver_after(hours=12) == 0
    (notice,) = await post.listed()
    assert notice.error == "It could not be sent within a day."
    assert post.sink.taken == []


async def test_a_sender_that_dies_in_the_act_does_not_lose_the_mail(
    post: "PostOffice", mei: Person, units: SqlUnitsOfWork
) -> None:
    async with units() as uow:
        (notice,) = await uow.notices.due(post.clock.now(), 10)
        await uow.notices.put_off([notice.id], post.clock.now() + timedelta(minutes=5))
        await uow.commit()
    assert await post.deliver() == 0
    assert await post.deliver_after(minutes=6) == 1
    assert post.sink.taken[0]["Message-ID"] == f"<{notice.id}@contoso.example>"


async def test_mail_never_leaves_inside_a_transaction(post: "PostOffice", mei: Person, units: SqlUnitsOfWork) -> None:
    from roomstead.application.notice_letters import letter_of
    from roomstead.entrypoints.mail.letters import CatalogueLetters

    async with units() as uow:
        letter = await letter_of(uow, await uow.notices.due(post.clock.now(), 10), "")
        assert letter is not None
        with pytest.raises(Broken):
            await post.mailer.send(CatalogueLetters().write(letter, mail_id="x", at=post.clock.now()))
    assert post.sink.taken == []


async def test_without_a_public_address_there_are_no_links(
    post: "PostOffice", mei: Person, units: SqlUnitsOfWork
) -> None:
    from roomstead.application.notice_letters import letter_of
    from roomstead.entrypoints.mail.letters import CatalogueLetters

    async with units() as uow:
        letter = await letter_of(uow, await uow.notices.due(post.clock.now(), 10), "")
    assert letter is not None
    mail = CatalogueLetters().write(letter, mail_id="x", at=post.clock.now())
    assert "http" not in mail.text
    assert "List-Unsubscribe" not in post.mailer.message_of(mail)


async def test_members_and_programs_neither_test_mail_nor_see_the_list(
    given: "Given", units: SqlUnitsOfWork, clock: "HeldClock", jane: Person
) -> None:
    with pytest.raises(Forbidden):
        await send_test_mail(given.actor(jane), units=units, clock=clock)
    with pytest.raises(Forbidden):
        await list_notices(given.actor(jane), units=units)
    with pytest.raises(Forbidden):
        await send_test_mail(OPERATOR, units=units, clock=clock)
