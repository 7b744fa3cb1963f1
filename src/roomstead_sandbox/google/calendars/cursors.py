"""Page tokens and sync tokens of lists that are short: opaque, and bound to what they were made for."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.errors import full_sync_required, invalid

Json = dict[str, Any]


def issue(kind: str, key: str, version: int) -> str:
    """A token that says how far a list was read."""
    return _packed([kind, key, version])


def read(call: Call, kind: str, key: str) -> int | None:
    """How far the list was read before; None when no token is sent. GoogleError 410 for a foreign one."""
    given = call.query.get("syncToken")
    if given is None:
        return None
    found = _unpacked(given)
    if found is None or found[:2] != [kind, key] or not isinstance(found[2], int):
        raise full_sync_required()
    return found[2]


def page(call: Call, items: Sequence[Json], size: int) -> tuple[list[Json], str | None]:
    """The page that is asked for, and the token of the next one. GoogleError 400 for a foreign token."""
    given = call.query.get("pageToken")
    began = 0
    if given:
        found = _unpacked(given)
        if found is None or found[:2] != ["page", call.route.id] or not isinstance(found[2], int):
            raise invalid("Invalid page token value.", "pageToken")
        began = found[2]
    following = began + size
    return list(items[began:following]), _packed(["page", call.route.id, following]) if following < len(items) else None


def _packed(data: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode()


def _unpacked(text: str) -> list[Any] | None:
    try:
        data = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (binascii.Error, ValueError):
        return None
    return data if isinstance(data, list) and len(data) == 3 else None  # noqa: PLR2004 - as `_packed` writes it
