"""Idempotency-Key: the same request twice is one."""

import asyncio
from datetime import timedelta

import httpx2
import psycopg
import pytest

from roomstead.application.ports.idempotency import GIVEN_UP_AFTER, KEPT_FOR
from roomstead.bootstrap.service import Roomstead

JANE = {"name": "Jane Doe", "addresses": ["jane@contoso.example"]}


def keyed(key: str) -> dict[str, str]:
    """The header."""
    return {"Idempotency-Key": key}


async def test_a_repeat_gets_the_first_answer_and_does_nothing(admin: httpx2.AsyncClient) -> None:
    first = await admin.post("/people", json=JANE, headers=keyed("k-1"))
    again = await admin.post("/people", json=JANE, headers=keyed("k-1"))
    assert first.status_code == again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len((await admin.get("/people?search=Jane")).json()["items"]) == 1


async def test_the_same_key_with_another_request_is_refused(admin: httpx2.AsyncClient) -> None:
    await admin.post("/people", json=JANE, headers=keyed("k-2"))
    for other in (
        await admin.post("/people", json={**JANE, "name": "John"}, headers=keyed("k-2")),
        await admin.post("/tokens", json={"name": "t"}, headers=keyed("k-2")),
    ):
        assert other.status_code == 422
        assert other.json()["code"] == "idempotency_mismatch"


async def test_keys_belong_to_one_person(admin: httpx2.AsyncClient, member: httpx2.AsyncClient) -> None:
    await admin.post("/tokens", json={"name": "t"}, headers=keyed("k-3"))
    theirs = await member.post("/tokens", json={"name": "t"}, headers=keyed("k-3"))
    assert theirs.status_code == 201
    assert "idempotency-replayed" not in theirs.headers


async def test_a_refusal_is_not_kept(admin: httpx2.AsyncClient) -> None:
    refused = await admin.post("/people", json={**JANE, "name": ""}, headers=keyed("k-4"))
    assert refused.status_code == 422
    assert refused.json()["code"] == "invalid_input"
    assert (await admin.post("/people", json=JANE, headers=keyed("k-4"))).status_code == 201


async def test_many_at_once_are_one(admin: httpx2.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(admin.post("/people", json=JANE, headers=keyed("k-5")) for _ in range(16)), return_exceptions=False
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1


async def test_one_that_is_still_being_done_sends_others_away_to_come_back(
    admin: httpx2.AsyncClient, service: Roomstead
) -> None:
    first = await admin.post("/people", json=JANE, headers=keyed("k-6"))
    _forget_the_answer(service, timedelta())
    waiting = await admin.post("/people", json=JANE, headers=keyed("k-6"))
    assert first.status_code == 201
    assert waiting.status_code == 409
    assert waiting.json()["code"] == "request_under_way"
    assert waiting.headers["retry-after"] == "1"


async def test_one_that_died_is_taken_over(admin: httpx2.AsyncClient, service: Roomstead) -> None:
    await admin.post("/people", json=JANE, headers=keyed("k-7"))
    _forget_the_answer(service, GIVEN_UP_AFTER + timedelta(seconds=1))
    again = await admin.post("/people", json=JANE, headers=keyed("k-7"))
    assert again.json()["code"] == "conflict"  # it was really tried again: the address is taken by the first


async def test_answers_are_forgotten_after_a_day(admin: httpx2.AsyncClient, service: Roomstead) -> None:
    await admin.post("/tokens", json={"name": "t"}, headers=keyed("k-8"))
    with psycopg.connect(service.database_url) as session:
        session.execute("UPDATE idempotency_key SET created_at = created_at - %s", [KEPT_FOR + timedelta(seconds=1)])
    anew = await admin.post("/tokens", json={"name": "t"}, headers=keyed("k-8"))
    assert "idempotency-replayed" not in anew.headers
    with psycopg.connect(service.database_url) as session:
        session.execute("UPDATE idempotency_key SET created_at = created_at - %s", [KEPT_FOR + timedelta(seconds=1)])
    assert await service.answers.forget(service.clock.now()) == 1


async def test_kept_answers_do_not_give_secrets_away(admin: httpx2.AsyncClient, service: Roomstead) -> None:
    secret = (await admin.post("/tokens", json={"name": "t"}, headers=keyed("k-9"))).json()["secret"]
    with psycopg.connect(service.database_url) as session:
        stored = str(session.execute("SELECT * FROM idempotency_key").fetchall())
    assert secret not in stored
    assert "t" in stored
    again = await admin.post("/tokens", json={"name": "t"}, headers=keyed("k-9"))
    assert again.json()["secret"] == secret


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ü"])
async def test_keys_that_are_none(admin: httpx2.AsyncClient, key: str) -> None:
    headers = httpx2.Headers({b"Idempotency-Key": key.encode()})
    answer = await admin.post("/people", json=JANE, headers=headers)
    assert answer.status_code == 422
    assert set(answer.json()["mistakes"]) == {"Idempotency-Key"}


def _forget_the_answer(service: Roomstead, age: timedelta) -> None:
    """As if the process had died before it answered, so long ago."""
    with psycopg.connect(service.database_url) as session:
        session.execute("UPDATE idempotency_key SET status = NULL, body = NULL, created_at = created_at - %s", [age])
