"""Google's own ways: what its calendars do by themselves, what it refuses and how, and doubts about it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.oauth2 import service_account
from googleapiclient import discovery
from tests.contracts.calendar_provider_contract import (
    _around,
    answers,
    change,
    create,
    follow,
    host,
    outgoing,
    provider,
    reread,
    room,
    seen,
    slot,
)
from tests.contracts.google_rehearsal import GoogleRehearsal, judged, rehearsal, sandbox
from tests.contracts.sandbox_rehearsal import Judged

from roomstead.application.ports.calendar import CalendarProvider, EventRef, PreparedWrite
from roomstead.domain.access import AccessCause, Capability, Verdict
from roomstead.domain.errors import (
    ConsentMissing,
    CursorExpired,
    EventGone,
    OutcomeUnknown,
    OutOfReach,
    ProviderUnavailable,
    RetryLater,
    Throttled,
)
from roomstead.domain.event import CalendarEvent, EventKind, RemovedEvent, ResponseStatus, WriteKey
from roomstead.domain.mailbox import Address, MailboxRef
from roomstead.domain.timespan import Timespan
from roomstead_sandbox.world.switches import Switches

__all__ = ["host", "judged", "provider", "rehearsal", "room", "sandbox"]

MASKED_ROOM = MailboxRef(Address("c_1880miradouro@resource.calendar.google.com"))
LISBON_ROOM = MailboxRef(Address("c_1880fado@resource.calendar.google.com"))


@contextmanager
def google_program(rehearsal: GoogleRehearsal, who: Address) -> Iterator[Any]:
    """A calendar program of somebody's, which speaks to Google as Google's own library does."""
    found = rehearsal.sandbox.endpoints
    key = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]  # google-auth has no types
        json.loads(found["google_key_json"]), scopes=["https://www.googleapis.com/auth/calendar.events"], subject=who
    )
    options = {"api_endpoint": f"{found['google_calendar_base']}/"}
    with discovery.build("calendar", "v3", credentials=key, client_options=options) as service:
        yield service.events()


def left(rehearsal: GoogleRehearsal, mailbox: Address) -> list[object]:
    """Titles of what is in a calendar at the usual time; what was deleted is still listed there, as cancelled."""
    items = rehearsal.calendar(mailbox, slot(rehearsal))
    return [item["subject"] for item in items if not item["cancelled"]]


async def test_calls_are_shown_to_the_judge(
    rehearsal: GoogleRehearsal, judged: Judged, provider: CalendarProvider
) -> None:
    await provider.host_facts(MailboxRef(rehearsal.cast.service))
    assert judged.judge is not None
    assert judged.seen >= 1


async def test_a_row_of_bookings_meets_none_of_googles_limits(
    rehearsal: GoogleRehearsal, provider: CalendarProvider, host: MailboxRef
) -> None:
    """One after the other, as fast as it goes; Google says of one calendar's writes only that they are limited."""
    rehearsal.control("google/quotas", calendar_writes_per_second=10)
    began = rehearsal.now()
    for number in range(30):
        event = outgoing(rehearsal, booking_tag=f"bk_{number}", write_key=WriteKey(f"key-{number}"), attendees=())
        await create(rehearsal, host, event)
        await provider.host_facts(host)
    assert {call["code"] for call in rehearsal.calls()} == {None}
    assert timedelta(seconds=19) < rehearsal.now() - began < timedelta(seconds=25)


@pytest.mark.parametrize("alternating", [False, True])
async def test_both_of_googles_refusals_of_a_project_slow_us_down(
    rehearsal: GoogleRehearsal,
    provider: CalendarProvider,
    host: MailboxRef,
    alternating: bool,  # noqa: FBT001 - a table's column
) -> None:
    rehearsal.control("google/quotas", project_per_minute=0, alternating=alternating)
    for _ in range(2):
        with pytest.raises(Throttled):
            await create(rehearsal, host, outgoing(rehearsal))
    statuses = {call["status"] for call in rehearsal.calls() if call["method"] == "POST" and call["code"]}
    assert statuses == ({403, 429} if alternating else {403})


async def test_a_refusal_of_a_project_is_waited_out_by_all_its_calendars(
    rehearsal: GoogleRehearsal, provider: CalendarProvider, host: MailboxRef, room: MailboxRef
) -> None:
    rehearsal.control("google/quotas", project_per_minute=0)
    with pytest.raises(Throttled):
        await provider.host_facts(host)
    rehearsal.control("google/quotas", project_per_minute=None)
    refused = len(rehearsal.calls())
    began = rehearsal.now()
    assert (await provider.probe(room, Capability.TIMES)).verdict is Verdict.GRANTED
    assert rehearsal.now() > began
    assert [call["status"] for call in rehearsal.calls()[refused:]] == [200]


# -- writing --------------------------------------------------------------------------------------------------------


async def test_every_copy_has_the_same_id(
    rehearsal: GoogleRehearsal, provider: CalendarProvider, host: MailboxRef, room: MailboxRef
) -> None:
    made = await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.settle()
    copy = seen(await follow(provider, room, None, _around(rehearsal)))[made.event_id]
    assert (copy.ical_uid, copy.is_host_copy, copy.organizer) == (made.ical_uid, False, rehearsal.cast.service)
    assert (copy.write_key, made.write_key) == (None, "key-1")


async def test_answers_move_the_version_and_a_change_keeps_them(rehearsal: GoogleRehearsal, host: MailboxRef) -> None:
    cast = rehearsal.cast
    made = await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.settle()
    rehearsal.respond(cast.guest, "Kick-off", ResponseStatus.TENTATIVE)
    assert (await reread(rehearsal, host, made)).revision != made.revision
    changed = await change(rehearsal, host, made, outgoing(rehearsal, title="Renamed"))
    assert answers(changed) == {cast.guest: ResponseStatus.TENTATIVE, cast.room: ResponseStatus.ACCEPTED}


@pytest.mark.parametrize("moved_guests_answer_again", [False, True])
async def test_a_move_asks_everybody_again_however_google_sees_it(
    rehearsal: GoogleRehearsal,
    host: MailboxRef,
    moved_guests_answer_again: bool,  # noqa: FBT001 - a table's column
) -> None:
    cast = rehearsal.cast
    rehearsal.switch(moved_guests_answer_again=moved_guests_answer_again)
    made = await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.settle()
    rehearsal.respond(cast.guest, "Kick-off", ResponseStatus.ACCEPTED)
    await change(rehearsal, host, made, outgoing(rehearsal, span=slot(rehearsal, hours=3)))
    rehearsal.settle()
    there = await reread(rehearsal, host, made)
    assert answers(there) == {cast.guest: ResponseStatus.NEEDS_ACTION, cast.room: ResponseStatus.ACCEPTED}


@pytest.mark.parametrize("by", ["us", "them"])
async def test_the_id_of_a_deleted_event_stays_taken_and_makes_no_second_one(
    rehearsal: GoogleRehearsal, provider: CalendarProvider, host: MailboxRef, by: str
) -> None:
    made = await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.settle()
    if by == "us":
        await provider.send(provider.prepare_cancel(EventRef(host, made.event_id), ""))
    else:
        rehearsal.delete(rehearsal.cast.service, "Kick-off")
    with pytest.raises(EventGone):
        await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.settle()
    assert left(rehearsal, rehearsal.cast.service) == []
    assert [mail.kind for mail in rehearsal.mails()] == ["request", "cancellation"]
    again = await create(rehearsal, host, outgoing(rehearsal, write_key=WriteKey("key-2")))
    assert again.event_id != made.event_id


async def test_a_conference_and_words_from_googles_editor_survive_our_change(
    rehearsal: GoogleRehearsal, host: MailboxRef
) -> None:
    made = await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.settle()
    meet = {"createRequest": {"requestId": "r1", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}
    words = "<p>Organised by <b>Jane Doe</b></p><ul><li>one</li></ul>"
    edit = {"conferenceData": meet, "description": words, "colorId": "4", "guestsCanModify": True}
    named = {"calendarId": "primary", "eventId": made.event_id}
    with google_program(rehearsal, rehearsal.cast.service) as program:
        program.patch(**named, conferenceDataVersion=1, body=edit).execute()
        rehearsal.settle()
        before = program.get(**named).execute()
        changed = await change(rehearsal, host, made, outgoing(rehearsal, title="Renamed", description=None))
        after = program.get(**named).execute()
    assert changed.description == "Organised by Jane Doe\none"
    assert {name for name in before if before[name] != after.get(name)} <= {"etag", "updated", "sequence", "summary"}
    assert after["conferenceData"]["entryPoints"]


@pytest.mark.parametrize(("status", "after_commit"), [(503, False), (500, True), (504, True)])
async def test_an_error_before_or_after_the_work_is_done_is_settled_by_the_same_write_again(
    rehearsal: GoogleRehearsal,
    provider: CalendarProvider,
    host: MailboxRef,
    status: int,
    after_commit: bool,  # noqa: FBT001 - a table's column
) -> None:
    async def twice(method: str, prepared: PreparedWrite) -> CalendarEvent | None:
        told = {"mailbox": host.address, "method": method, "status": status, "after_commit": after_commit}
        rehearsal.fault(kind="answer", **told)
        with pytest.raises(OutcomeUnknown):
            await provider.send(prepared)
        done = await provider.send(prepared)
        rehearsal.sandbox.control.delete("faults")
        rehearsal.settle()
        return done

    made = await twice("POST", provider.prepare_create(host, outgoing(rehearsal)))
    assert made is not None
    ref = EventRef(host, made.event_id)
    await twice("PUT", provider.prepare_change(ref, outgoing(rehearsal, title="Renamed")))
    await twice("DELETE", provider.prepare_cancel(ref, ""))
    assert [mail.kind for mail in rehearsal.mails()] == ["request", "update", "cancellation"]
    assert left(rehearsal, host.address) == []


async def test_a_token_that_ends_between_reading_and_writing_is_renewed_unseen(
    rehearsal: GoogleRehearsal, host: MailboxRef
) -> None:
    made = await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.fault(kind="expired_token", method="PUT")
    changed = await change(rehearsal, host, made, outgoing(rehearsal, title="Renamed"))
    assert changed.title == "Renamed"


DOUBTS = (
    "declined_room_keeps_copy",
    "moved_guests_answer_again",
    "omitted_status_resets",
    "owned_scope_needs_owner",
    "private_rows_name_series",
    "property_filters_are_or",
    "unanswered_shows_busy",
)


@pytest.mark.parametrize("doubt", DOUBTS)
async def test_whichever_way_a_doubt_goes_a_meeting_lives_and_ends(
    rehearsal: GoogleRehearsal, provider: CalendarProvider, host: MailboxRef, room: MailboxRef, doubt: str
) -> None:
    cast = rehearsal.cast
    rehearsal.switch(**{doubt: not getattr(Switches(), doubt)})
    made = await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.settle()
    cursor = (await follow(provider, room, None, _around(rehearsal)))[-1].cursor
    rehearsal.book(cast.organizer, "In the way", slot(rehearsal, hours=2), rooms=[room.address])
    rehearsal.settle()
    await change(rehearsal, host, made, outgoing(rehearsal, span=slot(rehearsal, hours=2)))
    rehearsal.settle()
    assert answers(await reread(rehearsal, host, made))[cast.room] is ResponseStatus.DECLINED
    await change(rehearsal, host, made, outgoing(rehearsal, span=slot(rehearsal, hours=4)))
    rehearsal.settle()
    assert answers(await reread(rehearsal, host, made))[cast.room] is ResponseStatus.ACCEPTED
    pages = await follow(provider, room, cursor, _around(rehearsal))
    assert seen(pages)[made.event_id].span == slot(rehearsal, hours=4)
    found = await provider.find_event(host, "bk_1", slot(rehearsal))
    assert found is not None
    await provider.send(provider.prepare_cancel(EventRef(host, made.event_id), ""))
    rehearsal.settle()
    pages = await follow(provider, room, pages[-1].cursor, _around(rehearsal))
    assert RemovedEvent(made.event_id) in [one for page in pages for one in page.changes]


# -- reach ----------------------------------------------------------------------------------------------------------


async def test_a_calendar_that_takes_no_edits_for_hours_is_a_retry_and_can_be_read(
    rehearsal: GoogleRehearsal, provider: CalendarProvider, host: MailboxRef
) -> None:
    made = await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.control("google/read-only", user=host.address, hours=2)
    ref = EventRef(host, made.event_id)
    for prepared in (
        provider.prepare_create(host, outgoing(rehearsal, write_key=WriteKey("key-2"))),
        provider.prepare_change(ref, outgoing(rehearsal, title="Renamed")),
        provider.prepare_cancel(ref, ""),
    ):
        with pytest.raises(RetryLater) as refusal:
            await provider.send(prepared)
        assert not isinstance(refusal.value, OutcomeUnknown | Throttled)
        assert refusal.value.after is not None
        assert refusal.value.after >= timedelta(hours=1)
    assert (await reread(rehearsal, host, made)).title == "Kick-off"
    rehearsal.sandbox.advance(2 * 3600 + 1)
    assert await provider.send(provider.prepare_cancel(ref, "")) is None


@pytest.mark.parametrize("code", ["userRateLimitExceeded", "rateLimitExceeded"])
@pytest.mark.parametrize("status", [403, 429])
async def test_a_quota_that_says_403_keeps_nobody_out(
    rehearsal: GoogleRehearsal, provider: CalendarProvider, host: MailboxRef, status: int, code: str
) -> None:
    rehearsal.fault(kind="answer", mailbox=host.address, method="POST", status=status, code=code)
    prepared = provider.prepare_create(host, outgoing(rehearsal))
    with pytest.raises(Throttled):
        await provider.send(prepared)
    assert await provider.send(prepared) is not None


async def test_the_calendar_service_is_turned_off_for_one_person(
    rehearsal: GoogleRehearsal, provider: CalendarProvider, host: MailboxRef
) -> None:
    jane = MailboxRef(rehearsal.cast.organizer)
    made = await create(rehearsal, jane, outgoing(rehearsal))
    cursor = (await follow(provider, jane, None, _around(rehearsal)))[-1].cursor
    rehearsal.control("google/calendar-service", user=jane.address, on=False)
    ref = EventRef(jane, made.event_id)
    for attempt in (
        provider.send(provider.prepare_create(jane, outgoing(rehearsal, write_key=WriteKey("key-2")))),
        provider.send(provider.prepare_change(ref, outgoing(rehearsal, title="Renamed"))),
        provider.send(provider.prepare_cancel(ref, "")),
        provider.read_event(ref),
        provider.changes(jane, cursor, _around(rehearsal)),
    ):
        with pytest.raises(OutOfReach) as refusal:
            await attempt
        assert (refusal.value.mailbox, refusal.value.cause) == (jane.address, AccessCause.NO_MAILBOX)
    assert await create(rehearsal, host, outgoing(rehearsal, write_key=WriteKey("key-3"))) is not None


async def test_a_delegation_that_is_withdrawn_is_nobodys_mailbox_out_of_reach(
    rehearsal: GoogleRehearsal, provider: CalendarProvider, host: MailboxRef
) -> None:
    made = await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.control("google/withdraw-delegation")
    for who in (rehearsal.cast.service, rehearsal.cast.organizer):
        rehearsal.control("google/revoke-tokens", user=who)
    rehearsal.sandbox.advance(120)
    jane = MailboxRef(rehearsal.cast.organizer)
    for attempt in (
        provider.send(provider.prepare_create(jane, outgoing(rehearsal, write_key=WriteKey("key-2")))),
        provider.send(provider.prepare_change(EventRef(host, made.event_id), outgoing(rehearsal, title="Renamed"))),
        provider.probe(jane, Capability.WRITE),
    ):
        with pytest.raises(ConsentMissing) as refusal:
            await attempt
        assert refusal.value.remedy


# -- following ------------------------------------------------------------------------------------------------------


async def test_of_two_kinds_of_gone_one_is_success_and_one_begins_anew(
    rehearsal: GoogleRehearsal, provider: CalendarProvider, host: MailboxRef
) -> None:
    made = await create(rehearsal, host, outgoing(rehearsal))
    cursor = (await follow(provider, host, None, _around(rehearsal)))[-1].cursor
    with google_program(rehearsal, host.address) as program:
        program.delete(calendarId="primary", eventId=made.event_id).execute()
    assert await provider.send(provider.prepare_cancel(EventRef(host, made.event_id), "")) is None
    rehearsal.expire_cursor(host.address)
    with pytest.raises(CursorExpired):
        await provider.changes(host, cursor, _around(rehearsal))


async def test_a_room_that_is_shared_otherwise_is_read_anew_and_shows_what_it_may(
    rehearsal: GoogleRehearsal, provider: CalendarProvider, room: MailboxRef
) -> None:
    rehearsal.book(rehearsal.cast.organizer, "Plans", slot(rehearsal), rooms=[room.address])
    rehearsal.settle()
    pages = await follow(provider, room, None, _around(rehearsal))
    (open_row,) = [event for event in seen(pages).values() if event.span == slot(rehearsal)]
    assert (open_row.title, open_row.own_response) == ("Plans", ResponseStatus.ACCEPTED)
    rehearsal.control("google/assign-role", to=rehearsal.cast.service, privileges=[])
    shared = {"calendar": room.address, "with": rehearsal.cast.service, "role": "freeBusyReader"}
    rehearsal.control("google/share", **shared)
    with pytest.raises(CursorExpired):
        await provider.changes(room, pages[-1].cursor, _around(rehearsal))
    (masked,) = [
        event
        for event in seen(await follow(provider, room, None, _around(rehearsal))).values()
        if event.span == slot(rehearsal)
    ]
    assert (masked.event_id, masked.ical_uid) == (open_row.event_id, open_row.ical_uid)
    assert (masked.title, masked.description, masked.organizer, masked.is_private) == (None, None, None, None)
    assert masked.attendees == ()
    assert masked.is_busy


@pytest.mark.parametrize("masked_lists_can_sync", [True, False])
async def test_times_alone_can_be_followed_with_and_without_a_place(
    rehearsal: GoogleRehearsal,
    provider: CalendarProvider,
    masked_lists_can_sync: bool,  # noqa: FBT001 - a table's column
) -> None:
    rehearsal.switch(masked_lists_can_sync=masked_lists_can_sync)
    rehearsal.control("google/assign-role", to=rehearsal.cast.service, privileges=[])
    cursor = (await follow(provider, MASKED_ROOM, None, _around(rehearsal)))[-1].cursor
    rehearsal.book(rehearsal.cast.organizer, "Plans", slot(rehearsal), rooms=[MASKED_ROOM.address])
    rehearsal.settle()
    if masked_lists_can_sync:
        pages = await follow(provider, MASKED_ROOM, cursor, _around(rehearsal))
    else:
        with pytest.raises(CursorExpired):
            await provider.changes(MASKED_ROOM, cursor, _around(rehearsal))
        pages = await follow(provider, MASKED_ROOM, None, _around(rehearsal))
    assert [event.title for event in seen(pages).values() if event.span == slot(rehearsal)] == [None]


async def test_a_room_shows_each_date_of_a_series_and_loses_those_that_are_taken_out(
    rehearsal: GoogleRehearsal, provider: CalendarProvider, room: MailboxRef, host: MailboxRef
) -> None:
    span = slot(rehearsal)
    repeat = {"pattern": "daily", "zone": "Europe/Amsterdam", "count": 3}
    times = {"start": span.start.isoformat(), "end": span.end.isoformat()}
    rehearsal.control(
        "act/create", who=rehearsal.cast.organizer, subject="Daily", rooms=[room.address], repeat=repeat, **times
    )
    rehearsal.settle()
    pages = await follow(provider, room, None, _around(rehearsal))
    dates = [event for event in seen(pages).values() if event.title == "Daily"]
    assert [event.kind for event in dates] == [EventKind.OCCURRENCE] * 3
    assert len({event.ical_uid for event in dates}) == len({event.series_master_id for event in dates}) == 1
    second = sorted(dates, key=lambda event: event.original_start or span.start)[1]
    assert second.original_start is not None
    rehearsal.control(
        "act/cancel",
        who=rehearsal.cast.organizer,
        meeting="Daily",
        occurrence=second.original_start.isoformat(),
    )
    rehearsal.settle()
    pages = await follow(provider, room, pages[-1].cursor, _around(rehearsal))
    assert RemovedEvent(second.event_id) in [one for page in pages for one in page.changes]
    organizer = MailboxRef(rehearsal.cast.organizer)
    whole = seen(await follow(provider, organizer, None, _around(rehearsal)))
    assert [event.kind for event in whole.values() if event.title == "Daily"] == [EventKind.SERIES_MASTER]


async def test_a_whole_day_is_the_days_of_its_own_calendar(
    rehearsal: GoogleRehearsal, provider: CalendarProvider
) -> None:
    day = slot(rehearsal).start.date()
    dates = {"start": {"date": day.isoformat()}, "end": {"date": (day + timedelta(days=1)).isoformat()}}
    guests = [{"email": LISBON_ROOM.address, "resource": True}]
    with google_program(rehearsal, rehearsal.cast.organizer) as program:
        made = program.insert(calendarId="primary", body={"summary": "Fair", "attendees": guests, **dates}).execute()
    rehearsal.settle()
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    lisbon = seen(await follow(provider, LISBON_ROOM, None, _around(rehearsal)))[made["id"]]
    assert lisbon.is_all_day
    assert lisbon.span == Timespan(midnight, midnight + timedelta(days=1))
    amsterdam = await provider.read_event(EventRef(MailboxRef(rehearsal.cast.organizer), made["id"]))
    assert amsterdam.span == Timespan(midnight - timedelta(hours=1), midnight + timedelta(hours=23))


async def test_pages_that_are_empty_end_no_round(
    rehearsal: GoogleRehearsal, provider: CalendarProvider, room: MailboxRef
) -> None:
    whole = seen(await follow(provider, room, None, _around(rehearsal)))
    rehearsal.fault(kind="empty_page", mailbox=room.address)
    pages = await follow(provider, room, None, _around(rehearsal))
    assert len(pages) > 1
    assert seen(pages).keys() == whole.keys()


async def test_a_mailbox_in_trouble_is_no_mailbox_out_of_reach(
    rehearsal: GoogleRehearsal, provider: CalendarProvider, room: MailboxRef
) -> None:
    rehearsal.fault(kind="answer", mailbox=room.address, count=None, status=503, code="serviceNotAvailable")
    with pytest.raises(ProviderUnavailable):
        await provider.changes(room, None, _around(rehearsal))
