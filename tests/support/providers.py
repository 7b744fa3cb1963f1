"""All providers that Roomstead knows, for use cases that ask what one allows and call none."""

from functools import cache

from roomstead.adapters.clock import SystemClock
from roomstead.adapters.http.limits import LocalCallLimits
from roomstead.adapters.http.transport import HttpSettings
from roomstead.adapters.providers.registry import build_providers
from roomstead.application.ports.providers import Providers


@cache
def known_providers() -> Providers:
    """Built without I/O."""
    clock = SystemClock()
    return build_providers(clock, LocalCallLimits(clock), HttpSettings())
