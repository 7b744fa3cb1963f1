"""Mail: what a letter says, the words for it, and the server that takes it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from roomstead.domain.booking import Field
from roomstead.domain.errors import NeedsAdmin, Refused, RetryLater
from roomstead.domain.event import ResponseStatus
from roomstead.domain.mailbox import Address
from roomstead.domain.notice import NoticeKind
from roomstead.domain.sessions import Hours
from roomstead.domain.timespan import Timespan


class MailRefused(Refused):
    """The mail server will not take this message."""

    code = "mail_refused"


class MailUnavailable(RetryLater):
    """The mail server cannot be reached or does not take mail just now."""

    code = "mail_unavailable"


class MailNotAllowed(NeedsAdmin):
    """The mail server does not let Roomstead in: see user, password and TLS in ROOMSTEAD_SMTP_URL."""

    code = "mail_not_allowed"


@dataclass(frozen=True, slots=True)
class ToldAnswer:
    """One answer to an invitation."""

    title: str
    span: Timespan
    name: str
    response: ResponseStatus


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, before it is put into words. What does not apply is empty.

    ``zone`` and ``hours``: whose times are shown, and how they are told. ``by``: who did it. ``changed``: what.
    ``sentence`` and ``remedy`` are whole sentences. ``link`` and ``preferences_link`` are empty when Roomstead does not
    know under which address people reach it.
    """

    kind: NoticeKind
    to: Address
    name: str
    zone: str
    link: str = ""
    preferences_link: str = ""
    title: str = ""
    room: str = ""
    span: Timespan | None = None
    was: Timespan | None = None
    by: str = ""
    changed: tuple[Field, ...] = ()
    sentence: str = ""
    remedy: str = ""
    alternatives: tuple[str, ...] = ()
    answers: tuple[ToldAnswer, ...] = ()
    integration: str = ""
    ends_at: datetime | None = None
    hours: Hours = Hours.TWENTY_FOUR


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it is sent. ``id`` stays the same over all attempts, so that a doubled mail can be recognised."""

    id: str
    to: Address
    name: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    written_at: datetime
    preferences_link: str = ""


class Letters(Protocol):
    """Puts letters into words."""

    def write(self, letter: Letter, *, mail_id: str, at: datetime) -> Mail:
        """The mail that says it."""
        ...


class Mailer(Protocol):
    """Hands mail to a server."""

    async def send(self, mail: Mail) -> None:
        """Returns once the server took it. Raises MailRefused, MailUnavailable, MailNotAllowed."""
        ...
