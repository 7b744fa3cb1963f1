"""Notices: what people are to be told by mail, until it is sent or given up, and what they do not want to be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from roomstead.domain.notice import Notice, NoticeId, NoticeKind, NoticeTopic
from roomstead.domain.people import PersonId


@dataclass(frozen=True, slots=True)
class ListedNotice:
    """What became of a notice, for admins: to whom and of which kind, never what it said."""

    person_name: str
    kind: NoticeKind
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    given_up_at: datetime | None
    error: str


class NoticeRepository(Protocol):
    """Notices and preferences about them."""

    async def add(self, notices: Sequence[Notice]) -> None:
        """Store what is not stored yet: news that was told, or is about to be, is not told again."""
        ...

    async def due(self, now: datetime, limit: int) -> Sequence[Notice]:
        """Notices to be sent now, the oldest first."""
        ...

    async def put_off(self, ids: Sequence[NoticeId], until: datetime, error: str = "") -> None:
        """An attempt is about to be made or has failed; the next one is due then."""
        ...

    async def sent(self, ids: Sequence[NoticeId], at: datetime) -> None:
        """The mail server took them."""
        ...

    async def give_up(self, ids: Sequence[NoticeId], at: datetime, error: str) -> None:
        """Nothing more is done about them."""
        ...

    async def latest(self, limit: int) -> Sequence[ListedNotice]:
        """What became of the latest notices, the newest first."""
        ...

    async def forget_before(self, at: datetime) -> int:
        """Remove notices made before; how many."""
        ...

    async def switched_off(self, person_id: PersonId) -> frozenset[NoticeTopic]:
        """What the person does not want to be told."""
        ...

    async def switch_off(self, person_id: PersonId, topics: frozenset[NoticeTopic]) -> None:
        """Exactly these, in place of what was switched off."""
        ...
