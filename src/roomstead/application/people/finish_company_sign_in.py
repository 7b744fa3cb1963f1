"""Let somebody in who comes back from the company's own sign-in."""

import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roomstead.application.failed_attempts import FAILED, FailedAttempt, tell_of_failure
from roomstead.application.identity_rules import person_for
from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.identities import IdentityProviders, IdentityRefused, Return, StoredProvider
from roomstead.application.ports.people import Subject
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.sign_in_rules import COMPANY_CALLBACK, NewSession, Visitor, begin_session
from roomstead.domain.errors import CredentialMissing
from roomstead.domain.identity import Claims, IdentityProvider

MAY_TAKE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class FinishCompanySignIn:
    """What came back in the address, and what the browser had kept."""

    code: str = field(repr=False)
    state: str = field(repr=False)
    error: str
    issuer: str
    kept: str = field(repr=False)
    visitor: Visitor


@dataclass(frozen=True, slots=True)
class Arrival:
    """The session, and where its person wanted to go."""

    session: NewSession
    wanted: str


@dataclass(frozen=True, slots=True)
class _Kept:
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    wanted: str
    begun_at: datetime


async def finish_company_sign_in(
    command: FinishCompanySignIn,
    *,
    units: UnitsOfWork,
    clock: Clock,
    policy: Policy,
    sealer: Sealer,
    identity_providers: IdentityProviders,
) -> Arrival:
    """Check what came back and begin a session. Raises IdentityRefused, and what the providers port raises."""
    if command.error:  # some issuers then leave the state out
        raise IdentityRefused(
            "Your organisation's sign-in did not let you in.",
            remedy="Try again, or sign in with your password.",
            details={"code": command.error[:80]},
        )
    kept = _kept(command, sealer, clock.now())
    stored = await _provider(units)
    secret = "" if stored.sealed_secret is None else sealer.open(stored.sealed_secret).decode()
    came_back = Return(
        command.code, kept.nonce, kept.verifier, f"{policy.public_url}{COMPANY_CALLBACK}", command.issuer
    )
    try:
        claims = await identity_providers.finish(stored.provider, secret, came_back)
        return Arrival(await _let_in(claims, stored.provider, command.visitor, units, clock.now()), kept.wanted)
    except IdentityRefused:
        failure = FailedAttempt(FAILED, command.visitor, None, by="company")
        await tell_of_failure(failure, units=units, now=clock.now())
        raise


async def _let_in(
    claims: Claims, provider: IdentityProvider, visitor: Visitor, units: UnitsOfWork, now: datetime
) -> NewSession:
    async with units() as uow:
        person = await person_for(claims, provider, uow, now)
        begun = await begin_session(person, visitor, uow, now)
        detail = {"by": "company"}
        await uow.audit.record("person.signed_in", Subject("person", person.id), begun.actor, at=now, detail=detail)
        await uow.commit()
    return begun


def _kept(command: FinishCompanySignIn, sealer: Sealer, now: datetime) -> _Kept:
    """What this browser took along. A state that is not the browser's own was made up by somebody else."""
    try:
        state, nonce, verifier, wanted, begun_at = json.loads(sealer.open(command.kept.encode()))
        kept = _Kept(state, nonce, verifier, wanted, datetime.fromisoformat(begun_at))
    except (CredentialMissing, ValueError) as error:
        raise _not_begun_here() from error
    same = hmac.compare_digest(kept.state.encode(), command.state.encode("utf-8", "surrogatepass"))
    if not same or now - kept.begun_at > MAY_TAKE:
        raise _not_begun_here()
    return kept


async def _provider(units: UnitsOfWork) -> StoredProvider:
    async with units() as uow:
        stored = await uow.identities.provider()
    if stored is None or not stored.provider.is_enabled:
        raise IdentityRefused("The company sign-in was switched off meanwhile.", remedy="Sign in with your password.")
    return stored


def _not_begun_here() -> IdentityRefused:
    return IdentityRefused(
        "This sign-in was not begun in this browser, or too long ago.", remedy="Begin again from here."
    )
