"""A framework's complaints about a request, as sentences by field."""

from collections.abc import Iterable, Mapping
from typing import Any

_PLACES = frozenset({"body", "query", "path", "header", "cookie"})

_SENTENCES: dict[str, str] = {
    "missing": "This is missing.",
    "extra_forbidden": "There is no such field.",
    "string_type": "Give a text.",
    "int_type": "Give a whole number.",
    "int_parsing": "Give a whole number.",
    "int_from_float": "Give a whole number.",
    "bool_type": "Give true or false.",
    "bool_parsing": "Give true or false.",
    "list_type": "Give a list.",
    "dict_type": "Give an object.",
    "model_type": "Give an object.",
    "model_attributes_type": "Give an object.",
    "uuid_type": "Give an id as it was answered.",
    "uuid_parsing": "Give an id as it was answered.",
}

_WITH_BOUNDS: dict[str, str] = {
    "enum": "Give one of: {expected}.",
    "literal_error": "Give one of: {expected}.",
    "string_too_long": "Keep to {max_length} characters.",
    "string_too_short": "Give at least {min_length} characters.",
    "too_long": "Keep to {max_length} items.",
    "too_short": "Give at least {min_length} items.",
    "greater_than_equal": "Give {ge} or more.",
    "less_than_equal": "Give {le} or less.",
    "greater_than": "Give more than {gt}.",
    "less_than": "Give less than {lt}.",
}


def mistakes_of(found: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Field → sentence. What was given is never repeated."""
    return {_field(each["loc"]): _sentence(each) for each in found}


def _field(location: tuple[str | int, ...]) -> str:
    parts = location[1:] if location and location[0] in _PLACES else location
    return ".".join(str(part) for part in parts) or "body"


def _sentence(each: Mapping[str, Any]) -> str:
    kind, bounds = each["type"], each.get("ctx", {})
    if kind == "value_error":
        return str(bounds["error"])
    if kind in _WITH_BOUNDS:
        return _WITH_BOUNDS[kind].format_map(bounds)
    return _SENTENCES.get(kind) or f"{each['msg']}."
