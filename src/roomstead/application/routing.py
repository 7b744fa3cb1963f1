"""Who will host a booking: the rule that preview, create and push share, and its words for people."""

from datetime import datetime

from roomstead.application.policy import Policy
from roomstead.application.ports.bookings import RoutingFacts
from roomstead.domain.access import Verdict
from roomstead.domain.errors import NotBookable
from roomstead.domain.hosting import HostChoice, HostKind, OrganizerReach, choose_host
from roomstead.domain.integration import IntegrationStatus, RoomStatus, ServiceMailboxId
from roomstead.domain.mailbox import Address, MailboxRef, domain_of

_BOOKABLE = {IntegrationStatus.WORKING, IntegrationStatus.NEEDS_ATTENTION}

_ROOM_REFUSALS = {
    RoomStatus.NEW: "{room} cannot be booked yet: nobody has verified that Roomstead reaches it.",
    RoomStatus.UNREACHABLE: "{room} cannot be booked: Roomstead cannot reach its calendar.",
    RoomStatus.LEFT_OUT: "{room} cannot be booked: an admin left it out.",
    RoomStatus.MISSING: "{room} cannot be booked: the directory no longer lists it.",
}


def require_bookable(facts: RoutingFacts) -> None:
    """Raise NotBookable, with the reason, unless the room can be booked now."""
    refusal = _ROOM_REFUSALS.get(facts.room.status)
    if refusal is not None:
        raise NotBookable(
            refusal.format(room=facts.room.name), remedy="Choose another room, or ask a Global Admin to look at it."
        )
    if facts.integration_status not in _BOOKABLE:
        raise NotBookable(
            f"{facts.room.name} cannot be booked: its calendar integration is not in use.",
            remedy="Choose another room, or ask a Global Admin to finish the set-up.",
        )


def organizer_address(facts: RoutingFacts) -> Address:
    """The address under which the organiser takes part: theirs in the room's tenant, else the preferred one."""
    candidates = _in_tenant(facts)
    return candidates[0] if candidates else facts.organizer.addresses[0]


def _in_tenant(facts: RoutingFacts) -> tuple[Address, ...]:
    """The organiser's addresses that the tenant could know; one found in reach comes first.

    A tenant whose domains nobody has seen yet could know any of them.
    """
    known = [
        address
        for address in facts.organizer.addresses
        if not facts.domains or domain_of(address) in facts.domains or address in facts.access
    ]
    granted = [
        address
        for address in known
        if (found := facts.access.get(address)) is not None and found.verdict is Verdict.GRANTED
    ]
    return tuple(dict.fromkeys(granted + known))


def organizer_reach(facts: RoutingFacts) -> OrganizerReach:
    """What is known of the organiser's mailbox in the room's tenant."""
    candidates = _in_tenant(facts)
    if not candidates:
        return OrganizerReach(None, None)
    return OrganizerReach(MailboxRef(candidates[0]), facts.access.get(candidates[0]))


def choose(facts: RoutingFacts, now: datetime, policy: Policy) -> HostChoice:
    """The host. Raises ServiceAccountRequired, in words for the employee, before anything is written."""
    service = facts.service_mailbox
    return choose_host(
        organizer_reach(facts), service.mailbox if service else None, now=now, max_age=policy.access_max_age
    )


def service_mailbox_id(facts: RoutingFacts, choice: HostChoice) -> ServiceMailboxId | None:
    """Which service account hosts; None when the organiser does."""
    if choice.kind is HostKind.ORGANIZER or facts.service_mailbox is None:
        return None
    return facts.service_mailbox.id


def host_sentence(choice: HostChoice, *, is_for_another: bool = False) -> str:
    """The quiet sentence under the form that predicts the host."""
    whose = "the organiser's" if is_for_another else "your"
    if choice.kind is HostKind.SERVICE_ACCOUNT:
        guest, behalf = ("The organiser", "their") if is_for_another else ("You", "your")
        return (
            f"We can't reach {whose} mailbox, so this will be booked by {choice.mailbox.address} on {behalf} behalf. "
            f"{guest} will get the invitation; answers are shown here."
        )
    return f"Booked in {whose} own calendar."
