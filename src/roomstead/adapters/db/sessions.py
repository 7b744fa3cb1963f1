"""Rows of sessions, and what people prefer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.people import PERSON, person_of
from roomstead.adapters.db.tables import person, web_session
from roomstead.domain.people import PersonId
from roomstead.domain.sessions import IDLE_FOR, Hours, Preferences, SessionId, SignedIn, Theme, WebSession

_SESSION = select(*(column.label(f"session_{column.name}") for column in web_session.c if column.name != "digest"))
_SIGNED_IN = (
    _SESSION.add_columns(*PERSON.selected_columns, person.c.zone, person.c.theme, person.c.hours)
    .join_from(web_session, person, web_session.c.person_id == person.c.id)
    .where(web_session.c.digest == bindparam("digest"))
)
"""Made once: every page begins with it."""


class SessionStore:
    """Implements ``SessionRepository``."""

    def __init__(self, connection: AsyncConnection) -> None:
        """``connection`` is inside a transaction that belongs to the unit of work."""
        self._connection = connection

    async def add(self, session: WebSession, digest: bytes) -> None:
        """Store a new session."""
        await self._connection.execute(
            insert(web_session).values(
                id=session.id,
                person_id=session.person_id,
                digest=digest,
                created_at=session.created_at,
                seen_at=session.seen_at,
                expires_at=session.expires_at,
                agent=session.agent,
            )
        )

    async def by_digest(self, digest: bytes) -> SignedIn | None:
        """The session with its person, in one statement."""
        row = (await self._connection.execute(_SIGNED_IN, {"digest": digest})).first()
        return None if row is None else SignedIn(_session(row), person_of(row), _preferences(row))

    async def of_person(self, person_id: PersonId) -> Sequence[WebSession]:
        """A person's sessions."""
        query = _SESSION.where(web_session.c.person_id == person_id).order_by(
            web_session.c.seen_at.desc(), web_session.c.id
        )
        return [_session(row) for row in await self._connection.execute(query)]

    async def seen(self, session_id: SessionId, now: datetime) -> None:
        """Remember that the browser was seen."""
        await self._connection.execute(update(web_session).where(web_session.c.id == session_id).values(seen_at=now))

    async def end(self, session_id: SessionId) -> None:
        """Forget one session."""
        await self._connection.execute(delete(web_session).where(web_session.c.id == session_id))

    async def end_all(self, person_id: PersonId, *, but: SessionId | None = None) -> int:
        """Forget a person's sessions."""
        query = delete(web_session).where(web_session.c.person_id == person_id)
        if but is not None:
            query = query.where(web_session.c.id != but)
        return (await self._connection.execute(query)).rowcount

    async def end_old(self, now: datetime) -> int:
        """Forget the sessions that are over."""
        is_over = or_(web_session.c.expires_at <= now, web_session.c.seen_at <= now - IDLE_FOR)
        return (await self._connection.execute(delete(web_session).where(is_over))).rowcount

    async def preferences(self, person_id: PersonId) -> Preferences:
        """How the person likes to see pages."""
        query = select(person.c.zone, person.c.theme, person.c.hours).where(person.c.id == person_id)
        return _preferences((await self._connection.execute(query)).one())

    async def prefer(self, person_id: PersonId, preferences: Preferences) -> None:
        """Store how the person likes to see pages."""
        values = {"zone": preferences.zone, "theme": preferences.theme.value, "hours": preferences.hours.value}
        await self._connection.execute(update(person).where(person.c.id == person_id).values(values))


def _session(row: Row[*tuple[Any, ...]]) -> WebSession:
    return WebSession(
        id=SessionId(row.session_id),
        person_id=PersonId(row.session_person_id),
        agent=row.session_agent,
        created_at=row.session_created_at,
        seen_at=row.session_seen_at,
        expires_at=row.session_expires_at,
    )


def _preferences(row: Row[*tuple[Any, ...]]) -> Preferences:
    return Preferences(row.zone, Theme(row.theme), Hours(row.hours))
