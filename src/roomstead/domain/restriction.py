"""Whether the app is confined to the mailboxes that it needs. Pure.

In effect means both: every allowed mailbox is granted, and every named counter-example is refused. Success alone proves
nothing, and nothing is proven while a permission is granted that the restriction does not cover.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from roomstead.domain.access import Access, AccessCause, Verdict
from roomstead.domain.mailbox import Address


class RestrictionState(StrEnum):
    """What is known of a restriction."""

    IN_EFFECT = "in_effect"
    NOT_IN_EFFECT = "not_in_effect"
    UNPROVEN = "unproven"
    PROPAGATING = "propagating"


@dataclass(frozen=True, slots=True)
class RestrictionFindings:
    """What probes said. A mailbox without a finding was never tried."""

    allowed: Mapping[Address, Access | None]
    must_be_refused: Mapping[Address, Access | None]
    uncovered_permissions: Collection[str] = ()
    """Granted permissions that the restriction does not cover."""
    is_spreading: bool = False


@dataclass(frozen=True, slots=True)
class Restriction:
    """The judgement, its sentence, and the mailboxes that speak against it."""

    state: RestrictionState
    sentence: str
    reachable: tuple[Address, ...] = ()
    """Must be refused, and are not."""
    kept_out: tuple[Address, ...] = ()
    """Allowed, and refused."""


def judge_restriction(findings: RestrictionFindings) -> Restriction:
    """Decide from what probes found."""
    reachable = _with(findings.must_be_refused, Verdict.GRANTED)
    kept_out = _with(findings.allowed, Verdict.REFUSED)
    state, sentence = _judge(findings, reachable, kept_out)
    if findings.is_spreading and state is not RestrictionState.IN_EFFECT:
        spreading = "A change is spreading: usually 30 min to 2 h, at most a day."
        return Restriction(RestrictionState.PROPAGATING, f"{spreading} Until then: {sentence}", reachable, kept_out)
    return Restriction(state, sentence, reachable, kept_out)


def _judge(
    findings: RestrictionFindings, reachable: tuple[Address, ...], kept_out: tuple[Address, ...]
) -> tuple[RestrictionState, str]:
    against = _disproof(findings, reachable, kept_out)
    if against:
        return RestrictionState.NOT_IN_EFFECT, f"Not in effect: {against}"
    missing = _missing_proof(findings)
    if missing:
        return RestrictionState.UNPROVEN, f"Unproven: {missing}"
    named = len(findings.must_be_refused)
    refused = "the named one is refused" if named == 1 else f"all {named:,} named ones are refused"
    return RestrictionState.IN_EFFECT, f"In effect: allowed mailboxes are reached, {refused}."


def _disproof(findings: RestrictionFindings, reachable: tuple[Address, ...], kept_out: tuple[Address, ...]) -> str:
    """What shows that the app is not confined as it should be; empty: nothing."""
    if not findings.must_be_refused:
        return ""
    if reachable:
        return f"{reachable[0]} must be refused and can be reached."
    if findings.uncovered_permissions:
        return f"{', '.join(sorted(findings.uncovered_permissions))} is granted, which no restriction covers."
    if not kept_out:
        return ""
    others = f" and {len(kept_out) - 1:,} more" if len(kept_out) > 1 else ""
    return f"{kept_out[0]}{others} should be reached, and cannot."


def _missing_proof(findings: RestrictionFindings) -> str:
    """What nobody has seen yet; empty: nothing."""
    if not findings.must_be_refused:
        return "name at least one mailbox that must be refused, then verify."
    unproven = [one for one, found in findings.must_be_refused.items() if not _is_proof(found)]
    if unproven:
        return f"{unproven[0]} was not tried, or has no mailbox to be refused."
    reached = any(_granted(found) for found in findings.allowed.values())
    return "" if reached else "no allowed mailbox was reached yet. Verify the integration."


def _with(found: Mapping[Address, Access | None], verdict: Verdict) -> tuple[Address, ...]:
    return tuple(address for address, one in found.items() if one is not None and one.verdict is verdict)


def _is_proof(found: Access | None) -> bool:
    """Refused, and because it is kept from us, not because it is not there."""
    return found is not None and found.verdict is Verdict.REFUSED and found.cause is AccessCause.REFUSED


def _granted(found: Access | None) -> bool:
    return found is not None and found.verdict is Verdict.GRANTED
