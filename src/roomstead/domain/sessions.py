"""Sessions of browsers, what people prefer to see, and links that let somebody choose a password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID

from roomstead.domain.people import Person, PersonId

SessionId = NewType("SessionId", UUID)

IDLE_FOR = timedelta(days=14)
"""A browser that was not seen for so long has to sign in again."""

LASTS = timedelta(days=90)
"""Every session ends by then, however busy."""


class Theme(StrEnum):
    """How pages are coloured."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Hours(StrEnum):
    """How times are told: 14:00, or 2:00 PM."""

    TWENTY_FOUR = "24"
    TWELVE = "12"


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a person likes to see pages and mail. ``zone``: an IANA name; None: as the browser says."""

    zone: str | None = None
    theme: Theme = Theme.SYSTEM
    hours: Hours = Hours.TWENTY_FOUR


@dataclass(frozen=True, slots=True)
class WebSession:
    """A browser in which somebody is signed in. ``agent`` is a summary such as “Firefox on Linux”."""

    id: SessionId
    person_id: PersonId
    agent: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Whether it lasted, or lay idle, too long."""
        return now >= self.expires_at or now - self.seen_at >= IDLE_FOR


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session with the person whose it is and how they like to see pages."""

    session: WebSession
    person: Person
    preferences: Preferences


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    FIRST_ADMIN = "first_admin"
    """Whoever opens it becomes the first Global Admin."""
    INVITATION = "invitation"
    RESET = "reset"

    @property
    def lasts(self) -> timedelta:
        """How long such a link can be used."""
        return timedelta(days=7) if self is LinkPurpose.INVITATION else timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A link that can be used once. ``person_id`` is None for the first admin, who is nobody yet."""

    purpose: LinkPurpose
    person_id: PersonId | None
    created_at: datetime
    expires_at: datetime
