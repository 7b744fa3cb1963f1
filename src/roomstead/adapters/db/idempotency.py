"""Rows of answers kept for repeated requests."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Row, and_, delete, literal_column, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from roomstead.adapters.db.tables import idempotency_key as kept
from roomstead.application.ports.idempotency import (
    GIVEN_UP_AFTER,
    KEPT_FOR,
    GoAhead,
    KeptAnswer,
    RequestKey,
    RequestUnderWay,
)
from roomstead.application.ports.secrets import Sealer
from roomstead.domain.errors import IdempotencyMismatch


class AnswerStore:
    """Implements ``Answers``."""

    def __init__(self, engine: AsyncEngine, sealer: Sealer) -> None:
        """Each call takes a connection of its own; bodies are stored sealed, since some hold a new token's secret."""
        self._engine = engine
        self._sealer = sealer

    async def begin(self, request: RequestKey, now: datetime) -> KeptAnswer | GoAhead:
        """Claim the key with one statement; of several at once the database lets one in."""
        mine = insert(kept).values(owner=request.owner, key=request.key, request_digest=request.digest, created_at=now)
        claim = mine.on_conflict_do_update(
            index_elements=[kept.c.owner, kept.c.key],
            set_={
                "request_digest": mine.excluded.request_digest,
                "created_at": mine.excluded.created_at,
                "status": None,
                "headers": None,
                "body": None,
            },
            where=_is_free(now),
        ).returning(literal_column("xmax = 0", Boolean))
        async with self._engine.begin() as connection:
            is_new = (await connection.execute(claim)).scalar_one_or_none()  # a row that was there has an xmax
            if is_new is not None:
                return GoAhead.FIRST if is_new else GoAhead.AGAIN
            found = (await connection.execute(kept.select().where(_is(request)))).first()
        return self._answer(found, request)

    async def keep(self, request: RequestKey, answer: KeptAnswer) -> None:
        """Store the answer."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(kept)
                .where(_is(request), kept.c.request_digest == request.digest)
                .values(status=answer.status, headers=dict(answer.headers), body=self._sealed(answer.body))
            )

    async def release(self, request: RequestKey) -> None:
        """Remove the claim."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(kept).where(_is(request), kept.c.status.is_(None)))

    async def forget(self, now: datetime) -> int:
        """Remove what is old."""
        async with self._engine.begin() as connection:
            return (await connection.execute(delete(kept).where(kept.c.created_at < now - KEPT_FOR))).rowcount

    def _answer(self, found: Row[*tuple[Any, ...]] | None, request: RequestKey) -> KeptAnswer:
        if found is None:  # released between the two statements: the caller comes again
            raise RequestUnderWay
        if bytes(found.request_digest) != request.digest:
            raise IdempotencyMismatch(remedy="Send the same request again, or choose a new key for a new request.")
        if found.status is None:
            raise RequestUnderWay
        return KeptAnswer(found.status, found.headers, self._sealer.open(found.body.encode()))

    def _sealed(self, body: bytes) -> str:
        return self._sealer.seal(body).decode()


def _is(request: RequestKey) -> ColumnElement[bool]:
    return and_(kept.c.owner == request.owner, kept.c.key == request.key)


def _is_free(now: datetime) -> ColumnElement[bool]:
    """Whether the key's time is over, or its request died without an answer."""
    return or_(
        kept.c.created_at < now - KEPT_FOR,
        and_(kept.c.status.is_(None), kept.c.created_at < now - GIVEN_UP_AFTER),
    )
