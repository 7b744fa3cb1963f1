"""The whole of it with real processes: connect, book as oneself, book through the service account, see the answers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import psycopg
import pytest
from psycopg import sql
from tests.support.plain import PLAIN

from roomstead.adapters.embedded import attach

if TYPE_CHECKING:
    from tests.e2e.conftest import Helpers, Installation

DOMAIN = "contoso.example"
PRIYA, JANE, EMMA = f"priya.shah@{DOMAIN}", f"jane.doe@{DOMAIN}", f"emma.novak@{DOMAIN}"
SERVICE = f"rooms@{DOMAIN}"
LABEL = "This booking has been made via a service account"
_DAY = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=7)
SPAN = {"start": _DAY.isoformat(), "end": (_DAY + timedelta(minutes=30)).isoformat()}
"""Soon enough for rooms, which refuse what lies half a year ahead."""

pytestmark = pytest.mark.timeout(400)  # each command is a process that loads the whole program


@dataclass
class Stage:
    """What the tests of this story share."""

    url: str
    admin: httpx2.Client
    priya: httpx2.Client
    jane: httpx2.Client
    tenant: httpx2.Client
    tokens: dict[str, str]
    added: dict[str, Any]


@pytest.fixture(scope="module")
def stage(installation: "Installation", tenant: dict[str, Any], helpers: "Helpers") -> Iterator[Stage]:
    """Roomstead connected to the tenant: Priya's mailbox in reach, Jane's and Emma's not."""
    url = installation.serve().ready()["url"]
    tokens = {"admin": installation.person("Mei Tan", f"mei.tan@{DOMAIN}", admin=True)}
    with helpers.client(url, tokens["admin"]) as admin:
        tokens["priya"] = invited(admin, "Priya Shah", PRIYA)
        tokens["jane"] = invited(admin, "Jane Doe", JANE)
    with (
        helpers.client(url, tokens["admin"]) as admin,
        helpers.client(url, tokens["priya"]) as priya,
        helpers.client(url, tokens["jane"]) as jane,
        httpx2.Client(base_url=tenant["control"], verify=PLAIN, timeout=60) as control,
    ):
        for verb, address in (("grant", PRIYA), ("revoke", JANE), ("revoke", EMMA)):
            control.post(f"microsoft/{verb}", json={"mailbox": address, "propagation_seconds": 0}).raise_for_status()
        control.patch("delays", json={"deliver": 0.1, "process": 0.2, "reply": 0.1}).raise_for_status()
        added = admin.post("/integrations", json=connection(tenant))
        assert added.status_code == 201, added.text
        yield Stage(url, admin, priya, jane, control, tokens, added.json())


def invited(admin: httpx2.Client, name: str, address: str) -> str:
    """Somebody is added; a token of theirs."""
    person = admin.post("/people", json={"name": name, "addresses": [address]}).json()
    return str(admin.post(f"/people/{person['id']}/tokens", json={"name": "test"}).json()["secret"])


def connection(tenant: dict[str, Any]) -> dict[str, Any]:
    """The form that connects the rehearsal tenant through the service account."""
    secret = {"app_id": tenant["client_id"], "client_secret": tenant["client_secret"]}
    return {
        "provider": "microsoft",
        "name": "Contoso",
        "tenant": tenant["tenant_id"],
        "endpoints": {"login": tenant["login_base"], "api": tenant["graph_base"]},
        "tier": 3,
        "credential": {"kind": "secret", "fields": secret},
        "address": SERVICE,
        "use_as_service_account": True,
        "domains": [DOMAIN],
    }


def room(stage: Stage, name: str) -> str:
    """A room's id."""
    rooms = stage.admin.get("/rooms", params={"search": name}).json()["items"]
    return str(next(each["id"] for each in rooms if each["name"] == name))


@pytest.fixture(scope="module")
def verified(stage: Stage, helpers: "Helpers") -> dict[str, Any]:
    """The verification that began with the integration, ended."""
    place = f"/verifications/{stage.added['verification']['id']}"
    found: dict[str, Any] = helpers.eventually(
        lambda: stage.admin.get(place).json(), lambda seen: seen["finished_at"] is not None
    )
    return found


def test_the_verification_names_every_check(verified: dict[str, Any], stage: Stage) -> None:
    by_key = {check["key"]: check for check in verified["checks"]}
    assert by_key["credential"]["status"] == "passed"
    assert by_key["concurrent_bookings"]["status"] == "passed"
    assert all(check["sentence"] for check in verified["checks"])
    shown = stage.admin.get(f"/integrations/{stage.added['integration']['id']}").json()
    assert shown["service_accounts"][0]["status"] == "active"
    assert "client_secret" not in json.dumps(shown["credentials"])
    left = stage.tenant.get(f"calendars/{SERVICE}").json()["items"]
    assert left == []


def test_the_stream_ends_with_the_verification(verified: dict[str, Any], stage: Stage) -> None:
    place = f"/verifications/{verified['id']}/stream"
    answer = stage.admin.get(place)
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = answer.text.splitlines()
    assert lines[0] == "event: verification"
    assert json.loads(lines[1].removeprefix("data: "))["id"] == verified["id"]


def test_a_verification_is_followed_as_it_goes(verified: dict[str, Any], stage: Stage) -> None:
    asked = stage.admin.post(f"/integrations/{verified['integration_id']}/verify", json={})
    assert asked.status_code == 202
    place = asked.headers["location"].removeprefix("/api/v1")
    with stage.admin.stream("GET", f"{place}/stream") as stream:
        told = [line for line in stream.iter_lines() if line.startswith("data: ")]
    seen = [json.loads(line.removeprefix("data: ")) for line in told]
    assert seen[-1]["finished_at"] is not None
    assert not seen[-1]["is_open"]
    assert len(seen) >= 2


def test_a_person_in_reach_books_as_oneself(verified: dict[str, Any], stage: Stage, helpers: "Helpers") -> None:
    wanted = {**SPAN, "title": "Budget review", "room_id": room(stage, "Oak"), "attendees": [{"address": JANE}]}
    preview = stage.priya.post("/bookings/preview", json=wanted).json()
    assert preview["host"]["kind"] == "organizer"
    made = stage.priya.post("/bookings", json=wanted)
    assert made.status_code == 201, made.text
    assert made.json()["state"] == "requested"
    booking = helpers.eventually(
        lambda: stage.priya.get(f"/bookings/{made.json()['id']}").json(), lambda seen: seen["state"] == "confirmed"
    )
    assert booking["label"] is None
    assert booking["host"]["address"] == PRIYA
    assert booking["rooms"][0]["answer"] == "accepted"
    taken = stage.jane.post("/bookings", json={**wanted, "title": "Mine"})
    assert (taken.status_code, taken.json()["code"]) == (409, "room_taken")
    assert taken.json()["remedy"]


def test_a_person_out_of_reach_books_through_the_service_account(
    verified: dict[str, Any], stage: Stage, installation: "Installation", helpers: "Helpers"
) -> None:
    wanted = {**SPAN, "title": "Jane's review", "room_id": room(stage, "Elm"), "attendees": [{"address": PRIYA}]}
    made = stage.jane.post("/bookings", json=wanted)
    assert made.status_code == 201, made.text
    place = f"/bookings/{made.json()['id']}"
    booking = helpers.eventually(lambda: stage.jane.get(place).json(), lambda seen: seen["state"] == "confirmed")
    assert booking["label"] == LABEL
    assert booking["host"]["address"] == SERVICE
    assert booking["host"]["cause"] is None, "members never see raw causes"
    assert stage.admin.get(place).json()["host"]["cause"] == "refused"
    (event,) = [
        each for each in stage.tenant.get(f"calendars/{SERVICE}").json()["items"] if each["subject"] == wanted["title"]
    ]
    assert "Organised by Jane Doe" in event["body"]
    mails = stage.tenant.get("mail", params={"kind": "request"}).json()
    invitations = [each for each in mails if each["subject"] == wanted["title"]]
    assert sum(JANE in each["recipients"] for each in invitations) == 1
    stage.tenant.post(
        "act/respond", json={"who": PRIYA, "meeting": wanted["title"], "answer": "tentative"}
    ).raise_for_status()
    helpers.eventually(
        lambda: stage.jane.get(place).json()["attendees"],
        lambda seen: [each["response"] for each in seen if each["address"] == PRIYA] == ["tentative"],
    )
    shown = installation.ok("bookings", "show", booking["id"], token=stage.tokens["jane"])
    assert LABEL in shown
    assert f"{PRIYA}: tentative" in shown
    assert "Elm: accepted" in shown


def test_the_same_words_on_the_command_line(
    verified: dict[str, Any], stage: Stage, installation: "Installation"
) -> None:
    by_api = stage.jane.get("/bookings").json()
    by_command = json.loads(installation.ok("bookings", "list", "--json", token=stage.tokens["jane"]))
    assert by_command == by_api
    listed = json.loads(installation.ok("integrations", "list", "--json", token=stage.tokens["admin"]))
    assert without_state(listed) == without_state(stage.admin.get("/integrations").json())
    free = installation.ok("rooms", "free", SPAN["start"], SPAN["end"], "--json", token=stage.tokens["jane"])
    assert json.loads(free) == stage.jane.get("/rooms/free", params=SPAN).json()


def without_state(page: dict[str, Any]) -> list[dict[str, Any]]:
    """Integrations as listed. What the consent page is asked is sealed afresh each time, and names where to return."""
    return [{**each, "consent_url": each["consent_url"].partition("?")[0]} for each in page["items"]]


def test_members_are_refused_on_every_road(
    verified: dict[str, Any], stage: Stage, installation: "Installation"
) -> None:
    refused = stage.jane.get("/integrations")
    assert refused.status_code == 403
    done = installation.run("integrations", "list", token=stage.tokens["jane"])
    assert done.returncode == 1
    assert refused.json()["detail"] in done.stderr
    assert installation.run("integrations", "list").returncode == 1


def test_bad_tokens_are_refused_on_every_road(stage: Stage, installation: "Installation", helpers: "Helpers") -> None:
    with helpers.client(stage.url, "rs_abcdefgh_wrong") as stranger:
        assert stranger.get("/bookings").status_code == 401
    done = installation.run("bookings", "list", token="rs_abcdefgh_wrong")
    assert done.returncode == 1
    assert "This token is not known here." in done.stderr


def test_the_doctor_finds_all_well(verified: dict[str, Any], installation: "Installation") -> None:
    findings = json.loads(installation.ok("doctor", "--json"))["findings"]
    states = {each["key"]: each["state"] for each in findings}
    assert states["worker"] == "ok"
    assert states["integration:Contoso"] == "ok"


def test_no_secret_lies_in_the_database(
    verified: dict[str, Any], stage: Stage, tenant: dict[str, Any], installation: "Installation"
) -> None:
    again = {"Idempotency-Key": "one-token"}  # its answer is kept for a repeat, and holds the secret
    made = [stage.jane.post("/tokens", json={"name": "kept"}, headers=again).json()["secret"] for _ in range(2)]
    assert made[0] == made[1]
    running = attach(installation.place / "data")
    assert running is not None
    with psycopg.connect(running.url) as session:
        stored = "".join(str(session.execute(query).fetchall()) for query in _queries(session))
    key = (installation.place / "data" / "sealing.key").read_text().splitlines()[-1]
    assert "Jane Doe" in stored
    for secret in (tenant["client_secret"], *stage.tokens.values(), made[0], key):
        assert secret not in stored
        assert secret.encode().hex() not in stored


def _queries(session: psycopg.Connection) -> list[sql.Composed]:
    """Everything that a copy of the database holds."""
    tables = session.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return [sql.SQL("SELECT t::text FROM {} AS t").format(sql.Identifier(name)) for (name,) in tables]


def test_nothing_beside_it_is_open_to_others(verified: dict[str, Any], installation: "Installation") -> None:
    data = installation.place / "data"
    open_to_others = [
        each.relative_to(data)
        for each in (data, *data.rglob("*"))
        if each.lstat().st_mode & 0o006 and not each.is_symlink()
    ]
    closed = {each for each in open_to_others if any(is_closed(data / parent, data) for parent in each.parents)}
    assert sorted(set(open_to_others) - closed) == []


def is_closed(folder: Path, top: Path) -> bool:
    """Whether others cannot go through this folder, or one above it, up to the data folder."""
    return any(not each.stat().st_mode & 0o001 for each in (folder, *folder.parents) if each.is_relative_to(top))


def test_logs_name_nobody(verified: dict[str, Any], installation: "Installation") -> None:
    log = (installation.place / "serve.log").read_text()
    assert "/api/v1/bookings/{booking_id}" in log
    for secret in ("jane", "Jane", "priya", "Budget", DOMAIN, "rs_"):
        assert secret not in log, secret
