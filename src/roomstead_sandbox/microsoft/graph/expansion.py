"""``$expand`` on events: extended properties, and the exceptions of a series."""

from collections.abc import Callable

from roomstead_sandbox.microsoft.errors import GraphError, bad_request
from roomstead_sandbox.microsoft.graph.call import Call
from roomstead_sandbox.microsoft.graph.event_json import event_json, selection
from roomstead_sandbox.microsoft.graph.search import extended_properties, with_property_keys
from roomstead_sandbox.microsoft.graph.words import Json
from roomstead_sandbox.microsoft.odata.json_view import JsonView
from roomstead_sandbox.microsoft.odata.query import Expansion
from roomstead_sandbox.microsoft.odata.tree import matches
from roomstead_sandbox.world.events import Event


def expanded(call: Call, event: Event, shown: Json) -> Json:
    """The event's JSON with what ``$expand`` asks for.  GraphError 400 for what an event cannot expand."""
    for expansion in call.query.expand:
        expand = _EXPANSIONS.get(expansion.name.lower())
        if expand is None:
            raise bad_request(
                f"Parsing OData Select and Expand failed: Could not find a property named '{expansion.name}' on type "
                "'microsoft.graph.event'."
            )
        expand(call, event, expansion, shown)
    return shown


def _extended(call: Call, event: Event, expansion: Expansion, shown: Json) -> None:
    if call.only_basic:
        raise GraphError(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
    wanted = extended_properties(event)
    if expansion.filter is not None:
        condition = with_property_keys(expansion.filter, ("id",))
        wanted = [item for item in wanted if matches(condition, JsonView(item))]
    if wanted:
        shown["singleValueExtendedProperties"] = wanted


def _exceptions(call: Call, event: Event, expansion: Expansion, shown: Json) -> None:
    chosen = selection(expansion.select, basic=call.only_basic)
    keys = event.series.exceptions.values() if event.series else ()
    shown["exceptionOccurrences"] = [event_json(call.mailbox.items[key], call.lens, chosen) for key in sorted(keys)]


def _nothing(call: Call, event: Event, expansion: Expansion, shown: Json) -> None:
    """Attachments and open extensions exist in the model and are never there: events here carry none."""
    del call, event
    shown[expansion.name] = []


_EXPANSIONS: dict[str, Callable[[Call, Event, Expansion, Json], None]] = {
    "singlevalueextendedproperties": _extended,
    "exceptionoccurrences": _exceptions,
    "attachments": _nothing,
    "extensions": _nothing,
}
