"""Where an issuer may lead: never from elsewhere to this very machine."""

import json

import pytest

from roomstead.adapters.clock import SystemClock
from roomstead.adapters.http.transport import Answer, OutgoingCall
from roomstead.adapters.oidc.discovery import Discovery
from roomstead.application.ports.identities import IdentityProviderFaulty

ISSUER = "https://login.contoso.example"
PATHS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Saying:
    """Implements ``Transport``: every address answers the same."""

    def __init__(self, said: dict[str, str]) -> None:
        self.said = said
        self.called: list[str] = []

    async def send(self, call: OutgoingCall) -> Answer:
        """Answer."""
        self.called.append(call.url)
        return Answer(200, {}, json.dumps(self.said).encode())

    async def aclose(self) -> None:
        """Nothing is held."""


def about(**changed: str) -> dict[str, str]:
    return {"issuer": ISSUER, **{name: f"{ISSUER}/{name}" for name in PATHS}, **changed}


@pytest.mark.parametrize("field", PATHS)
@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9200/",
        "https://localhost/admin",
        "http://[::1]/",
        "http://login.contoso.example/",
        "file:///x",
    ],
)
async def test_an_issuer_from_elsewhere_does_not_lead_here_or_past_tls(field: str, address: str) -> None:
    transport = Saying(about(**{field: address}))
    with pytest.raises(IdentityProviderFaulty):
        await Discovery(transport, SystemClock()).read(ISSUER)
    assert transport.called == [f"{ISSUER}/.well-known/openid-configuration"]


async def test_the_address_for_all_organisations_is_none() -> None:
    said = about(issuer="https://login.microsoftonline.com/{tenantid}/v2.0")
    with pytest.raises(IdentityProviderFaulty, match="all organisations") as refused:
        await Discovery(Saying(said), SystemClock()).read("https://login.microsoftonline.com/common/v2.0")
    assert "your own organisation" in refused.value.remedy


async def test_an_honest_one_is_believed() -> None:
    found = await Discovery(Saying(about()), SystemClock()).read(ISSUER)
    assert found.jwks_uri == f"{ISSUER}/jwks_uri"
