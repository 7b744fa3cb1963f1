"""Look how a verification stands, without its checks: for whoever waits for its end."""

from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import NotFound
from roomstead.domain.integration import VerificationId
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.verification import Verification


async def follow_verification(verification_id: VerificationId, actor: Actor, *, units: UnitsOfWork) -> Verification:
    """The verification alone. Raises NotFound."""
    require_admin(actor)
    async with units.reading() as uow:
        held = await uow.verifications.get(verification_id)
    if held is None:
        raise NotFound("There is no such verification.")
    return held
