"""How often Graph lets itself be called, as meters that the limits keep (Microsoft Graph docs: "Service-specific
throttling limits", Outlook): 10,000 requests in ten minutes per app and mailbox.

Reads and writes go by lines of their own, so that nobody's booking waits behind a thousand looks.
"""

from collections import Counter
from datetime import timedelta

from roomstead.adapters.providers.microsoft.calls import GraphCall
from roomstead.application.ports.limits import Meter, Rate

_WINDOW = timedelta(minutes=10)
MAILBOX_READS = Rate(7_500, _WINDOW, at_once=1_500)
MAILBOX_WRITES = Rate(2_000, _WINDOW, at_once=400)


def meters_of(call: GraphCall, app_key: str) -> tuple[Meter, ...]:
    """What a call counts for; one about no mailbox has no number of its own.

    A batch counts for each mailbox as often as it asks about it (Microsoft Graph docs: throttling and batching).
    """
    counted = Counter(line for each in (call.within or (call,)) if (line := _line(each, app_key)) is not None)
    return tuple(Meter(name, rate, times) for (name, rate), times in counted.items())


def _line(call: GraphCall, app_key: str) -> tuple[str, Rate] | None:
    if call.mailbox is None:
        return None
    mailbox = call.mailbox.key.lower()
    if call.is_write:
        return f"{app_key} writes {mailbox}", MAILBOX_WRITES
    return f"{app_key} reads {mailbox}", MAILBOX_READS
