"""The NOTIFY channel on which committed units of work tell what changed."""

import json
from uuid import UUID

CHANNEL = "roomstead"


def news(topic: str, ref: UUID) -> str:
    """What is sent on the channel: which ``ref`` of which ``topic`` changed."""
    return json.dumps({"topic": topic, "ref": str(ref)})
