"""Pages of long lists. A cursor is opaque to callers: it names the place after the last item they saw."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from roomstead.domain.errors import InvalidInput

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, and the cursor for those that follow; None: these were the last."""

    items: tuple[T, ...]
    next_cursor: str | None = None


def encode_cursor(*marks: str) -> str:
    """The opaque form of a place in a list."""
    packed = json.dumps(marks, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_cursor(cursor: str, *, count: int) -> Sequence[str]:
    """The ``count`` marks of a cursor that :func:`encode_cursor` made. Raises InvalidInput for anything else."""
    try:
        marks = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise bad_cursor() from error
    if not isinstance(marks, list) or len(marks) != count or not all(_is_text(mark) for mark in marks):
        raise bad_cursor()
    return marks


def _is_text(mark: object) -> bool:
    """Whether the store can take it: no NUL, no halves of characters."""
    return isinstance(mark, str) and not any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in mark)


def bad_cursor() -> InvalidInput:
    """What to raise when the marks of a cursor make no sense for the list that is asked for."""
    return InvalidInput({"cursor": "This cursor is not one of ours. Begin again without a cursor."})


def checked_limit(limit: int) -> int:
    """``limit`` if it is one that we serve. Raises InvalidInput."""
    if not 1 <= limit <= LARGEST_LIMIT:
        raise InvalidInput({"limit": f"Ask for 1 to {LARGEST_LIMIT} items at a time."})
    return limit
