"""A restriction is proven by what it refuses, and by what it lets through."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.domain.access import Access, AccessCause, Capability, Verdict
from roomstead.domain.mailbox import Address
from roomstead.domain.restriction import RestrictionFindings, RestrictionState, judge_restriction

OAK, ELM, PRIYA = Address("oak@contoso.example"), Address("elm@contoso.example"), Address("priya@contoso.example")
SEEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
IN_EFFECT, UNPROVEN = RestrictionState.IN_EFFECT, RestrictionState.UNPROVEN
NOT_IN_EFFECT, PROPAGATING = RestrictionState.NOT_IN_EFFECT, RestrictionState.PROPAGATING


def _granted(address: Address) -> Access:
    return Access(address, Capability.TIMES, Verdict.GRANTED, AccessCause.NONE, SEEN)


def _refused(address: Address, cause: AccessCause = AccessCause.REFUSED) -> Access:
    return Access(address, Capability.TIMES, Verdict.REFUSED, cause, SEEN)


def test_allowed_reached_and_named_refused_is_in_effect() -> None:
    found = judge_restriction(RestrictionFindings({OAK: _granted(OAK)}, {PRIYA: _refused(PRIYA)}))

    assert found.state is IN_EFFECT


def test_success_alone_proves_nothing() -> None:
    assert judge_restriction(RestrictionFindings({OAK: _granted(OAK)}, {})).state is UNPROVEN


def test_a_named_mailbox_that_is_reached_disproves_it() -> None:
    found = judge_restriction(RestrictionFindings({OAK: _granted(OAK)}, {PRIYA: _granted(PRIYA)}))

    assert (found.state, found.reachable) == (NOT_IN_EFFECT, (PRIYA,))


def test_a_permission_beside_it_disproves_it() -> None:
    findings = RestrictionFindings({OAK: _granted(OAK)}, {PRIYA: _refused(PRIYA)}, ("Calendars.ReadBasic.All",))

    assert judge_restriction(findings).state is NOT_IN_EFFECT


@pytest.mark.parametrize("cause", [AccessCause.NO_MAILBOX, AccessCause.NOT_IN_DIRECTORY, AccessCause.ON_PREMISES])
def test_a_mailbox_that_is_not_there_is_no_proof(cause: AccessCause) -> None:
    found = judge_restriction(RestrictionFindings({OAK: _granted(OAK)}, {PRIYA: _refused(PRIYA, cause)}))

    assert found.state is UNPROVEN


def test_an_allowed_mailbox_that_is_refused_is_named() -> None:
    allowed = {OAK: _granted(OAK), ELM: _refused(ELM)}

    found = judge_restriction(RestrictionFindings(allowed, {PRIYA: _refused(PRIYA)}))

    assert (found.state, found.kept_out) == (NOT_IN_EFFECT, (ELM,))


def test_a_marked_change_is_spreading_until_it_is_in_effect() -> None:
    reached = RestrictionFindings({OAK: _granted(OAK)}, {PRIYA: _granted(PRIYA)}, is_spreading=True)
    refused = RestrictionFindings({OAK: _granted(OAK)}, {PRIYA: _refused(PRIYA)}, is_spreading=True)

    assert judge_restriction(reached).state is PROPAGATING
    assert judge_restriction(refused).state is IN_EFFECT


_found = st.sampled_from([None, _granted(OAK), *(_refused(OAK, cause) for cause in AccessCause)])


@given(
    allowed=st.dictionaries(st.sampled_from([OAK, ELM]), _found),
    named=st.dictionaries(st.just(PRIYA), _found),
    traps=st.sampled_from([(), ("Calendars.ReadBasic.All",)]),
)
def test_it_is_never_in_effect_without_both_proofs(
    allowed: dict[Address, Access | None], named: dict[Address, Access | None], traps: tuple[str, ...]
) -> None:
    found = judge_restriction(RestrictionFindings(allowed, named, traps))

    if found.state is IN_EFFECT:
        assert named
        assert all(one == _refused(OAK) for one in named.values())
        assert _granted(OAK) in allowed.values()
        assert not any(one is not None and one.verdict is Verdict.REFUSED for one in allowed.values())
        assert not traps
