"""Send somebody to the company's own sign-in."""

import json
from dataclasses import dataclass, field

from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.identities import IdentityProviders
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.sign_in_rules import COMPANY_CALLBACK
from roomstead.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and what it keeps meanwhile (sealed: nobody can make or read one)."""

    url: str
    kept: str = field(repr=False)


async def begin_company_sign_in(
    wanted: str,
    *,
    units: UnitsOfWork,
    clock: Clock,
    policy: Policy,
    sealer: Sealer,
    identity_providers: IdentityProviders,
) -> Departure:
    """``wanted``: the path to come back to. Raises NotFound where no company sign-in is set up, and what it raises."""
    async with units() as uow:
        stored = await uow.identities.provider()
    if stored is None or not stored.provider.is_enabled:
        raise NotFound("No company sign-in is set up here.", remedy="Sign in with your password.")
    journey = await identity_providers.begin(stored.provider, f"{policy.public_url}{COMPANY_CALLBACK}")
    kept = [journey.state, journey.nonce, journey.verifier, wanted, clock.now().isoformat()]
    return Departure(journey.url, sealer.seal(json.dumps(kept).encode()).decode())
