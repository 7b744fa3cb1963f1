"""Sentences that several checks say, and the remedies that go with them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from roomstead.application.ports.providers import ProviderGuide, RestrictionFacts
from roomstead.domain.access import AccessCause
from roomstead.domain.errors import AppError
from roomstead.domain.mailbox import Address
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.verification import Finding

CAUSES: Mapping[AccessCause, str] = {
    AccessCause.REFUSED: "the provider keeps Roomstead out of it",
    AccessCause.NO_MAILBOX: "it has no mailbox in this tenant",
    AccessCause.ON_PREMISES: "its mailbox is on-premises, which is not supported",
    AccessCause.NOT_IN_DIRECTORY: "the directory does not know the address",
    AccessCause.OUTSIDE: "it belongs to another organisation",
    AccessCause.NONE: "the reason is not known",
}


_EVIDENCE = frozenset({"code", "request_id", "status", "host"})
_BY_VALUE = {cause.value: cause for cause in AccessCause}


UNREACHABLE = Remedy(
    "Let this machine reach the provider over HTTPS: look at its firewall, proxy, DNS and trusted certificates.",
    Who.YOU,
    guide="verification#network",
)
"""For a provider that does not answer at all."""


REPORT_IT = Remedy(
    "Report it with the log's entry “verification_broke”, and upgrade if there is a newer version; then verify again. "
    "What the other checks found holds.",
    Who.YOU,
    guide="verification#when-a-check-itself-breaks",
)


def broke(error: Exception) -> tuple[str, Remedy]:
    """What is said of a defect of ours: that it is ours, and what to do."""
    return (
        f"This check itself broke ({type(error).__name__}). That is a defect of Roomstead's, not a finding.",
        REPORT_IT,
    )


def as_access_cause(cause: str) -> AccessCause:
    """A finding's cause as one of access; NONE for what only a check says."""
    return _BY_VALUE.get(cause, AccessCause.NONE)


def why(cause: str) -> str:
    """The end of a sentence about a mailbox that cannot be used."""
    return CAUSES[as_access_cause(cause)]


def count(number: int, one: str, many: str = "") -> str:
    """``1 room``, ``2,960 rooms``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def names(addresses: Sequence[str], most: int = 3) -> str:
    """A few by name, the rest by number."""
    shown = ", ".join(addresses[:most])
    rest = len(addresses) - most
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def access_remedy(guide: ProviderGuide, facts: RestrictionFacts, findings: Sequence[Finding]) -> Remedy | None:
    """What mends the largest group of failures; every group has its own on the page."""
    by_cause: dict[str, list[Address]] = {}
    for one in findings:
        by_cause.setdefault(one.cause, []).append(Address(one.subject))
    if not by_cause:
        return None
    cause, addresses = max(by_cause.items(), key=lambda group: len(group[1]))
    return guide.access_remedy(as_access_cause(cause), addresses, facts)


def error_remedy(error: AppError) -> Remedy | None:
    """The remedy that an error carries."""
    return Remedy(error.remedy, Who.YOU) if error.remedy else None


def error_evidence(error: AppError) -> dict[str, str]:
    """The provider's own words for an error, for an admin's eyes."""
    return {name: text for name, text in error.details.items() if name in _EVIDENCE and text}


def ends_in(expires_at: datetime | None, now: datetime) -> str:
    """When a credential ends, as the end of a sentence."""
    if expires_at is None:
        return ""
    days = (expires_at - now).days
    return f" It ends on {expires_at.day} {expires_at:%b %Y}, in {count(max(days, 0), 'day')}."
