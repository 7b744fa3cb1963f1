"""Items of a mailbox by UID and by extended property: built when first asked, then kept up."""

from collections.abc import Iterable, Mapping

from roomstead_sandbox.world.events import Event

_Keys = dict[int, None]  # an ordered set of item numbers


class Lookup:
    """Two indexes that cost nothing until somebody asks (most mailboxes are never asked)."""

    __slots__ = ("_by_property", "_by_uid")

    def __init__(self) -> None:
        self._by_uid: dict[str, _Keys] | None = None
        self._by_property: dict[tuple[str, str], _Keys] | None = None

    def with_uid(self, ical_uid: str, items: Mapping[int, Event]) -> list[int]:
        """Numbers of singles and masters with this UID."""
        if self._by_uid is None:
            self._by_uid = {}
            self._fill_uids(items.values())
        return list(self._by_uid.get(ical_uid, ()))

    def with_property(self, property_id: str, value: str, items: Mapping[int, Event]) -> list[int]:
        """Numbers of items with this property and value; the value's case does not matter."""
        if self._by_property is None:
            self._by_property = {}
            self._fill_properties(items.values())
        return list(self._by_property.get((property_id, value.casefold()), ()))

    def hold(self, event: Event) -> None:
        """Take a new item in."""
        self._fill_uids((event,))
        self._fill_properties((event,))

    def drop(self, event: Event) -> None:
        """Forget an item."""
        if self._by_uid is not None:
            self._by_uid.get(event.ical_uid, {}).pop(event.key, None)
        if self._by_property is not None:
            for property_id, value in (event.properties or {}).items():
                self._by_property.get((property_id, value.casefold()), {}).pop(event.key, None)

    def _fill_uids(self, events: Iterable[Event]) -> None:
        if self._by_uid is None:
            return
        for event in events:
            if event.master_key is None:
                self._by_uid.setdefault(event.ical_uid, {})[event.key] = None

    def _fill_properties(self, events: Iterable[Event]) -> None:
        if self._by_property is None:
            return
        for event in events:
            for property_id, value in (event.properties or {}).items():
                self._by_property.setdefault((property_id, value.casefold()), {})[event.key] = None
