"""What mends a finding, by whom, with which steps or script."""

from collections.abc import Mapping, Sequence

from roomstead.adapters.providers.google import scopes
from roomstead.adapters.providers.google.calls import is_room
from roomstead.adapters.providers.google.restriction import delegation_script, share_script, withdrawal_script
from roomstead.application.ports.providers import Remedy, RestrictionFacts, Who
from roomstead.domain.access import AccessCause
from roomstead.domain.mailbox import Address

_EVERYONE = 3
_REMEDIES: Mapping[AccessCause, Remedy] = {
    AccessCause.NO_MAILBOX: Remedy(
        "There is no calendar: the Calendar service is off for this user, or the user is suspended, archived or "
        "deleted. In the Admin console, turn Calendar on for the user's organisational unit, or restore the user.",
        Who.DIRECTORY_ADMIN,
        guide="connect-google#no-calendar",
    ),
    AccessCause.NOT_IN_DIRECTORY: Remedy("This organisation does not know the address. Check its spelling.", Who.YOU),
    AccessCause.OUTSIDE: Remedy("The address belongs to another organisation; nothing here can open it.", Who.YOU),
}


def access_remedy(cause: AccessCause, mailboxes: Sequence[Address], facts: RestrictionFacts) -> Remedy:
    """What mends mailboxes that are out of reach for this cause; a script covers just these."""
    if cause is AccessCause.REFUSED:
        return _refused_remedy(mailboxes, facts)
    return _REMEDIES.get(cause, Remedy("Nothing stands in the way.", Who.YOU))


def _refused_remedy(mailboxes: Sequence[Address], facts: RestrictionFacts) -> Remedy:
    rooms = [one for one in mailboxes if is_room(one)]
    if rooms:
        return _share(rooms, facts)
    if facts.tier >= _EVERYONE:
        return Remedy(
            "Google issues no access in the name of this mailbox: it belongs to another organisation, or the "
            "delegation does not cover it. Delegate the scopes in the Admin console of its own organisation.",
            Who.DIRECTORY_ADMIN,
            delegation_script(facts).text,
            "connect-google#delegation",
        )
    return Remedy(
        "This tier does not reach people's mailboxes. Book through the service account, or choose tier 3.",
        Who.YOU,
        guide="connect-google#tiers",
    )


def permission_remedy(permission: str, facts: RestrictionFacts) -> Remedy:
    """What mends a scope that is missing or not effective."""
    full = scopes.full_name(permission)
    if facts.tier >= _EVERYONE:
        role = ""
        if permission in {scopes.ROOMS, scopes.PEOPLE}:
            role = (
                " The mailbox that asks also needs an admin role: Services → Calendar → Buildings and resources, "
                "and Users → Read. The customer ID has to be that organisation's."
            )
        return Remedy(
            f"{permission} is not effective. Add {full} to the domain-wide delegation.{role}",
            Who.DIRECTORY_ADMIN,
            delegation_script(facts).text,
            "connect-google#delegation",
        )
    if permission == scopes.READ_EVENTS:
        return _share(facts.rooms, facts)
    if facts.service_account is None and permission in {scopes.ROOMS, scopes.PEOPLE}:
        return Remedy(
            "The cloud service account may not read the directory. In the Admin console, assign it an admin role with "
            "Services → Calendar → Buildings and resources, and enter the customer ID as the tenant; or add rooms by "
            "their address.",
            Who.DIRECTORY_ADMIN,
            guide="connect-google#rooms",
        )
    return Remedy(
        f"{permission} was not consented to. Sign in as the service account mailbox again and leave every box ticked.",
        Who.YOU,
        guide="connect-google#mailbox",
    )


def confinement_remedy(facts: RestrictionFacts) -> Remedy:
    """A delegation knows no exceptions; a calendar that is shared too widely is mended by its owner."""
    if facts.tier >= _EVERYONE:
        return Remedy(
            "A delegation reaches every mailbox of the organisation. Choose tier 1 or 2 with a credential that fits, "
            "or give the scopes by a private app for one group, and then take the delegation away.",
            Who.DIRECTORY_ADMIN,
            withdrawal_script(facts).text,
            "connect-google#tiers",
        )
    return Remedy(
        "Whoever owns that calendar shares its details with Roomstead. Take that away in the calendar's settings.",
        Who.CALENDAR_ADMIN,
        guide="connect-google#tiers",
    )


def room_answer_remedy(rooms: Sequence[Address]) -> Remedy:
    """What mends rooms that do not accept."""
    they = f"The room {rooms[0]} does" if len(rooms) == 1 else f"These {len(rooms)} rooms do"
    return Remedy(
        f"{they} not accept invitations. In the calendar's settings choose “Auto-accept invitations "
        "that do not conflict”, and share it with the service account by “See all event details”, or by “See only "
        "free/busy” with room booking allowed.",
        Who.CALENDAR_ADMIN,
        guide="connect-google#rooms",
    )


def _share(rooms: Sequence[Address], facts: RestrictionFacts) -> Remedy:
    they = "This room is" if len(rooms) == 1 else f"These {len(rooms)} rooms are"
    script = share_script(facts, rooms)
    return Remedy(
        f"{they} not shared with Roomstead. Run the script below, or share each by “See all event details” in its "
        "calendar's settings.",
        Who.CALENDAR_ADMIN,
        script.text,
        "connect-google#rooms",
    )
