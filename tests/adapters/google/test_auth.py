"""Signing in: one assertion for one token, in the right name; refusals told apart."""

import asyncio
import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from tests.adapters.google.test_writes import booking

from roomstead.application.ports.calendar import CalendarProvider
from roomstead.domain.access import AccessCause, Capability, Verdict
from roomstead.domain.errors import (
    AppError,
    ConsentMissing,
    CredentialMissing,
    CredentialRejected,
    OutOfReach,
    ProviderUnavailable,
    Throttled,
    UnreadableAnswer,
)
from roomstead.domain.mailbox import Address, MailboxRef

if TYPE_CHECKING:
    from tests.adapters.conftest import Asked, HandClock, ScriptedServer, Told

TOKEN_PATH = "/token"
BOT = "rooms-bot@corp.example"
JANE = MailboxRef(Address("jane@corp.example"))
ROOM = MailboxRef(Address("c_1880oak@resource.calendar.google.com"))
ROLE = {"accessRole": "owner", "timeZone": "Europe/Amsterdam", "summary": "Jane"}
MAILBOX = {
    "credential_kind": "mailbox",
    "settings": {"app_id": "1-x.apps.googleusercontent.com", "mailbox": BOT},
    "secrets": {"client_secret": "hush", "refresh_token": "1//keep"},
    "tier": 2,
}


def token(number: int = 1, **more: object) -> dict[str, object]:
    return {"token_type": "Bearer", "expires_in": 3599, "access_token": f"ya29.{number}", **more}


def refusal(error: str, description: str = "") -> dict[str, object]:
    return {"error": error, "error_description": description}


def claims_of(asked: "Asked") -> dict[str, Any]:
    (assertion,) = parse_qs(asked.body.decode())["assertion"]
    part = assertion.split(".")[1]
    claims: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def subjects(scripted: "ScriptedServer") -> list[str | None]:
    return [claims_of(one).get("sub") for one in scripted.calls("POST", TOKEN_PATH)]


def refuse(scripted: "ScriptedServer", wrong: set[str | None], answer: "Told") -> None:
    """The token endpoint refuses these subjects, and nobody else."""

    def rule(asked: "Asked") -> "Told | None":
        if asked.method != "POST" or asked.path != TOKEN_PATH:
            return None
        return answer if claims_of(asked).get("sub") in wrong else scripted.told(200, token())

    scripted.rules.append(rule)
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))


async def test_an_assertion_says_who_asks_for_what_in_whose_name(
    provider: CalendarProvider, scripted: "ScriptedServer", key_file: str, clock: "HandClock"
) -> None:
    scripted.on("POST", TOKEN_PATH, scripted.told(200, token()))
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))
    await provider.host_facts(JANE)
    (asked,) = scripted.calls("POST", TOKEN_PATH)
    form = parse_qs(asked.body.decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    told = json.loads(key_file)
    decoded = jwt.decode(form["assertion"][0], RSAKey.import_key(told["private_key"]), algorithms=["RS256"])
    assert decoded.header == {"alg": "RS256", "typ": "JWT", "kid": "key-1"}
    issued = int(clock.now().timestamp())
    assert decoded.claims == {
        "iss": told["client_email"],
        "sub": "jane@corp.example",
        "aud": "https://oauth2.googleapis.com/token",
        "scope": "https://www.googleapis.com/auth/calendar.events.owned",
        "iat": issued,
        "exp": issued + 3600,
    }


async def test_many_at_once_share_a_token_and_every_name_and_scope_has_its_own(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("POST", TOKEN_PATH, *(scripted.told(200, token(number)) for number in range(9)))
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))
    await asyncio.gather(*(provider.host_facts(JANE) for _ in range(8)))
    assert subjects(scripted) == ["jane@corp.example"]
    await provider.probe(ROOM, Capability.TIMES)
    await provider.probe(MailboxRef(Address("rooms-bot@corp.example")), Capability.WRITE)
    assert subjects(scripted)[1:] == [BOT, BOT]
    scopes = [claims_of(one)["scope"].rpartition("/")[2] for one in scripted.calls("POST", TOKEN_PATH)]
    assert scopes == ["calendar.events.owned", "calendar.events.readonly", "calendar.events.owned"]


async def test_a_token_is_renewed_five_minutes_before_its_end(
    provider: CalendarProvider, scripted: "ScriptedServer", clock: "HandClock"
) -> None:
    scripted.on("POST", TOKEN_PATH, scripted.told(200, token(1)), scripted.told(200, token(2)))
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))
    for step, asked in ((timedelta(0), 1), (timedelta(seconds=3298), 1), (timedelta(seconds=2), 2)):
        clock.move(step)
        await provider.host_facts(JANE)
        assert len(scripted.calls("POST", TOKEN_PATH)) == asked


async def test_a_token_that_is_not_accepted_is_renewed_once_and_is_then_no_refusal(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("POST", TOKEN_PATH, scripted.told(200, token(1)), scripted.told(200, token(2)))
    unknown = {"error": {"code": 401, "errors": [{"domain": "global", "reason": "authError"}]}}
    scripted.on("GET", "/calendar", scripted.told(401, unknown))
    with pytest.raises(ProviderUnavailable) as later:
        await provider.probe(JANE, Capability.WRITE)
    assert later.value.after == timedelta(minutes=1)
    assert len(scripted.calls("GET")) == 2


@pytest.mark.parametrize(
    ("error", "description", "cause"),
    [
        ("invalid_grant", "Invalid email or User ID", AccessCause.NOT_IN_DIRECTORY),
        ("invalid_grant", "Not a valid email", AccessCause.NOT_IN_DIRECTORY),
        ("invalid_grant", "The account has been deleted", AccessCause.NO_MAILBOX),
        ("invalid_request", "Invalid impersonation &quot;sub&quot; field", AccessCause.NOT_IN_DIRECTORY),
        ("unauthorized_client", "Client is unauthorized to retrieve access tokens", AccessCause.REFUSED),
        ("access_denied", "Account restricted", AccessCause.REFUSED),
        ("invalid_grant", "Bad Request", AccessCause.NO_MAILBOX),
    ],
)
async def test_one_persons_refusal_is_that_persons(
    provider: CalendarProvider, scripted: "ScriptedServer", error: str, description: str, cause: AccessCause
) -> None:
    refuse(scripted, {JANE.address}, scripted.told(400, refusal(error, description)))
    found = await provider.probe(JANE, Capability.WRITE)
    assert (found.verdict, found.cause, found.provider_code) == (Verdict.REFUSED, cause, error)


async def test_a_delegation_that_fails_for_everybody_calls_the_admin_and_moves_no_meeting(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    refuse(scripted, {JANE.address, BOT}, scripted.told(401, refusal("unauthorized_client")))
    for mailbox in (JANE, MailboxRef(Address(BOT))):
        with pytest.raises(ConsentMissing) as missing:
            await provider.probe(mailbox, Capability.WRITE)
        assert "Domain-wide delegation" in missing.value.remedy


async def test_a_delegation_that_was_withdrawn_a_moment_ago_is_not_taken_for_one_persons_refusal(
    provider: CalendarProvider, scripted: "ScriptedServer", clock: "HandClock"
) -> None:
    wrong: set[str | None] = set()
    refuse(scripted, wrong, scripted.told(401, refusal("unauthorized_client")))
    await provider.host_facts(MailboxRef(Address(BOT)))
    clock.move(timedelta(minutes=2))
    wrong |= {JANE.address, BOT}
    with pytest.raises(ConsentMissing):
        await provider.probe(JANE, Capability.WRITE)


async def test_whoever_stands_for_all_is_not_asked_for_again_with_every_person(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    people = [MailboxRef(Address(f"p{number}@corp.example")) for number in range(20)]
    refuse(scripted, {one.address for one in people}, scripted.told(401, refusal("unauthorized_client")))
    found = await provider.probe_many(people, Capability.WRITE)
    assert {one.cause for one in found.values()} == {AccessCause.REFUSED}
    assert subjects(scripted).count(BOT) == 1


@pytest.mark.parametrize(
    ("status", "body", "kind", "concerns"),
    [
        (400, refusal("invalid_grant", "Invalid JWT Signature."), CredentialRejected, "credential"),
        (400, refusal("invalid_grant", "Invalid JWT: No valid verifier found for issuer"), CredentialRejected, None),
        (400, refusal("invalid_grant", "Invalid JWT: Token must be a short-lived token"), CredentialRejected, "clock"),
        (401, refusal("invalid_client"), CredentialRejected, "credential"),
        (400, refusal("disabled_client"), CredentialRejected, "credential"),
        (400, refusal("admin_policy_enforced"), CredentialRejected, "credential"),
        (400, refusal("invalid_scope", "Invalid OAuth scope"), ConsentMissing, None),
        (500, refusal("internal_failure"), ProviderUnavailable, None),
        (400, refusal("temporarily_unavailable"), ProviderUnavailable, None),
        (429, {}, Throttled, None),
        (400, {"odd": True}, UnreadableAnswer, None),
    ],
)
async def test_refusals_say_what_to_do(
    provider: CalendarProvider,
    scripted: "ScriptedServer",
    status: int,
    body: dict[str, object],
    kind: type[AppError],
    concerns: str | None,
) -> None:
    scripted.on("POST", TOKEN_PATH, scripted.told(status, body))
    for ask in (provider.check_credential(), provider.host_facts(JANE)):
        with pytest.raises(kind) as refused:
            await ask
        assert concerns is None or refused.value.details["concerns"] == concerns


async def test_a_gateways_page_is_no_answer_about_anybody(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("POST", TOKEN_PATH, scripted.told(502, raw=b"<!DOCTYPE html>"))
    with pytest.raises(ProviderUnavailable):
        await provider.probe(JANE, Capability.WRITE)


async def test_signing_in_afresh_is_in_our_own_name_and_tells_how_far_clocks_differ(
    provider: CalendarProvider, scripted: "ScriptedServer", clock: "HandClock"
) -> None:
    theirs = format_datetime(clock.now() + timedelta(minutes=7), usegmt=True)
    scripted.on("POST", TOKEN_PATH, scripted.told(200, token(), headers={"Date": theirs}))
    report = await provider.check_credential()
    assert (report.tenant, report.app_id) == ("C03corp7x", "104617209384756102938")
    assert report.app_object_id == "roomstead@roomstead.iam.gserviceaccount.com"
    assert report.clock_skew == timedelta(minutes=7)
    await provider.check_credential()
    assert subjects(scripted) == [None, None]


# -- shared rooms, without a delegation ------------------------------------------------------------------------------


async def test_without_a_delegation_the_cloud_identity_asks_for_itself_and_writes_nothing(
    connect: Callable[..., CalendarProvider], scripted: "ScriptedServer"
) -> None:
    provider = connect(tier=1)
    scripted.on("POST", TOKEN_PATH, scripted.told(200, token()))
    scripted.on("GET", "/calendar", scripted.told(200, {**ROLE, "accessRole": "reader"}))
    assert (await provider.probe(ROOM, Capability.DETAILS)).verdict is Verdict.GRANTED
    assert subjects(scripted) == [None]


# -- a mailbox that signed in once -------------------------------------------------------------------------------------


async def test_a_signed_in_mailbox_reaches_itself_and_rooms_and_nobody_else(
    connect: Callable[..., CalendarProvider], scripted: "ScriptedServer"
) -> None:
    provider = connect(**MAILBOX)
    scope = "openid https://www.googleapis.com/auth/calendar.events.owned"
    scripted.on("POST", TOKEN_PATH, scripted.told(200, token(scope=scope)))
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))
    assert (await provider.host_facts(MailboxRef(Address(BOT)))).can_edit
    assert (await provider.probe(ROOM, Capability.TIMES)).verdict is Verdict.GRANTED
    found = await provider.probe(JANE, Capability.WRITE)
    assert (found.verdict, found.cause) == (Verdict.REFUSED, AccessCause.REFUSED)
    (asked,) = scripted.calls("POST", TOKEN_PATH)
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": ["1-x.apps.googleusercontent.com"],
        "client_secret": ["hush"],
        "refresh_token": ["1//keep"],
    }
    assert (await provider.check_credential()).named_permissions == ("calendar.events.owned",)


async def test_a_withdrawn_consent_calls_the_admin(
    connect: Callable[..., CalendarProvider], scripted: "ScriptedServer"
) -> None:
    provider = connect(**MAILBOX)
    gone = refusal("invalid_grant", "Token has been expired or revoked.")
    scripted.on("POST", TOKEN_PATH, scripted.told(400, gone))
    for ask in (provider.check_credential(), provider.probe(MailboxRef(Address(BOT)), Capability.WRITE)):
        with pytest.raises(CredentialRejected, match="withdrawn"):
            await ask


async def test_a_mailbox_that_never_signed_in_is_a_missing_credential(
    connect: Callable[..., CalendarProvider],
) -> None:
    with pytest.raises(CredentialMissing, match="not signed in"):
        await connect(**{**MAILBOX, "secrets": {"client_secret": "hush"}}).check_credential()


# -- without a key ---------------------------------------------------------------------------------------------------


def keyless(scripted: "ScriptedServer") -> dict[str, Any]:
    names = ("oauth", "calendar", "directory", "iam", "metadata")
    return {
        "credential_kind": "keyless",
        "settings": {"account": "roomstead@roomstead.iam.gserviceaccount.com", "app_id": "104617209384756102938"},
        "secrets": {},
        "endpoints": dict.fromkeys(names, scripted.url),
    }


async def test_without_a_key_file_google_signs_what_the_machine_may_have_signed(
    connect: Callable[..., CalendarProvider], scripted: "ScriptedServer"
) -> None:
    provider = connect(**keyless(scripted))
    scripted.on("GET", "/computeMetadata", scripted.told(200, {"access_token": "machine", "expires_in": 3599}))
    scripted.on("POST", "/v1/projects/-/serviceAccounts", scripted.told(200, {"keyId": "k", "signedJwt": "a.b.c"}))
    scripted.on("POST", TOKEN_PATH, scripted.told(200, token()))
    scripted.on("GET", "/calendar", scripted.told(200, ROLE))
    await provider.host_facts(JANE)
    await provider.probe(ROOM, Capability.TIMES)
    (machine,) = scripted.calls("GET", "/computeMetadata")
    assert machine.path == "/computeMetadata/v1/instance/service-accounts/default/token"
    assert machine.headers["metadata-flavor"] == "Google"
    signing = scripted.calls("POST", "signJwt")
    account = "roomstead@roomstead.iam.gserviceaccount.com"
    assert [one.decoded_path for one in signing] == [f"/v1/projects/-/serviceAccounts/{account}:signJwt"] * 2
    assert signing[0].headers["authorization"] == "Bearer machine"
    told = signing[0].json()
    assert isinstance(told, dict)
    assert json.loads(told["payload"])["sub"] == JANE.address
    assert parse_qs(scripted.calls("POST", TOKEN_PATH)[0].body.decode())["assertion"] == ["a.b.c"]


@pytest.mark.parametrize(
    ("metadata", "signing", "kind", "words"),
    [
        (404, 200, CredentialRejected, "no identity"),
        (200, 403, CredentialRejected, "does not sign"),
        (200, 503, ProviderUnavailable, "signing service"),
    ],
)
async def test_a_machine_that_may_not_have_anything_signed_is_told_so(
    connect: Callable[..., CalendarProvider],
    scripted: "ScriptedServer",
    metadata: int,
    signing: int,
    kind: type[AppError],
    words: str,
) -> None:
    scripted.on("GET", "/computeMetadata", scripted.told(metadata, {"access_token": "machine", "expires_in": 3599}))
    scripted.on("POST", "/v1/projects", scripted.told(signing, {"error": {"code": signing}}))
    with pytest.raises(kind, match=words):
        await connect(**keyless(scripted)).check_credential()


async def test_a_key_file_that_cannot_be_read_is_a_missing_credential(
    connect: Callable[..., CalendarProvider],
) -> None:
    with pytest.raises(CredentialMissing):
        connect(secrets={"key_file": "{}"})


async def test_a_way_in_that_cannot_invite_anybody_says_so_without_a_call(
    connect: Callable[..., CalendarProvider], scripted: "ScriptedServer"
) -> None:
    provider = connect(tier=1)
    with pytest.raises(OutOfReach) as refusal:
        await provider.send(provider.prepare_create(JANE, booking()))
    assert refusal.value.provider_code == "no_delegation"
    assert scripted.asked == []
