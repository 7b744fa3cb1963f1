"""The mail server, as an address like ``smtp://user:password@mail.example:587`` names it."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and how the way there is protected.

    ``is_tls``: encrypted from the first byte. ``must_upgrade``: otherwise STARTTLS, and nothing is sent without it.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    is_tls: bool
    must_upgrade: bool


def server_of(url: str) -> MailServer:
    """Read an ``smtp_url`` that the settings have checked.

    Without TLS mail goes to this machine only, or where ``?starttls=off`` says that the way is safe otherwise.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_safe_already = parse_qs(parts.query).get("starttls") == ["off"] or host in _LOOPBACK
    is_tls = parts.scheme == "smtps"
    return MailServer(
        host=host,
        port=parts.port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=is_tls,
        must_upgrade=not is_tls and not is_safe_already,
    )
