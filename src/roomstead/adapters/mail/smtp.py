"""Hands mail to a server over SMTP (RFC 5321, 8314), as a message that is easy to file and not answered by robots."""

import ssl
from email.errors import MessageError
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import aiosmtplib
import structlog

from roomstead.adapters.mail.server import MailServer
from roomstead.application.ports.mail import Mail, MailNotAllowed, MailRefused, MailUnavailable
from roomstead.application.ports.store import open_unit_of_work
from roomstead.domain.errors import Broken

log = structlog.get_logger(__name__)

_PERMANENT = 500


class SmtpMailer:
    """Implements ``Mailer``. One connection a mail: they are few, and servers close idle ones."""

    def __init__(self, server: MailServer, sender: str, tls: ssl.SSLContext, *, timeout: float = 20.0) -> None:
        """``sender``: an address, or ``Name <address>``. ``timeout``: of each step, in seconds."""
        self._server = server
        self._sender = _mailbox(*parseaddr(sender))
        self._tls = tls
        self._timeout = timeout

    async def send(self, mail: Mail) -> None:
        """Send one mail. Raises as the protocol says; Broken while a unit of work is open."""
        if open_unit_of_work.get():
            raise Broken("A mail was about to be sent while a transaction was open.")
        server = self._server
        try:
            await aiosmtplib.send(
                self.message_of(mail),
                hostname=server.host,
                port=server.port,
                username=server.user or None,
                password=server.password or None,
                use_tls=server.is_tls,
                start_tls=server.must_upgrade,
                tls_context=self._tls,
                timeout=self._timeout,
            )
        except (ValueError, MessageError) as error:
            raise MailRefused("The message cannot be put together, probably because of its address.") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("mail_not_taken", failure=type(error).__name__, mail=mail.id)
            raise _foreseen(error) from error
        log.info("mail_taken", mail=mail.id)

    def message_of(self, mail: Mail) -> EmailMessage:
        """The message: plain text first, HTML for who likes it, no pictures and nothing that tells who read it."""
        message = EmailMessage()
        message["Message-ID"] = f"<{mail.id}@{self._sender.domain}>"
        message["Date"] = format_datetime(mail.written_at)
        message["From"] = self._sender
        message["To"] = _mailbox(mail.name, mail.to)
        message["Subject"] = " ".join(mail.subject.split())
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
        message["X-Auto-Response-Suppress"] = "All"
        if mail.preferences_link:
            message["List-Unsubscribe"] = f"<{mail.preferences_link}>"
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        return message


def _mailbox(name: str, address: str) -> Mailbox:
    shown = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    return Mailbox(display_name=shown, addr_spec=address)


def _foreseen(error: aiosmtplib.SMTPException | OSError) -> MailRefused | MailUnavailable | MailNotAllowed:
    """What a failure means for the mail: never, later, or when an admin has changed something."""
    misfit = type(error) is aiosmtplib.SMTPException  # raised bare where the server lacks STARTTLS or signing in
    if misfit or isinstance(error, aiosmtplib.SMTPAuthenticationError | aiosmtplib.SMTPNotSupported | ssl.SSLError):
        return MailNotAllowed()
    codes = _codes(error)
    if codes and all(code >= _PERMANENT for code in codes):
        return MailRefused(f"The mail server refuses this message with code {codes[0]}.")
    return MailUnavailable()


def _codes(error: aiosmtplib.SMTPException | OSError) -> list[int]:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return [each.code for each in error.recipients]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return [error.code]
    return []
