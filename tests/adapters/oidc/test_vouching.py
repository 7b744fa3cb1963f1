"""Whose word about an address is believed: the authority of its domain, not whoever once saw a mail arrive there."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from tests.application.conftest import HeldClock

from roomstead.adapters.http.transport import Answer, OutgoingCall
from roomstead.adapters.oidc.provider import OpenIdProviders
from roomstead.application.ports.identities import Return
from roomstead.domain.identity import Claims, IdentityProvider

GOOGLE = "https://accounts.google.com"
TENANT = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0"
PERSONAL = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"
OTHER = "https://login.contoso.example"
KEY = RSAKey.generate_key(2048, {"kid": "one"})


class Issuer:
    """Implements ``Transport``: an issuer, under whatever name."""

    def __init__(self, name: str, claims: dict[str, Any]) -> None:
        self.name = name
        self.claims = claims

    async def send(self, call: OutgoingCall) -> Answer:
        """Answer as it would."""
        answers: dict[str, Any] = {
            "/keys": KeySet([KEY]).as_dict(private=False),
            "/token": {"id_token": jwt.encode({"alg": "RS256", "kid": "one"}, self.claims, KEY)},
        }
        said = answers.get(urlsplit(call.url).path) or {
            "issuer": self.name,
            **{f"{what}_endpoint": f"{self.name}/{what}" for what in ("authorization", "userinfo")},
            "token_endpoint": "https://elsewhere.example/token",
            "jwks_uri": "https://elsewhere.example/keys",
        }
        return Answer(200, {}, json.dumps(said).encode())

    async def aclose(self) -> None:
        """Nothing is held."""


async def signed_in(issuer: str, said: dict[str, Any], *, domains: tuple[str, ...] = ()) -> Claims:
    """What comes of somebody signing in there."""
    clock = HeldClock()
    now = int(clock.now().timestamp())
    claims = {"iss": issuer, "aud": "us", "sub": "1", "nonce": "n", "iat": now, "exp": now + 60, **said}
    provider = IdentityProvider(issuer, "Company", "us", domains=domains)
    return await OpenIdProviders(Issuer(issuer, claims), clock).finish(
        provider, "", Return("c", "n", "v", "https://us")
    )


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        ({"email": "jane@contoso.example", "hd": "contoso.example"}, True),
        ({"email": "Jane@Contoso.example", "hd": "contoso.example"}, True),
        ({"email": "jane@gmail.com"}, True),
        ({"email": "jane@contoso.example"}, False),  # a consumer account, with an address of ours confirmed long ago
        ({"email": "jane@contoso.example", "hd": "evil.example"}, False),
        ({"email": "jane@contoso.example", "hd": ""}, False),
        ({"email": "jane@contoso.example", "hd": True}, False),
        ({"email": "jane@sub.contoso.example", "hd": "contoso.example"}, False),
        ({"email": "jane@gmail.com.evil.example"}, False),
        ({"email": "jane@contoso.example", "hd": "contoso.example", "email_verified": False}, False),
    ],
)
async def test_google_is_believed_about_its_own_and_its_organisations_addresses(
    said: dict[str, Any], *, believed: bool
) -> None:
    claims = await signed_in(GOOGLE, {"email_verified": True, **said})
    assert claims.is_email_verified is believed


async def test_an_organisation_at_google_may_have_several_domains_that_an_admin_named() -> None:
    said: dict[str, Any] = {"email": "jane@contoso.example", "email_verified": True, "hd": "fabrikam.example"}
    assert (await signed_in(GOOGLE, said, domains=("contoso.example", "fabrikam.example"))).is_email_verified
    assert not (await signed_in(GOOGLE, said, domains=("contoso.example",))).is_email_verified


@pytest.mark.parametrize(
    ("issuer", "said", "believed"),
    [
        (TENANT, {}, False),  # the address may be any text there
        (TENANT, {"xms_edov": True}, True),
        (TENANT, {"xms_edov": "1"}, True),
        (TENANT, {"xms_edov": False}, False),
        (TENANT, {"preferred_username": "jane@contoso.example", "upn": "jane@contoso.example"}, False),
        (PERSONAL, {"xms_edov": True}, False),
        (PERSONAL, {"email_verified": True}, False),
        (OTHER, {"email_verified": True}, True),
        (OTHER, {"email_verified": False, "xms_edov": True}, False),  # handed on from somewhere else
        (OTHER, {}, False),
    ],
)
async def test_elsewhere_an_address_counts_that_is_confirmed(
    issuer: str, said: dict[str, Any], *, believed: bool
) -> None:
    claims = await signed_in(issuer, {"email": "jane@contoso.example", **said})
    assert claims.is_email_verified is believed
