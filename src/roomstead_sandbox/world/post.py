"""The mail between mailboxes: what was sent to whom, the sending limits, and when it arrives.

Limits as Exchange Online documents them (service description "Exchange Online limits"): 30 messages a minute,
beyond which delivery waits, and 10,000 recipients in 24 hours, beyond which the sender gets a non-delivery
report while the calendar write itself succeeds.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from roomstead_sandbox.world.clock import Clock
from roomstead_sandbox.world.directory import Directory
from roomstead_sandbox.world.errors import NotFound
from roomstead_sandbox.world.events import Answer, Content, Person
from roomstead_sandbox.world.people import MailboxKind, User

DELIVER = "post.deliver"
OUTSIDE = "post.outside"
BOUNCE = "post.bounce"
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


class MailKind(StrEnum):
    """What a meeting message is."""

    REQUEST = "request"
    UPDATE = "update"
    CANCELLATION = "cancellation"
    RESPONSE = "response"
    FORWARD_NOTICE = "forward_notice"
    DELEGATE_REQUEST = "delegate_request"  # a room asks its delegates


@dataclass(slots=True)
class Draft:
    """A message about to be sent. `sequence` is the organiser's count of changes that took answers back."""

    kind: MailKind
    sender: Person
    sender_id: str | None  # the user who sends; None for somebody outside the world
    organizer: Person
    ical_uid: str
    recipients: tuple[str, ...]
    content: Content
    occurrence: datetime | None = None
    sequence: int = 0
    resets: bool = False  # the time changed: answers given before are void
    answer: Answer | None = None
    comment: str = ""
    forwarded_to: tuple[Person, ...] = ()


@dataclass(slots=True)
class Message:
    """A message in the log. `departs` is later than `at` when the sender was over the limit per minute.

    `bounced`: nobody got it, the sender was over the limit per day.
    """

    number: int
    at: datetime
    departs: datetime
    draft: Draft
    bounced: bool = False
    delivered: list[str] = field(default_factory=list)


@dataclass(slots=True)
class SendingLimits:
    """What one mailbox may send; None for no limit."""

    messages_per_minute: int | None = 30
    recipients_per_day: int | None = 10_000


class Post:
    """Takes messages, keeps the log, and sets timers for their arrival (handled by `delivery`)."""

    def __init__(self, clock: Clock, directory: Directory, limited: Callable[[str], bool]) -> None:
        """`limited` says whether the limits hold for meeting messages of a sender (a switch of the world)."""
        self._clock, self._directory, self._limited = clock, directory, limited
        self.limits = SendingLimits()
        self.log: list[Message] = []
        self._departures: dict[str, deque[datetime]] = {}
        self._recipients: dict[str, deque[tuple[datetime, int]]] = {}

    def send(self, draft: Draft, delay: float) -> Message:
        """Send a message: it arrives `delay` seconds after it departs. Returns its log entry."""
        now = self._clock.now()
        message = Message(len(self.log) + 1, now, now, draft)
        self.log.append(message)
        counted = draft.sender_id if draft.sender_id and self._limited(draft.sender_id) else None
        if counted is not None and self._over_day(counted, len(draft.recipients)):
            message.bounced = True
            self._clock.at(now + timedelta(seconds=delay), BOUNCE, sender=counted)
            return message
        if counted is not None:
            message.departs = self._departure(counted)
        arrival = message.departs + timedelta(seconds=delay)
        for address in draft.recipients:
            user = self.reached(address)
            kind, target = (DELIVER, user.id) if user else (OUTSIDE, address)
            self._clock.at(arrival, kind, message=message.number, to=target)
        return message

    def message(self, number: int) -> Message:
        """A message by its number; raises NotFound."""
        if not 1 <= number <= len(self.log):
            raise NotFound("There is no such message.")
        return self.log[number - 1]

    def reached(self, address: str) -> User | None:
        """The user whose mailbox here gets mail for this address; None for everybody else."""
        user = self._directory.find_mailbox(address)
        return user if user is not None and user.mailbox in (MailboxKind.CLOUD, MailboxKind.STALE) else None

    def recipients_today(self, user_id: str) -> int:
        """How many recipients this mailbox wrote to in the last 24 hours."""
        since = self._clock.now() - _DAY
        return sum(count for at, count in self._recipients.get(user_id, ()) if at > since)

    def sent(self, *, kinds: Sequence[MailKind] = (), ical_uid: str | None = None) -> list[Message]:
        """Messages of these kinds (all when empty) about this meeting (any when None), oldest first."""
        return [m for m in self.log if (not kinds or m.draft.kind in kinds) and ical_uid in (None, m.draft.ical_uid)]

    def clear(self) -> None:
        """Forget the log and the counters."""
        self.log.clear()
        self._departures.clear()
        self._recipients.clear()

    def restore(self, messages: list[Message]) -> None:
        """Take a saved log; the counters follow from it."""
        self.clear()
        for message in messages:
            self.log.append(message)
            sender = message.draft.sender_id
            if sender is not None and not message.bounced:
                self._departures.setdefault(sender, deque(maxlen=1000)).append(message.departs)
                count = len(message.draft.recipients)
                self._recipients.setdefault(sender, deque()).append((message.at, count))

    def _over_day(self, sender_id: str, count: int) -> bool:
        limit = self.limits.recipients_per_day
        ledger = self._recipients.setdefault(sender_id, deque())
        since = self._clock.now() - _DAY
        while ledger and ledger[0][0] <= since:
            ledger.popleft()
        if limit is not None and sum(n for _, n in ledger) + count > limit:
            return True
        ledger.append((self._clock.now(), count))
        return False

    def _departure(self, sender_id: str) -> datetime:
        now, limit = self._clock.now(), self.limits.messages_per_minute
        sent = self._departures.setdefault(sender_id, deque(maxlen=1000))
        departs = max(now, sent[-1]) if sent and limit else now
        if limit and len(sent) >= limit:
            departs = max(departs, sent[-limit] + _MINUTE)
        sent.append(departs)
        return departs
