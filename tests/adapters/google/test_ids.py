"""Event ids that we choose."""

import re

from hypothesis import given
from hypothesis import strategies as st

from roomstead.adapters.providers.google.ids import event_id
from roomstead.domain.event import WriteKey

LEGAL = re.compile(r"[a-v0-9]{5,1024}")


@given(st.text(max_size=60), st.integers(1, 9))
def test_an_id_is_legal_whatever_the_key(key: str, attempt: int) -> None:
    made = event_id(WriteKey(key), attempt)
    assert LEGAL.fullmatch(made)
    assert len(made) == 26


def test_the_same_create_always_has_the_same_id() -> None:
    assert event_id(WriteKey("4711"), 1) == "k0n24bq4o597b9q9plhhni5d6g"


def test_another_attempt_and_another_key_are_other_events() -> None:
    made = {event_id(WriteKey(key), attempt) for key in ("a", "b", "a:1") for attempt in range(1, 4)}
    assert len(made) == 9
