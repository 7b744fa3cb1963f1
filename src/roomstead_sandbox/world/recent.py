"""The lists behind pages that are being read: computed once, kept while nothing they depend on changes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

T = TypeVar("T")
KEPT = 16


@dataclass(slots=True)
class RecentLists:
    """A few lists by everything they were made from.  Forgetting one costs time only."""

    _kept: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)

    def get(self, key: Hashable, make: Callable[[], list[T]]) -> list[T]:
        """The list made from ``key``, from before if it is still here.  Nobody may change it."""
        if key not in self._kept:
            self._kept[key] = make()
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return cast("list[T]", self._kept[key])

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
