"""Addresses that an admin enters for a provider's cloud: nothing that would swallow what is put behind them."""

import pytest

from roomstead.adapters.providers.addresses import endpoint_mistake


@pytest.mark.parametrize(
    "address",
    ["https://graph.example", "https://10.20.0.9:8443/graph", "http://127.0.0.1:8800/login", "http://[::1]:8800"],
)
def test_https_anywhere_and_http_on_this_machine(address: str) -> None:
    assert endpoint_mistake(address) == ""


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("http://graph.example", "https"),
        ("ftp://127.0.0.1", "https"),
        ("file:///etc/passwd", "https"),
        ("", "https"),
        ("https://", "whole"),
        ("https://graph.example/a b", "whole"),
        ("https://graph.example/\n", "whole"),
        ("https://grüße.example", "whole"),
        ("http://127.0.0.1:8500/v1/agent?x=", "without"),
        ("http://127.0.0.1:8500/v1/agent#", "without"),
        ("https://jane:hush@graph.example", "without"),
        ("https://[graph.example", "no address"),
        ("https://graph.example:port", "no address"),
    ],
)
def test_anything_else_is_refused(address: str, word: str) -> None:
    assert word in endpoint_mistake(address)
