"""The host of a first create, chosen again from what is true now."""

from datetime import timedelta

from roomstead.application import routing, settling
from roomstead.application.policy import Writes
from roomstead.application.ports.bookings import RoutingFacts
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitOfWork
from roomstead.application.sync.push.act import Act, PushContext
from roomstead.domain.access import Access, AccessCause, Capability, ProbeResult, Verdict
from roomstead.domain.booking import Booking
from roomstead.domain.errors import AccessLost, Broken, ServiceAccountUnproven
from roomstead.domain.hosting import HostChoice, HostKind, lost_consent_suspected
from roomstead.domain.mailbox import Address, IntegrationId, MailboxRef
from roomstead.domain.people import SYSTEM

MINUTES_OF_DOUBT = timedelta(minutes=10)
"""Within this time many organisers falling out of reach are one cause, not many."""


async def settle_host(context: PushContext, provider: CalendarProvider, act: Act) -> Booking | None:
    """The booking with the host that shall have it; None when the booking changed meanwhile.

    A mailbox of which nothing fresh is known is asked first. Raises ServiceAccountRequired, ServiceAccountUnproven,
    AccessLost, and what a probe raises.
    """
    facts = await _facts(context, act)
    choice = routing.choose(facts, context.clock.now(), context.policy)
    mailbox = routing.organizer_reach(facts).mailbox
    if not choice.is_certain and mailbox is not None:
        await _probe(context, provider, act.integration.id, mailbox)
        facts = await _facts(context, act)
        choice = routing.choose(facts, context.clock.now(), context.policy)
    _require_proven(context, facts, choice)
    return await _keep(context, act, facts, choice)


def _require_proven(context: PushContext, facts: RoutingFacts, choice: HostChoice) -> None:
    """Raise ServiceAccountUnproven for one of which only a dry run ever thought that it may host."""
    account = facts.service_mailbox
    if choice.kind is not HostKind.SERVICE_ACCOUNT or context.policy.writes is Writes.SHOWN:
        return
    if account is not None and account.proven_at is None:
        raise ServiceAccountUnproven(
            remedy="Verify the integration: it writes two test events. What waits is sent when it has passed."
        )


async def _facts(context: PushContext, act: Act) -> RoutingFacts:
    room = act.booking.occurrence.wanted_rooms[0].room
    async with context.units() as uow:
        facts = await uow.bookings.routing(room.id, act.booking.organizer.person_id)
    if facts is None:
        raise Broken("A booking's room or organiser is gone.")
    return facts


async def _probe(
    context: PushContext, provider: CalendarProvider, integration_id: IntegrationId, mailbox: MailboxRef
) -> None:
    result = await provider.probe(mailbox, Capability.WRITE)
    async with context.units() as uow:
        await uow.access.record(integration_id, [finding_of(mailbox.address, result, context)])
        await uow.commit()


def finding_of(address: Address, result: ProbeResult, context: PushContext) -> Access:
    """What was found of a mailbox's *write* just now."""
    return Access(
        address=address,
        capability=Capability.WRITE,
        verdict=result.verdict,
        cause=result.cause,
        probed_at=context.clock.now(),
        provider_code=result.provider_code,
        request_id=result.request_id,
    )


async def _keep(context: PushContext, act: Act, facts: RoutingFacts, choice: HostChoice) -> Booking | None:
    """Store the choice, where it differs, with its reason."""
    now = context.clock.now()
    async with context.units() as uow:
        if choice.kind is HostKind.SERVICE_ACCOUNT and choice.cause is AccessCause.REFUSED:
            await _refuse_when_consent_is_lost(context, uow, act, routing.organizer_reach(facts).mailbox)
        current = await uow.bookings.get_for_change(act.booking.id)
        if current is None or current.intents != act.booking.intents or current.version != act.booking.version:
            return None
        service_id = routing.service_mailbox_id(facts, choice)
        reason = routing.host_sentence(choice, is_for_another=True)
        booking = await settling.rehost(uow, current.id, choice, service_id, reason=reason, now=now)
        if booking is not None and _reason(booking) != _reason(current):
            await uow.audit.record(
                "booking.host_chosen",
                Subject("booking", booking.id),
                SYSTEM,
                at=now,
                integration_id=booking.integration_id,
                detail={
                    "host": choice.mailbox.address,
                    "host_kind": choice.kind.value,
                    "cause": choice.cause.value,
                    "provider_code": choice.provider_code,
                },
            )
        await uow.commit()
        return booking


async def _refuse_when_consent_is_lost(
    context: PushContext, uow: UnitOfWork, act: Act, organizer: MailboxRef | None
) -> None:
    """Raise AccessLost when this organiser is one of many that fell out of reach within minutes."""
    since = context.clock.now() - MINUTES_OF_DOUBT
    attention = act.integration.attention
    if attention is not None and attention.code == AccessLost.code:
        since = min(since, attention.since - MINUTES_OF_DOUBT)
    changed = await uow.access.changed_since(act.integration.id, Capability.WRITE, since)
    fallen = {finding.address for finding in changed if finding.verdict is Verdict.REFUSED}
    standing = await uow.access.granted_since(act.integration.id, Capability.WRITE, since)
    if organizer is not None and organizer.address in fallen and lost_consent_suspected(fallen, set(standing)):
        raise AccessLost(
            "Many mailboxes fell out of reach within minutes: consent or a policy was probably lost.",
            remedy="Check the app's permissions and its restriction, then verify the integration again.",
        )


def _reason(booking: Booking) -> tuple[object, ...]:
    """What of a host and its cause is worth a line in the trail."""
    hosting = booking.hosting
    return () if hosting is None else (hosting.kind, hosting.mailbox, hosting.cause)
