"""A provider whose Microsoft is a server that plays answers by script."""

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import pytest

from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.providers.registry import ProviderRegistry, build_providers
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.providers import Connection

if TYPE_CHECKING:
    from tests.adapters.conftest import HandClock, ScriptedServer

TOKEN_PATH = "/login/contoso.com/oauth2/v2.0/token"


@pytest.fixture
def registry(clock: "HandClock") -> ProviderRegistry:
    return build_providers(clock, LocalCallLimits(clock, sleep=clock.sleep), HttpSettings())


@pytest.fixture
async def connect(registry: ProviderRegistry, scripted: "ScriptedServer") -> AsyncIterator[Callable[..., Any]]:
    """Makes providers of the scripted tenant, and closes them."""
    made: list[CalendarProvider] = []

    def make(**changed: object) -> CalendarProvider:
        values: dict[str, Any] = {
            "provider": "microsoft",
            "tenant": "contoso.com",
            "endpoints": {"login": f"{scripted.url}/login", "api": f"{scripted.url}/graph"},
            "credential_kind": "secret",
            "settings": {"app_id": "535fb089-9ff3-47b6-9bfb-4f1264799865"},
            "secrets": {"client_secret": "hush"},
        }
        provider = registry.connect(Connection(**{**values, **changed}))
        made.append(provider)
        return provider

    yield make
    for provider in made:
        await provider.aclose()


@pytest.fixture
def provider(connect: Callable[..., CalendarProvider]) -> CalendarProvider:
    return connect()


@pytest.fixture
def signed_in(scripted: "ScriptedServer") -> None:
    """Sign-in always works."""
    scripted.on(
        "POST", TOKEN_PATH, scripted.told(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": "opaque"})
    )
