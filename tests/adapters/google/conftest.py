"""A provider whose Google is a server that plays answers by script."""

import json
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.contracts_support.google_description import load

from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.providers.registry import ProviderRegistry, build_providers
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.providers import Connection
from roomstead.domain.mailbox import Address

if TYPE_CHECKING:
    from tests.adapters.conftest import HandClock, ScriptedServer

TOKEN_PATH = "/token"
_DESCRIPTION = load()
ACTING = Address("rooms-bot@corp.example")


@pytest.fixture(scope="session")
def key_file() -> str:
    """A key file as it is downloaded from the cloud console."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "roomstead",
            "private_key_id": "key-1",
            "private_key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
            "client_email": "roomstead@roomstead.iam.gserviceaccount.com",
            "client_id": "104617209384756102938",
            "token_uri": "https://oauth2.googleapis.com/token",
        }
    )


@pytest.fixture
def registry(clock: "HandClock") -> ProviderRegistry:
    return build_providers(clock, LocalCallLimits(clock, sleep=clock.sleep), HttpSettings())


@pytest.fixture
async def connect(
    registry: ProviderRegistry, scripted: "ScriptedServer", key_file: str
) -> AsyncIterator[Callable[..., Any]]:
    """Makes providers of the scripted tenant, and closes them; what they asked is judged by Google's description."""
    made: list[CalendarProvider] = []

    def make(**changed: object) -> CalendarProvider:
        values: dict[str, Any] = {
            "provider": "google",
            "tenant": "C03corp7x",
            "endpoints": dict.fromkeys(("oauth", "calendar", "directory", "iam"), scripted.url),
            "credential_kind": "key_file",
            "settings": {},
            "secrets": {"key_file": key_file},
            "tier": 3,
            "acting": ACTING,
        }
        provider = registry.connect(Connection(**{**values, **changed}))
        made.append(provider)
        return provider

    yield make
    for provider in made:
        await provider.aclose()
    judged = [one for one in scripted.asked if _DESCRIPTION.covers(one.path)]
    assert [sentence for one in judged for sentence in _DESCRIPTION.check_request(one.method, one.path, one.body)] == []


@pytest.fixture
def provider(connect: Callable[..., CalendarProvider]) -> CalendarProvider:
    return connect()


@pytest.fixture
def signed_in(scripted: "ScriptedServer") -> None:
    """Sign-in always works."""
    scripted.on(
        "POST", TOKEN_PATH, scripted.told(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": "ya29.x"})
    )
