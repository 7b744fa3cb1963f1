"""The search language of the list of rooms: clauses of field, operator and value with AND and NOT; and its order.

(Admin SDK reference: resources.calendars.list, ``query`` and ``orderBy``.)
"""

import re
from collections.abc import Callable
from typing import Any

from roomstead_sandbox.google.errors import invalid

Json = dict[str, Any]
Condition = Callable[[Json], bool]
_FIELDS = {
    "generatedResourceName": "generatedResourceName",
    "name": "resourceName",
    "buildingId": "buildingId",
    "floor_name": "floorName",
    "capacity": "capacity",
    "featureInstances.feature.name": "featureInstances",
    "resourceEmail": "resourceEmail",
    "resourceCategory": "resourceCategory",
}
_ORDERS = ("resourceId", "resourceName", "capacity", "buildingId", "floorName")
_CLAUSE = re.compile(r"^(NOT\s+)?([\w.]+)\s*(!=|=|:)\s*(?:\"([^\"]*)\"|(.+?))\s*$")
_AND = re.compile(r"\s+AND\s+")


def parse(text: str) -> Condition:
    """What a search asks of a room as it is shown. GoogleError 400 for what cannot be read."""
    clauses = [_clause(part) for part in _AND.split(text.strip())] if text.strip() else []
    return lambda item: all(clause(item) for clause in clauses)


def order(items: list[Json], text: str | None) -> None:
    """Sort a list as asked: fields by commas, each ``asc`` or ``desc``. GoogleError 400 for unknown ones."""
    for part in reversed((text or "resourceId").split(",")):
        name, _, direction = part.strip().partition(" ")
        if name not in _ORDERS or direction.strip() not in ("", "asc", "desc"):
            raise invalid("Invalid Input: orderBy", "orderBy")
        items.sort(key=lambda item, name=name: _sortable(item.get(name)), reverse=direction.strip() == "desc")  # type: ignore[misc]  # the default binds the name of this turn


def _sortable(value: Any) -> tuple[bool, Any]:  # noqa: ANN401 - a text or a number
    return (value is not None, value if value is not None else 0)


def _clause(text: str) -> Condition:
    read = _CLAUSE.match(text.strip())
    field = _FIELDS.get(read[2]) if read else None
    if read is None or field is None:
        raise invalid("Invalid Input: query", "query")
    value = read[4] if read[4] is not None else read[5]
    wanted = _matcher(read[3], value)
    refused = bool(read[1]) != (read[3] == "!=")

    def holds(item: Json) -> bool:
        return any(wanted(known) for known in _values(item.get(field))) is not refused

    return holds


def _matcher(operator: str, value: str) -> Callable[[str], bool]:
    folded = value.casefold()
    if operator == ":" and value.endswith("*"):
        return lambda known: known.startswith(folded[:-1])
    if operator == ":":
        return lambda known: folded in known
    return lambda known: known == folded


def _values(held: Any) -> list[str]:  # noqa: ANN401 - JSON data
    if held is None:
        return []
    if isinstance(held, list):
        return [instance["feature"]["name"].casefold() for instance in held]
    return [str(held).casefold()]
