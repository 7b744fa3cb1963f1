"""Which mailbox hosts a booking, and why. Pure.

The service account is used only when the organiser's mailbox is known to be out of reach or does not exist in the
room's tenant. Unknown is not out of reach; throttled, slow or broken is not out of reach.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from roomstead.domain.access import Access, AccessCause, Verdict
from roomstead.domain.errors import ServiceAccountRequired
from roomstead.domain.mailbox import Address, MailboxRef

SERVICE_ACCOUNT_LABEL = "This booking has been made via a service account"
"""Shown wherever Roomstead shows such a booking, and in the API; never in the invitation."""


class HostKind(StrEnum):
    """Whose calendar holds the event."""

    ORGANIZER = "organizer"
    SERVICE_ACCOUNT = "service_account"


@dataclass(frozen=True, slots=True)
class OrganizerReach:
    """What is known of the organiser's mailbox in the room's tenant.

    ``mailbox`` None: the person has no address that this tenant could know. ``write`` None: never probed.
    """

    mailbox: MailboxRef | None
    write: Access | None


@dataclass(frozen=True, slots=True)
class HostChoice:
    """The mailbox that will hold the event, with the reason for it (B2)."""

    kind: HostKind
    mailbox: MailboxRef
    cause: AccessCause
    provider_code: str
    known_at: datetime | None
    """When the finding was made that this rests on; None when nothing was ever probed."""
    is_certain: bool
    """False: rests on no finding, or on one that is too old; the worker probes before it writes."""

    @property
    def label(self) -> str | None:
        """The label of S8, for bookings that the service account hosts."""
        return SERVICE_ACCOUNT_LABEL if self.kind is HostKind.SERVICE_ACCOUNT else None


def choose_host(
    reach: OrganizerReach,
    service_mailbox: MailboxRef | None,
    *,
    now: datetime,
    max_age: timedelta,
) -> HostChoice:
    """Decide the host from what is known.

    Raises ServiceAccountRequired when the organiser is known to be out of reach and there is no service account. A
    refusal too old to rely on refuses nobody: the worker asks the mailbox again before it writes.
    """
    access = reach.write
    fresh = access is not None and access.is_fresh(now, max_age)
    if reach.mailbox is None:
        return _stand_in(service_mailbox, AccessCause.NO_MAILBOX, "", None, is_certain=True)
    if access is not None and access.verdict is Verdict.REFUSED and (fresh or service_mailbox is not None):
        return _stand_in(service_mailbox, access.cause, access.provider_code, access.probed_at, is_certain=fresh)
    return HostChoice(
        HostKind.ORGANIZER,
        reach.mailbox,
        AccessCause.NONE,
        "",
        access.probed_at if access else None,
        is_certain=fresh and access is not None and access.verdict is Verdict.GRANTED,
    )


def _stand_in(
    service_mailbox: MailboxRef | None,
    cause: AccessCause,
    provider_code: str,
    known_at: datetime | None,
    *,
    is_certain: bool,
) -> HostChoice:
    if service_mailbox is None:
        raise ServiceAccountRequired(
            remedy="Ask a Global Admin to grant access to your mailbox or to add a service account.",
            details={"cause": cause.value},
        )
    return HostChoice(HostKind.SERVICE_ACCOUNT, service_mailbox, cause, provider_code, known_at, is_certain=is_certain)


def lost_consent_suspected(fallen: set[Address], standing: set[Address], *, threshold: int = 5) -> bool:
    """Whether organisers fall away in such numbers that consent was probably lost, not single mailboxes.

    ``fallen``: organisers refused within the last minutes that were granted before; ``standing``: organisers found
    granted in the same time. True stops falling back and calls an admin.
    """
    return len(fallen) >= threshold and len(fallen) > len(standing)
