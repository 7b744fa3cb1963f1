"""Remove the company's own sign-in."""

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.people import Actor, require_admin


async def drop_identity_provider(actor: Actor, *, units: UnitsOfWork, clock: Clock) -> None:
    """Forget it; people stay, and come in by password from now on. For Global Admins."""
    require_admin(actor)
    async with units() as uow:
        stored = await uow.identities.provider_for_change()
        if stored is None:
            return
        await uow.identities.drop_provider()
        await uow.audit.record(
            "sign_in.removed", Subject("sign_in"), actor, at=clock.now(), detail={"issuer": stored.provider.issuer}
        )
        await uow.commit()
