"""Signing in: one token for all, renewed in time, and refusals that say what to do."""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey

from roomstead.adapters.providers.microsoft.auth import roles_in, token_claims
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.domain.access import Capability, Verdict
from roomstead.domain.errors import (
    AppError,
    ConsentMissing,
    CredentialMissing,
    CredentialRejected,
    ProviderUnavailable,
    Throttled,
    UnreadableAnswer,
)
from roomstead.domain.mailbox import Address, MailboxRef

if TYPE_CHECKING:
    from tests.adapters.conftest import HandClock, ScriptedServer

TOKEN_PATH = "/login/contoso.com/oauth2/v2.0/token"
CALENDAR = {"id": "c", "canEdit": True, "isDefaultCalendar": True, "isTallyingResponses": True}
JANE = MailboxRef(Address("jane@contoso.com"))


def token(number: int = 1, **claims: object) -> dict[str, object]:
    body = urlsafe_b64encode(json.dumps({"n": number, **claims}).encode()).rstrip(b"=").decode()
    return {"token_type": "Bearer", "expires_in": 3599, "access_token": f"e30.{body}.sig"}


def refusal(error: str, *numbers: int) -> dict[str, object]:
    described = f"AADSTS{numbers[0] if numbers else ''}: words that may change"
    return {"error": error, "error_description": described, "error_codes": list(numbers), "trace_id": "0c23"}


async def test_many_at_once_share_one_token(provider: CalendarProvider, scripted: "ScriptedServer") -> None:
    scripted.on("POST", TOKEN_PATH, scripted.told(200, token()))
    scripted.on("GET", "/graph", scripted.told(200, CALENDAR))
    await asyncio.gather(*(provider.host_facts(JANE) for _ in range(8)))
    assert len(scripted.calls("POST", "token")) == 1
    form = parse_qs(scripted.calls("POST", "token")[0].body.decode())
    assert form == {
        "client_id": ["535fb089-9ff3-47b6-9bfb-4f1264799865"],
        "scope": ["https://graph.microsoft.com/.default"],
        "grant_type": ["client_credentials"],
        "client_secret": ["hush"],
    }


async def test_providers_of_one_app_share_a_token_and_another_secret_does_not(
    connect: Callable[..., CalendarProvider], scripted: "ScriptedServer"
) -> None:
    scripted.on("POST", TOKEN_PATH, scripted.told(200, token()))
    scripted.on("GET", "/graph", scripted.told(200, CALENDAR))
    await connect().host_facts(JANE)
    await connect().host_facts(JANE)
    assert len(scripted.calls("POST", "token")) == 1
    await connect(secrets={"client_secret": "next"}).host_facts(JANE)
    assert len(scripted.calls("POST", "token")) == 2


async def test_a_token_is_renewed_five_minutes_before_its_end(
    provider: CalendarProvider, scripted: "ScriptedServer", clock: "HandClock"
) -> None:
    scripted.on("POST", TOKEN_PATH, scripted.told(200, token(1)), scripted.told(200, token(2)))
    scripted.on("GET", "/graph", scripted.told(200, CALENDAR))
    for step, asked in ((timedelta(0), 1), (timedelta(seconds=3298), 1), (timedelta(seconds=2), 2)):
        clock.move(step)
        await provider.host_facts(JANE)
        assert len(scripted.calls("POST", "token")) == asked


async def test_a_token_that_graph_rejects_is_renewed_once_and_the_call_repeated_once(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    expired = scripted.told(401, {"error": {"code": "InvalidAuthenticationToken"}})
    scripted.on("POST", TOKEN_PATH, scripted.told(200, token(1)), scripted.told(200, token(2)))
    scripted.on("GET", "/graph", expired, scripted.told(200, CALENDAR))
    assert (await provider.host_facts(JANE)).can_edit
    sent = [one.headers["authorization"] for one in scripted.calls("GET")]
    assert len(sent) == len(set(sent)) == 2


async def test_a_token_rejected_twice_is_a_matter_for_an_admin_and_moves_no_meeting(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("POST", TOKEN_PATH, scripted.told(200, token(1)), scripted.told(200, token(2)))
    scripted.on("GET", "/graph", scripted.told(401, {"error": {"code": "InvalidAuthenticationToken"}}))
    with pytest.raises(CredentialRejected):
        await provider.probe(JANE, Capability.WRITE)
    assert len(scripted.calls("GET")) == 2


async def test_a_back_end_that_rejects_every_token_is_a_mailbox_out_of_reach(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("POST", TOKEN_PATH, scripted.told(200, token(1)), scripted.told(200, token(2)))
    scripted.on("GET", "/graph", scripted.told(401, {"error": {"code": "UnknownError", "message": ""}}))
    assert (await provider.probe(JANE, Capability.WRITE)).verdict is Verdict.REFUSED


async def test_the_credential_report_tells_what_the_token_says_and_how_far_clocks_differ(
    provider: CalendarProvider, scripted: "ScriptedServer", clock: "HandClock"
) -> None:
    claims = {"tid": "t-1", "appid": "a-1", "oid": "o-1", "roles": ["Place.Read.All", "Calendars.ReadWrite"]}
    ahead = format_datetime(clock.now() + timedelta(minutes=6), usegmt=True)
    played = scripted.told(200, token(1, **claims), {"Date": ahead})
    scripted.on("POST", TOKEN_PATH, played)
    report = await provider.check_credential()
    await provider.check_credential()
    assert len(scripted.calls("POST", "token")) == 2
    assert (report.tenant, report.app_id, report.app_object_id) == ("t-1", "a-1", "o-1")
    assert report.named_permissions == ("Calendars.ReadWrite", "Place.Read.All")
    assert report.clock_skew == timedelta(minutes=6)


async def test_an_opaque_token_is_reported_by_what_we_know(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("POST", TOKEN_PATH, scripted.told(200, {"access_token": "opaque", "expires_in": "3599"}))
    report = await provider.check_credential()
    assert (report.tenant, report.app_object_id, report.named_permissions) == ("contoso.com", "", ())


@pytest.mark.parametrize(
    ("status", "body", "kind", "word"),
    [
        (401, refusal("invalid_client", 7000215), CredentialRejected, "Value"),
        (401, refusal("invalid_client", 7000222), CredentialRejected, "new client secret"),
        (400, refusal("unauthorized_client", 700016), CredentialRejected, "tenant id"),
        (401, refusal("invalid_client", 700027), CredentialRejected, "certificate"),
        (401, refusal("invalid_client", 700024), CredentialRejected, "clock"),
        (400, refusal("invalid_request", 90002), CredentialRejected, "tenant id"),
        (400, refusal("invalid_request", 50194), CredentialRejected, "tenant id"),
        (400, refusal("invalid_request", 90038), CredentialRejected, "cloud"),
        (400, refusal("unauthorized_client", 7000112), CredentialRejected, "Enterprise applications"),
        (400, refusal("access_denied", 53003), CredentialRejected, "Exclude"),
        (400, refusal("invalid_grant", 65001), ConsentMissing, "consent"),
        (400, refusal("invalid_client", 999999999), CredentialRejected, "credential"),
        (400, refusal("invalid_client"), CredentialRejected, "credential"),
        (400, refusal("invalid_request", 90055), Throttled, ""),
        (400, refusal("invalid_request", 50196), Throttled, ""),
        (400, refusal("temporarily_unavailable", 90033), ProviderUnavailable, ""),
        (400, refusal("temporarily_unavailable"), ProviderUnavailable, ""),
        (429, {}, Throttled, ""),
        (503, {}, ProviderUnavailable, ""),
        (400, {}, UnreadableAnswer, ""),
        (200, {"token_type": "Bearer"}, UnreadableAnswer, ""),
        (200, {"access_token": "x", "expires_in": "soon"}, UnreadableAnswer, ""),
    ],
)
async def test_refusals_say_what_to_do_next(
    provider: CalendarProvider,
    scripted: "ScriptedServer",
    status: int,
    body: dict[str, object],
    kind: type[AppError],
    word: str,
) -> None:
    scripted.on("POST", TOKEN_PATH, scripted.told(status, body))
    with pytest.raises(kind) as found:
        await provider.check_credential()
    assert type(found.value) is kind
    assert word in found.value.remedy
    assert "hush" not in str(found.value.details) + found.value.message + found.value.remedy


async def test_sign_in_out_of_order_is_not_the_credentials_fault(
    provider: CalendarProvider, scripted: "ScriptedServer"
) -> None:
    scripted.on("POST", TOKEN_PATH, scripted.told(drops=True))
    with pytest.raises(ProviderUnavailable):
        await provider.check_credential()


async def test_a_missing_secret_is_named_without_a_call(
    connect: Callable[..., CalendarProvider], scripted: "ScriptedServer"
) -> None:
    with pytest.raises(CredentialMissing):
        await connect(secrets={}).check_credential()
    assert scripted.asked == []


@pytest.fixture(scope="module")
def certified() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Roomstead")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return key, builder.sign(key, hashes.SHA256())


async def test_a_certificate_signs_a_fresh_short_assertion_each_time(
    connect: Callable[..., CalendarProvider],
    scripted: "ScriptedServer",
    clock: "HandClock",
    certified: tuple[rsa.RSAPrivateKey, x509.Certificate],
) -> None:
    key, certificate = certified
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    provider = connect(
        credential_kind="certificate",
        settings={"app_id": "app-1", "certificate": certificate.public_bytes(Encoding.PEM).decode()},
        secrets={"private_key": private},
    )
    scripted.on("POST", TOKEN_PATH, scripted.told(200, token()))
    await provider.check_credential()
    await provider.check_credential()
    forms = [parse_qs(one.body.decode()) for one in scripted.calls("POST", "token")]
    assert {one["client_assertion_type"][0] for one in forms} == {
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    }
    assertions = [
        jwt.decode(one["client_assertion"][0], RSAKey.import_key(private), algorithms=["PS256"]) for one in forms
    ]
    thumbprint = urlsafe_b64decode(assertions[0].header["x5t#S256"] + "=")
    assert thumbprint == certificate.fingerprint(hashes.SHA256())
    claims = assertions[0].claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("app-1", "app-1", scripted.url + TOKEN_PATH)
    assert claims["nbf"] == clock.now().timestamp()
    assert 0 < claims["exp"] - claims["nbf"] <= 600
    assert assertions[0].claims["jti"] != assertions[1].claims["jti"]


async def test_a_broken_key_is_a_rejected_credential(
    connect: Callable[..., CalendarProvider], certified: tuple[rsa.RSAPrivateKey, x509.Certificate]
) -> None:
    pem = certified[1].public_bytes(Encoding.PEM).decode()
    for certificate, private_key in (("none", "none"), (pem, "none")):
        provider = connect(
            credential_kind="certificate",
            settings={"app_id": "app-1", "certificate": certificate},
            secrets={"private_key": private_key},
        )
        with pytest.raises(CredentialRejected):
            await provider.check_credential()


@pytest.mark.parametrize("text", ["", "opaque", "a.b.c", "e30.W10.x", "e30.!!!.x"])
def test_tokens_that_tell_nothing(text: str) -> None:
    assert token_claims(text) == {}
    assert roles_in(text) == ()


def test_a_representation_gives_no_secret_away(connect: Any) -> None:  # noqa: ANN401 - the fixture's factory
    provider = connect()
    assert "hush" not in repr(provider._access) + repr(provider._access.sign_in.identity)
