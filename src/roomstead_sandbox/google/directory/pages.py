"""Pages of the directory's lists, and entity tags made from what is shown."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.errors import invalid

Json = dict[str, Any]
MOST = 500
_NOT_ASKED = ("pageToken", "fields", "quotaUser", "prettyPrint", "alt", "key")


def page(call: Call, found: Sequence[Json], *, default: int) -> tuple[list[Json], str | None]:
    """The page that a request asks for, and the token of the next one. GoogleError 400 for a foreign token."""
    size = call.query.number("maxResults", default=default, most=MOST)
    began = _begin(call)
    following = began + size
    token = _token(call, following) if following < len(found) else None
    return list(found[began:following]), token


def etag(shown: object) -> str:
    """An entity tag: the same for the same content."""
    digest = hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).digest()
    return f'"{base64.urlsafe_b64encode(digest[:20]).decode().rstrip("=")}"'


def _begin(call: Call) -> int:
    given = call.query.get("pageToken")
    if not given:
        return 0
    try:
        asked, _, offset = base64.urlsafe_b64decode(given.encode()).decode().partition("|")
        if asked != _asked(call):
            raise invalid("Invalid Input: pageToken", "pageToken")
        return int(offset)
    except (binascii.Error, ValueError) as error:
        raise invalid("Invalid Input: pageToken", "pageToken") from error


def _token(call: Call, offset: int) -> str:
    return base64.urlsafe_b64encode(f"{_asked(call)}|{offset}".encode()).decode()


def _asked(call: Call) -> str:
    """All of a request that decides on the list, apart from which page of it is wanted."""
    pairs = sorted((name, value) for name, value in call.query.pairs if name not in _NOT_ASKED)
    return hashlib.sha256(repr((call.request.segments, pairs)).encode()).hexdigest()[:16]
