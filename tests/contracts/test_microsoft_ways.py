"""Microsoft's own ways: refusals, doubts, limits and lists of changes as the real service is known to behave."""

import asyncio
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
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
from tests.contracts.microsoft_rehearsal import MicrosoftRehearsal, judged, rehearsal, sandbox
from tests.contracts.sandbox_rehearsal import Judged

from roomstead.application.ports.calendar import CalendarProvider, EventRef
from roomstead.domain.access import AccessCause, Capability, Verdict
from roomstead.domain.errors import (
    ConsentMissing,
    CredentialRejected,
    CursorExpired,
    EventGone,
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
    RemovedEvent,
    ResponseStatus,
    WriteKey,
)
from roomstead.domain.mailbox import Address, MailboxPurpose, MailboxRef
from roomstead.domain.timespan import Timespan
from roomstead_sandbox.world.switches import Switches

__all__ = ["host", "judged", "provider", "rehearsal", "room", "sandbox"]

ALL = ["Calendars.ReadWrite", "MailboxSettings.Read", "Place.Read.All", "User.ReadBasic.All"]
DOUBTS = [one.name for one in fields(Switches) if isinstance(one.default, bool)]


async def test_calls_are_shown_to_the_judge(
    rehearsal: MicrosoftRehearsal, judged: Judged, provider: CalendarProvider
) -> None:
    await provider.host_facts(MailboxRef(rehearsal.cast.service))
    assert judged.judge is None or judged.seen == 1


# -- reach ----------------------------------------------------------------------------------------------------------


async def test_a_shared_mailbox_is_told_from_a_persons_and_a_refusal_has_a_request_id(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider
) -> None:
    assert (await provider.resolve(rehearsal.cast.service)).purpose is MailboxPurpose.SHARED
    refusal = await provider.probe(MailboxRef(rehearsal.cast.kept_out), Capability.WRITE)
    assert refusal.request_id


async def test_each_copy_has_an_id_of_its_own(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, host: MailboxRef, room: MailboxRef
) -> None:
    made = await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.settle()
    pages = await follow(provider, room, None, _around(rehearsal))
    (copy,) = [event for event in seen(pages).values() if event.ical_uid == made.ical_uid]
    assert copy.event_id != made.event_id


@pytest.mark.parametrize("unlicensed_looks_unknown", [False, True])
@pytest.mark.parametrize("on_premises_is_named", [False, True])
async def test_people_without_a_mailbox_here_are_out_of_reach_however_it_is_said(
    rehearsal: MicrosoftRehearsal,
    provider: CalendarProvider,
    unlicensed_looks_unknown: bool,  # noqa: FBT001 - a table's column
    on_premises_is_named: bool,  # noqa: FBT001 - as above
) -> None:
    rehearsal.switch(unlicensed_looks_unknown=unlicensed_looks_unknown, on_premises_is_named=on_premises_is_named)
    gone = AccessCause.ON_PREMISES if on_premises_is_named else AccessCause.NO_MAILBOX
    for address, cause in (
        ("sam.okafor@contoso.example", AccessCause.NO_MAILBOX),
        ("lena.fischer@contoso.example", gone),
        ("omar_fabrikam.example#ext#@contoso.example", AccessCause.NO_MAILBOX),
    ):
        with pytest.raises(OutOfReach) as refusal:
            await provider.send(provider.prepare_create(MailboxRef(Address(address)), outgoing(rehearsal)))
        assert refusal.value.cause is cause


@pytest.mark.parametrize(
    ("status", "code"),
    [(503, "MailboxInfoStale"), (500, "ErrorInternalServerError"), (429, "ApplicationThrottled"), (504, "")],
)
async def test_a_provider_in_trouble_moves_no_meeting(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, status: int, code: str
) -> None:
    jane = (await provider.resolve(rehearsal.cast.organizer)).ref
    rehearsal.fault(kind="answer", mailbox=jane.address, count=None, status=status, code=code or None)
    with pytest.raises(RetryLater):
        await provider.send(provider.prepare_create(jane, outgoing(rehearsal)))


async def test_a_policy_that_appears_at_the_write_is_a_refusal_and_nothing_is_there(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider
) -> None:
    jane = (await provider.resolve(rehearsal.cast.organizer)).ref
    rehearsal.fault(kind="blocked_by_policy", mailbox=jane.address)
    with pytest.raises(OutOfReach) as refusal:
        await provider.send(provider.prepare_create(jane, outgoing(rehearsal)))
    assert (refusal.value.cause, refusal.value.provider_code) == (AccessCause.REFUSED, "ErrorAccessDenied")
    assert refusal.value.request_id
    assert rehearsal.mails() == []


async def test_a_grant_counts_when_it_has_spread(rehearsal: MicrosoftRehearsal, provider: CalendarProvider) -> None:
    priya = MailboxRef(rehearsal.cast.kept_out)
    order = {"client_id": rehearsal.app_id, "mailbox": priya.address, "group": "Roomstead Organisers"}
    rehearsal.control("microsoft/grant", propagation_seconds=2400, **order)
    assert (await provider.probe(priya, Capability.WRITE)).verdict is Verdict.REFUSED
    rehearsal.sandbox.advance(2401)
    assert (await provider.probe(priya, Capability.WRITE)).verdict is Verdict.GRANTED


async def test_a_mailbox_whose_address_is_not_its_user_name_is_called_by_its_id(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider
) -> None:
    rehearsal.sandbox.control.patch("users/jane.doe@contoso.example", {"upn": "jd1@contoso.example"})
    rehearsal.switch(primary_address_finds_mailbox=False)
    facts = await provider.resolve(rehearsal.cast.organizer)
    assert facts.ref.object_id
    assert await provider.send(provider.prepare_create(facts.ref, outgoing(rehearsal))) is not None


async def test_a_service_account_that_was_deleted_is_out_of_reach(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, host: MailboxRef
) -> None:
    made = await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.sandbox.control.delete(f"users/{host.address}")
    with pytest.raises(OutOfReach):
        await change(rehearsal, host, made, outgoing(rehearsal, title="Later"))
    with pytest.raises(OutOfReach):
        await provider.host_facts(host)


# -- permissions ----------------------------------------------------------------------------------------------------


def consent(rehearsal: MicrosoftRehearsal, *permissions: str) -> None:
    rehearsal.control("microsoft/consent", client_id=rehearsal.app_id, permissions=list(permissions))
    rehearsal.end_tokens()


async def test_each_missing_permission_is_found_by_a_call_that_needs_it(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, host: MailboxRef, room: MailboxRef
) -> None:
    mailboxes = {"Calendars.ReadWrite": host, "MailboxSettings.Read": host}
    for missing in ALL:
        consent(rehearsal, *(one for one in ALL if one != missing))
        for permission in ALL:
            found = await provider.check_permission(permission, mailboxes.get(permission))
            expected = Verdict.UNKNOWN if permission == "Calendars.ReadWrite" else Verdict.GRANTED
            assert found.verdict is (Verdict.REFUSED if permission == missing else expected), (missing, permission)


async def test_a_token_that_names_reading_alone_leaves_writing_unknown(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, host: MailboxRef
) -> None:
    consent(rehearsal, "Calendars.Read", "Place.Read.All")
    assert (await provider.probe(host, Capability.TIMES)).verdict is Verdict.GRANTED
    assert (await provider.probe(host, Capability.WRITE)).verdict is Verdict.UNKNOWN
    assert (await provider.check_permission("Calendars.Read", host)).verdict is Verdict.GRANTED
    with pytest.raises(OutOfReach):
        await provider.send(provider.prepare_create(host, outgoing(rehearsal)))


async def test_without_the_directory_the_mailbox_tells_who_it_is(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider
) -> None:
    consent(rehearsal, "Calendars.ReadWrite", "MailboxSettings.Read")
    facts = await provider.resolve(rehearsal.cast.service)
    assert (facts.ref, facts.display_name) == (MailboxRef(rehearsal.cast.service), "Room Booking")
    assert facts.purpose.may_host
    with pytest.raises(ConsentMissing):
        await anext(aiter(provider.list_rooms()))


async def test_a_tenant_that_grants_by_role_issues_tokens_that_name_nothing(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider
) -> None:
    cast = rehearsal.cast
    consent(rehearsal, "Place.Read.All")
    group = rehearsal.control("groups", name="Hosts", mail="hosts@contoso.example", members=[cast.service])
    assert group
    for role, scope, value in (
        ("Application Calendars.Read", "recipient_type", "RoomMailbox"),
        ("Application Calendars.ReadWrite", "group", "Hosts"),
    ):
        rehearsal.control(
            "microsoft/assign-role",
            client_id=rehearsal.app_id,
            role=role,
            scope=scope,
            value=value,
            propagation_seconds=0,
        )
    rehearsal.sandbox.advance(1)
    assert (await provider.check_credential()).named_permissions == ("Place.Read.All",)
    assert (await provider.probe(MailboxRef(cast.room), Capability.TIMES)).verdict is Verdict.GRANTED
    assert (await provider.probe(MailboxRef(cast.service), Capability.WRITE)).verdict is Verdict.GRANTED
    assert (await provider.probe(MailboxRef(cast.organizer), Capability.WRITE)).verdict is Verdict.REFUSED
    made = await create(rehearsal, MailboxRef(cast.service), outgoing(rehearsal))
    rehearsal.settle()
    there = await reread(rehearsal, MailboxRef(cast.service), made)
    assert answers(there)[cast.room] is ResponseStatus.ACCEPTED


async def test_a_secret_that_ends_at_noon_stops_everything_and_moves_nothing(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, host: MailboxRef
) -> None:
    rehearsal.control("microsoft/expire-secrets", client_id=rehearsal.app_id)
    rehearsal.end_tokens()
    with pytest.raises(CredentialRejected) as refusal:
        await provider.send(provider.prepare_create(host, outgoing(rehearsal)))
    assert refusal.value.details["code"] == "AADSTS7000222"
    assert "new client secret" in refusal.value.remedy


async def test_a_wrong_tenant_app_or_secret_is_named(rehearsal: MicrosoftRehearsal) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "AADSTS7000215": {"secrets": {"client_secret": "wrong"}},
        "AADSTS90002": {"tenant": "nowhere.example"},
        "AADSTS700016": {"settings": {"app_id": "11111111-2222-3333-4444-555555555555"}},
    }
    for code, changed in wrong.items():
        with pytest.raises(CredentialRejected) as refusal:
            await rehearsal.connect(**changed).check_credential()
        assert refusal.value.details["code"] == code
        assert refusal.value.remedy


async def test_a_certificate_signs_in_once_it_is_uploaded_and_while_clocks_agree(rehearsal: MicrosoftRehearsal) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Roomstead")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    pem = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
    provider = rehearsal.connect(
        credential_kind="certificate",
        settings={"app_id": rehearsal.app_id, "certificate": pem},
        secrets={"private_key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()},
    )
    with pytest.raises(CredentialRejected):
        await provider.check_credential()
    rehearsal.control("microsoft/add-certificate", client_id=rehearsal.app_id, pem=pem)
    assert (await provider.check_credential()).app_id == rehearsal.app_id
    assert (await provider.check_credential()).named_permissions == tuple(ALL)
    rehearsal.control("microsoft/login-skew", seconds=3600)
    with pytest.raises(CredentialRejected) as refusal:
        await provider.check_credential()
    assert refusal.value.details["code"] == "AADSTS700024"
    assert "clock" in refusal.value.remedy


# -- writing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("conflicts", [False, True])
@pytest.mark.parametrize("names_event", [False, True])
async def test_a_key_that_was_used_leads_to_its_event_however_it_is_said(
    rehearsal: MicrosoftRehearsal,
    host: MailboxRef,
    conflicts: bool,  # noqa: FBT001 - a table's column
    names_event: bool,  # noqa: FBT001 - as above
) -> None:
    rehearsal.switch(duplicate_transaction_conflicts=conflicts, duplicate_transaction_names_event=names_event)
    made = await create(rehearsal, host, outgoing(rehearsal))
    again = await create(rehearsal, host, outgoing(rehearsal, title="Other words"))
    rehearsal.settle()
    assert (again.event_id, again.title) == (made.event_id, "Kick-off")
    assert len(rehearsal.mails()) == 1


@pytest.mark.parametrize("names_event", [False, True])
async def test_a_key_whose_event_was_deleted_says_so(
    rehearsal: MicrosoftRehearsal,
    host: MailboxRef,
    names_event: bool,  # noqa: FBT001 - a table's column
) -> None:
    rehearsal.switch(duplicate_transaction_names_event=names_event)
    await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.settle()
    rehearsal.delete(host.address, "Kick-off")
    with pytest.raises(EventGone):
        await create(rehearsal, host, outgoing(rehearsal, title="Other words"))


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_fault_after_the_work_was_done_makes_no_second_event(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, host: MailboxRef, status: int
) -> None:
    prepared = provider.prepare_create(host, outgoing(rehearsal))
    rehearsal.fault(kind="answer", mailbox=host.address, method="POST", status=status, code="x", after_commit=True)
    with pytest.raises(OutcomeUnknown):
        await provider.send(prepared)
    assert await provider.send(prepared) is not None
    rehearsal.settle()
    assert len(rehearsal.calendar(host.address, slot(rehearsal))) == 1
    assert [mail.kind for mail in rehearsal.mails()] == ["request"]


async def test_a_booking_is_one_call_a_silent_change_one_and_the_others_two(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, host: MailboxRef
) -> None:
    await provider.host_facts(host)
    counts, made = [], None
    for step in ("create", "silent", "change", "cancel"):
        rehearsal.sandbox.control.delete("requests")
        if made is None:
            made = await create(rehearsal, host, outgoing(rehearsal))
        elif step == "cancel":
            await provider.send(provider.prepare_cancel(EventRef(host, made.event_id), ""))
        else:
            await change(rehearsal, host, made, outgoing(rehearsal, title="Kick-off" if step == "silent" else "New"))
        counts.append(len(rehearsal.calls()))
    assert counts == [1, 1, 2, 2]


async def test_no_reminder_rings_in_a_mailbox_that_nobody_reads(
    rehearsal: MicrosoftRehearsal, host: MailboxRef
) -> None:
    sent = []
    for minutes in (None, 15):
        key = f"key-{minutes}"
        made = await create(
            rehearsal, host, outgoing(rehearsal, reminder_minutes=minutes, write_key=WriteKey(key), booking_tag=key)
        )
        raw = await rehearsal.provider._writer.read(host, made.event_id)  # type: ignore[attr-defined]  # the JSON itself
        sent.append((raw["isReminderOn"], raw["showAs"], raw["sensitivity"], raw["responseRequested"]))
    assert sent == [(False, "busy", "normal", True), (True, "busy", "normal", True)]


async def test_the_organisers_line_stands_alone_in_what_outlook_shows(
    rehearsal: MicrosoftRehearsal, host: MailboxRef
) -> None:
    await create(rehearsal, host, outgoing(rehearsal))
    held = rehearsal.calendar(host.address, slot(rehearsal))[0]
    assert "<div>Organised by Jane Doe<br>" in str(held["body"])


async def test_the_hour_that_comes_twice_is_booked_as_meant(rehearsal: MicrosoftRehearsal, host: MailboxRef) -> None:
    start = datetime(rehearsal.now().year + 1, 10, 1, tzinfo=UTC)
    sunday = next(
        start + timedelta(days=day) for day in range(30, 0, -1) if (start + timedelta(days=day)).weekday() == 6
    )
    for hour in (0, 1):
        span = Timespan(sunday + timedelta(hours=hour), sunday + timedelta(hours=hour, minutes=30))
        key = f"key-{hour}"
        made = await create(rehearsal, host, outgoing(rehearsal, span=span, write_key=WriteKey(key), booking_tag=key))
        assert made.span == span


async def test_a_storm_of_other_peoples_changes_is_given_up_after_three_tries(
    rehearsal: MicrosoftRehearsal, host: MailboxRef
) -> None:
    made = await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.sandbox.control.delete("requests")
    rehearsal.race(host.address, times=10)
    with pytest.raises(StaleRevision):
        await change(rehearsal, host, made, outgoing(rehearsal, title="Never"))
    assert [one["method"] for one in rehearsal.calls()] == ["GET", "PATCH"] * 3


@pytest.mark.parametrize("doubt", DOUBTS)
async def test_a_booking_lives_its_life_whichever_way_the_real_service_goes(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, host: MailboxRef, room: MailboxRef, doubt: str
) -> None:
    cast = rehearsal.cast
    rehearsal.switch(**{doubt: not getattr(Switches(), doubt)})
    cursor = (await follow(provider, host, None, _around(rehearsal)))[-1].cursor
    made = await create(rehearsal, host, outgoing(rehearsal))
    rehearsal.settle()
    rehearsal.respond(cast.guest, "Kick-off", ResponseStatus.ACCEPTED)
    rehearsal.settle()
    pages = await follow(provider, host, cursor, _around(rehearsal))
    assert answers(seen(pages)[made.event_id]) == {
        cast.guest: ResponseStatus.ACCEPTED,
        cast.room: ResponseStatus.ACCEPTED,
    }
    people = (Attendee(cast.guest, "Guest"), Attendee(cast.other_room, "Other", AttendeeRole.ROOM))
    later = slot(rehearsal, hours=3)
    swap = outgoing(rehearsal, attendees=people, location="Other", withdrawn=(cast.room,), span=later, title="Moved")
    changed = await change(rehearsal, host, made, swap)
    rehearsal.settle()
    there = await reread(rehearsal, host, made)
    assert (changed.event_id, there.title, there.span) == (made.event_id, "Moved", later)
    assert answers(there)[cast.other_room] is ResponseStatus.ACCEPTED
    await provider.send(provider.prepare_cancel(EventRef(host, made.event_id), "Over"))
    rehearsal.settle()
    pages = await follow(provider, host, pages[-1].cursor, _around(rehearsal))
    assert RemovedEvent(made.event_id) in [one for page in pages for one in page.changes]
    found = seen(await follow(provider, room, None, _around(rehearsal)))
    assert not [one for one in found.values() if one.is_busy and one.ical_uid == made.ical_uid]


# -- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [3, None])
async def test_a_throttled_read_is_waited_for(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, host: MailboxRef, seconds: int | None
) -> None:
    rehearsal.throttle(host.address, times=2, seconds=seconds)
    before = rehearsal.now()
    assert (await provider.host_facts(host)).can_edit
    assert rehearsal.now() - before >= timedelta(seconds=2)


async def test_a_long_wait_is_handed_on(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, host: MailboxRef
) -> None:
    rehearsal.throttle(host.address, times=1, seconds=300)
    with pytest.raises(Throttled) as refusal:
        await provider.host_facts(host)
    assert refusal.value.after is not None
    assert refusal.value.after > timedelta(seconds=290)


async def test_no_more_than_four_calls_run_in_one_mailbox(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, host: MailboxRef
) -> None:
    rehearsal.control("microsoft/throttling", latency_seconds=0.02)
    await asyncio.gather(*(provider.host_facts(host) for _ in range(24)))
    assert {one["status"] for one in rehearsal.calls() if one["mailbox"]} == {200}


async def test_many_mailboxes_are_asked_twenty_to_a_call_and_the_throttled_one_alone_again(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider
) -> None:
    rooms = [MailboxRef(one.address) async for one in provider.list_rooms()]
    rehearsal.throttle(rooms[7].address, times=1, seconds=None)
    rehearsal.sandbox.control.delete("requests")
    found = await provider.probe_many(rooms, Capability.TIMES)
    assert {one.verdict for one in found.values()} == {Verdict.GRANTED}
    batches = [one for one in rehearsal.calls() if one["template"] == "/$batch"]
    assert len(batches) == -(-len(rooms) // 20)


# -- following ------------------------------------------------------------------------------------------------------


async def test_bare_occurrences_carry_their_masters_words(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider
) -> None:
    oak = (await provider.resolve(rehearsal.cast.room)).ref
    events = seen(await follow(provider, oak, None, _around(rehearsal))).values()
    occurrences = [one for one in events if one.kind is EventKind.OCCURRENCE]
    assert len(occurrences) > 5
    assert {one.organizer_name for one in occurrences} == {"Tom Baker"}
    assert all(one.is_busy and one.ical_uid and one.original_start for one in occurrences)
    assert not any(one.is_busy for one in events if one.kind is EventKind.SERIES_MASTER)


async def test_an_occurrence_that_vanishes_without_a_trace_begins_a_full_round(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider
) -> None:
    tom = (await provider.resolve(rehearsal.cast.guest)).ref
    pages = await follow(provider, tom, None, _around(rehearsal))
    occurrence = next(one for one in seen(pages).values() if one.kind is EventKind.OCCURRENCE)
    assert occurrence.original_start is not None
    rehearsal.control(
        "act/delete", who=tom.address, meeting="Stand-up", occurrence=occurrence.original_start.isoformat()
    )
    with pytest.raises(CursorExpired):
        await follow(provider, tom, pages[-1].cursor, _around(rehearsal))
    again = await follow(provider, tom, None, _around(rehearsal))
    assert occurrence.event_id not in seen(again)


@pytest.mark.parametrize("kind", ["cursor_unknown", "cursor_expired"])
async def test_a_lost_place_is_said_in_two_ways(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, room: MailboxRef, kind: str
) -> None:
    cursor = (await follow(provider, room, None, _around(rehearsal)))[-1].cursor
    rehearsal.fault(kind=kind, mailbox=room.address)
    with pytest.raises(CursorExpired):
        await provider.changes(room, cursor, _around(rehearsal))


async def test_empty_pages_and_replays_change_nothing(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, room: MailboxRef
) -> None:
    rehearsal.fault(kind="empty_page", mailbox=room.address, count=2)
    pages = await follow(provider, room, None, _around(rehearsal))
    assert len(pages) == 3
    assert pages[0].changes == ()
    rehearsal.book(rehearsal.cast.organizer, "One", slot(rehearsal), rooms=[room.address])
    rehearsal.settle()
    after = await follow(provider, room, pages[-1].cursor, _around(rehearsal))
    rehearsal.fault(kind="replay", mailbox=room.address)
    replayed = await follow(provider, room, after[-1].cursor, _around(rehearsal))
    known = {**seen(pages), **seen(after)}
    assert {key: value.span for key, value in seen(replayed).items()}.items() <= {
        key: value.span for key, value in known.items()
    }.items()


async def test_a_mailbox_that_moved_keeps_its_ids_and_loses_the_place(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, host: MailboxRef
) -> None:
    made = await create(rehearsal, host, outgoing(rehearsal))
    cursor = (await follow(provider, host, None, _around(rehearsal)))[-1].cursor
    rehearsal.control(f"users/{host.address}/move-mailbox")
    with pytest.raises(CursorExpired):
        await provider.changes(host, cursor, _around(rehearsal))
    assert (await reread(rehearsal, host, made)).event_id == made.event_id


async def test_a_list_of_changes_that_stays_broken_is_replaced_by_the_whole_window(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, room: MailboxRef
) -> None:
    pages = await follow(provider, room, None, _around(rehearsal))
    delta = next(one["template"] for one in rehearsal.calls() if "delta" in one["template"])
    rehearsal.fault(kind="answer", operation=delta, count=None, status=500, code="generalException")
    for _ in range(2):
        with pytest.raises(ProviderUnavailable):
            await provider.changes(room, pages[-1].cursor, _around(rehearsal))
    with pytest.raises(CursorExpired):
        await provider.changes(room, pages[-1].cursor, _around(rehearsal))
    whole = await follow(provider, room, None, _around(rehearsal))
    assert all(page.is_full for page in whole)
    assert {event.span for event in seen(whole).values()} == {
        event.span for event in seen(pages).values() if event.kind is not EventKind.SERIES_MASTER
    }
    with pytest.raises(CursorExpired):
        await provider.changes(room, whole[-1].cursor, _around(rehearsal))
    rehearsal.sandbox.control.delete("faults")
    rehearsal.sandbox.advance(3601)
    assert len(seen(await follow(provider, room, None, _around(rehearsal)))) == len(seen(pages))


async def test_private_words_that_show_for_seconds_in_a_rooms_copy_are_marked_private(
    rehearsal: MicrosoftRehearsal, provider: CalendarProvider, host: MailboxRef
) -> None:
    made = await create(rehearsal, host, outgoing(rehearsal, is_private=True))
    assert made.is_private is True
    rehearsal.settle()
    room = (await provider.resolve(rehearsal.cast.room)).ref
    copy = next(
        one for one in seen(await follow(provider, room, None, _around(rehearsal))).values() if is_copy(one, made)
    )
    assert (copy.title, copy.is_private) == ("Room Booking", False)


def is_copy(one: CalendarEvent, made: CalendarEvent) -> bool:
    return one.ical_uid == made.ical_uid
