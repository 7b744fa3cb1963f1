"""Sessions of browsers, one-time links, and how often somebody tried to come in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from roomstead.domain.people import PersonId
from roomstead.domain.sessions import Preferences, SessionId, SignedIn, SignInLink, WebSession


class SessionRepository(Protocol):
    """Who is signed in, where."""

    async def add(self, session: WebSession, digest: bytes) -> None:
        """Store a new session."""
        ...

    async def by_digest(self, digest: bytes) -> SignedIn | None:
        """The session of a secret with its person, whether over or not."""
        ...

    async def of_person(self, person_id: PersonId) -> Sequence[WebSession]:
        """A person's sessions, the last seen first."""
        ...

    async def seen(self, session_id: SessionId, now: datetime) -> None:
        """Remember that the browser was seen."""
        ...

    async def end(self, session_id: SessionId) -> None:
        """Forget one session."""
        ...

    async def end_all(self, person_id: PersonId, *, but: SessionId | None = None) -> int:
        """Forget a person's sessions, except one; how many."""
        ...

    async def end_old(self, now: datetime) -> int:
        """Forget the sessions that are over; how many."""
        ...

    async def preferences(self, person_id: PersonId) -> Preferences:
        """How the person likes to see pages."""
        ...

    async def prefer(self, person_id: PersonId, preferences: Preferences) -> None:
        """Store how the person likes to see pages."""
        ...


class PasswordRepository(Protocol):
    """Hashes of passwords, one-time links, and attempts to come in."""

    async def hash_of(self, person_id: PersonId) -> str | None:
        """The hash of a person's password; None: there is none."""
        ...

    async def put(self, person_id: PersonId, password_hash: str, now: datetime) -> None:
        """Store the hash of a new password in place of the old one."""
        ...

    async def having(self, people: Sequence[PersonId]) -> frozenset[PersonId]:
        """Which of these people have a password."""
        ...

    async def add_link(self, link: SignInLink, digest: bytes) -> None:
        """Store a one-time link; earlier links for the same person become worthless."""
        ...

    async def link(self, digest: bytes, now: datetime) -> SignInLink | None:
        """The link of a secret, unless it was used or is too old."""
        ...

    async def take_link(self, digest: bytes, now: datetime) -> SignInLink | None:
        """As ``link``, and it is used up with this unit of work: of two at once, one gets it.

        With one link for the first admin all of them are used up.
        """
        ...

    async def drop_links(self, person_id: PersonId) -> None:
        """Make all links for a person worthless."""
        ...

    async def count_attempt(self, key: bytes, now: datetime, *, window: timedelta) -> int:
        """Count an attempt under a key; how many there were in the present window, this one included."""
        ...

    async def forget_attempts(self, key: bytes) -> None:
        """Begin again under a key."""
        ...

    async def take_back_attempt(self, key: bytes) -> None:
        """Count one attempt less under a key."""
        ...

    async def forget_old(self, now: datetime, *, window: timedelta) -> int:
        """Remove attempts of windows that are over, and links that are too old; how many."""
        ...
