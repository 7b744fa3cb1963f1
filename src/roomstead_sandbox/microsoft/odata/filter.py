"""``$filter``: from text to the tree of :mod:`roomstead_sandbox.microsoft.odata.tree`.

(OData 4.01 URL conventions, 5.1.1; Microsoft Graph docs: "Use the $filter query parameter".)
"""

import re

from roomstead_sandbox.microsoft.errors import GraphError, bad_request
from roomstead_sandbox.microsoft.odata.tree import (
    FUNCTIONS,
    AnyOf,
    Both,
    Call,
    Comparison,
    Either,
    Literal,
    Membership,
    Node,
    Not,
    Path,
    Property,
    Value,
)
from roomstead_sandbox.microsoft.zones import parse_instant

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>'(?:[^']|'')*')
    |(?P<time>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)
    |(?P<guid>[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12})
    |(?P<number>-?\d+(?:\.\d+)?)
    |(?P<name>[A-Za-z_@$][\w.@$]*)
    |(?P<sign>[(),:/]))""",
    re.VERBOSE,
)
_COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None}
MAX_DEPTH = 50
MAX_TOKENS = 600


class _Parser:
    """Recursive descent over the tokens of one filter."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        if len(self._tokens) > MAX_TOKENS:
            raise _too_large()
        self._at = 0
        self._depth = 0

    def parse(self) -> Node:
        node = self._either()
        if self._at != len(self._tokens):
            raise self._error()
        return node

    def _either(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _too_large()
        node = self._both()
        while self._takes_word("or"):
            node = Either(node, self._both())
        self._depth -= 1
        return node

    def _both(self) -> Node:
        node = self._negation()
        while self._takes_word("and"):
            node = Both(node, self._negation())
        return node

    def _negation(self) -> Node:
        inverted = False
        while self._takes_word("not"):
            inverted = not inverted
        node = self._comparison()
        return Not(node) if inverted else node

    def _comparison(self) -> Node:
        left = self._operand()
        word = self._peek("name")
        if word in _COMPARISONS:
            self._at += 1
            return Comparison(word, left, self._operand())
        if word == "in":
            self._at += 1
            return Membership(left, self._list())
        return left

    def _list(self) -> tuple[Node, ...]:
        self._expect("(")
        items = [self._operand()]
        while self._takes(","):
            items.append(self._operand())
        self._expect(")")
        return tuple(items)

    def _operand(self) -> Node:
        if self._takes("("):
            node = self._either()
            self._expect(")")
            return node
        kind, text = self._next()
        if kind == "name":
            return self._named(text)
        if kind in _LITERALS:
            return Literal(_literal(kind, text))
        raise self._error()

    def _named(self, text: str) -> Node:
        if text.lower() in _CONSTANTS:
            return Literal(_CONSTANTS[text.lower()])
        if text.lower() in FUNCTIONS and self._takes("("):
            return self._call(text.lower())
        path = [text]
        while self._takes("/"):
            kind, step = self._next()
            if kind != "name":
                raise self._error()
            if step.lower() == "any" and self._takes("("):
                return self._any(tuple(path))
            path.append(step)
        return Property(tuple(path))

    def _call(self, name: str) -> Node:
        arguments = [self._operand()]
        while self._takes(","):
            arguments.append(self._operand())
        self._expect(")")
        if len(arguments) != FUNCTIONS[name].arity:
            raise bad_request(f"No function signature for the function with name '{name}' matches the arguments.")
        return Call(name, tuple(arguments))

    def _any(self, path: Path) -> Node:
        if self._takes(")"):
            return AnyOf(path, "", None)
        kind, variable = self._next()
        if kind != "name":
            raise self._error()
        self._expect(":")
        condition = self._either()
        self._expect(")")
        return AnyOf(path, variable, condition)

    def _peek(self, kind: str) -> str | None:
        if self._at < len(self._tokens) and self._tokens[self._at][0] == kind:
            return self._tokens[self._at][1]
        return None

    def _takes(self, sign: str) -> bool:
        if self._peek("sign") != sign:
            return False
        self._at += 1
        return True

    def _takes_word(self, word: str) -> bool:
        if (self._peek("name") or "").lower() != word:
            return False
        self._at += 1
        return True

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise self._error()
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            raise self._error()

    def _error(self) -> GraphError:
        return bad_request(f"Invalid filter clause: Syntax error in '{self._text}'.")


_LITERALS = frozenset({"string", "time", "guid", "number"})


def _too_large() -> GraphError:
    return bad_request("The node count limit of '100' has been exceeded.")


def _tokens(text: str) -> list[tuple[str, str]]:
    found = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise bad_request(f"Invalid filter clause: Syntax error: character at position {at} in '{text}'.")
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


def _literal(kind: str, text: str) -> Value:
    if kind == "string":
        return text[1:-1].replace("''", "'")
    if kind == "number":
        return float(text)
    if kind == "guid":
        return text
    try:
        return parse_instant(text)
    except ValueError as error:
        raise bad_request(f"Invalid filter clause: '{text}' is not a valid DateTimeOffset.") from error


def parse_filter(text: str) -> Node:
    """The tree of a filter.  GraphError 400 ``BadRequest`` for text that is none."""
    return _Parser(text).parse()
