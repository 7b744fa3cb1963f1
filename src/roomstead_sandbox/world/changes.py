"""What changed in a mailbox, in order: a compact log that sync readers follow by version number."""

from array import array
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple

from roomstead_sandbox.world.errors import CursorTooOld
from roomstead_sandbox.world.events import ItemRef

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STORED_ITEM = -(2**62)  # in place of an occurrence's start


class ChangeKind(IntEnum):
    """What happened to an item."""

    CREATED = 1
    UPDATED = 2
    DELETED = 3


class Change(NamedTuple):
    """One change. A DELETED item is named only; it is gone from the mailbox."""

    version: int
    ref: ItemRef
    kind: ChangeKind


class ChangeLog:
    """Changes of one mailbox, numbered 1, 2, 3… without gaps; 17 bytes each. Old ones can be forgotten."""

    __slots__ = ("_keys", "_kinds", "_occurrences", "forgotten")

    def __init__(self) -> None:
        self._keys = array("q")
        self._occurrences = array("q")
        self._kinds = array("b")
        self.forgotten = 0  # the last version that is no longer in the log

    @property
    def version(self) -> int:
        """The number of the latest change, 0 when there was none."""
        return self.forgotten + len(self._keys)

    def append(self, ref: ItemRef, kind: ChangeKind) -> int:
        """Add a change and return its version."""
        self._keys.append(ref.key)
        self._occurrences.append(_pack(ref.occurrence))
        self._kinds.append(kind)
        return self.version

    def since(self, version: int) -> list[Change]:
        """Every change after `version`, oldest first, repeated items included.

        Raises CursorTooOld when some of them are forgotten, or when `version` lies in the future.
        """
        if version < self.forgotten or version > self.version:
            raise CursorTooOld("The change log does not reach back to this point.")
        first = version - self.forgotten
        return [self._at(i) for i in range(first, len(self._keys))]

    def latest_since(self, version: int) -> list[Change]:
        """As `since`, but every item once, with its last change."""
        return sorted({change.ref: change for change in self.since(version)}.values())

    def forget(self, version: int) -> None:
        """Drop everything up to and including `version`: cursors older than that die."""
        count = min(max(version - self.forgotten, 0), len(self._keys))
        del self._keys[:count], self._occurrences[:count], self._kinds[:count]
        self.forgotten += count

    def dump(self) -> tuple[int, list[int], list[int], list[int]]:
        """The whole log as plain numbers, for saving."""
        return self.forgotten, self._keys.tolist(), self._occurrences.tolist(), self._kinds.tolist()

    @classmethod
    def restore(cls, forgotten: int, keys: list[int], occurrences: list[int], kinds: list[int]) -> "ChangeLog":
        """The log that `dump` described."""
        log = cls()
        log.forgotten = forgotten
        log._keys.extend(keys)
        log._occurrences.extend(occurrences)
        log._kinds.extend(kinds)
        return log

    def _at(self, index: int) -> Change:
        ref = ItemRef(self._keys[index], _unpack(self._occurrences[index]))
        return Change(self.forgotten + index + 1, ref, ChangeKind(self._kinds[index]))


def _pack(occurrence: datetime | None) -> int:
    return _STORED_ITEM if occurrence is None else (occurrence - _EPOCH) // timedelta(microseconds=1)


def _unpack(packed: int) -> datetime | None:
    return None if packed == _STORED_ITEM else _EPOCH + timedelta(microseconds=packed)
