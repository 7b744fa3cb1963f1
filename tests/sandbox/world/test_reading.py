"""Reading mailboxes: the time index, item ids, the change log; each against a plain model."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead_sandbox.world import ids
from roomstead_sandbox.world.changes import ChangeKind, ChangeLog
from roomstead_sandbox.world.errors import CursorTooOld
from roomstead_sandbox.world.events import ItemRef
from roomstead_sandbox.world.ids import IdForm, ItemName
from roomstead_sandbox.world.timeindex import TimeIndex

DAY = datetime(2026, 12, 1, tzinfo=UTC)
spans = st.tuples(st.integers(0, 5000), st.integers(0, 4000)).map(
    lambda pair: (DAY + timedelta(minutes=pair[0]), DAY + timedelta(minutes=pair[0] + pair[1]))
)


def _overlap(span: tuple[datetime, datetime], low: datetime, high: datetime) -> bool:
    start, end = span
    return start < high and (end > low or start == end == low)


@given(st.lists(spans, max_size=40), spans, st.sets(st.integers(0, 39)), st.sampled_from(["one by one", "at once"]))
def test_the_time_index_finds_every_overlapping_item(
    items: list[tuple[datetime, datetime]], window: tuple[datetime, datetime], removed: set[int], how: str
) -> None:
    index = TimeIndex()
    if how == "at once":
        index.extend([(start, end, key) for key, (start, end) in enumerate(items)])
    for key, (start, end) in enumerate(items if how == "one by one" else []):
        index.add(start, end, key)
    for key in removed & set(range(len(items))):
        index.remove(items[key][0], key)
    wanted = {key for key, span in enumerate(items) if _overlap(span, *window) and key not in removed}
    found = list(index.candidates(*window))
    assert len(found) == len(set(found))
    assert wanted <= set(found)
    assert not set(found) & removed


refs = st.builds(
    ItemRef,
    st.integers(0, 2**40),
    st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda d: d.replace(tzinfo=UTC)),  # noqa: DTZ001 - bounds of naive times, made aware after
)


@given(st.sampled_from(IdForm), st.integers(0, 2**31), st.integers(0, 60_000), refs)
def test_an_item_id_says_what_was_put_in(form: IdForm, mailbox: int, generation: int, ref: ItemRef) -> None:
    text = ids.encode(form, mailbox, generation, ref)
    told = 0 if form is IdForm.IMMUTABLE else generation
    assert ids.decode(text) == ItemName(form, mailbox, told, ref)


def test_neighbouring_ids_may_differ_in_case_alone() -> None:
    texts = [ids.encode(IdForm.IMMUTABLE, 1, 0, ItemRef(key)) for key in range(64)]
    assert len({t.casefold() for t in texts}) < len(set(texts)) == 64


@given(st.text(max_size=60))
def test_any_text_is_an_id_or_it_is_not(text: str) -> None:
    found = ids.decode(text)
    assert found is None or isinstance(found, ItemName)


def test_the_change_log_tells_what_came_after_a_version() -> None:
    log = ChangeLog()
    log.append(ItemRef(1), ChangeKind.CREATED)
    seen = log.append(ItemRef(2, DAY), ChangeKind.CREATED)
    log.append(ItemRef(1), ChangeKind.UPDATED)
    log.append(ItemRef(1), ChangeKind.DELETED)
    assert [(c.version, c.ref, c.kind) for c in log.since(seen)] == [
        (3, ItemRef(1), ChangeKind.UPDATED),
        (4, ItemRef(1), ChangeKind.DELETED),
    ]
    assert [(c.ref, c.kind) for c in log.latest_since(0)] == [
        (ItemRef(2, DAY), ChangeKind.CREATED),
        (ItemRef(1), ChangeKind.DELETED),
    ]


def test_a_forgotten_log_kills_old_cursors_only() -> None:
    log = ChangeLog()
    for key in range(10):
        log.append(ItemRef(key), ChangeKind.CREATED)
    log.forget(6)
    assert [c.ref.key for c in log.since(6)] == [6, 7, 8, 9]
    assert log.version == 10
    with pytest.raises(CursorTooOld):
        log.since(5)
    with pytest.raises(CursorTooOld):
        log.since(11)
