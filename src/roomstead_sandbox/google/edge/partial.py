"""Partial responses: the ``fields`` parameter (Google's page "Improve performance", partial response)."""

import re
from typing import Any

from roomstead_sandbox.google.errors import invalid_parameter

Mask = dict[str, Any]
_TOKEN = re.compile(r"[A-Za-z0-9_$.*-]+|[(),/]")


def parse(text: str) -> Mask:
    """The fields that a selection names, as nested mappings; an empty one takes all. GoogleError 400 for nonsense."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s+", "", text) or not tokens:
        raise _nonsense(text)
    parser = _Parser(tokens, text)
    mask = parser.selection()
    if parser.left():
        raise _nonsense(text)
    return mask


def keep(data: Any, mask: Mask) -> Any:  # noqa: ANN401 - JSON data; its depth is open
    """Only what a mask names, through lists."""
    if not mask or "*" in mask:
        inner = mask.get("*") if mask else None
        return data if not inner else _each(data, inner)
    if isinstance(data, list):
        return [keep(item, mask) for item in data]
    if not isinstance(data, dict):
        return data
    return {name: keep(value, mask[name]) for name, value in data.items() if name in mask}


def _each(data: Any, mask: Mask) -> Any:  # noqa: ANN401 - as above
    return {name: keep(value, mask) for name, value in data.items()} if isinstance(data, dict) else data


class _Parser:
    """Reads ``a,b/c,d(e,f/g)``."""

    def __init__(self, tokens: list[str], text: str) -> None:
        self._tokens, self._text, self._at = tokens, text, 0

    def left(self) -> bool:
        return self._at < len(self._tokens)

    def selection(self) -> Mask:
        mask: Mask = {}
        while True:
            self._field(mask)
            if self._peek() != ",":
                return mask
            self._at += 1

    def _field(self, mask: Mask) -> None:
        name = self._peek()
        if name is None or name in "(),/":
            raise _nonsense(self._text)
        self._at += 1
        inner = mask.setdefault(name, {})
        if self._peek() == "/":
            self._at += 1
            self._field(inner)
        elif self._peek() == "(":
            self._at += 1
            inner.update(self.selection())
            if self._peek() != ")":
                raise _nonsense(self._text)
            self._at += 1

    def _peek(self) -> str | None:
        return self._tokens[self._at] if self.left() else None


def _nonsense(text: str) -> Exception:
    return invalid_parameter("fields", f"Invalid field selection {text}")
