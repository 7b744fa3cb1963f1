"""Add a service account to an integration that has none."""

from dataclasses import dataclass

from roomstead.application.integration_rules import integration_for_change, parsed_address, record_change
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.service_accounts import new_account, require_free_to_host, retire_pending
from roomstead.application.verifying import Wanted, begin_verification
from roomstead.domain.errors import ServiceAccountExists
from roomstead.domain.integration import ServiceMailbox
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.verification import Purpose, Verification

_EDIT = "Edit the service account instead: the new one takes over when it passes its verification."
_WAIT = "Wait for the verification that is under way, or edit the service account."


@dataclass(frozen=True, slots=True)
class AddServiceMailbox:
    """Which mailbox shall stand in for organisers out of reach."""

    integration_id: IntegrationId
    address: str


@dataclass(frozen=True, slots=True)
class AddedServiceMailbox:
    """The pending service account and the verification that decides on it."""

    account: ServiceMailbox
    verification: Verification


async def add_service_mailbox(
    command: AddServiceMailbox, actor: Actor, *, units: UnitsOfWork, clock: Clock
) -> AddedServiceMailbox:
    """Store it as pending and ask for its verification; it is active once that passes.

    A pending one whose verification failed is replaced. Raises ServiceAccountExists, InvalidInput, NotFound.
    """
    require_admin(actor)
    address = parsed_address(command.address, "address")
    now = clock.now()
    async with units() as uow:
        integration = await integration_for_change(uow, command.integration_id)
        if await uow.integrations.active_service_mailbox(integration.id) is not None:
            raise ServiceAccountExists(remedy=_EDIT)
        pending = await uow.integrations.pending_service_mailbox(integration.id)
        if pending is not None:
            under_way = await uow.verifications.open_of(integration.id)
            if any(one.service_mailbox_id == pending.id for one in under_way):
                raise ServiceAccountExists(remedy=_WAIT)
            await retire_pending(uow, pending, now)
        await require_free_to_host(uow, integration, address)
        account = new_account(integration.id, address)
        await uow.integrations.add_service_mailbox(account, now)
        wanted = Wanted(integration.id, Purpose.SERVICE_ACCOUNT, service_mailbox_id=account.id)
        verification = await begin_verification(uow, wanted, actor, now)
        await record_change(uow, "service_account.added", integration.id, actor, now, service_mailbox=str(account.id))
        await uow.announce("integration", integration.id)
        await uow.commit()
    return AddedServiceMailbox(account, verification)
