"""Answers that carry one resource or a list, with the OData annotations around them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from roomstead_sandbox.microsoft.errors import bad_request, unknown_property
from roomstead_sandbox.microsoft.graph.call import Call
from roomstead_sandbox.microsoft.graph.words import Json
from roomstead_sandbox.microsoft.http import graph_answer
from roomstead_sandbox.microsoft.zones import parse_instant
from roomstead_sandbox.wire import Answer

LONGEST_WINDOW = timedelta(days=1825)


def resource(call: Call, context: str, data: Json, status: int = 200) -> Answer:
    """One resource; ``context`` is the fragment of its ``@odata.context``."""
    return graph_answer({"@odata.context": f"{call.context_base}#{context}", **data}, status)


def collection(
    call: Call,
    context: str,
    items: Iterable[Json],
    next_link: str | None = None,
    *,
    count: int | None = None,
) -> Answer:
    """One page of a list."""
    data: Json = {"@odata.context": f"{call.context_base}#{context}"}
    if count is not None:
        data["@odata.count"] = count
    data["value"] = list(items)
    if next_link is not None:
        data["@odata.nextLink"] = next_link
    return graph_answer(data)


def empty(status: int) -> Answer:
    """An answer without a body."""
    return Answer(status)


def selected(call: Call, everything: Json, type_name: str) -> Json:
    """What ``$select`` leaves of a resource; its id always stays.  GraphError 400 for an unknown name."""
    if not call.query.select:
        return everything
    by_lower = {name.lower(): name for name in everything}
    shown: Json = {"id": everything["id"]}
    for asked in call.query.select:
        name = by_lower.get(asked.lower())
        if name is None:
            raise unknown_property(asked, type_name)
        shown[name] = everything[name]
    return shown


def window(call: Call) -> tuple[datetime, datetime]:
    """The time window of a view.  GraphError 400 when a part is missing, no time, reversed or too long."""
    texts = call.query.parameter("startDateTime"), call.query.parameter("endDateTime")
    if not texts[0] or not texts[1]:
        raise bad_request(
            "This request requires a time window specified by the query string parameters StartDateTime and "
            "EndDateTime.",
            "ErrorInvalidParameter",
        )
    try:
        start, end = parse_instant(texts[0]), parse_instant(texts[1])
    except (ValueError, OverflowError) as error:
        raise bad_request("The StartDateTime or EndDateTime value is not valid.", "ErrorInvalidParameter") from error
    if end < start:
        raise bad_request("The EndDateTime must not be earlier than the StartDateTime.", "ErrorInvalidParameter")
    if end - start > LONGEST_WINDOW:
        raise bad_request(
            "The requested time duration specified for calendar view is too long.", "ErrorInvalidParameter"
        )
    return start, end
