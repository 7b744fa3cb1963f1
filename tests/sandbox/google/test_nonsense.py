"""Whatever is sent, the answer is a refusal that says so, never a crash."""

import base64
import json
import math
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import RSAKey
from tests.sandbox.google.conftest import ADMIN, BOT, NOW, Rehearsal, room

from roomstead_sandbox.google.directory import room_query, user_query
from roomstead_sandbox.google.edge import partial
from roomstead_sandbox.google.errors import GoogleError
from roomstead_sandbox.google.identity.cloud import Cloud, make_key
from roomstead_sandbox.google.sign_in import assertion
from roomstead_sandbox.google.sign_in.errors import SignInError

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
things = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
ROOM = {"resourceName": "Oak", "capacity": 4, "featureInstances": [{"feature": {"name": "Screen"}}]}
USER = {
    "primaryEmail": "a@b.example", "name": {"givenName": "A", "familyName": "B", "fullName": "A B"},
    "suspended": False, "archived": False, "isAdmin": False, "orgUnitPath": "/",
}  # fmt: skip


@pytest.fixture(scope="module")
def cloud() -> Cloud:
    """A project with one service account that has a key."""
    held = Cloud()
    account = held.add_account("robot", held.add_project("p", "1"), "1")
    make_key(account)
    return held


@given(claims=st.dictionaries(st.sampled_from(["iss", "aud", "iat", "exp", "scope", "sub"]), things))
def test_claims_of_any_kind(cloud: Cloud, claims: dict[str, Any]) -> None:
    account = next(iter(cloud.accounts.values()))
    named = {"iss": account.email, "aud": "https://oauth2.googleapis.com/token", **claims}
    key = RSAKey.import_key(account.keys[0].private_pem or "")
    text = jws.serialize_compact({"alg": "RS256"}, json.dumps(named), key)
    with suppress(SignInError):
        assertion.read(text, cloud, own_audience="here", world_now=NOW, skew_seconds=0)


@pytest.mark.parametrize("never", [math.nan, math.inf, -math.inf])
def test_times_that_are_no_times(cloud: Cloud, never: float) -> None:
    account = next(iter(cloud.accounts.values()))
    claims = {"iss": account.email, "aud": "here", "iat": never, "exp": never, "scope": "openid"}
    key = RSAKey.import_key(account.keys[0].private_pem or "")
    text = jws.serialize_compact({"alg": "RS256"}, json.dumps(claims), key)
    with pytest.raises(SignInError, match="short-lived"):
        assertion.read(text, cloud, own_audience="here", world_now=NOW, skew_seconds=0)


@given(text=st.text() | st.binary().map(lambda raw: f"a.{base64.urlsafe_b64encode(raw).decode()}.c"))
def test_assertions_of_any_kind(cloud: Cloud, text: str) -> None:
    with pytest.raises(SignInError):
        assertion.read(text, cloud, own_audience="here", world_now=NOW, skew_seconds=0)


@given(text=st.text(alphabet="ab(),/* .") | st.text())
def test_selections_of_any_kind(text: str) -> None:
    with suppress(GoogleError):
        partial.keep({"a": [{"b": 1}], "b": {"a": {}}}, partial.parse(text))


@given(text=st.text(alphabet="name=:!*'\" ANDOT") | st.text())
def test_searches_of_any_kind(text: str) -> None:
    with suppress(GoogleError):
        room_query.parse(text)(ROOM)
    with suppress(GoogleError):
        user_query.parse(text)(USER)
    with suppress(GoogleError):
        room_query.order([dict(ROOM), {}], text)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/calendars/primary/acl", {"role": [], "scope": 5}),
        ("POST", "/calendars/primary/acl", {"role": "reader", "scope": {"type": [], "value": {}}}),
        ("PATCH", f"/calendars/{room('tulip')}", {"summary": 5}),
        ("PATCH", "/calendars/primary", {"autoAcceptInvitations": True}),
        ("PATCH", "/calendars/primary", {"timeZone": {}}),
        ("POST", "/calendars", {"summary": []}),
        ("POST", "/users/me/calendarList", {"id": room("tulip"), "hidden": "yes"}),
        ("GET", f"/calendars/{room('tulip')}/acl?maxResults={'9' * 5000}", None),
        ("GET", f"/calendars/{room('tulip')}/acl?pageToken=%F0%9F%98%80", None),
        ("GET", f"/calendars/{room('tulip')}/acl?showDeleted=perhaps", None),
    ],
)
def test_bodies_and_parameters_of_wrong_kinds(rehearsal: Rehearsal, method: str, path: str, body: object) -> None:
    answer = rehearsal.http.request(
        method, rehearsal.endpoints["google_calendar_base"] + path, json=body, headers=rehearsal.bearer(ADMIN)
    )
    assert answer.status_code == 400, answer.text


def test_what_is_no_json_and_what_is_too_much(rehearsal: Rehearsal) -> None:
    base, bearer = rehearsal.endpoints["google_calendar_base"], rehearsal.bearer(BOT)
    for raw in (b"{", b"[]", b"\xff", b"[" * 100_000):
        answer = rehearsal.http.patch(f"{base}/calendars/primary", content=raw, headers=bearer)
        assert answer.json()["error"]["errors"][0]["reason"] == "parseError"
    large = rehearsal.http.patch(f"{base}/calendars/primary", content=b" " * 4_200_000 + b"{}", headers=bearer)
    assert large.status_code == 413
    assert rehearsal.http.get(rehearsal.endpoints["google_iam_base"]).status_code == 404


def test_preconditions_of_calendars_and_rules(rehearsal: Rehearsal) -> None:
    base = f"{rehearsal.endpoints['google_calendar_base']}/calendars/{room('tulip')}"
    bearer = rehearsal.bearer(ADMIN)
    for path, body in (("", {"description": "x"}), (f"/acl/user:{BOT}", {"role": "reader"})):
        tag = rehearsal.http.get(base + path, headers=bearer).json()["etag"]
        stale = rehearsal.http.patch(base + path, json=body, headers={**bearer, "If-Match": '"0"'})
        assert stale.status_code == 412
        assert rehearsal.http.patch(base + path, json=body, headers={**bearer, "If-Match": tag}).status_code == 200
        again = rehearsal.http.patch(base + path, json=body, headers={**bearer, "If-Match": tag})
        assert again.json()["error"]["errors"][0]["reason"] == "conditionNotMet"
