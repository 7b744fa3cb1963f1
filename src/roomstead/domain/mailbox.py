"""Mailboxes and the people's addresses that lead to them."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

Address = NewType("Address", str)
"""A normalised e-mail address: lower case, no blanks. Made by :func:`parse_address`."""

IntegrationId = NewType("IntegrationId", UUID)
MailboxId = NewType("MailboxId", UUID)

_SHAPE = re.compile(r"[^@\s<>(),;:\\\"\[\]]{1,64}@[^@\s<>(),;:\\\"\[\]]{1,253}")


class InvalidAddress(ValueError):
    """Not an e-mail address."""


def parse_address(text: str) -> Address:
    """Normalise an e-mail address for comparison and storage.

    Case is dropped (providers compare without it), Unicode is composed. Raises InvalidAddress with a sentence.
    """
    composed = unicodedata.normalize("NFC", text).strip().lower()
    if not _SHAPE.fullmatch(composed) or _has_unseen(composed):
        raise InvalidAddress(f"“{text.strip()[:80]}” is not an e-mail address like name@example.org.")
    return Address(composed)


def _has_unseen(text: str) -> bool:
    """Whether it holds control or format characters."""
    if text.isascii():
        return not text.isprintable()  # the same, and quick: thousands of addresses come with every round of changes
    return any(unicodedata.category(char) in {"Cc", "Cf"} for char in text)


def domain_of(address: Address) -> str:
    """The part after the @."""
    return address.rpartition("@")[2]


class MailboxPurpose(StrEnum):
    """What a mailbox is for, as its provider says."""

    USER = "user"
    SHARED = "shared"
    ROOM = "room"
    EQUIPMENT = "equipment"
    OTHER = "other"
    UNKNOWN = "unknown"

    @property
    def may_host(self) -> bool:
        """Whether such a mailbox may host other people's meetings (a resource mailbox may not)."""
        return self in {MailboxPurpose.USER, MailboxPurpose.SHARED, MailboxPurpose.UNKNOWN}


@dataclass(frozen=True, slots=True)
class MailboxRef:
    """A mailbox of one tenant: identity is the object id, the address is how it is invited."""

    address: Address
    object_id: str | None = None

    @property
    def key(self) -> str:
        """What to name in a call: the object id where known, since addresses may be renamed."""
        return self.object_id or self.address


@dataclass(frozen=True, slots=True)
class MailboxFacts:
    """What the directory and the mailbox itself tell about one address."""

    ref: MailboxRef
    display_name: str
    purpose: MailboxPurpose
    is_guest: bool = False
    is_enabled: bool = True
    zone: str | None = None
