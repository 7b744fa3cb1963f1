"""Which items overlap a span of time: sorted arrays with a bounded look-back, 16 bytes an item."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONG = 24 * 3600 * 1_000_000  # items longer than a day are few: they are kept apart and scanned


class TimeIndex:
    """Numbers of items by start time. Built in any order, sorted when first asked."""

    __slots__ = ("_keys", "_long", "_sorted", "_starts")

    def __init__(self) -> None:
        self._starts = array("q")
        self._keys = array("q")
        self._long: dict[int, tuple[int, int]] = {}
        self._sorted = True

    def add(self, start: datetime, end: datetime, key: int) -> None:
        """Put an item in."""
        begin, finish = _micro(start), _micro(end)
        if finish - begin > _LONG:
            self._long[key] = (begin, finish)
            return
        if self._sorted and self._starts and begin < self._starts[-1]:
            position = bisect_left(self._starts, begin)
            self._starts.insert(position, begin)
            self._keys.insert(position, key)
            return
        self._starts.append(begin)
        self._keys.append(key)

    def extend(self, items: list[tuple[datetime, datetime, int]]) -> None:
        """Put many items in at once; cheaper than one by one when they come unsorted."""
        for start, end, key in items:
            self._sorted = False
            self.add(start, end, key)

    def remove(self, start: datetime, key: int) -> None:
        """Take an item out that was put in with this start."""
        if self._long.pop(key, None) is not None:
            return
        self._sort()
        begin = _micro(start)
        position = bisect_left(self._starts, begin)
        while position < len(self._starts) and self._starts[position] == begin:
            if self._keys[position] == key:
                del self._starts[position], self._keys[position]
                return
            position += 1

    def candidates(self, start: datetime, end: datetime) -> Iterator[int]:
        """Items that may overlap [start, end): every one that does, and some that end a day too early."""
        self._sort()
        begin, finish = _micro(start), _micro(end)
        low = bisect_left(self._starts, begin - _LONG)
        high = max(bisect_left(self._starts, finish), bisect_left(self._starts, begin + 1))
        yield from self._keys[low:high]
        yield from [key for key, (s, e) in self._long.items() if s < finish and e > begin]

    def _sort(self) -> None:
        if self._sorted:
            return
        pairs = sorted(zip(self._starts, self._keys, strict=True))
        self._starts = array("q", [start for start, _ in pairs])
        self._keys = array("q", [key for _, key in pairs])
        self._sorted = True


def _micro(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
