"""How often Graph lets itself be called, as meters that the limits keep (Microsoft Graph docs: "Service-specific
throttling limits", Outlook): 10,000 requests in ten minutes per app and mailbox.

Reads and writes go by lines of their own, so that nobody's booking waits behind a thousand looks.
"""

from datetime import timedelta

from roomstead.adapters.providers.microsoft.calls import GraphCall
from roomstead.application.ports.limits import Meter, Rate

_WINDOW = timedelta(minutes=10)
MAILBOX_READS = Rate(7_500, _WINDOW, at_once=1_500)
MAILBOX_WRITES = Rate(2_000, _WINDOW, at_once=400)


def meters_of(call: GraphCall, app_key: str) -> tuple[Meter, ...]:
    """What a call counts for; one about no mailbox has no number of its own."""
    if call.mailbox is None:
        return ()
    mailbox = call.mailbox.key.lower()
    if call.is_write:
        return (Meter(f"{app_key} writes {mailbox}", MAILBOX_WRITES),)
    return (Meter(f"{app_key} reads {mailbox}", MAILBOX_READS),)
