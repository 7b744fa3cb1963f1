"""The words of every kind of mail, against files that were read by eye.

ROOMSTEAD_WRITE_LETTERS=1 writes the files anew; look at what changed before committing it.
"""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from roomstead.application.ports.mail import Letter, Mail, ToldAnswer
from roomstead.domain.booking import Field
from roomstead.domain.event import ResponseStatus
from roomstead.domain.mailbox import Address
from roomstead.domain.notice import NoticeKind
from roomstead.domain.sessions import Hours
from roomstead.domain.timespan import Timespan
from roomstead.entrypoints.mail.letters import CatalogueLetters

LETTERS = Path(__file__).parent / "letters"
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
SPAN = Timespan(NOON + timedelta(hours=2), NOON + timedelta(hours=3))
EARLIER = Timespan(NOON, NOON + timedelta(hours=1))
BASE = "https://rooms.contoso.example"


def letter(kind: NoticeKind, path: str = "/bookings/1", /, **more: object) -> Letter:
    return Letter(
        kind,
        Address("jane.doe@contoso.example"),
        "Jane Doe",
        "Europe/Amsterdam",
        f"{BASE}{path}",
        f"{BASE}/me/notifications",
        **more,  # type: ignore[arg-type]  # fields of Letter
    )


def meeting(kind: NoticeKind, **more: object) -> Letter:
    return letter(kind, title="Q&A <planning>", room="Oak", span=SPAN, by="Mei Tan", **more)


CASES = {
    "declined": meeting(NoticeKind.DECLINED, alternatives=("Elm", "Ash")),
    "declined_none_free": meeting(NoticeKind.DECLINED),
    "released": meeting(NoticeKind.RELEASED),
    "moved": meeting(NoticeKind.MOVED, was=EARLIER),
    "cancelled": meeting(NoticeKind.CANCELLED),
    "changed_by_other": meeting(NoticeKind.CHANGED_BY_OTHER, was=EARLIER, changed=(Field.TITLE, Field.TIME)),
    "cancelled_by_other": meeting(NoticeKind.CANCELLED_BY_OTHER),
    "failed": meeting(NoticeKind.FAILED, sentence="The calendar refuses so many guests."),
    "not_delivered": meeting(NoticeKind.NOT_DELIVERED),
    "made_for_you": meeting(NoticeKind.MADE_FOR_YOU),
    "answered": meeting(
        NoticeKind.ANSWERED,
        answers=(
            ToldAnswer("Q&A <planning>", SPAN, "Ana Lima", ResponseStatus.ACCEPTED),
            ToldAnswer("", EARLIER, "bo@fabrikam.example", ResponseStatus.TENTATIVE),
        ),
    ),
    "attention": letter(
        NoticeKind.ATTENTION,
        "/settings/integrations",
        integration="Contoso",
        sentence="The provider rejects the integration's credential.",
        remedy="Store a new credential.",
    ),
    "credential_ends": letter(
        NoticeKind.CREDENTIAL_ENDS, "/settings/integrations", integration="Contoso", ends_at=NOON + timedelta(days=7)
    ),
    "credential_ended": letter(
        NoticeKind.CREDENTIAL_ENDS, "/settings/integrations", integration="Contoso", ends_at=NOON
    ),
    "webhook_disabled": letter(
        NoticeKind.WEBHOOK_DISABLED,
        "/settings/webhooks",
        integration="hooks.fabrikam.example",
        sentence="hooks.fabrikam.example took no message for three days, so it is told nothing any more.",
    ),
    "reset": replace(letter(NoticeKind.RESET, "/password/SECRET"), preferences_link=""),
    "test": letter(NoticeKind.TEST, "/settings/notifications"),
}


def as_file(mail: Mail) -> str:
    return f"Subject: {mail.subject}\n\n{mail.text}\n=== HTML ===\n{mail.html}\n"


@pytest.mark.parametrize("name", CASES)
def test_a_letter_says_what_was_read_by_eye(name: str) -> None:
    written = as_file(CatalogueLetters().write(CASES[name], mail_id="1", at=NOON))
    file = LETTERS / f"{name}.txt"
    if os.environ.get("ROOMSTEAD_WRITE_LETTERS"):
        file.write_text(written)
    assert written == file.read_text()


def test_every_kind_of_notice_has_its_letter() -> None:
    assert {each.kind for each in CASES.values()} == set(NoticeKind)


def test_times_are_told_as_the_reader_likes_them() -> None:
    moved = meeting(NoticeKind.MOVED, was=EARLIER, hours=Hours.TWELVE)
    text = CatalogueLetters().write(moved, mail_id="1", at=NOON).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "3:00–4:00 PM" in text
    assert "1:00–2:00 PM" in text
    assert "13:00" not in text
