"""Companies' own sign-in: what is set up, who is known by it, and the conversation with the provider."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from roomstead.domain.errors import NeedsAdmin, Refused, RetryLater
from roomstead.domain.identity import Claims, IdentityProvider
from roomstead.domain.people import Person, PersonId


class IdentityRefused(Refused):
    """The company's sign-in did not let you in."""

    code = "identity_refused"


class IdentityProviderFaulty(NeedsAdmin):
    """The company's sign-in does not work as it is set up."""

    code = "identity_provider_faulty"


class IdentityProviderAway(RetryLater):
    """The company's sign-in does not answer."""

    code = "identity_provider_away"


@dataclass(frozen=True, slots=True)
class StoredProvider:
    """The provider as stored, with its sealed secret."""

    provider: IdentityProvider
    sealed_secret: bytes | None = field(repr=False)


class IdentityRepository(Protocol):
    """The provider's settings, and whose accounts are known."""

    async def provider(self) -> StoredProvider | None:
        """The provider; None: none is set up."""
        ...

    async def provider_for_change(self) -> StoredProvider | None:
        """As ``provider``, and nobody else changes it before this unit of work ends."""
        ...

    async def put_provider(self, provider: IdentityProvider, sealed_secret: bytes | None) -> None:
        """Store the provider in place of what was there."""
        ...

    async def drop_provider(self) -> None:
        """Forget the provider and whose accounts are known."""
        ...

    async def person_of(self, issuer: str, subject: str) -> Person | None:
        """Whose account it is known to be."""
        ...

    async def know(self, issuer: str, subject: str, person_id: PersonId, now: datetime) -> None:
        """Remember whose account it is and that it was used."""
        ...

    async def issuers_of(self, person_id: PersonId) -> Sequence[str]:
        """The issuers of a person's accounts."""
        ...


@dataclass(frozen=True, slots=True)
class Journey:
    """A sign-in under way: where to send the browser, and what must come back the same."""

    url: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Return:
    """What came back, with what had been sent along."""

    code: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str
    issuer: str = ""
    """Who says that it answers (RFC 9207); empty: it does not say."""


class IdentityProviders(Protocol):
    """Talks OpenID Connect with any issuer. Nothing is called while a unit of work is open."""

    async def check(self, provider: IdentityProvider) -> str:
        """Read what the issuer says about itself; answers how it spells its own name.

        Raises IdentityProviderFaulty or IdentityProviderAway.
        """
        ...

    async def begin(self, provider: IdentityProvider, redirect_uri: str) -> Journey:
        """Where to send the browser. Raises as ``check``."""
        ...

    async def finish(self, provider: IdentityProvider, secret: str, came_back: Return) -> Claims:
        """Trade the code for claims whose signature, issuer, audience, age and nonce are right.

        Raises IdentityRefused, IdentityProviderFaulty or IdentityProviderAway.
        """
        ...
