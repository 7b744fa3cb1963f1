"""What people are told by mail, which of it they may switch off, and when it is sent. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID, uuid5

from roomstead.domain.booking import BookingId
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import PersonId

NoticeId = NewType("NoticeId", UUID)

_NAMESPACE = UUID("6f1f6a3e-5c3c-4f0e-9a53-2f8a3f6f0f51")
WORTH_SENDING = timedelta(hours=24)
"""A notice that could not be sent for so long is given up: it would be news no more."""
DIGEST_EVERY = timedelta(hours=1)
_MINUTES = 60


class NoticeTopic(StrEnum):
    """What a person may switch on and off."""

    BOOKINGS = "bookings"
    MADE_FOR_YOU = "made_for_you"
    ANSWERS = "answers"
    INTEGRATIONS = "integrations"
    """For Global Admins."""


class NoticeKind(StrEnum):
    """What a mail is about."""

    DECLINED = "declined"
    RELEASED = "released"
    """Nobody checked in, so the room was given back."""
    MOVED = "moved"
    CANCELLED = "cancelled"
    CHANGED_BY_OTHER = "changed_by_other"
    """Somebody else changed it here; quick edits are one mail."""
    CANCELLED_BY_OTHER = "cancelled_by_other"
    FAILED = "failed"
    NOT_DELIVERED = "not_delivered"
    MADE_FOR_YOU = "made_for_you"
    ANSWERED = "answered"
    """One answer to an invitation; those of one person go out as one mail."""
    ATTENTION = "attention"
    CREDENTIAL_ENDS = "credential_ends"
    WEBHOOK_DISABLED = "webhook_disabled"
    RESET = "reset"
    """Asked for by whoever forgot their password."""
    TEST = "test"
    """Asked for by an admin who wants to see whether mail arrives."""

    @property
    def topic(self) -> NoticeTopic | None:
        """Under what it is switched off; None: it is always sent."""
        return _TOPICS.get(self)


_TOPICS = {
    NoticeKind.DECLINED: NoticeTopic.BOOKINGS,
    NoticeKind.RELEASED: NoticeTopic.BOOKINGS,
    NoticeKind.MOVED: NoticeTopic.BOOKINGS,
    NoticeKind.CANCELLED: NoticeTopic.BOOKINGS,
    NoticeKind.CHANGED_BY_OTHER: NoticeTopic.BOOKINGS,
    NoticeKind.CANCELLED_BY_OTHER: NoticeTopic.BOOKINGS,
    NoticeKind.FAILED: NoticeTopic.BOOKINGS,
    NoticeKind.NOT_DELIVERED: NoticeTopic.BOOKINGS,
    NoticeKind.MADE_FOR_YOU: NoticeTopic.MADE_FOR_YOU,
    NoticeKind.ANSWERED: NoticeTopic.ANSWERS,
    NoticeKind.ATTENTION: NoticeTopic.INTEGRATIONS,
    NoticeKind.CREDENTIAL_ENDS: NoticeTopic.INTEGRATIONS,
    NoticeKind.WEBHOOK_DISABLED: NoticeTopic.INTEGRATIONS,
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell one person. ``facts`` holds what cannot be read again when the mail is written."""

    id: NoticeId
    person_id: PersonId
    kind: NoticeKind
    created_at: datetime
    due_at: datetime
    booking_id: BookingId | None = None
    integration_id: IntegrationId | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 0


def notice_id(person_id: PersonId, *what: object) -> NoticeId:
    """The same for the same news to the same person, so that nothing is told twice."""
    return NoticeId(uuid5(_NAMESPACE, "\n".join(str(each) for each in (person_id, *what))))


def digest_at(person_id: PersonId, now: datetime) -> datetime:
    """When answers that come now are told: once an hour, at a minute that is the person's own.

    So a person gets at most one digest an hour, and not everybody gets theirs in the same minute.
    """
    at = now.replace(minute=person_id.int % _MINUTES, second=0, microsecond=0)
    return at if at > now else at + DIGEST_EVERY
