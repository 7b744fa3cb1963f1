"""Find out who is behind a bearer token."""

import hmac
from datetime import datetime, timedelta

from roomstead.application.person_rules import lesser_role
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Bearer
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.token_secret import digest_of
from roomstead.domain.errors import Unauthenticated
from roomstead.domain.people import Actor, Via

USE_IS_NOTED_EVERY = timedelta(minutes=5)


async def authenticate(secret: str, via: Via, *, units: UnitsOfWork, clock: Clock) -> Actor:
    """The actor that a token's secret stands for, with the lesser of the token's and the person's role.

    Raises Unauthenticated for a secret that is unknown, revoked, expired, or whose person is no longer active.
    """
    now = clock.now()
    digest = digest_of(secret)
    async with units.reading() as uow:
        bearer = await uow.people.bearer(digest)
    if bearer is None or not hmac.compare_digest(bearer.digest, digest):
        raise Unauthenticated("This token is not known here.", remedy="Check that the whole token was copied.")
    _require_valid(bearer, now)
    used = bearer.token.last_used_at
    if used is None or now - used > USE_IS_NOTED_EVERY:
        async with units() as uow:
            await uow.people.token_used(bearer.token.id, now)
            await uow.commit()
    role = lesser_role(bearer.token.role, bearer.person.role)
    return Actor(bearer.person.id, bearer.person.name, role, via)


def _require_valid(bearer: Bearer, now: datetime) -> None:
    if not bearer.person.is_active:
        raise Unauthenticated("This person is no longer active.", remedy="Ask a Global Admin to let you in again.")
    token = bearer.token
    if token.revoked_at is not None:
        raise Unauthenticated("This token was revoked.", remedy="Create a new token.")
    if token.expires_at is not None and token.expires_at <= now:
        raise Unauthenticated("This token has expired.", remedy="Create a new token.")
