"""What host mailboxes sent, so that the limits of a mailbox can be seen coming."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from roomstead.domain.booking import IntentKind
from roomstead.domain.mailbox import Address, IntegrationId


@dataclass(frozen=True, slots=True)
class Mailing:
    """One write that made its host mailbox send mail. ``outsiders``: recipients outside the tenant's domains.

    ``act_id``: the intent, or what stands for it where a verification asks a room.
    """

    integration_id: IntegrationId
    host: Address
    at: datetime
    kind: IntentKind
    act_id: UUID
    recipients: int
    outsiders: int


class SendLedger(Protocol):
    """Append only; an act is entered once, however often it was sent."""

    async def enter(self, mailing: Mailing) -> None:
        """Enter one mailing."""
        ...
