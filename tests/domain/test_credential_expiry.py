"""When a credential's end is announced."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.domain.credential_expiry import EXPIRED, WARNED_DAYS, warning_stage

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "stage"), [(61, None), (60, 60), (31, 60), (30, 30), (14, 14), (8, 14), (7, 7), (3, 3), (1, 1), (0, 0)]
)
def test_each_stage_begins_on_its_day(days: int, stage: int | None) -> None:
    assert warning_stage(NOW + timedelta(days=days), NOW) == stage


def test_what_does_not_end_is_not_warned_of() -> None:
    assert warning_stage(None, NOW) is None


@given(st.timedeltas(timedelta(days=-400), timedelta(days=400)), st.timedeltas(timedelta(0), timedelta(days=90)))
def test_warnings_only_grow_more_urgent(left: timedelta, later: timedelta) -> None:
    ends = NOW + left
    before, after = warning_stage(ends, NOW), warning_stage(ends, NOW + later)
    assert before in {None, EXPIRED, *WARNED_DAYS}
    assert before is None or (after is not None and after <= before)
