"""Sessions and links as time goes by, and many who try at once."""

import asyncio
import time
from datetime import timedelta
from functools import partial

import pytest
from tests.application.conftest import HeldClock

from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.adapters.passwords import Argon2Hasher
from roomstead.application.people.ask_for_reset import TAKES, AskForReset, ask_for_reset
from roomstead.application.people.forget_old_sign_ins import forget_old_sign_ins
from roomstead.application.people.make_password_link import make_password_link
from roomstead.application.people.read_link import read_link
from roomstead.application.people.read_session import read_session
from roomstead.application.people.sign_in import SignIn, sign_in
from roomstead.application.policy import Policy
from roomstead.application.sign_in_rules import (
    TRIES_PER_SOURCE,
    WINDOW,
    LinkWorthless,
    NewSession,
    TooManyAttempts,
    Visitor,
    agent_summary,
    begin_session,
    count_attempts,
)
from roomstead.domain.errors import Unauthenticated
from roomstead.domain.people import OPERATOR, Person
from roomstead.domain.sessions import IDLE_FOR, LASTS, LinkPurpose

MINUTE = timedelta(minutes=1)


async def signed_in(units: SqlUnitsOfWork, clock: HeldClock, person: Person) -> NewSession:
    async with units() as uow:
        begun = await begin_session(
            person, Visitor("192.0.2.1", "Mozilla/5.0 (X11; Linux) Firefox/140.0"), uow, clock.now()
        )
        await uow.commit()
    return begun


async def test_a_session_that_lies_idle_ends(units: SqlUnitsOfWork, clock: HeldClock, jane: Person) -> None:
    read = partial(read_session, units=units, clock=clock)
    begun = await signed_in(units, clock, jane)
    clock.advance(IDLE_FOR - MINUTE)
    assert await read(begun.secret) is not None
    clock.advance(IDLE_FOR - MINUTE)
    assert await read(begun.secret) is not None
    clock.advance(IDLE_FOR)
    assert await read(begun.secret) is None


async def test_a_session_in_use_ends_too(units: SqlUnitsOfWork, clock: HeldClock, jane: Person) -> None:
    read = partial(read_session, units=units, clock=clock)
    begun = await signed_in(units, clock, jane)
    while clock.now() < begun.session.expires_at - timedelta(days=1):
        clock.advance(timedelta(days=1))
        assert await read(begun.secret) is not None
    clock.advance(timedelta(days=1))
    assert await read(begun.secret) is None
    assert begun.session.expires_at - begun.session.created_at == LASTS


async def test_what_is_over_is_removed_and_nothing_else(
    units: SqlUnitsOfWork, clock: HeldClock, jane: Person, policy: Policy
) -> None:
    old = await signed_in(units, clock, jane)
    await make_password_link(jane.id, OPERATOR, units=units, clock=clock, policy=policy)
    await count_attempts([("source", "192.0.2.1", 60)], units=units, now=clock.now())
    clock.advance(IDLE_FOR)
    young = await signed_in(units, clock, jane)
    assert await forget_old_sign_ins(units=units, clock=clock) == 3
    assert await forget_old_sign_ins(units=units, clock=clock) == 0
    assert await read_session(young.secret, units=units, clock=clock) is not None
    async with units() as uow:
        assert [each.id for each in await uow.sessions.of_person(jane.id)] == [young.session.id]
    assert old.session.agent == "Firefox on Linux"


async def test_a_link_is_good_for_as_long_as_it_says(
    units: SqlUnitsOfWork, clock: HeldClock, jane: Person, policy: Policy
) -> None:
    made = await make_password_link(jane.id, OPERATOR, units=units, clock=clock, policy=policy)
    secret = made.url.rpartition("/")[2]
    look = partial(read_link, secret, LinkPurpose.RESET, units=units, clock=clock)
    clock.advance(made.expires_at - clock.now() - MINUTE)
    assert (await look()).person == jane
    clock.advance(MINUTE)
    with pytest.raises(LinkWorthless):
        await look()


async def test_of_many_attempts_at_once_only_so_many_get_through(units: SqlUnitsOfWork, clock: HeldClock) -> None:
    async def attempt(number: int) -> bool:
        keys = [("address", f"person{number}@contoso.example", 10), ("source", "192.0.2.1", TRIES_PER_SOURCE)]
        try:
            await count_attempts(keys, units=units, now=clock.now())
        except TooManyAttempts:
            return False
        return True

    passed = await asyncio.gather(*(attempt(number) for number in range(TRIES_PER_SOURCE + 20)))
    assert passed.count(True) == TRIES_PER_SOURCE
    clock.advance(WINDOW)
    assert await attempt(1)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("unix:", "", False),
    ],
)
def test_attempts_are_counted_by_network(one: str, other: str, *, is_same: bool) -> None:
    assert (Visitor(one, "").network == Visitor(other, "").network) is is_same


async def test_who_gets_in_does_not_use_up_the_attempts_of_an_office(
    units: SqlUnitsOfWork, clock: HeldClock, jane: Person
) -> None:
    hasher, office = Argon2Hasher(), Visitor("198.51.100.1", "")
    async with units() as uow:
        await uow.passwords.put(jane.id, await hasher.hash("sparrow-window-forty-lemon"), clock.now())
        await uow.commit()
    for _ in range(TRIES_PER_SOURCE - 1):
        await count_attempts([("source", office.network, TRIES_PER_SOURCE)], units=units, now=clock.now())
    come = partial(sign_in, units=units, clock=clock, hasher=hasher)
    for _ in range(2):
        await come(SignIn(jane.addresses[0], "sparrow-window-forty-lemon", office))
    with pytest.raises(Unauthenticated):
        await come(SignIn(jane.addresses[0], "wrong", office))
    with pytest.raises(TooManyAttempts):
        await come(SignIn(jane.addresses[0], "sparrow-window-forty-lemon", office))


async def test_asking_for_a_reset_takes_the_same_time_whoever_is_asked_about(
    units: SqlUnitsOfWork, clock: HeldClock, jane: Person
) -> None:
    async with units() as uow:
        await uow.passwords.put(jane.id, "a hash", clock.now())
        await uow.commit()
    for address in (jane.addresses[0], "nobody@contoso.example", "no address"):
        began = time.monotonic()
        await ask_for_reset(AskForReset(address, Visitor("192.0.2.1", "")), units=units, clock=clock)
        assert time.monotonic() - began >= TAKES.total_seconds()


async def test_no_secret_is_stored_as_it_is(
    units: SqlUnitsOfWork, clock: HeldClock, jane: Person, policy: Policy, database_url: str
) -> None:
    import psycopg

    begun = await signed_in(units, clock, jane)
    link = await make_password_link(jane.id, OPERATOR, units=units, clock=clock, policy=policy)
    with psycopg.connect(database_url) as session:
        rows = session.execute("SELECT row_to_json(s)::text FROM web_session s").fetchall()
        rows += session.execute("SELECT row_to_json(s)::text FROM sign_in_link s").fetchall()
        rows += session.execute("SELECT row_to_json(s)::text FROM audit s").fetchall()
    stored = str(rows)
    assert begun.secret not in stored
    assert begun.secret.encode().hex() not in stored
    assert link.url.rpartition("/")[2] not in stored
    assert begun.secret not in repr(begun)
    assert link.url not in repr(link)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/150.0 Safari/537.36 Edg/150.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/150.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_browsers_are_told_apart_and_no_more(header: str, says: str) -> None:
    assert agent_summary(header) == says
