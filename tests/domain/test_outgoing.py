"""What goes out: the organiser once when somebody else hosts, never when they do; the host never; rooms as rooms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roomstead.application.ports.calendar import PreparedWrite
from roomstead.application.prepared import from_stored, to_stored
from roomstead.domain.booking import BookingAttendee, Field, IntentKind, IntentStatus, Organizer, Wanted
from roomstead.domain.errors import Broken
from roomstead.domain.event import AttendeeRole
from roomstead.domain.hosting import HostKind
from roomstead.domain.mailbox import Address, MailboxRef
from roomstead.domain.outgoing import outgoing_event

if TYPE_CHECKING:
    from tests.domain.conftest import Make

JANE, OTHER_JANE = Address("jane@contoso.example"), Address("j.doe@fabrikam.example")
SERVICE, OAK = Address("rooms@contoso.example"), Address("oak@contoso.example")
ADDRESSES = [JANE, OTHER_JANE, SERVICE, OAK, Address("tom@contoso.example"), Address("ada@fabrikam.example")]
URL = "https://rooms.contoso.example/bookings/1"


@given(
    guests=st.lists(st.sampled_from(ADDRESSES), unique=True),
    host=st.sampled_from(HostKind),
    kind=st.sampled_from([IntentKind.CREATE, IntentKind.CHANGE]),
    is_described=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whoever_was_typed_everybody_is_invited_once_and_the_host_never(
    make: Make,
    guests: list[Address],
    host: HostKind,
    kind: IntentKind,
    is_described: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    booking = make.requested()
    assert booking.hosting is not None
    mailbox = MailboxRef(SERVICE if host is HostKind.SERVICE_ACCOUNT else JANE)
    booking = replace(
        booking,
        description="Bring the figures.",
        organizer=Organizer(booking.organizer.person_id, "Jane Doe", JANE, (JANE, OTHER_JANE)),
        attendees=tuple(BookingAttendee(address) for address in guests),
        hosting=replace(booking.hosting, kind=host, mailbox=mailbox),
    )
    fields = frozenset({Field.DESCRIPTION} if is_described else {Field.TITLE})
    event = outgoing_event(booking, make.intent(kind, IntentStatus.OPEN, wanted=Wanted(fields)), booking_url=URL)
    invited = [attendee.address for attendee in event.attendees]
    assert len(invited) == len(set(invited))
    assert mailbox.address not in invited
    assert OTHER_JANE not in invited
    assert invited.count(JANE) == (1 if host is HostKind.SERVICE_ACCOUNT else 0)
    assert [each.address for each in event.attendees if each.role is AttendeeRole.ROOM] == [OAK]
    assert (event.reminder_minutes is None) is (host is HostKind.SERVICE_ACCOUNT)
    assert (event.description is None) is (kind is IntentKind.CHANGE and not is_described)
    if event.description is not None:
        assert ("Organised by Jane Doe" in event.description) is (host is HostKind.SERVICE_ACCOUNT)
        assert "Bring the figures." in event.description


def test_a_booking_without_a_host_is_never_composed(make: Make) -> None:
    with pytest.raises(Broken):
        outgoing_event(
            replace(make.requested(), hosting=None), make.intent(IntentKind.CREATE, IntentStatus.OPEN), booking_url=URL
        )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(payload=st.dictionaries(st.text(), json_values), object_id=st.none() | st.text(), summary=st.lists(st.text()))
def test_a_stored_write_is_read_back_as_it_was(
    payload: dict[str, object], object_id: str | None, summary: list[str]
) -> None:
    prepared = PreparedWrite("somebody", MailboxRef(JANE, object_id), "create", payload, tuple(summary))
    assert from_stored(to_stored(prepared)) == prepared
    assert list(from_stored(to_stored(prepared)).payload) == list(payload)  # in the same order: the same bytes again


def test_a_stored_write_that_is_none_is_a_defect() -> None:
    with pytest.raises(Broken):
        from_stored({"provider": "somebody"})
