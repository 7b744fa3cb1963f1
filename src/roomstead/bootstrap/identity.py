"""The company's own sign-in, loaded when somebody first uses it: it brings an HTTP client along."""

from functools import cached_property
from typing import TYPE_CHECKING

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.identities import Journey, Return
from roomstead.domain.identity import Claims, IdentityProvider

if TYPE_CHECKING:
    from roomstead.adapters.http.transport import HttpTransport
    from roomstead.adapters.oidc.provider import OpenIdProviders


class LazyIdentityProviders:
    """Implements ``IdentityProviders``."""

    def __init__(self, clock: Clock) -> None:
        """Nothing is loaded yet."""
        self._clock = clock
        self._transport: HttpTransport | None = None

    @cached_property
    def _loaded(self) -> "OpenIdProviders":
        from roomstead.adapters.http.transport import HttpSettings, HttpTransport, make_tls_context
        from roomstead.adapters.oidc.provider import OpenIdProviders

        self._transport = HttpTransport(HttpSettings(max_answer_bytes=1024 * 1024), make_tls_context(None))
        return OpenIdProviders(self._transport, self._clock)

    async def check(self, provider: IdentityProvider) -> str:
        """Read what the issuer says about itself."""
        return await self._loaded.check(provider)

    async def begin(self, provider: IdentityProvider, redirect_uri: str) -> Journey:
        """Where to send the browser."""
        return await self._loaded.begin(provider, redirect_uri)

    async def finish(self, provider: IdentityProvider, secret: str, came_back: Return) -> Claims:
        """Trade the code for checked claims."""
        return await self._loaded.finish(provider, secret, came_back)

    async def aclose(self) -> None:
        """Give connections back."""
        if self._transport is not None:
            await self._transport.aclose()
