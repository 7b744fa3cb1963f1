"""The calendar port's promises, put to any provider over a rehearsal tenant, by HTTP.

A provider plugs in with a fixture named ``rehearsal`` (see ``tests.contracts.rehearsal``) and a subclass.
"""

import json
from datetime import timedelta

import pytest
from tests.contracts.rehearsal import Rehearsal

from roomstead.application.ports.calendar import CalendarProvider, ChangePage, EventRef, PreparedWrite, SyncCursor
from roomstead.application.ports.store import open_unit_of_work
from roomstead.domain.access import AccessCause, Capability, Verdict
from roomstead.domain.errors import (
    Broken,
    CursorExpired,
    EventGone,
    InvalidInput,
    OutcomeUnknown,
    OutOfReach,
    ProviderUnavailable,
    RetryLater,
    StaleRevision,
    Throttled,
)
from roomstead.domain.event import (
    Attendee,
    AttendeeRole,
    CalendarEvent,
    EventKind,
    OutgoingEvent,
    RemovedEvent,
    ResponseStatus,
    WriteKey,
)
from roomstead.domain.mailbox import Address, MailboxPurpose, MailboxRef
from roomstead.domain.timespan import Timespan

ZONE = "Europe/Berlin"
TEXT = "Organised by Jane Doe\njane@example.org\n\nAgenda: <b>first</b> & last"


def slot(rehearsal: Rehearsal, *, hours: int = 0) -> Timespan:
    """A free hour a few days ahead, at three in the morning."""
    day = rehearsal.now().replace(hour=3, minute=0, second=0, microsecond=0) + timedelta(days=6)
    start = day + timedelta(hours=hours)
    return Timespan(start, start + timedelta(hours=1))


def outgoing(rehearsal: Rehearsal, **changed: object) -> OutgoingEvent:
    """A booking with a guest and a room."""
    cast = rehearsal.cast
    values: dict[str, object] = {
        "booking_tag": "bk_1",
        "write_key": WriteKey("key-1"),
        "title": "Kick-off",
        "description": TEXT,
        "span": slot(rehearsal),
        "zone": ZONE,
        "attendees": (Attendee(cast.guest, "Guest"), Attendee(cast.room, "Room", AttendeeRole.ROOM)),
        "location": "Room",
    }
    return OutgoingEvent(**{**values, **changed})  # type: ignore[arg-type]  # a table of changes


def stored(prepared: PreparedWrite) -> PreparedWrite:
    """As it comes back from a store that keeps JSON, and not the order of its keys."""
    payload = json.loads(json.dumps(prepared.payload, sort_keys=True))
    return PreparedWrite(prepared.provider, prepared.mailbox, prepared.verb, payload, prepared.summary)


async def create(rehearsal: Rehearsal, host: MailboxRef, event: OutgoingEvent) -> CalendarEvent:
    made = await rehearsal.provider.send(stored(rehearsal.provider.prepare_create(host, event)))
    assert made is not None
    return made


async def change(rehearsal: Rehearsal, host: MailboxRef, there: CalendarEvent, event: OutgoingEvent) -> CalendarEvent:
    prepared = rehearsal.provider.prepare_change(EventRef(host, there.event_id), event)
    changed = await rehearsal.provider.send(stored(prepared))
    assert changed is not None
    return changed


def mailed(rehearsal: Rehearsal, *addresses: Address) -> set[str]:
    """Those of them who get meeting messages."""
    rooms = {rehearsal.cast.room, rehearsal.cast.other_room}
    return {one for one in addresses if rehearsal.cast.are_rooms_mailed or one not in rooms}


async def reread(rehearsal: Rehearsal, host: MailboxRef, there: CalendarEvent) -> CalendarEvent:
    return await rehearsal.provider.read_event(EventRef(host, there.event_id))


def answers(event: CalendarEvent) -> dict[Address, ResponseStatus]:
    return {one.attendee.address: one.response for one in event.attendees}


async def follow(
    provider: CalendarProvider, mailbox: MailboxRef, cursor: SyncCursor | None, window: Timespan
) -> list[ChangePage]:
    """All pages of one round."""
    pages = [await provider.changes(mailbox, cursor, window)]
    while not pages[-1].is_last:
        pages.append(await provider.changes(mailbox, SyncCursor(str(pages[-1].cursor)), window))
    return pages


def seen(pages: list[ChangePage]) -> dict[str, CalendarEvent]:
    """The last word on every event of a round."""
    changes = [change for page in pages for change in page.changes]
    return {change.event_id: change for change in changes if isinstance(change, CalendarEvent)}


@pytest.fixture
def provider(rehearsal: Rehearsal) -> CalendarProvider:
    return rehearsal.provider


@pytest.fixture
async def host(rehearsal: Rehearsal) -> MailboxRef:
    """The service account's mailbox."""
    return (await rehearsal.provider.resolve(rehearsal.cast.service)).ref


@pytest.fixture
async def room(rehearsal: Rehearsal) -> MailboxRef:
    return (await rehearsal.provider.resolve(rehearsal.cast.room)).ref


class DirectoryContract:
    """Who is who, and what may be reached."""

    async def test_the_credential_signs_in(self, provider: CalendarProvider) -> None:
        report = await provider.check_credential()
        assert report.tenant
        assert report.app_id
        assert abs(report.clock_skew) < timedelta(days=365 * 100)

    async def test_an_address_leads_to_its_mailbox(self, rehearsal: Rehearsal, provider: CalendarProvider) -> None:
        cast = rehearsal.cast
        found = {address: await provider.resolve(address) for address in (cast.service, cast.organizer, cast.room)}
        assert [facts.ref.address for facts in found.values()] == list(found)
        assert len({facts.ref.object_id for facts in found.values()} - {None}) == len(found)
        assert found[cast.service].purpose.may_host
        assert found[cast.organizer].purpose is MailboxPurpose.USER
        assert found[cast.room].purpose is MailboxPurpose.ROOM
        assert found[cast.organizer].display_name

    async def test_an_alias_leads_to_the_same_mailbox(self, rehearsal: Rehearsal, provider: CalendarProvider) -> None:
        by_alias = await provider.resolve(rehearsal.cast.organizer_alias)
        assert by_alias.ref == (await provider.resolve(rehearsal.cast.organizer)).ref

    async def test_an_unknown_address_and_a_missing_mailbox_are_told_apart(
        self, rehearsal: Rehearsal, provider: CalendarProvider
    ) -> None:
        with pytest.raises(OutOfReach) as unknown:
            await provider.resolve(rehearsal.cast.nobody)
        assert unknown.value.cause is AccessCause.NOT_IN_DIRECTORY
        with pytest.raises(OutOfReach) as missing:
            await provider.resolve(rehearsal.cast.no_mailbox)
        assert missing.value.cause is AccessCause.NO_MAILBOX

    async def test_every_room_is_listed_once(self, rehearsal: Rehearsal, provider: CalendarProvider) -> None:
        rooms = {room.address: room async for room in provider.list_rooms()}
        assert len(rooms) == rehearsal.cast.room_count
        facts = rooms[rehearsal.cast.room]
        assert facts.name
        assert facts.building
        assert facts.floor
        assert facts.capacity

    async def test_the_hosts_calendar_collects_answers(self, provider: CalendarProvider, host: MailboxRef) -> None:
        facts = await provider.host_facts(host)
        assert (facts.is_default, facts.can_edit, facts.tracks_answers) == (True, True, True)

    async def test_probes_tell_reach_from_refusal_and_from_absence(
        self, rehearsal: Rehearsal, provider: CalendarProvider
    ) -> None:
        cast = rehearsal.cast
        expected = {
            cast.service: (Verdict.GRANTED, AccessCause.NONE),
            cast.organizer: (Verdict.GRANTED, AccessCause.NONE),
            cast.room: (Verdict.GRANTED, AccessCause.NONE),
            cast.kept_out: (Verdict.REFUSED, AccessCause.REFUSED),
            cast.no_mailbox: (Verdict.REFUSED, AccessCause.NO_MAILBOX),
        }
        for capability in (Capability.TIMES, Capability.DETAILS, Capability.WRITE):
            many = await provider.probe_many([MailboxRef(one) for one in expected], capability)
            for address, (verdict, cause) in expected.items():
                one = await provider.probe(MailboxRef(address), capability)
                assert (one.verdict, one.cause) == (verdict, cause), (address, capability)
                assert (many[address].verdict, many[address].cause) == (verdict, cause), (address, capability)
        refusal = await provider.probe(MailboxRef(cast.kept_out), Capability.WRITE)
        assert refusal.provider_code

    async def test_a_mailbox_that_cannot_be_asked_is_unknown_and_stops_no_other(
        self, rehearsal: Rehearsal, provider: CalendarProvider
    ) -> None:
        cast = rehearsal.cast
        rehearsal.fail_reads(cast.room, times=20)
        found = await provider.probe_many([MailboxRef(cast.room), MailboxRef(cast.organizer)], Capability.TIMES)
        assert found[cast.room].verdict is Verdict.UNKNOWN
        assert found[cast.room].provider_code
        assert found[cast.organizer].verdict is Verdict.GRANTED

    async def test_a_broken_provider_is_no_refusal(self, rehearsal: Rehearsal, provider: CalendarProvider) -> None:
        rehearsal.fail_reads(rehearsal.cast.organizer, times=20)
        with pytest.raises(RetryLater):
            await provider.probe(MailboxRef(rehearsal.cast.organizer), Capability.WRITE)

    async def test_free_busy_of_many(self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef) -> None:
        cast, span = rehearsal.cast, slot(rehearsal)
        rehearsal.book(cast.organizer, "Busy there", span, rooms=[cast.room])
        rehearsal.settle()
        asked = [MailboxRef(one) for one in (cast.room, cast.other_room, cast.nobody)]
        day = Timespan(span.start - timedelta(hours=1), span.end + timedelta(hours=1))
        found = await provider.free_busy(asked, day, via=host)
        assert found[cast.room].busy == (span,)
        assert (found[cast.other_room].busy, found[cast.other_room].error) == ((), "")
        assert found[cast.nobody].error


class WritingContract:
    """Creating, changing, cancelling: once, whatever is lost on the way."""

    async def test_a_booking_reaches_everybody_once(self, rehearsal: Rehearsal, host: MailboxRef) -> None:
        cast = rehearsal.cast
        made = await create(rehearsal, host, outgoing(rehearsal))
        assert made.span == slot(rehearsal)
        assert (made.title, made.is_host_copy, made.kind) == ("Kick-off", True, EventKind.SINGLE)
        assert (made.organizer, made.zone) == (cast.service, ZONE)
        assert made.ical_uid
        assert made.revision
        rehearsal.settle()
        assert [(mail.kind, set(mail.recipients)) for mail in rehearsal.mails()] == [
            ("request", mailed(rehearsal, cast.guest, cast.room))
        ]
        there = await reread(rehearsal, host, made)
        assert answers(there) == {cast.guest: ResponseStatus.NEEDS_ACTION, cast.room: ResponseStatus.ACCEPTED}
        assert there.description is not None
        assert there.description.split("\n")[0] == "Organised by Jane Doe"
        assert "<b>first</b> & last" in there.description

    async def test_the_room_sees_the_same_meeting(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef, room: MailboxRef
    ) -> None:
        made = await create(rehearsal, host, outgoing(rehearsal))
        rehearsal.settle()
        pages = await follow(provider, room, None, _around(rehearsal))
        copies = [event for event in seen(pages).values() if event.ical_uid == made.ical_uid]
        assert len(copies) == 1
        copy = copies[0]
        assert (copy.is_host_copy, copy.is_busy, copy.span) == (False, True, made.span)
        assert copy.own_response is ResponseStatus.ACCEPTED

    async def test_a_repeated_create_is_the_same_event_and_mails_nobody(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        prepared = provider.prepare_create(host, outgoing(rehearsal))
        first = await provider.send(stored(prepared))
        rehearsal.settle()
        second = await provider.send(stored(prepared))
        assert first is not None
        assert second is not None
        assert first.event_id == second.event_id
        rehearsal.settle()
        assert len(rehearsal.mails()) == 1

    async def test_a_create_whose_answer_was_lost_is_sent_again_without_a_second_event(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        prepared = provider.prepare_create(host, outgoing(rehearsal))
        rehearsal.lose_answer(rehearsal.cast.service)
        with pytest.raises(OutcomeUnknown):
            await provider.send(stored(prepared))
        found = await provider.find_event(host, "bk_1", slot(rehearsal))
        again = await provider.send(stored(prepared))
        assert found is not None
        assert again is not None
        assert again.event_id == found.event_id
        rehearsal.settle()
        assert len(rehearsal.calendar(rehearsal.cast.service, slot(rehearsal))) == 1
        assert [mail.kind for mail in rehearsal.mails()] == ["request"]

    async def test_a_repeated_create_after_somebody_edited_is_still_the_same_event(
        self, rehearsal: Rehearsal, host: MailboxRef
    ) -> None:
        made = await create(rehearsal, host, outgoing(rehearsal))
        rehearsal.settle()
        rehearsal.edit(rehearsal.cast.service, "Kick-off", new_title="Kick-off, renamed")
        again = await create(rehearsal, host, outgoing(rehearsal))
        assert again.event_id == made.event_id

    async def test_another_key_is_another_event(self, rehearsal: Rehearsal, host: MailboxRef) -> None:
        first = await create(rehearsal, host, outgoing(rehearsal))
        second = await create(rehearsal, host, outgoing(rehearsal, write_key=WriteKey("key-2"), booking_tag="bk_2"))
        assert first.event_id != second.event_id

    async def test_a_mailbox_that_refuses_holds_nothing_afterwards(
        self, rehearsal: Rehearsal, provider: CalendarProvider
    ) -> None:
        cast = rehearsal.cast
        for address, cause in ((cast.kept_out, AccessCause.REFUSED), (cast.no_mailbox, AccessCause.NO_MAILBOX)):
            with pytest.raises(OutOfReach) as refusal:
                await provider.send(provider.prepare_create(MailboxRef(address), outgoing(rehearsal)))
            assert (refusal.value.mailbox, refusal.value.cause) == (address, cause)
        rehearsal.settle()
        assert rehearsal.mails() == []

    async def test_a_failing_provider_is_a_retry_and_no_refusal(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        prepared = provider.prepare_create(host, outgoing(rehearsal))
        rehearsal.fail_writes(rehearsal.cast.service, times=1)
        with pytest.raises(RetryLater):
            await provider.send(prepared)
        assert await provider.send(prepared) is not None
        rehearsal.settle()
        assert len(rehearsal.mails()) == 1

    async def test_a_throttled_write_says_when_to_come_back(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        prepared = provider.prepare_create(host, outgoing(rehearsal))
        rehearsal.throttle(rehearsal.cast.service, times=1, seconds=120)
        with pytest.raises(Throttled) as first:
            await provider.send(prepared)
        assert first.value.after == timedelta(seconds=120)
        with pytest.raises(Throttled):
            await provider.host_facts(host)
        assert rehearsal.mails() == []

    async def test_tokens_that_end_in_between_are_renewed_unseen(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        await provider.host_facts(host)
        rehearsal.end_tokens()
        assert await provider.send(provider.prepare_create(host, outgoing(rehearsal))) is not None

    async def test_our_own_event_is_found_by_its_tag_alone(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        tag = "bk_o'clock"
        made = await create(rehearsal, host, outgoing(rehearsal, booking_tag=tag))
        found = await provider.find_event(host, tag, slot(rehearsal))
        assert found is not None
        assert found.event_id == made.event_id
        assert await provider.find_event(host, "bk_other", slot(rehearsal)) is None

    async def test_a_title_change_keeps_answers_and_everything_else(
        self, rehearsal: Rehearsal, host: MailboxRef
    ) -> None:
        cast = rehearsal.cast
        made = await create(rehearsal, host, outgoing(rehearsal))
        rehearsal.settle()
        rehearsal.respond(cast.guest, "Kick-off", ResponseStatus.ACCEPTED)
        rehearsal.settle()
        changed = await change(rehearsal, host, made, outgoing(rehearsal, title="Kick-off 2", description=None))
        rehearsal.settle()
        there = await reread(rehearsal, host, made)
        assert (changed.event_id, there.title) == (made.event_id, "Kick-off 2")
        assert there.description is not None
        assert "Organised by Jane Doe" in there.description
        assert answers(there) == {cast.guest: ResponseStatus.ACCEPTED, cast.room: ResponseStatus.ACCEPTED}

    async def test_a_change_that_changes_nothing_is_silent(self, rehearsal: Rehearsal, host: MailboxRef) -> None:
        made = await create(rehearsal, host, outgoing(rehearsal))
        rehearsal.settle()
        before = await reread(rehearsal, host, made)
        after = await change(rehearsal, host, made, outgoing(rehearsal))
        rehearsal.settle()
        assert after == before
        assert [mail.kind for mail in rehearsal.mails()] == ["request"]

    async def test_a_move_is_told_to_everybody_and_the_room_decides_again(
        self, rehearsal: Rehearsal, host: MailboxRef
    ) -> None:
        cast, later = rehearsal.cast, slot(rehearsal, hours=2)
        rehearsal.book(cast.organizer, "In the way", later, rooms=[cast.room])
        rehearsal.settle()
        made = await create(rehearsal, host, outgoing(rehearsal))
        rehearsal.settle()
        await change(rehearsal, host, made, outgoing(rehearsal, span=later))
        rehearsal.settle()
        there = await reread(rehearsal, host, made)
        assert there.span == later
        assert answers(there)[cast.room] is ResponseStatus.DECLINED
        assert answers(there)[cast.guest] is ResponseStatus.NEEDS_ACTION

    async def test_a_room_is_swapped_on_the_same_event(self, rehearsal: Rehearsal, host: MailboxRef) -> None:
        cast = rehearsal.cast
        made = await create(rehearsal, host, outgoing(rehearsal))
        rehearsal.settle()
        other = (Attendee(cast.guest, "Guest"), Attendee(cast.other_room, "Other", AttendeeRole.ROOM))
        swap = outgoing(rehearsal, attendees=other, location="Other", withdrawn=(cast.room,))
        changed = await change(rehearsal, host, made, swap)
        rehearsal.settle()
        there = await reread(rehearsal, host, made)
        assert changed.event_id == made.event_id
        assert answers(there)[cast.other_room] is ResponseStatus.ACCEPTED
        assert cast.room not in answers(there)
        assert [item for item in rehearsal.calendar(cast.room, slot(rehearsal)) if not item["cancelled"]] == []
        cancelled = [set(mail.recipients) for mail in rehearsal.mails() if mail.kind == "cancellation"]
        assert cancelled == [mailed(rehearsal, cast.room)] * cast.are_rooms_mailed

    async def test_guests_that_others_added_stay_and_withdrawn_ones_leave(
        self, rehearsal: Rehearsal, host: MailboxRef
    ) -> None:
        cast = rehearsal.cast
        made = await create(rehearsal, host, outgoing(rehearsal))
        rehearsal.settle()
        rehearsal.edit(cast.service, "Kick-off", add=[cast.organizer])
        rehearsal.settle()
        ours = (Attendee(cast.outsider, "Ada"), Attendee(cast.room, "Room", AttendeeRole.ROOM))
        await change(rehearsal, host, made, outgoing(rehearsal, attendees=ours, withdrawn=(cast.guest,)))
        rehearsal.settle()
        there = answers(await reread(rehearsal, host, made))
        assert set(there) == {cast.organizer, cast.outsider, cast.room}
        assert there[cast.room] is ResponseStatus.ACCEPTED

    async def test_a_guest_invited_by_an_alias_is_one_guest_whatever_the_calendar_shows(
        self, rehearsal: Rehearsal, host: MailboxRef
    ) -> None:
        cast = rehearsal.cast
        rehearsal.show_aliases_as_primary()
        room = Attendee(cast.room, "Room", AttendeeRole.ROOM)
        by_alias = (Attendee(cast.organizer_alias, "Jane"), room)
        made = await create(rehearsal, host, outgoing(rehearsal, attendees=by_alias))
        assert {one.attendee.address: one.invited_as for one in made.attendees} == {
            cast.organizer: cast.organizer_alias,
            cast.room: None,
        }
        rehearsal.settle()
        rehearsal.respond(cast.organizer, "Kick-off", ResponseStatus.ACCEPTED)
        rehearsal.settle()
        more = (*by_alias, Attendee(cast.guest, "Guest"))
        changed = await change(rehearsal, host, made, outgoing(rehearsal, attendees=more))
        rehearsal.settle()
        assert {one.attendee.address: one.invited_as for one in changed.attendees} == {
            cast.organizer: cast.organizer_alias,
            cast.room: None,
            cast.guest: None,
        }
        there = answers(await reread(rehearsal, host, made))
        assert there[cast.organizer] is ResponseStatus.ACCEPTED
        asked = [set(mail.recipients) - {cast.room} for mail in rehearsal.mails()]
        assert asked == [{cast.organizer}, {cast.guest}]
        await change(
            rehearsal, host, made, outgoing(rehearsal, attendees=(room,), withdrawn=(cast.organizer_alias, cast.guest))
        )
        rehearsal.settle()
        assert set(answers(await reread(rehearsal, host, made))) == {cast.room}

    async def test_a_lost_race_is_run_again_and_a_storm_is_given_up(
        self, rehearsal: Rehearsal, host: MailboxRef
    ) -> None:
        made = await create(rehearsal, host, outgoing(rehearsal))
        rehearsal.settle()
        rehearsal.race(rehearsal.cast.service, times=1)
        changed = await change(rehearsal, host, made, outgoing(rehearsal, title="Second try"))
        assert changed.title == "Second try"
        rehearsal.race(rehearsal.cast.service, times=10)
        with pytest.raises(StaleRevision):
            await change(rehearsal, host, made, outgoing(rehearsal, title="Never"))

    async def test_a_change_whose_answer_was_lost_is_sent_again_and_mails_once(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        made = await create(rehearsal, host, outgoing(rehearsal))
        rehearsal.settle()
        prepared = provider.prepare_change(EventRef(host, made.event_id), outgoing(rehearsal, title="Later words"))
        rehearsal.lose_answer(rehearsal.cast.service)
        with pytest.raises(OutcomeUnknown):
            await provider.send(stored(prepared))
        again = await provider.send(stored(prepared))
        rehearsal.settle()
        assert again is not None
        assert again.title == "Later words"
        assert [mail.kind for mail in rehearsal.mails()] == ["request", "update"]

    async def test_what_was_deleted_cannot_be_changed(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        made = await create(rehearsal, host, outgoing(rehearsal))
        rehearsal.settle()
        rehearsal.delete(rehearsal.cast.service, "Kick-off")
        with pytest.raises(EventGone):
            await change(rehearsal, host, made, outgoing(rehearsal, title="Too late"))
        with pytest.raises(EventGone):
            await reread(rehearsal, host, made)
        assert await provider.find_event(host, "bk_1", slot(rehearsal)) is None

    async def test_a_cancellation_frees_the_room_and_can_be_repeated(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        cast = rehearsal.cast
        made = await create(rehearsal, host, outgoing(rehearsal))
        rehearsal.settle()
        prepared = provider.prepare_cancel(EventRef(host, made.event_id), "No longer needed")
        assert await provider.send(stored(prepared)) is None
        assert await provider.send(stored(prepared)) is None
        rehearsal.settle()
        assert [mail.kind for mail in rehearsal.mails()] == ["request", "cancellation"]
        assert set(rehearsal.mails()[-1].recipients) == mailed(rehearsal, cast.guest, cast.room)
        assert [item for item in rehearsal.calendar(cast.room, slot(rehearsal)) if not item["cancelled"]] == []
        with pytest.raises(EventGone):
            await reread(rehearsal, host, made)

    async def test_a_cancellation_whose_answer_was_lost_is_sent_again_and_mails_once(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        made = await create(rehearsal, host, outgoing(rehearsal))
        rehearsal.settle()
        prepared = provider.prepare_cancel(EventRef(host, made.event_id), "")
        rehearsal.lose_answer(rehearsal.cast.service)
        with pytest.raises(OutcomeUnknown):
            await provider.send(prepared)
        assert await provider.send(prepared) is None
        rehearsal.settle()
        assert [mail.kind for mail in rehearsal.mails()] == ["request", "cancellation"]

    async def test_two_at_the_same_time_without_guests_come_and_go_without_mail(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        made = [
            await create(
                rehearsal,
                host,
                outgoing(
                    rehearsal,
                    attendees=(),
                    is_private=True,
                    reminder_minutes=None,
                    booking_tag=f"check_{number}",
                    write_key=WriteKey(f"check-{number}"),
                ),
            )
            for number in range(2)
        ]
        assert made[0].span == made[1].span
        assert all(event.is_private for event in made)
        for event in made:
            await provider.send(provider.prepare_cancel(EventRef(host, event.event_id), ""))
        rehearsal.settle()
        assert rehearsal.mails() == []
        held = rehearsal.calendar(rehearsal.cast.service, slot(rehearsal))
        assert [item for item in held if not item["cancelled"]] == []

    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            ("Kick-off\r\nBcc: everybody", "Kick-off Bcc: everybody"),
            ("\u202egnissem", "gnissem"),
            ("\u200fפגישה\u200f", "\u200fפגישה\u200f"),
            ("<script>alert(1)</script> & co", "<script>alert(1)</script> & co"),
            ("nul\x00and\x1bescape", "nul and escape"),
            ("Ünïcödé 😀 漢字", "Ünïcödé 😀 漢字"),
        ],
    )
    async def test_odd_titles_arrive_whole_and_harmless(
        self, rehearsal: Rehearsal, host: MailboxRef, title: str, expected: str
    ) -> None:
        made = await create(rehearsal, host, outgoing(rehearsal, title=title))
        assert made.title == expected
        rehearsal.settle()
        await change(rehearsal, host, made, outgoing(rehearsal, title=title))
        rehearsal.settle()
        assert [mail.kind for mail in rehearsal.mails()] == ["request"]

    async def test_a_long_title_is_cut_and_stays_cut(self, rehearsal: Rehearsal, host: MailboxRef) -> None:
        made = await create(rehearsal, host, outgoing(rehearsal, title="long " * 100))
        assert made.title is not None
        assert made.title.startswith("long long")
        await change(rehearsal, host, made, outgoing(rehearsal, title="long " * 100))
        rehearsal.settle()
        assert [mail.kind for mail in rehearsal.mails()] == ["request"]

    async def test_html_in_a_description_is_text(self, rehearsal: Rehearsal, host: MailboxRef) -> None:
        text = "Organised by Jane Doe\n<img src=x onerror=alert(1)>\n\n  1 < 2 && 3 > 2"
        made = await create(rehearsal, host, outgoing(rehearsal, description=text))
        there = await reread(rehearsal, host, made)
        assert there.description is not None
        assert "<img src=x onerror=alert(1)>" in there.description
        assert there.description.split("\n")[0] == "Organised by Jane Doe"

    def test_what_no_calendar_takes_is_refused_before_it_is_sent(
        self, rehearsal: Rehearsal, provider: CalendarProvider
    ) -> None:
        host = MailboxRef(rehearsal.cast.service)
        crowd = tuple(Attendee(Address(f"guest{number}@example.org")) for number in range(501))
        for mistake, field in (({"attendees": crowd}, "attendees"), ({"description": "x" * 4_200_000}, "description")):
            with pytest.raises(InvalidInput) as refusal:
                provider.prepare_create(host, outgoing(rehearsal, **mistake))
            assert list(refusal.value.mistakes) == [field]

    async def test_nothing_is_sent_while_a_transaction_is_open(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        token = open_unit_of_work.set(True)
        try:
            prepared = provider.prepare_create(host, outgoing(rehearsal))
            with pytest.raises(Broken):
                await provider.send(prepared)
        finally:
            open_unit_of_work.reset(token)

    async def test_a_summary_tells_verbs_and_counts_and_no_contents(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        told = " ".join(provider.prepare_create(host, outgoing(rehearsal)).summary)
        assert told
        assert "Kick-off" not in told
        assert "@" not in told


def _around(rehearsal: Rehearsal) -> Timespan:
    return Timespan(rehearsal.now() - timedelta(days=1), rehearsal.now() + timedelta(days=30))


class FollowingContract:
    """Changes: nothing missed, nothing invented."""

    async def test_a_full_round_shows_what_is_there(
        self, rehearsal: Rehearsal, provider: CalendarProvider, room: MailboxRef
    ) -> None:
        pages = await follow(provider, room, None, _around(rehearsal))
        assert all(page.is_full for page in pages)
        assert [page.is_last for page in pages] == [False] * (len(pages) - 1) + [True]
        held = rehearsal.calendar(room.address, _around(rehearsal))
        shown = [event for event in seen(pages).values() if event.kind is not EventKind.SERIES_MASTER]
        assert len(shown) == len(held) > 0
        assert all(event.span is not None for event in shown)

    async def test_the_next_round_shows_what_changed_and_no_more(
        self, rehearsal: Rehearsal, provider: CalendarProvider, room: MailboxRef
    ) -> None:
        cursor = (await follow(provider, room, None, _around(rehearsal)))[-1].cursor
        nothing = await follow(provider, room, cursor, _around(rehearsal))
        assert seen(nothing) == {}
        rehearsal.book(rehearsal.cast.organizer, "Booked by hand", slot(rehearsal), rooms=[room.address])
        rehearsal.settle()
        pages = await follow(provider, room, nothing[-1].cursor, _around(rehearsal))
        assert [event.span for event in seen(pages).values()] == [slot(rehearsal)]
        assert not any(page.is_full for page in pages)

    async def test_moves_and_deletions_are_followed(self, rehearsal: Rehearsal, provider: CalendarProvider) -> None:
        organizer = (await provider.resolve(rehearsal.cast.organizer)).ref
        rehearsal.book(rehearsal.cast.organizer, "Moving about", slot(rehearsal))
        pages = await follow(provider, organizer, None, _around(rehearsal))
        event = next(one for one in seen(pages).values() if one.title == "Moving about")
        rehearsal.move(rehearsal.cast.organizer, "Moving about", slot(rehearsal, hours=5).start)
        pages = await follow(provider, organizer, pages[-1].cursor, _around(rehearsal))
        assert seen(pages)[event.event_id].span == slot(rehearsal, hours=5)
        rehearsal.delete(rehearsal.cast.organizer, "Moving about")
        pages = await follow(provider, organizer, pages[-1].cursor, _around(rehearsal))
        assert [change for page in pages for change in page.changes] == [RemovedEvent(event.event_id)]

    async def test_an_answer_comes_as_a_change_of_the_hosts_copy(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        cast = rehearsal.cast
        made = await create(rehearsal, host, outgoing(rehearsal))
        rehearsal.settle()
        cursor = (await follow(provider, host, None, _around(rehearsal)))[-1].cursor
        rehearsal.respond(cast.guest, "Kick-off", ResponseStatus.DECLINED)
        rehearsal.settle()
        pages = await follow(provider, host, cursor, _around(rehearsal))
        assert answers(seen(pages)[made.event_id])[cast.guest] is ResponseStatus.DECLINED

    async def test_a_forgotten_place_is_named_and_a_full_round_mends_it(
        self, rehearsal: Rehearsal, provider: CalendarProvider, room: MailboxRef
    ) -> None:
        pages = await follow(provider, room, None, _around(rehearsal))
        rehearsal.expire_cursor(room.address)
        with pytest.raises(CursorExpired):
            await provider.changes(room, pages[-1].cursor, _around(rehearsal))
        again = await follow(provider, room, None, _around(rehearsal))
        assert seen(again).keys() == seen(pages).keys()

    @pytest.mark.parametrize("cursor", ["", "{}", "[]", "not json", '{"mode": 1}'])
    async def test_a_place_that_cannot_be_read_begins_anew(
        self, rehearsal: Rehearsal, provider: CalendarProvider, room: MailboxRef, cursor: str
    ) -> None:
        with pytest.raises(CursorExpired):
            await provider.changes(room, SyncCursor(cursor), _around(rehearsal))

    async def test_a_mailbox_that_fell_out_of_reach_is_named(
        self, rehearsal: Rehearsal, provider: CalendarProvider, room: MailboxRef
    ) -> None:
        pages = await follow(provider, room, None, _around(rehearsal))
        rehearsal.lock_out(room.address)
        with pytest.raises(OutOfReach) as refusal:
            await provider.changes(room, pages[-1].cursor, _around(rehearsal))
        assert refusal.value.cause is AccessCause.REFUSED

    async def test_a_provider_that_is_down_keeps_the_place(
        self, rehearsal: Rehearsal, provider: CalendarProvider, room: MailboxRef
    ) -> None:
        pages = await follow(provider, room, None, _around(rehearsal))
        rehearsal.fail_reads(room.address, times=3)
        with pytest.raises(ProviderUnavailable):
            await provider.changes(room, pages[-1].cursor, _around(rehearsal))
        assert (await provider.changes(room, pages[-1].cursor, _around(rehearsal))).is_last


class CapabilitiesContract:
    """What a provider says of itself is so, either way."""

    async def test_words_travel_with_a_cancellation_or_do_not(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        made = await create(rehearsal, host, outgoing(rehearsal))
        rehearsal.settle()
        await provider.send(provider.prepare_cancel(EventRef(host, made.event_id), "No longer needed"))
        rehearsal.settle()
        told = [mail.comment for mail in rehearsal.mails() if mail.kind == "cancellation"]
        assert told == ["No longer needed" if provider.capabilities.cancel_carries_comment else ""]

    async def test_the_rooms_answer_is_in_the_writes_or_is_not(
        self, rehearsal: Rehearsal, provider: CalendarProvider, host: MailboxRef
    ) -> None:
        made = await create(rehearsal, host, outgoing(rehearsal))
        is_there = answers(made)[rehearsal.cast.room] is ResponseStatus.ACCEPTED
        assert is_there is provider.capabilities.room_answer_in_write

    async def test_a_place_is_bound_to_its_window_or_is_not(
        self, rehearsal: Rehearsal, provider: CalendarProvider, room: MailboxRef
    ) -> None:
        inside = slot(rehearsal)
        narrow = Timespan(inside.start - timedelta(days=1), inside.start)
        cursor = (await follow(provider, room, None, narrow))[-1].cursor
        rehearsal.book(rehearsal.cast.organizer, "Behind the window", inside, rooms=[room.address])
        rehearsal.settle()
        pages = await follow(provider, room, cursor, Timespan(narrow.start, inside.end))
        found = [event for event in seen(pages).values() if event.span == inside]
        assert bool(found) is not provider.capabilities.window_is_fixed


class CalendarProviderContract(DirectoryContract, WritingContract, FollowingContract, CapabilitiesContract):
    """All of it."""
