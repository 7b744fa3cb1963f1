"""Faults: which calls they strike, and how often."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead_sandbox.world.faults import Fault, FaultKind, Faults


def _faults() -> Faults:
    return Faults(Random(1))


def test_a_fault_strikes_the_next_n_calls_it_selects() -> None:
    faults = _faults()
    faults.add(Fault(FaultKind.ANSWER, mailbox="m1", method="POST", count=2, status=503))
    strike = [
        faults.strike((FaultKind.ANSWER,), mailbox=mailbox, operation="events", method=method)
        for mailbox, method in (("m2", "POST"), ("m1", "GET"), ("m1", "post"), ("m1", "POST"), ("m1", "POST"))
    ]
    assert [found is not None for found in strike] == [False, False, True, True, False]
    assert faults.list() == []


def test_a_fault_without_count_strikes_until_it_is_cleared() -> None:
    faults = _faults()
    fault = faults.add(Fault(FaultKind.SLOW, count=None))
    assert all(faults.strike((FaultKind.SLOW, FaultKind.DROP)) is fault for _ in range(5))
    assert fault.struck == 5
    assert faults.clear(fault.number) == 1
    assert faults.strike((FaultKind.SLOW,)) is None


def test_the_oldest_fitting_fault_strikes_first() -> None:
    faults = _faults()
    faults.add(Fault(FaultKind.ANSWER, operation="other"))
    first = faults.add(Fault(FaultKind.ANSWER, status=500))
    faults.add(Fault(FaultKind.ANSWER, status=502))
    assert faults.strike((FaultKind.ANSWER,), operation="events") is first


@given(st.floats(0.05, 0.95))
def test_chance_is_about_as_likely_as_said(probability: float) -> None:
    faults = _faults()
    faults.add(Fault(FaultKind.DROP, probability=probability, count=None))
    struck = sum(faults.strike((FaultKind.DROP,)) is not None for _ in range(2000))
    assert struck / 2000 == pytest.approx(probability, abs=0.06)
