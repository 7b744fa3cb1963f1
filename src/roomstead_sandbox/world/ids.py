"""Names of items on the wire: two forms for the same item, reversible, and sensitive to case.

The *movable* form changes when the mailbox is moved (its generation is part of it), the *immutable* form never
does. Items 26 numbers apart often differ only in the case of one letter, as real ids may: a store that compares
them without case mixes meetings up.
"""

import base64
import binascii
import struct
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from roomstead_sandbox.world.events import ItemRef

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAYOUT = struct.Struct(">BIHqHI2x")  # form, mailbox, generation, occurrence, key (high, low), filler
_NO_OCCURRENCE = -(2**62)
_LENGTH = len(base64.b64encode(bytes(_LAYOUT.size)))


class IdForm(StrEnum):
    """Which of the two names of an item is meant."""

    MOVABLE = "movable"
    IMMUTABLE = "immutable"


_PREFIXES = {IdForm.MOVABLE: "AAMkAD", IdForm.IMMUTABLE: "AAkALg"}
_NUMBERS = {IdForm.MOVABLE: 1, IdForm.IMMUTABLE: 2}


class ItemName(NamedTuple):
    """What an id says."""

    form: IdForm
    mailbox_number: int
    generation: int
    ref: ItemRef


def encode(form: IdForm, mailbox_number: int, generation: int, ref: ItemRef) -> str:
    """The id of an item, URL-safe except for the closing `=`."""
    if form is IdForm.IMMUTABLE:
        generation = 0
    start = ref.occurrence
    packed = _NO_OCCURRENCE if start is None else (start - _EPOCH) // timedelta(microseconds=1)
    payload = _LAYOUT.pack(_NUMBERS[form], mailbox_number, generation, packed, ref.key >> 32, ref.key & 0xFFFFFFFF)
    return _PREFIXES[form] + base64.urlsafe_b64encode(payload).decode("ascii")


def decode(text: str) -> ItemName | None:
    """What an id says, or None when it is malformed. `+` and `/` are taken for `-` and `_`."""
    form = next((form for form, prefix in _PREFIXES.items() if text.startswith(prefix)), None)
    if form is None or len(text) != len(_PREFIXES[form]) + _LENGTH:
        return None
    try:
        payload = base64.b64decode(text[len(_PREFIXES[form]) :], altchars=b"-_", validate=False)
        number, mailbox, generation, packed, high, low = _LAYOUT.unpack(payload)
    except (binascii.Error, struct.error, ValueError):
        return None
    if number != _NUMBERS[form]:
        return None
    occurrence = None if packed == _NO_OCCURRENCE else _EPOCH + timedelta(microseconds=packed)
    return ItemName(form, mailbox, generation, ItemRef(high << 32 | low, occurrence))
