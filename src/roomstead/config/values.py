"""The kinds of values that settings have: how they are read, and what is wrong with them."""

import json
import os
from email.errors import MessageError
from email.headerregistry import Address as Mailbox
from email.utils import getaddresses
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

SHORTEST_SECRET = 16


def default_data_dir() -> Path:
    """The platform's place for a program's data; for root, whose home is closed to others, `/var/lib/roomstead`."""
    from platformdirs import user_data_path  # only when no folder was named

    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return Path("/var/lib/roomstead") if is_root else user_data_path("roomstead")


def absolute_folder(value: Path) -> Path:
    """A folder, whole."""
    return value.expanduser().absolute()


def checked_postgres_url(value: SecretStr) -> SecretStr:
    """The address of a database. Raises ValueError."""
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError("must begin with postgresql://")
    if not parts.path.strip("/"):
        raise ValueError("names no database")
    return SecretStr(value.get_secret_value().replace("postgres://", "postgresql://", 1))


def web_address(value: str) -> str:
    """The address of a site, without a slash at its end. Raises ValueError."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a whole address that begins with https:// or http://")
    return value.rstrip("/")


def checked_smtp_url(value: SecretStr) -> SecretStr:
    """The address of a mail server. Raises ValueError."""
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("must begin with smtp:// or smtps:// and name a server")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("has a port that is none") from None
    return value


def long_secret(value: SecretStr) -> SecretStr:
    """A secret that nobody guesses. Raises ValueError."""
    if len(value.get_secret_value()) < SHORTEST_SECRET or not value.get_secret_value().isprintable():
        raise ValueError(f"must have at least {SHORTEST_SECRET} characters, on one line")
    return value


def mail_sender(value: str) -> str:
    """Whom mail comes from. Raises ValueError."""
    found = getaddresses([value])
    if len(found) != 1 or "@" not in found[0][1] or not value.isprintable():
        raise ValueError("must be an address, or a name and an address in <>")
    try:
        Mailbox(display_name=found[0][0], addr_spec=found[0][1])
    except (ValueError, MessageError):
        raise ValueError("must be an address, or a name and an address in <>") from None
    return value


def checked_networks(value: tuple[str, ...]) -> tuple[str, ...]:
    """Networks in CIDR notation. Raises ValueError."""
    for each in value:
        try:
            ip_network(each)
        except ValueError:
            raise ValueError(f"names {each!r}, which is no network") from None
    return value


def listed(value: object) -> object:
    """Keys come as one text, separated by commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def parsed(value: object) -> object:
    """Mappings come as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON ({error.msg} at character {error.pos + 1})") from error


WebAddress = Annotated[str, AfterValidator(web_address)]
Endpoints = dict[str, dict[str, dict[str, WebAddress]]]
Networks = Annotated[tuple[str, ...], AfterValidator(checked_networks)]
