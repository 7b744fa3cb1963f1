"""Addresses and spans of time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.domain.mailbox import InvalidAddress, MailboxPurpose, MailboxRef, domain_of, parse_address
from roomstead.domain.timespan import Timespan

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)

spans = st.builds(
    lambda start, length: Timespan(NOW + timedelta(minutes=start), NOW + timedelta(minutes=start + length)),
    st.integers(0, 100),
    st.integers(1, 50),
)


@pytest.mark.parametrize(
    "text", ["", "jane", "@x.example", "jane@", "a b@x.example", "a@b@c", "a@x\u202e", "<a@x>", "a,b@x"]
)
def test_not_an_address(text: str) -> None:
    with pytest.raises(InvalidAddress):
        parse_address(text)


@given(st.emails())
def test_addresses_are_the_same_whatever_their_case(text: str) -> None:
    try:
        address = parse_address(text)
    except InvalidAddress:
        return
    assert parse_address(f" {address.upper()} ") == parse_address(address.upper().lower())
    assert domain_of(address) in address


def test_a_mailbox_is_named_by_its_object_id_where_known() -> None:
    address = parse_address("Jane@contoso.example")
    assert (MailboxRef(address).key, MailboxRef(address, "id-1").key) == ("jane@contoso.example", "id-1")


def test_resource_mailboxes_may_not_host() -> None:
    assert {purpose for purpose in MailboxPurpose if not purpose.may_host} == {
        MailboxPurpose.ROOM,
        MailboxPurpose.EQUIPMENT,
        MailboxPurpose.OTHER,
    }


def test_spans_are_kept_in_utc_and_run_forward() -> None:
    eastern = timezone(timedelta(hours=-5))
    span = Timespan(NOW.astimezone(eastern), NOW + timedelta(hours=1))
    assert span.start.tzinfo is UTC
    assert span == Timespan(NOW, NOW + timedelta(hours=1))
    for end in (NOW, NOW - timedelta(hours=1)):
        with pytest.raises(ValueError, match="after the start"):
            Timespan(NOW, end)
    with pytest.raises(ValueError, match="offset"):
        Timespan(NOW.replace(tzinfo=None), NOW)


@given(spans, spans)
def test_overlap_is_symmetric_and_half_open(one: Timespan, other: Timespan) -> None:
    assert one.overlaps(other) == other.overlaps(one)
    minutes = {one.start + timedelta(minutes=step) for step in range(int(one.duration.total_seconds() // 60))}
    assert one.overlaps(other) == any(other.contains(minute) for minute in minutes)
    assert not one.overlaps(one.moved_to(one.end))
