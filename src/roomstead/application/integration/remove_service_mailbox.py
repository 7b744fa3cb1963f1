"""Remove the service account. What it hosts stays alive: it retires, and is gone when its last meeting is over."""

from dataclasses import dataclass, replace

from roomstead.application.integration_rules import integration_for_change, record_change, require_version
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.integrations import HostedMeetings
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.service_accounts import retire_pending
from roomstead.domain.errors import Conflict, NotFound, ServiceAccountInUse
from roomstead.domain.integration import Integration, ServiceMailbox, ServiceMailboxStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin


@dataclass(frozen=True, slots=True)
class RemoveServiceMailbox:
    """``is_confirmed``: the admin has read what depends on it and goes on."""

    integration_id: IntegrationId
    is_confirmed: bool = False
    expected_version: int | None = None


async def remove_service_mailbox(
    command: RemoveServiceMailbox, actor: Actor, *, units: UnitsOfWork, clock: Clock
) -> ServiceMailbox:
    """Take it out of force; answers how it stands then, retiring or retired.

    Raises NotFound, StaleRevision, Conflict when it is the last mailbox to verify with, and ServiceAccountInUse while
    meetings depend on it and that is not confirmed.
    """
    require_admin(actor)
    now = clock.now()
    async with units() as uow:
        integration = await integration_for_change(uow, command.integration_id)
        active = await uow.integrations.active_service_mailbox(integration.id)
        pending = await uow.integrations.pending_service_mailbox(integration.id)
        held = active or pending
        if held is None:
            raise NotFound("This integration has no service account.")
        require_version(held, command.expected_version)
        _require_another_mailbox(integration)
        if pending is not None:
            await retire_pending(uow, pending, now)
        removed = pending if active is None else active
        if active is not None:
            hosts = await uow.integrations.hosted_meetings(active.id, now)
            _require_confirmed(active, hosts, command)
            status = ServiceMailboxStatus.RETIRING if hosts.count else ServiceMailboxStatus.RETIRED
            removed = replace(active, status=status, retiring_since=now, version=active.version + 1)
            await uow.integrations.save_service_mailbox(removed, now)
        await record_change(
            uow,
            "service_account.removed",
            integration.id,
            actor,
            now,
            service_mailbox=str(held.id),
            confirmed=command.is_confirmed,
        )
        await uow.announce("integration", integration.id)
        await uow.commit()
    return held if removed is None else removed


def _require_another_mailbox(integration: Integration) -> None:
    if integration.setup_address is None:
        raise Conflict(
            "The service account is the only mailbox that this integration can be verified with.",
            remedy="Give the integration an admin's own address first, or edit the service account.",
        )


def _require_confirmed(active: ServiceMailbox, hosts: HostedMeetings, command: RemoveServiceMailbox) -> None:
    if command.is_confirmed or hosts.last_end is None:
        return
    end = f"{hosts.last_end.day} {hosts.last_end:%b %Y}"
    raise ServiceAccountInUse(
        f"{active.mailbox.address} hosts {hosts.count:,} upcoming meetings, the last one until {end}. It would go on "
        "hosting those, and people whose mailbox is out of reach could not book any more.",
        remedy="Edit the service account to name another one, or confirm the removal.",
        details={"meetings": str(hosts.count), "last_end": hosts.last_end.isoformat()},
    )
