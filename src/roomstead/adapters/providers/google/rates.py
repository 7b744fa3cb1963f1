"""How often Google lets itself be called, as meters that the limits keep (Calendar API docs: "Usage limits", May 2026).

10,000 requests a minute per project and 600 per user of it, counted over a sliding minute; the "user" is whoever
``quotaUser`` names, and the cloud identity itself where nobody is named. The Directory API: 2,400 a minute per user
(Directory API docs: "Limits and quotas"). Writing to one calendar "in quick succession" is limited without a number:
one a second with a start of ten is what others get along with.

Reads and writes go by lines of their own, so that nobody's booking waits behind a thousand looks. Together they stay
under what Google allows, with room for calls that wait for a place and then start together.
"""

from datetime import timedelta

from roomstead.adapters.providers.google.calls import GoogleCall
from roomstead.application.ports.limits import Meter, Rate

_MINUTE = timedelta(minutes=1)
USER_READS = Rate(450, _MINUTE, at_once=90)
CALENDAR_WRITES = Rate(70, _MINUTE, at_once=10)
PROJECT_READS = Rate(7_500, _MINUTE, at_once=750)
PROJECT_WRITES = Rate(1_500, _MINUTE, at_once=150)
DIRECTORY_READS = Rate(2_000, _MINUTE, at_once=200)


def meters_of(call: GoogleCall, app_id: str) -> tuple[Meter, ...]:
    """What a call counts for. A project is known by its cloud identity or client, which tenants may share."""
    if call.reach.is_directory:
        return (Meter(f"{app_id} directory", DIRECTORY_READS),)
    user = call.mailbox.address if call.mailbox else ""
    if call.is_write:
        return (Meter(f"{app_id} writes", PROJECT_WRITES), Meter(f"{app_id} writes {user}", CALENDAR_WRITES))
    return (Meter(f"{app_id} reads", PROJECT_READS), Meter(f"{app_id} reads {user}", USER_READS))
