"""Occurrences of a series. In a list of changes they come bare: id, master, type and times, nothing else (Microsoft
Graph docs: delta query for events); the rest is their master's.
"""

from collections.abc import Iterable, Mapping

from roomstead.adapters.providers.microsoft.mapping import Json, text_of

_ITS_OWN = {
    "@odata.etag",
    "@odata.type",
    "cancelledOccurrences",
    "changeKey",
    "end",
    "id",
    "originalStart",
    "recurrence",
    "seriesMasterId",
    "start",
    "transactionId",
    "type",
}


def is_bare(item: Json) -> bool:
    """Whether an entry is an occurrence that tells nothing but when it is."""
    return item.get("type") == "occurrence" and "subject" not in item


def missing_masters(items: Iterable[Json]) -> list[str]:
    """Masters that bare occurrences refer to and that are not among the items, once each, in order."""
    listed = list(items)
    present = {text_of(item, "id") for item in listed if item.get("type") == "seriesMaster"}
    wanted = (text_of(item, "seriesMasterId") for item in listed if is_bare(item))
    return list(dict.fromkeys(master for master in wanted if master and master not in present))


def hydrated(item: Json, masters: Mapping[str, Json]) -> Json:
    """A bare occurrence with what its master says; as it is where the master is not known."""
    master = masters.get(text_of(item, "seriesMasterId") or "")
    if master is None or not is_bare(item):
        return item
    inherited = {name: value for name, value in master.items() if name not in _ITS_OWN}
    start = item.get("start")
    moment = text_of(start, "dateTime") if text_of(start, "timeZone") == "UTC" else None
    return {**inherited, **item, "originalStart": item.get("originalStart") or (moment and f"{moment}Z")}
