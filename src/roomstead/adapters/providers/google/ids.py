"""Event ids that we choose, so that a repeated create meets the event that the first one made.

An id is taken for ever, also by an event that was deleted; so a number of the attempt is part of it.
"""

import base64
from uuid import UUID, uuid5

from roomstead.domain.event import EventId, WriteKey

_OURS = UUID("6b1c0f5e-0f0a-4f43-9f3c-7d8c3b8f2a61")
"""The namespace of our event ids, for ever: another one would make a second event of every create on its way."""


def event_id(write_key: WriteKey, attempt: int) -> EventId:
    """26 characters of base32hex in lower case (Google Calendar API: Events, ``id``)."""
    digest = uuid5(_OURS, f"{write_key}:{attempt}").bytes
    return EventId(base64.b32hexencode(digest).decode().rstrip("=").lower())
