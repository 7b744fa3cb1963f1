"""Failed sign-ins are told in the audit trail: together, without strangers' addresses, and never a flood of them."""

import asyncio
from datetime import timedelta
from functools import partial

import psycopg
import pytest
from tests.application.conftest import Given, HeldClock

from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.passwords import Argon2Hasher
from roomstead.application.failed_attempts import (
    ENTRIES_IN_A_WINDOW,
    FAILED,
    KEPT_FOR,
    MANY,
    REFUSED,
    TOLD_TOGETHER,
    FailedAttempt,
    tell_of_failure,
)
from roomstead.application.people.forget_old_sign_ins import forget_old_sign_ins
from roomstead.application.people.sign_in import SignIn, sign_in
from roomstead.application.ports.people import AuditEntry, AuditFilter
from roomstead.application.sign_in_rules import TRIES_PER_ADDRESS, WINDOW, TooManyAttempts, Visitor
from roomstead.domain.errors import Unauthenticated
from roomstead.domain.mailbox import parse_address
from roomstead.domain.people import Person

HOME = Visitor("198.51.100.7", "Mozilla/5.0")
STRANGER = "stranger@elsewhere.example"


async def told(units: SqlUnitsOfWork) -> list[AuditEntry]:
    async with units() as uow:
        return list(await uow.audit.page(AuditFilter(action="attempt"), before=None, limit=10_000))


def attempts(entries: list[AuditEntry]) -> int:
    return sum(int(str(each.detail["attempts"])) for each in entries)


async def fail(units: SqlUnitsOfWork, clock: HeldClock, address: str, visitor: Visitor = HOME) -> None:
    with pytest.raises((Unauthenticated, TooManyAttempts)):
        await sign_in(SignIn(address, "pässword-of-mine", visitor), units=units, clock=clock, hasher=Argon2Hasher())


async def test_who_was_asked_for_is_told_if_it_is_somebody_here(
    units: SqlUnitsOfWork, clock: HeldClock, jane: Person
) -> None:
    await fail(units, clock, jane.addresses[0].upper())
    (entry,) = await told(units)
    assert (entry.action, entry.subject.id, entry.at) == (FAILED, jane.id, clock.now())
    assert (entry.actor_id, entry.actor_name, entry.via) == (None, "not signed in", "page")
    assert dict(entry.detail) == {"attempts": 1, "network": HOME.source, "person": jane.name}


@pytest.mark.parametrize("typed", [STRANGER, "my-secret-typed-into-the-wrong-field"])
async def test_nothing_that_a_stranger_typed_is_kept(
    units: SqlUnitsOfWork, clock: HeldClock, database_url: str, typed: str
) -> None:
    await fail(units, clock, typed)
    (entry,) = await told(units)
    assert entry.subject.id is None
    assert dict(entry.detail) == {"attempts": 1, "network": HOME.source}
    with psycopg.connect(database_url) as session:
        rows = [
            session.execute(f"SELECT row_to_json(s)::text FROM {table} s").fetchall()  # noqa: S608 - three names of ours
            for table in ("audit", "audit_tally", "sign_in_attempts")
        ]
    assert typed not in str(rows)
    assert "pässword-of-mine" not in str(rows)


async def test_attempts_soon_after_are_one_entry_with_their_number_refusals_another(
    units: SqlUnitsOfWork, clock: HeldClock, jane: Person
) -> None:
    for _ in range(TRIES_PER_ADDRESS + 2):
        await fail(units, clock, jane.addresses[0])
        clock.advance(timedelta(seconds=1))
    refused, failed = await told(units)
    assert (failed.action, failed.detail["attempts"]) == (FAILED, TRIES_PER_ADDRESS)
    assert (refused.action, refused.detail["attempts"]) == (REFUSED, 2)
    assert refused.subject.id == jane.id
    clock.advance(TOLD_TOGETHER)
    await fail(units, clock, jane.addresses[0])
    assert [each.detail["attempts"] for each in await told(units)] == [1, 2, TRIES_PER_ADDRESS]


async def test_of_many_at_once_none_is_lost_and_one_entry_made(
    units: SqlUnitsOfWork, clock: HeldClock, jane: Person
) -> None:
    failure = FailedAttempt(FAILED, HOME, jane.addresses[0])
    await asyncio.gather(*(tell_of_failure(failure, units=units, now=clock.now()) for _ in range(25)))
    (entry,) = await told(units)
    assert entry.detail["attempts"] == 25


async def test_from_however_many_networks_only_so_many_entries_are_made(
    units: SqlUnitsOfWork, clock: HeldClock, database_url: str
) -> None:
    tell = partial(tell_of_failure, units=units)
    for number in range(3 * ENTRIES_IN_A_WINDOW):
        await tell(FailedAttempt(REFUSED, Visitor(f"2001:db8:{number}::1", ""), None), now=clock.now())
    entries = await told(units)
    assert len(entries) == ENTRIES_IN_A_WINDOW + 1
    assert attempts(entries) == 3 * ENTRIES_IN_A_WINDOW
    assert entries[0].action == MANY
    assert dict(entries[0].detail) == {"attempts": 2 * ENTRIES_IN_A_WINDOW}
    with psycopg.connect(database_url) as session:
        assert session.execute("SELECT count(*) FROM audit_tally").fetchone() == (ENTRIES_IN_A_WINDOW + 1,)
    clock.advance(WINDOW)
    await tell(FailedAttempt(REFUSED, HOME, None), now=clock.now())
    assert (await told(units))[0].detail["network"] == HOME.source


async def test_a_somebody_here_is_told_of_where_strangers_are_many(
    units: SqlUnitsOfWork, clock: HeldClock, jane: Person
) -> None:
    """A flood from one network about nobody is one entry, so that it does not hide who is aimed at."""
    tell = partial(tell_of_failure, units=units, now=clock.now())
    for number in range(3 * ENTRIES_IN_A_WINDOW):
        await tell(FailedAttempt(FAILED, HOME, parse_address(f"guess{number}@contoso.example")))
    await tell(FailedAttempt(FAILED, HOME, jane.addresses[0]))
    aimed, flood = await told(units)
    assert aimed.subject.id == jane.id
    assert flood.detail["attempts"] == 3 * ENTRIES_IN_A_WINDOW


async def test_a_proxys_own_word_for_a_network_is_cut(units: SqlUnitsOfWork, clock: HeldClock) -> None:
    await tell_of_failure(FailedAttempt(FAILED, Visitor("x\n" * 5000, ""), None), units=units, now=clock.now())
    (entry,) = await told(units)
    assert entry.detail["network"] == "unknown"


async def test_they_are_forgotten_after_a_while_and_nothing_else_is(
    units: SqlUnitsOfWork, clock: HeldClock, jane: Person, given: Given
) -> None:
    await fail(units, clock, jane.addresses[0])
    async with units() as uow:
        from roomstead.application.ports.people import Subject
        from roomstead.domain.people import SYSTEM

        await uow.audit.record("person.added", Subject("person", jane.id), SYSTEM, at=clock.now())
        await uow.commit()
    clock.advance(KEPT_FOR - timedelta(seconds=1))
    await forget_old_sign_ins(units=units, clock=clock)
    assert len(await told(units)) == 1
    clock.advance(timedelta(seconds=1))
    await forget_old_sign_ins(units=units, clock=clock)
    async with units() as uow:
        assert [each.action for each in await uow.audit.page(AuditFilter(), before=None, limit=10)] == ["person.added"]
