"""What an integration may do with a mailbox, per capability, and why not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from roomstead.domain.mailbox import Address


class Capability(StrEnum):
    """One thing we may or may not do with a mailbox."""

    TIMES = "times"
    DETAILS = "details"
    WRITE = "write"
    SUBSCRIBE = "subscribe"


class Verdict(StrEnum):
    """What a probe found."""

    GRANTED = "granted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class AccessCause(StrEnum):
    """Why a mailbox is out of reach. Only these lead to a host other than the organiser."""

    REFUSED = "refused"
    """The mailbox exists and the integration is kept out of it (policy, scope, sharing)."""
    NO_MAILBOX = "no_mailbox"
    """Known to the directory or not, it has no mailbox in this tenant (unlicensed, guest, deleted)."""
    ON_PREMISES = "on_premises"
    """The mailbox lies outside the provider's cloud."""
    NOT_IN_DIRECTORY = "not_in_directory"
    """The tenant's directory does not know the address."""
    OUTSIDE = "outside"
    """The address belongs to another organisation; it is never probed."""
    NONE = "none"
    """Nothing stands in the way."""


@dataclass(frozen=True, slots=True)
class Access:
    """One finding about one mailbox and one capability."""

    address: Address
    capability: Capability
    verdict: Verdict
    cause: AccessCause
    probed_at: datetime
    provider_code: str = ""
    request_id: str = ""

    def is_fresh(self, now: datetime, max_age: timedelta) -> bool:
        """Whether the finding may still be relied upon when writing (older counts as unknown)."""
        return now - self.probed_at <= max_age


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What one probe of one capability found; a throttled or broken provider raises instead."""

    verdict: Verdict
    cause: AccessCause = AccessCause.NONE
    provider_code: str = ""
    request_id: str = ""
