"""Change the service account: the new one is verified first, the old one stays in force until it passes."""

from dataclasses import dataclass

from roomstead.application.integration_rules import (
    integration_for_change,
    parsed_address,
    record_change,
    require_version,
)
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.integrations import HostedMeetings
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.service_accounts import new_account, require_free_to_host, retire_pending
from roomstead.application.verifying import Wanted, begin_verification
from roomstead.domain.errors import Conflict, NotFound
from roomstead.domain.integration import ServiceMailbox, ServiceMailboxStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.verification import Purpose, Verification


@dataclass(frozen=True, slots=True)
class EditServiceMailbox:
    """The new address; ``expected_version`` is that of the service account as last read."""

    integration_id: IntegrationId
    address: str
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceAccountChange:
    """What is under way. ``sentence`` says what becomes of the old one, and until when its access must stay."""

    pending: ServiceMailbox
    old: ServiceMailbox
    old_hosts: HostedMeetings
    sentence: str
    verification: Verification


async def edit_service_mailbox(
    command: EditServiceMailbox, actor: Actor, *, units: UnitsOfWork, clock: Clock
) -> ServiceAccountChange:
    """Store the new one as pending and ask for its verification.

    Raises NotFound when there is none to change, Conflict for the address that is in force already, InvalidInput,
    StaleRevision.
    """
    require_admin(actor)
    address = parsed_address(command.address, "address")
    now = clock.now()
    async with units() as uow:
        integration = await integration_for_change(uow, command.integration_id)
        old = await _in_place(uow, integration.id)
        require_version(old, command.expected_version)
        if old.mailbox.address == address and old.status is ServiceMailboxStatus.ACTIVE:
            raise Conflict(f"{address} is the service account already.", remedy="Verify the integration instead.")
        await require_free_to_host(uow, integration, address)
        pending = await uow.integrations.pending_service_mailbox(integration.id)
        if pending is not None:
            await retire_pending(uow, pending, now)
        new = new_account(integration.id, address)
        await uow.integrations.add_service_mailbox(new, now)
        wanted = Wanted(integration.id, Purpose.SERVICE_ACCOUNT, service_mailbox_id=new.id)
        verification = await begin_verification(uow, wanted, actor, now)
        await record_change(uow, "service_account.edited", integration.id, actor, now, old=str(old.id), new=str(new.id))
        hosts = await uow.integrations.hosted_meetings(old.id, now)
        await uow.announce("integration", integration.id)
        await uow.commit()
    return ServiceAccountChange(new, old, hosts, _sentence(old, hosts), verification)


async def _in_place(uow: UnitOfWork, integration_id: IntegrationId) -> ServiceMailbox:
    """The one to be changed: active, or still pending (a typing mistake corrected)."""
    active = await uow.integrations.active_service_mailbox(integration_id)
    held = active or await uow.integrations.pending_service_mailbox(integration_id)
    if held is None:
        raise NotFound("This integration has no service account.", remedy="Add one.")
    return held


def _sentence(old: ServiceMailbox, hosts: HostedMeetings) -> str:
    if old.status is not ServiceMailboxStatus.ACTIVE:
        return f"{old.mailbox.address} was not in force and is given up."
    stays = f"{old.mailbox.address} stays in force until the new one passes its verification."
    if hosts.last_end is None:
        return f"{stays} It hosts no upcoming meetings; its access can go then."
    end = f"{hosts.last_end.day} {hosts.last_end:%b %Y}"
    return f"{stays} It hosts {hosts.count:,} upcoming meetings: keep its access until {end}, when the last one ends."
