"""The one place that names providers."""

from typing import TYPE_CHECKING

import pytest

from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.providers.microsoft.endpoints import graph_url, login_url, token_scope
from roomstead.adapters.providers.registry import build_providers
from roomstead.application.ports.providers import Connection
from roomstead.domain.errors import NotFound

if TYPE_CHECKING:
    from tests.adapters.conftest import HandClock


def test_providers_describe_themselves(clock: "HandClock") -> None:
    providers = build_providers(clock, LocalCallLimits(clock), HttpSettings())
    outlook, google = providers.descriptions()
    assert (google.key, google.label) == ("google", "Google")
    assert (outlook.key, outlook.label) == ("microsoft", "Outlook")
    assert list(outlook.clouds) == ["global", "us_gov_high", "us_gov_dod", "china"]
    assert [tier.number for tier in outlook.tiers] == [1, 2, 3]
    assert [kind.key for kind in outlook.credential_kinds] == ["certificate", "secret"]
    secret = {field.name for kind in outlook.credential_kinds for field in kind.fields if field.is_secret}
    assert secret == {"client_secret", "private_key"}
    assert providers.describe("microsoft") == outlook
    assert providers.guide("microsoft").restricts(["Place.Read.All"]) == {}


def test_an_unknown_provider_is_answered_with_the_known_ones(clock: "HandClock") -> None:
    providers = build_providers(clock, LocalCallLimits(clock), HttpSettings())
    for ask in (providers.describe, providers.guide):
        with pytest.raises(NotFound, match="microsoft"):
            ask("lotus")
    with pytest.raises(NotFound):
        providers.connect(Connection("lotus", "t", {}, "secret"))


def test_further_clouds_come_from_configuration(clock: "HandClock") -> None:
    rehearsal = {"login": "http://127.0.0.1:8800/login", "api": "http://127.0.0.1:8800/graph"}
    providers = build_providers(
        clock, LocalCallLimits(clock), HttpSettings(), clouds={"microsoft": {"rehearsal": rehearsal}}
    )
    clouds = providers.describe("microsoft").clouds
    assert clouds["rehearsal"] == rehearsal
    assert next(iter(clouds)) == "global"


@pytest.mark.parametrize(
    ("endpoints", "scope"),
    [
        ({}, "https://graph.microsoft.com/.default"),
        ({"api": "https://graph.microsoft.us/"}, "https://graph.microsoft.us/.default"),
        ({"api": "http://127.0.0.1:8800/graph"}, "https://graph.microsoft.com/.default"),
        ({"api": "https://x.example", "scope": "https://x.example/.default"}, "https://x.example/.default"),
    ],
)
def test_a_token_is_asked_for_the_clouds_own_graph(endpoints: dict[str, str], scope: str) -> None:
    connection = Connection("microsoft", "t", endpoints, "secret")
    assert token_scope(connection) == scope
    assert graph_url(connection).endswith("/v1.0")
    assert not login_url(connection).endswith("/")
