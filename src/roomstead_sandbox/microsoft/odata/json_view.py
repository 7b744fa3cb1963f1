"""JSON as a filter sees it."""

from typing import Any

from roomstead_sandbox.microsoft.odata.tree import Path


class JsonView:
    """A JSON value that can be filtered: objects by property (without case), lists as collections."""

    def __init__(self, value: Any) -> None:  # noqa: ANN401  (JSON of any depth)
        self._value = value

    def value_at(self, path: Path) -> object:
        """The value at a path; LookupError for a property that is not there."""
        value = self._value
        for step in path:
            value = _member(value, step)
        return [JsonView(item) for item in value] if isinstance(value, list) else value


def _member(value: object, name: str) -> object:
    if value is None:
        return None
    if isinstance(value, dict):
        for key, member in value.items():
            if key.lower() == name.lower():
                return member
    raise LookupError(name)
