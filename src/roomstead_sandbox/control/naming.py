"""How people name things to the control API: a mailbox by any address, a meeting by its title."""

from datetime import datetime

from roomstead_sandbox.world.errors import Invalid, NotFound
from roomstead_sandbox.world.events import Event, EventKind, ItemRef
from roomstead_sandbox.world.people import Tenant, User
from roomstead_sandbox.world.world import World


def user_named(world: World, text: str) -> User:
    """The user with this id or address in any tenant. Raises NotFound."""
    found = world.directory.users.get(text.casefold()) or world.directory.find_mailbox(text)
    for tenant_id in world.directory.tenants if found is None else ():
        found = found or world.directory.find(tenant_id, text)
    if found is None:
        raise NotFound(f"There is nobody called {text} here.")
    return found


def tenant_named(world: World, text: str | None) -> Tenant:
    """The tenant with this id or domain; the only one when none is named. Raises NotFound, Invalid."""
    if text is not None:
        found = world.directory.find_tenant(text)
        if found is None:
            raise NotFound(f"There is no tenant {text}.")
        return found
    known = customers(world)
    if len(known) != 1:
        raise Invalid("Say which tenant: there is not exactly one.")
    return known[0]


def customers(world: World, text: str | None = None) -> list[Tenant]:
    """Every customer's tenant, or the one that is named. Raises NotFound."""
    if text is not None:
        return [tenant_named(world, text)]
    return [tenant for tenant in world.directory.tenants.values() if tenant.face]


def meeting_named(world: World, user: User, text: str, occurrence: datetime | None = None) -> Event:
    """An item in a user's calendars by UID or by exact title (any case); an occurrence by its original start.

    Raises NotFound, and Invalid when several items have the title.
    """
    mailbox = world.mailboxes.of(user.id)
    item = mailbox.copy_of(text)
    if item is None:
        alike = [e for e in mailbox.stored() if e.content.subject.strip().casefold() == text.strip().casefold()]
        if len(alike) > 1:
            raise Invalid(f"{user.display_name} has {len(alike)} meetings called {text!r}: name one by its UID.")
        item = alike[0] if alike else None
    if item is None:
        raise NotFound(f"{user.display_name} has no meeting {text!r}.")
    if occurrence is None:
        return item
    if item.kind is not EventKind.SERIES_MASTER:
        raise Invalid("Only a series has occurrences.")
    found = mailbox.get(ItemRef(item.key, occurrence))
    if found is None:
        raise NotFound("The series has no occurrence that started then.")
    return found


def shown(event: Event) -> dict[str, object]:
    """An item for people and tests."""
    content = event.content
    return {
        "uid": event.ical_uid,
        "key": event.ref.key,
        "kind": event.kind,
        "subject": content.subject,
        "body": content.body,
        "start": content.start,
        "end": content.end,
        "show_as": content.show_as,
        "sensitivity": content.sensitivity,
        "organizer": event.organizer,
        "is_organizer": event.is_organizer,
        "response": event.response,
        "awaiting_decision": event.awaiting_decision,
        "cancelled": event.cancelled,
        "attendees": content.attendees,
        "location": content.locations[0].name if content.locations else None,
        "original_start": event.original_start,
        "recurring": content.recurrence is not None,
        "calendar": event.calendar_id,
        "transaction_id": event.transaction_id,
        "properties": event.properties or {},
        "revision": event.revision,
        "version": event.version,
    }
