"""Tokens: shown once, never above their person, worthless at once when revoked."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import time_machine

from roomstead.application.people.add_person import AddPerson
from roomstead.application.people.create_token import CreateToken
from roomstead.application.people.edit_person import EditPerson
from roomstead.application.people.set_password import SetPassword
from roomstead.application.sign_in_rules import LinkWorthless, Visitor
from roomstead.bootstrap.service import Roomstead
from roomstead.bootstrap.use_cases import UseCases
from roomstead.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from roomstead.domain.people import OPERATOR, Actor, Person, Role, Via
from roomstead.domain.sessions import LinkPurpose


async def add(cases: UseCases, name: str, role: Role = Role.MEMBER) -> Person:
    """Somebody with an address made of the name."""
    return await cases.add_person(AddPerson(name, [f"{name}@contoso.example"], role), OPERATOR)


async def test_a_token_speaks_for_its_person(cases: UseCases) -> None:
    ada = await add(cases, "ada", Role.GLOBAL_ADMIN)
    made = await cases.create_token(CreateToken(ada.id, " door "), OPERATOR)
    lead, prefix, secret = made.secret.split("_", 2)
    assert (lead, prefix, made.token.name) == ("rs", made.token.prefix, "door")
    assert len(secret) >= 43
    assert made.secret not in repr(made)
    actor = await cases.authenticate(made.secret, Via.API)
    assert actor == Actor(ada.id, "ada", Role.GLOBAL_ADMIN, Via.API)
    (listed,) = await cases.list_tokens(ada.id, actor)
    assert listed.last_used_at is not None


async def test_the_secret_is_kept_nowhere(service: Roomstead) -> None:
    ada = await add(service.cases, "ada")
    made = await service.cases.create_token(CreateToken(ada.id, "door"), OPERATOR)
    with psycopg.connect(service.database_url) as session:
        stored = str(session.execute("SELECT t.*, a.* FROM api_token t, audit a").fetchall())
    assert made.token.prefix in stored
    assert made.secret.split("_", 2)[2] not in stored


@pytest.mark.parametrize("wrong", ["", "rs_", "rs_aaaaaaaa_bbbb", "x" * 100_000, "\ud800", "\0", "ünïcode"])
async def test_what_is_no_token_is_refused(cases: UseCases, wrong: str) -> None:
    with pytest.raises(Unauthenticated):
        await cases.authenticate(wrong, Via.API)


async def test_one_letter_off_is_refused(cases: UseCases) -> None:
    ada = await add(cases, "ada")
    secret = (await cases.create_token(CreateToken(ada.id, "door"), OPERATOR)).secret
    for wrong in (secret[:-1], secret + "x", secret.swapcase(), secret[:-1] + ("a" if secret[-1] != "a" else "b")):
        with pytest.raises(Unauthenticated):
            await cases.authenticate(wrong, Via.API)


async def test_a_revoked_token_is_worthless_at_once(cases: UseCases) -> None:
    ada = await add(cases, "ada")
    made = await cases.create_token(CreateToken(ada.id, "door"), OPERATOR)
    actor = await cases.authenticate(made.secret, Via.API)
    await cases.revoke_token(made.token.id, actor)
    with pytest.raises(Unauthenticated, match="revoked"):
        await cases.authenticate(made.secret, Via.API)
    (first,) = await cases.list_tokens(ada.id, OPERATOR)
    await cases.revoke_token(made.token.id, actor)
    assert await cases.list_tokens(ada.id, OPERATOR) == [first]


async def test_an_expired_token_is_refused(cases: UseCases) -> None:
    ada = await add(cases, "ada")
    until = datetime.now(UTC) + timedelta(hours=1)
    made = await cases.create_token(CreateToken(ada.id, "door", expires_at=until), OPERATOR)
    await cases.authenticate(made.secret, Via.API)
    with time_machine.travel(until, tick=False), pytest.raises(Unauthenticated, match="expired"):
        await cases.authenticate(made.secret, Via.API)
    for wrong in (datetime.now(UTC), datetime(2099, 1, 1)):  # noqa: DTZ001 - a naive time is what is refused
        with pytest.raises(InvalidInput) as refused:
            await cases.create_token(CreateToken(ada.id, "", expires_at=wrong), OPERATOR)
        assert set(refused.value.mistakes) == {"name", "expires_at"}


async def test_who_leaves_takes_their_tokens_along(cases: UseCases) -> None:
    ada = await add(cases, "ada")
    made = await cases.create_token(CreateToken(ada.id, "door"), OPERATOR)
    await cases.edit_person(EditPerson(ada.id, 1, is_active=False), OPERATOR)
    with pytest.raises(Unauthenticated, match="no longer active"):
        await cases.authenticate(made.secret, Via.API)
    with pytest.raises(Conflict):
        await cases.create_token(CreateToken(ada.id, "another"), OPERATOR)


async def test_no_token_is_higher_than_its_person_or_its_maker(cases: UseCases) -> None:
    ada, bea = await add(cases, "ada", Role.GLOBAL_ADMIN), await add(cases, "bea", Role.GLOBAL_ADMIN)
    low = await cases.create_token(CreateToken(ada.id, "low", Role.MEMBER), OPERATOR)
    actor = await cases.authenticate(low.secret, Via.API)
    assert actor.role is Role.MEMBER
    with pytest.raises(Forbidden):
        await cases.create_token(CreateToken(ada.id, "higher", Role.GLOBAL_ADMIN), actor)
    with pytest.raises(Forbidden):
        await cases.create_token(CreateToken(bea.id, "as another"), actor)
    again = await cases.create_token(CreateToken(ada.id, "as high as may be"), actor)
    assert again.token.role is Role.MEMBER
    member = await add(cases, "mia")
    with pytest.raises(Forbidden):
        await cases.create_token(CreateToken(member.id, "x", Role.GLOBAL_ADMIN), OPERATOR)


async def test_a_role_that_is_taken_away_is_gone_from_tokens_too(cases: UseCases) -> None:
    ada = await add(cases, "ada", Role.GLOBAL_ADMIN)
    await add(cases, "bea", Role.GLOBAL_ADMIN)
    made = await cases.create_token(CreateToken(ada.id, "door"), OPERATOR)
    await cases.edit_person(EditPerson(ada.id, 1, role=Role.MEMBER), OPERATOR)
    assert (await cases.authenticate(made.secret, Via.API)).role is Role.MEMBER


async def test_other_peoples_tokens_do_not_exist_for_a_member(cases: UseCases) -> None:
    jane, john = await add(cases, "jane"), await add(cases, "john")
    made = await cases.create_token(CreateToken(john.id, "john's"), OPERATOR)
    jane_acts = Actor(jane.id, "jane", Role.MEMBER, Via.API)
    with pytest.raises(NotFound):
        await cases.revoke_token(made.token.id, jane_acts)
    with pytest.raises(Forbidden):
        await cases.list_tokens(john.id, jane_acts)
    await cases.authenticate(made.secret, Via.API)


async def test_whoever_was_kept_out_comes_back_with_new_keys(cases: UseCases) -> None:
    ada = await add(cases, "ada")
    link = await cases.make_password_link(ada.id, OPERATOR)
    begun = await cases.set_password(SetPassword(link.url.rpartition("/")[2], "sparrow-window-forty", Visitor("", "")))
    made = await cases.create_token(CreateToken(ada.id, "door"), OPERATOR)
    reset = (await cases.make_password_link(ada.id, OPERATOR)).url.rpartition("/")[2]
    for is_active in (False, True):
        await cases.edit_person(EditPerson(ada.id, None, is_active=is_active), OPERATOR)
    assert await cases.read_session(begun.secret) is None
    with pytest.raises(Unauthenticated, match="revoked"):
        await cases.authenticate(made.secret, Via.API)
    with pytest.raises(LinkWorthless):
        await cases.read_link(reset, LinkPurpose.RESET)


async def test_a_link_that_went_to_an_earlier_address_leads_nowhere(cases: UseCases) -> None:
    ada = await add(cases, "ada")
    sent = (await cases.make_password_link(ada.id, OPERATOR)).url.rpartition("/")[2]
    await cases.edit_person(EditPerson(ada.id, None, name="Ada"), OPERATOR)
    assert (await cases.read_link(sent, LinkPurpose.RESET)).person is not None
    await cases.edit_person(EditPerson(ada.id, None, addresses=["countess@contoso.example"]), OPERATOR)
    with pytest.raises(LinkWorthless):
        await cases.read_link(sent, LinkPurpose.RESET)
