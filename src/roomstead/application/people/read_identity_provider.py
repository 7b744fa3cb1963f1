"""Read how the company's own sign-in is set up."""

from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.identity import IdentityProvider
from roomstead.domain.people import Actor, require_admin


async def read_identity_provider(actor: Actor, *, units: UnitsOfWork) -> IdentityProvider | None:
    """Without its secret; None: none is set up. For Global Admins."""
    require_admin(actor)
    async with units.reading() as uow:
        stored = await uow.identities.provider()
    return None if stored is None else stored.provider
