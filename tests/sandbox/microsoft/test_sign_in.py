"""The token endpoint: what buys a token, what does not, and in which words."""

import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey

from roomstead_sandbox.microsoft.identity.registrations import Certificate

if TYPE_CHECKING:
    from tests.sandbox.microsoft.conftest import Rehearsal


CLIENT = "535fb089-9ff3-47b6-9bfb-4f1264799865"
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(scope="module")
def key_and_certificate() -> tuple[RSAKey, str]:
    """A private key and its self-signed certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "rehearsal")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return RSAKey.import_key(key), certificate.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture
def assertion(rehearsal: "Rehearsal", key_and_certificate: tuple[RSAKey, str]) -> Callable[..., str]:
    """Signs client assertions; the certificate is registered with the seeded app."""
    key, pem = key_and_certificate
    rehearsal.order("add-certificate", pem=pem)
    print_ = Certificate.from_pem(pem)

    def sign(header: Mapping[str, str] | None = None, *, signer: RSAKey = key, **claims: object) -> str:
        now = int(time.time())
        stated: dict[str, object] = {
            "aud": f"{rehearsal.login}/contoso.example/oauth2/v2.0/token",
            "iss": CLIENT,
            "sub": CLIENT,
            "jti": str(uuid.uuid4()),
            "nbf": now,
            "iat": now,
            "exp": now + 600,
            **{
                name: now + each.total_seconds() if isinstance(each, timedelta) else each
                for name, each in claims.items()
            },
        }
        named = header or {"alg": "PS256", "x5t#S256": print_.sha256}
        return jwt.encode(dict(named), stated, signer, algorithms=["PS256", "RS256"])

    return sign


def test_a_secret_buys_a_token_with_the_granted_roles(rehearsal: "Rehearsal") -> None:
    answer = rehearsal.token()
    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["expires_in"], body["ext_expires_in"]) == ("Bearer", 3599, 3599)
    assert "refresh_token" not in body
    keys = rehearsal.http.get(f"{rehearsal.login}/contoso.example/discovery/v2.0/keys").json()["keys"]
    claims = jwt.decode(body["access_token"], RSAKey.import_key(keys[0]), algorithms=["RS256"]).claims
    assert claims["roles"] == ["Calendars.ReadWrite", "MailboxSettings.Read", "Place.Read.All", "User.ReadBasic.All"]
    assert (claims["aud"], claims["appid"], claims["idtyp"]) == ("https://graph.microsoft.com", CLIENT, "app")
    assert claims["tid"] == rehearsal.endpoints["tenant_id"]


@pytest.mark.parametrize(
    "scope", ["https://graph.microsoft.com/.default", "00000003-0000-0000-c000-000000000000/.default"]
)
def test_the_resource_has_several_names(rehearsal: "Rehearsal", scope: str) -> None:
    assert rehearsal.token(scope=scope).status_code == 200
    assert rehearsal.token(scope=f"{rehearsal.endpoints['graph_base']}/.default").status_code == 200


@pytest.mark.parametrize(
    ("tenant", "fields", "status", "error", "number"),
    [
        ("contoso.example", {"client_secret": "bad"}, 401, "invalid_client", 7000215),
        ("contoso.example", {"client_id": str(uuid.UUID(int=7))}, 400, "unauthorized_client", 700016),
        ("contoso.example", {"scope": "Calendars.ReadWrite"}, 400, "invalid_scope", 70011),
        ("contoso.example", {"scope": "https://graph.microsoft.us/.default"}, 400, "invalid_resource", 500011),
        ("contoso.example", {"scope": None}, 400, "invalid_request", 900144),
        ("contoso.example", {"client_id": None}, 400, "invalid_request", 900144),
        ("contoso.example", {"grant_type": None}, 400, "invalid_request", 900144),
        ("contoso.example", {"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ("contoso.example", {"client_secret": None}, 401, "invalid_client", 7000218),
        ("fabrikam.example", {}, 400, "invalid_request", 90002),
        ("not_a_tenant", {}, 400, "invalid_request", 900023),
        ("common", {}, 400, "invalid_request", 50194),
    ],
)
def test_refusals_carry_their_number(
    rehearsal: "Rehearsal", tenant: str, fields: dict[str, str | None], status: int, error: str, number: int
) -> None:
    answer = rehearsal.token(tenant, **fields)
    body = answer.json()
    assert (answer.status_code, body["error"], body["error_codes"]) == (status, error, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert body["error_description"].endswith(f"\r\nTimestamp: {body['timestamp']}")
    assert f"Trace ID: {body['trace_id']}\r\nCorrelation ID: {body['correlation_id']}" in body["error_description"]
    assert body["error_uri"].endswith(f"/error?code={number}")


def test_an_expired_secret_says_so_and_the_next_one_works(rehearsal: "Rehearsal") -> None:
    following = rehearsal.order("add-secret", value="the-next-one", valid_seconds=86_400)
    rehearsal.advance(2 * 86_400)
    rehearsal.order("expire-secrets")
    for secret in (rehearsal.endpoints["client_secret"], following["client_secret"]):
        assert rehearsal.token(client_secret=secret).json()["error_codes"] == [7000222]
    rehearsal.order("add-secret", value="the-third")
    assert rehearsal.token(client_secret="the-third").status_code == 200


@pytest.mark.parametrize(
    ("action", "body", "number", "error"),
    [
        ("change-app", {"disabled": True}, 70001, "unauthorized_client"),
        ("change-app", {"public_client": True}, 700025, "invalid_client"),
        ("change-principal", {"enabled": False}, 7000112, "unauthorized_client"),
        ("change-principal", {"conditional_access_blocks": True}, 53003, "access_denied"),
    ],
)
def test_an_app_can_be_blocked_in_several_ways(
    rehearsal: "Rehearsal", action: str, body: dict[str, bool], number: int, error: str
) -> None:
    rehearsal.order(action, **body)
    answer = rehearsal.token().json()
    assert (answer["error_codes"], answer["error"]) == ([number], error)


@pytest.mark.parametrize("algorithm", ["PS256", "RS256"])
def test_both_forms_of_assertion_buy_a_token(
    rehearsal: "Rehearsal", assertion: Callable[..., str], key_and_certificate: tuple[RSAKey, str], algorithm: str
) -> None:
    known = Certificate.from_pem(key_and_certificate[1])
    header = {"PS256": {"alg": "PS256", "x5t#S256": known.sha256}, "RS256": {"alg": "RS256", "x5t": known.sha1}}
    signed = assertion(header[algorithm])
    answer = rehearsal.token(client_secret=None, client_assertion=signed, client_assertion_type=TYPE)
    assert answer.status_code == 200, answer.text


def test_the_real_services_audience_is_taken_too(rehearsal: "Rehearsal", assertion: Callable[..., str]) -> None:
    tenant = rehearsal.endpoints["tenant_id"]
    signed = assertion(aud=f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token")
    assert rehearsal.token(client_secret=None, client_assertion=signed, client_assertion_type=TYPE).status_code == 200


def test_one_assertion_buys_one_token(rehearsal: "Rehearsal", assertion: Callable[..., str]) -> None:
    fields = {"client_secret": None, "client_assertion": assertion(), "client_assertion_type": TYPE}
    assert rehearsal.token(**fields).status_code == 200
    again = rehearsal.token(**fields).json()
    assert (again["error"], again["error_codes"]) == ("invalid_client", [50012])


@pytest.mark.parametrize(
    ("claims", "number"),
    [
        ({"aud": "https://elsewhere.example/token"}, 700023),
        ({"sub": "someone-else"}, 700021),
        ({"exp": timedelta(seconds=-3600), "nbf": timedelta(seconds=-4000)}, 700024),
        ({"exp": timedelta(seconds=3600)}, 700024),
        ({"nbf": timedelta(seconds=1000), "exp": timedelta(seconds=1300)}, 700024),
        ({"exp": "soon"}, 700024),
        ({"jti": ""}, 50012),
    ],
)
def test_an_assertion_is_read_closely(
    rehearsal: "Rehearsal", assertion: Callable[..., str], claims: dict[str, object], number: int
) -> None:
    answer = rehearsal.token(client_secret=None, client_assertion=assertion(**claims), client_assertion_type=TYPE)
    assert (answer.status_code, answer.json()["error_codes"]) == (401, [number])


def test_a_foreign_key_or_garbage_is_no_signature(rehearsal: "Rehearsal", assertion: Callable[..., str]) -> None:
    stranger = RSAKey.generate_key(2048)
    cut = assertion().rsplit(".", 1)[0] + "."
    unsigned = "eyJhbGciOiJub25lIn0.e30."  # {"alg":"none"}
    for forged in (assertion(signer=stranger), cut, "a.b.c", "nonsense", unsigned):
        answer = rehearsal.token(client_secret=None, client_assertion=forged, client_assertion_type=TYPE)
        assert answer.json()["error_codes"] == [700027], forged


def test_a_skewed_clock_at_the_sign_in_host(rehearsal: "Rehearsal", assertion: Callable[..., str]) -> None:
    rehearsal.order("login-skew", seconds=3600)
    answer = rehearsal.token(client_secret=None, client_assertion=assertion(), client_assertion_type=TYPE)
    assert answer.json()["error_codes"] == [700024]


def test_tokens_run_out_by_the_worlds_clock(rehearsal: "Rehearsal") -> None:
    rehearsal.order("change-app", token_seconds=300)
    graph = rehearsal.graph()
    assert graph.get("/users?$top=1").status_code == 200
    rehearsal.advance(299)
    assert graph.get("/users?$top=1").status_code == 200
    rehearsal.advance(1)
    refused = graph.get("/users?$top=1")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    assert "WWW-Authenticate" in refused.headers


def test_tokens_can_be_revoked(rehearsal: "Rehearsal") -> None:
    graph = rehearsal.graph()
    rehearsal.order("revoke-tokens")
    assert graph.get("/users?$top=1").status_code == 401
    rehearsal.advance(2)
    assert rehearsal.graph().get("/users?$top=1").status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Bearer a.b.c", "Basic abc", "Bearer " + "x" * 5000])
def test_no_token_no_answer(rehearsal: "Rehearsal", header: str) -> None:
    graph = rehearsal.graph()
    graph.headers = {"Authorization": header} if header else {}
    refused = graph.get("/users")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")


def test_an_app_without_consent_gets_a_token_without_roles(rehearsal: "Rehearsal") -> None:
    app = rehearsal.order("register-app", consented=False, permissions=["Calendars.Read"])
    graph = rehearsal.graph(client_id=app["client_id"], client_secret=app["client_secret"])
    refused = graph.get("/users")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "Authorization_RequestDenied")


def test_consent_spreads_in_time_and_into_new_tokens_only(rehearsal: "Rehearsal") -> None:
    rehearsal.order("consent", permissions=["Place.Read.All"], propagation_seconds=600)
    assert rehearsal.graph().get("/users").status_code == 200
    rehearsal.advance(600)
    graph = rehearsal.graph()
    assert graph.get("/users").status_code == 403
    assert graph.get("/places/microsoft.graph.room").status_code == 200


def test_the_admin_consents_at_a_page_of_their_own_tenant(rehearsal: "Rehearsal") -> None:
    app = rehearsal.order("register-app", consented=False, permissions=["User.ReadBasic.All"], multi_tenant=True)
    address = f"{rehearsal.login}/organizations/adminconsent"
    query = {"client_id": app["client_id"], "state": "12345", "redirect_uri": "https://booking.example/back?a=b"}
    redirect = rehearsal.http.get(address, params=query)
    assert redirect.status_code == 302
    given = dict(parse_qsl(urlsplit(redirect.headers["location"]).query))
    assert given == {"a": "b", "admin_consent": "True", "tenant": rehearsal.endpoints["tenant_id"], "state": "12345"}
    graph = rehearsal.graph(client_id=app["client_id"], client_secret=app["client_secret"])
    assert graph.get("/users").status_code == 200
    rehearsal.order("consent-page", refuses=True)
    refused = rehearsal.http.get(f"{rehearsal.login}/contoso.example/v2.0/adminconsent", params=query)
    outcome = dict(parse_qsl(urlsplit(refused.headers["location"]).query))
    assert (outcome["error"], outcome["state"]) == ("permission_denied", "12345")


def test_an_app_of_another_tenant_is_unknown_until_consent(rehearsal: "Rehearsal") -> None:
    rehearsal.control.post("tenants", {"name": "Fabrikam", "domains": ["fabrikam.example"]})
    refused = rehearsal.token("fabrikam.example").json()
    assert refused["error_codes"] == [700016]
    rehearsal.order("consent", tenant="fabrikam.example", permissions=["User.ReadBasic.All"])
    graph = rehearsal.graph("fabrikam.example")
    assert graph.get("/users").json()["value"] == []
    assert graph.get("/users/jane.doe@contoso.example").status_code == 404


def test_the_token_endpoint_has_bad_days(rehearsal: "Rehearsal") -> None:
    rehearsal.fault("answer", operation="/{tenant}/oauth2/v2.0/token", status=503, code="AADSTS90033")
    tired = rehearsal.token()
    assert (tired.status_code, tired.json()["error"]) == (503, "temporarily_unavailable")
    assert tired.json()["error_codes"] == [90033]
    assert rehearsal.token().status_code == 200
