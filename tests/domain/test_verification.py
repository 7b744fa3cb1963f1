"""When checks may run, when to look again, what counts as confirmed, and what a run comes to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.domain.spreading import CONFIRM_AFTER, GIVE_UP_AFTER, confirmed, look_after, next_look
from roomstead.domain.verification import (
    Check,
    CheckKey,
    CheckStatus,
    Finding,
    FindingStatus,
    Purpose,
    VerificationStatus,
    blocking,
    may_activate,
    outcome,
    plan_checks,
)

MARK = datetime(2026, 11, 23, 10, 12, tzinfo=UTC)
waits = st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=30))


def _minutes(moment: datetime | None) -> float | None:
    return None if moment is None else (moment - MARK) / timedelta(minutes=1)


def _with(checks: tuple[Check, ...], **statuses: CheckStatus) -> list[Check]:
    return [replace(one, status=statuses.get(one.key.value, one.status), passed=1) for one in checks]


@pytest.mark.parametrize(
    ("after", "look"), [(0, 5), (4, 5), (5, 15), (20, 30), (30, 60), (60, 120), (119, 120), (1379, 1380), (1439, 1440)]
)
def test_looks_follow_the_mark_at_5_15_30_and_60_minutes_then_hourly(after: int, look: int) -> None:
    assert _minutes(next_look(MARK, MARK + timedelta(minutes=after))) == look


def test_after_a_day_nobody_looks_again() -> None:
    assert next_look(MARK, MARK + GIVE_UP_AFTER) is None


@given(wait=waits)
def test_a_look_lies_ahead_and_within_the_day(wait: timedelta) -> None:
    look = next_look(MARK, MARK + wait)

    assert look is None or (look > MARK + wait and look <= MARK + GIVE_UP_AFTER)


@given(wait=waits, once=st.booleans())
def test_the_next_look_is_never_in_the_past(wait: timedelta, once: bool) -> None:  # noqa: FBT001 - chosen by hypothesis
    now = MARK + wait
    status = FindingStatus.PASSED_ONCE if once else FindingStatus.FAILED
    look = look_after([Finding("oak", status, MARK)], MARK, now)

    assert look is None or look >= now


def test_a_first_success_is_looked_at_again_ten_minutes_later() -> None:
    first = Finding("oak", FindingStatus.PASSED_ONCE, MARK + timedelta(minutes=60))

    assert _minutes(look_after([first], MARK, MARK + timedelta(minutes=60))) == 70


def test_a_success_counts_when_it_still_holds_ten_minutes_later() -> None:
    failed = Finding("oak", FindingStatus.FAILED, MARK)
    once = Finding("oak", FindingStatus.PASSED_ONCE, MARK)

    assert confirmed(None, MARK) is FindingStatus.PASSED_ONCE
    assert confirmed(failed, MARK) is FindingStatus.PASSED_ONCE
    assert confirmed(once, MARK + timedelta(minutes=9)) is FindingStatus.PASSED_ONCE
    assert confirmed(once, MARK + CONFIRM_AFTER) is FindingStatus.PASSED


def test_a_failure_holds_only_what_depends_on_it() -> None:
    checks = _with(plan_checks(Purpose.INTEGRATION), credential=CheckStatus.PASSED, mailbox=CheckStatus.FAILED)
    held = {one.key for one in checks if blocking(one, checks) is not None}

    assert CheckKey.CONCURRENT_BOOKINGS in held
    assert not held & {CheckKey.PERMISSIONS, CheckKey.DIRECTORY, CheckKey.MAILBOX, CheckKey.ROOMS}


@pytest.mark.parametrize("purpose", list(Purpose))
def test_without_a_credential_nothing_but_signing_in_runs(purpose: Purpose) -> None:
    checks = _with(plan_checks(purpose), clock=CheckStatus.PASSED, tenant=CheckStatus.PASSED)
    free = {one.key for one in checks if blocking(one, checks) is None}

    assert free == {CheckKey.CLOCK, CheckKey.TENANT, CheckKey.CREDENTIAL}


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_plan_numbers_its_checks_and_begins_by_signing_in(purpose: Purpose) -> None:
    checks = plan_checks(purpose)

    assert [one.number for one in checks] == list(range(1, len(checks) + 1))
    assert [one.key for one in checks[:3]] == [CheckKey.CLOCK, CheckKey.TENANT, CheckKey.CREDENTIAL]


def test_what_a_run_comes_to() -> None:
    whole = plan_checks(Purpose.INTEGRATION)
    passed = [replace(one, status=CheckStatus.PASSED, passed=1) for one in whole]

    assert outcome(passed) is VerificationStatus.PASSED
    assert outcome(_with(tuple(passed), rooms=CheckStatus.FAILED)) is VerificationStatus.PARTLY_PASSED
    assert outcome(_with(tuple(passed), mailbox=CheckStatus.FAILED)) is VerificationStatus.FAILED
    assert outcome(_with(tuple(passed), rooms=CheckStatus.PROPAGATING)) is VerificationStatus.PROPAGATING
    nothing = [replace(one, passed=0) for one in _with(tuple(passed), rooms=CheckStatus.FAILED)]
    assert outcome(nothing) is VerificationStatus.FAILED


def test_an_account_needs_credential_mailbox_concurrency_and_one_room() -> None:
    whole = tuple(replace(one, status=CheckStatus.PASSED) for one in plan_checks(Purpose.SERVICE_ACCOUNT))

    assert may_activate(_with(whole, rooms=CheckStatus.FAILED))
    assert may_activate(_with(whole, concurrent_bookings=CheckStatus.SKIPPED))
    assert not may_activate(_with(whole, concurrent_bookings=CheckStatus.FAILED))
    assert not may_activate(_with(whole, mailbox=CheckStatus.PROPAGATING))
    assert not may_activate([replace(one, passed=0) for one in _with(whole)])
    assert not may_activate(plan_checks(Purpose.ROOMS))
