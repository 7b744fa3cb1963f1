"""Finding events: by filter, with an index where the filter names a UID or an extended property, in an order."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from roomstead_sandbox.microsoft.errors import bad_request
from roomstead_sandbox.microsoft.graph.event_body import property_key
from roomstead_sandbox.microsoft.graph.event_json import ON_REQUEST, PROPERTIES, Lens
from roomstead_sandbox.microsoft.odata.json_view import JsonView
from roomstead_sandbox.microsoft.odata.query import Order, Query
from roomstead_sandbox.microsoft.odata.tree import AnyOf, Both, Comparison, Literal, Node, Path, Property, matches
from roomstead_sandbox.world.events import Event

EXTENDED = "singlevalueextendedproperties"
_TIMES: dict[Path, Callable[[Event], object]] = {
    ("start", "datetime"): lambda event: event.content.start,
    ("end", "datetime"): lambda event: event.content.end,
    ("createddatetime",): lambda event: event.created,
    ("lastmodifieddatetime",): lambda event: event.modified,
    ("originalstart",): lambda event: event.original_start,
}
_RENDERERS = {name.lower(): shown for name, shown in {**PROPERTIES, **ON_REQUEST}.items()}


class EventView:
    """An event as filters and orders see it: times as times, everything else as its JSON."""

    def __init__(self, event: Event, lens: Lens) -> None:
        self._event = event
        self._lens = lens

    def value_at(self, path: Path) -> object:
        """The value at a property path; LookupError for a property that events do not have."""
        lowered = tuple(step.lower() for step in path)
        if lowered in _TIMES:
            return _TIMES[lowered](self._event)
        if lowered[0] == EXTENDED:
            return [JsonView(item) for item in extended_properties(self._event)]
        renderer = _RENDERERS.get(lowered[0])
        if renderer is None:
            raise LookupError(path[0])
        return JsonView(renderer(self._event, self._lens)).value_at(path[1:])


def extended_properties(event: Event) -> list[dict[str, str]]:
    """The extended properties of this copy; they are shown only when expanded."""
    return [{"id": name, "value": value} for name, value in (event.properties or {}).items()]


def select_events(events: Iterable[Event], lens: Lens, query: Query) -> list[Event]:
    """The events that meet the filter, in the order asked for.  GraphError 400 for unknown properties."""
    found = list(events)
    if query.filter is not None:
        found = [event for event in found if matches(query.filter, EventView(event, lens))]
    for order in reversed(query.order):
        found.sort(key=partial(_sort_key, lens=lens, order=order), reverse=order.descending)
    return found


def candidates(lens: Lens, condition: Node | None, calendar_id: str | None) -> Iterable[Event]:
    """Stored events that may meet a filter: few where an index knows them, else all of the calendar."""
    uid = _equals(condition, ("icaluid",))
    if uid is not None:
        return _of_calendar(lens.mailbox.with_uid(uid), calendar_id)
    tag = _tagged(condition)
    if tag is not None:
        return _of_calendar(lens.mailbox.with_property(*tag), calendar_id)
    return lens.mailbox.stored(calendar_id)


def normalised(condition: Node | None) -> Node | None:
    """The filter with extended property ids in the spelling in which they are kept."""
    if isinstance(condition, Both):
        left, right = normalised(condition.left), normalised(condition.right)
        return Both(left or condition.left, right or condition.right)
    if isinstance(condition, AnyOf) and condition.path[0].lower() == EXTENDED and condition.condition:
        inner = with_property_keys(condition.condition, (condition.variable, "id"))
        return AnyOf(condition.path, condition.variable, inner)
    return condition


def with_property_keys(node: Node, path: Path) -> Node:
    """The condition with the texts that are compared with ``path`` read as extended property ids."""
    if isinstance(node, Both):
        return Both(with_property_keys(node.left, path), with_property_keys(node.right, path))
    if isinstance(node, Comparison) and node.left == Property(path):
        right = node.right
        if isinstance(right, Literal) and isinstance(right.value, str):
            return Comparison(node.name, node.left, Literal(property_key(right.value)))
    return node


def _of_calendar(events: Iterable[Event], calendar_id: str | None) -> list[Event]:
    return [event for event in events if calendar_id in (None, event.calendar_id)]


def _equals(node: Node | None, path: Path) -> str | None:
    """The text that a filter demands of a property, None when it does not."""
    if isinstance(node, Both):
        return _equals(node.left, path) or _equals(node.right, path)
    if not isinstance(node, Comparison) or node.name != "eq" or not isinstance(node.left, Property):
        return None
    if tuple(step.lower() for step in node.left.path) != path or not isinstance(node.right, Literal):
        return None
    return node.right.value if isinstance(node.right.value, str) else None


def _tagged(node: Node | None) -> tuple[str, str] | None:
    """The extended property and value that a filter demands, None when it does not."""
    if isinstance(node, Both):
        return _tagged(node.left) or _tagged(node.right)
    if not isinstance(node, AnyOf) or node.path[0].lower() != EXTENDED:
        return None
    name = _equals(node.condition, (node.variable.lower(), "id"))
    value = _equals(node.condition, (node.variable.lower(), "value"))
    return (name, value) if name is not None and value is not None else None


def _sort_key(event: Event, lens: Lens, order: Order) -> Any:  # noqa: ANN401  (times, texts or numbers)
    try:
        value = EventView(event, lens).value_at(order.path)
    except LookupError as error:
        raise bad_request(f"Could not find a property named '{error.args[0]}'.") from error
    if isinstance(value, dict | list):
        raise bad_request("The $orderby expression must evaluate to a single value of primitive type.")
    return (value is None, value.casefold() if isinstance(value, str) else value)
