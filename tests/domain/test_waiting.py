"""How long to wait: before trying again, and before looking again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from roomstead.domain.backoff import FIRST, LONGEST, backoff
from roomstead.domain.looking import FIRST_LOOK, after_asking

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@given(subject=st.uuids(), failures=st.integers(0, 10_000))
def test_a_wait_doubles_up_to_a_quarter_of_an_hour(subject: UUID, failures: int) -> None:
    wait = backoff(subject, failures)
    assert FIRST <= wait <= LONGEST * 1.25
    assert wait == backoff(subject, failures)
    if failures >= 10:
        assert wait >= LONGEST


@given(subject=st.uuids(), failures=st.integers(0, 50), asked=st.timedeltas(timedelta(0), timedelta(days=1)))
def test_a_provider_that_says_how_long_is_heeded(subject: UUID, failures: int, asked: timedelta) -> None:
    wait = backoff(subject, failures, asked=asked)
    assert asked <= wait <= max(asked, timedelta(seconds=1)) * 1.25


def test_those_who_failed_together_do_not_come_back_together() -> None:
    waits = {backoff(UUID(int=number), 4) for number in range(1000)}
    assert len(waits) > 900


@given(since=st.timedeltas(timedelta(0), timedelta(days=3)), longest=st.timedeltas(FIRST_LOOK, timedelta(hours=1)))
def test_a_look_comes_soon_after_asking_and_then_ever_less_often(since: timedelta, longest: timedelta) -> None:
    now = NOON + since
    at = after_asking(NOON, now, longest)
    assert now < at <= now + max(longest, since, FIRST_LOOK)
    assert at - now <= longest * 2
