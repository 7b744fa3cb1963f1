"""Try named mailboxes now."""

from dataclasses import dataclass

from roomstead.application.integration_rules import integration_for_change
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.verifying import Wanted, begin_verification
from roomstead.domain.errors import InvalidInput
from roomstead.domain.mailbox import Address, IntegrationId, InvalidAddress, domain_of, parse_address
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.verification import Purpose, Verification

MOST = 200


@dataclass(frozen=True, slots=True)
class ProbeAccess:
    """Whose mailboxes."""

    integration_id: IntegrationId
    addresses: tuple[str, ...]


async def probe_access(command: ProbeAccess, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> Verification:
    """Ask a worker to probe them; the findings are in the verification and in the access report.

    Addresses of other organisations are never probed. Raises NotFound, InvalidInput.
    """
    require_admin(actor)
    if not 1 <= len(command.addresses) <= MOST:
        raise InvalidInput({"addresses": f"Name 1 to {MOST} mailboxes."})
    try:
        addresses = tuple(dict.fromkeys(parse_address(text) for text in command.addresses))
    except InvalidAddress as error:
        raise InvalidInput({"addresses": str(error)}) from error
    async with units() as uow:
        integration = await integration_for_change(uow, command.integration_id)
        outside = [one for one in addresses if domain_of(one) not in integration.domains]
        if outside:
            raise InvalidInput({"addresses": _outside(outside)})
        verification = await begin_verification(
            uow, Wanted(integration.id, Purpose.ACCESS, addresses), actor, clock.now()
        )
        await uow.commit()
    return verification


def _outside(addresses: list[Address]) -> str:
    return f"{addresses[0]} is outside this tenant's domains. Add the domain to the integration if it belongs to it."
