"""The tree of a ``$filter``, and its verdict on a resource.

A resource is asked for the value at a property path; what the paths mean is the resource's business, so that one filter
serves users, places and events.  (OData 4.01 URL conventions, 5.1.1.)
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from roomstead_sandbox.microsoft.errors import bad_request
from roomstead_sandbox.microsoft.zones import parse_instant

Value = str | float | bool | datetime | None
Path = tuple[str, ...]


class Filterable(Protocol):
    """What a filter can be asked of."""

    def value_at(self, path: Path) -> object:
        """The value at a path: a scalar, or an iterable of Filterable for ``any``.  LookupError when unknown."""
        ...


class Node(Protocol):
    """A part of a filter."""

    def judge(self, scope: "Scope") -> object:
        """Its value in a scope."""
        ...


@dataclass(frozen=True)
class Scope:
    """The resource in question and the range variables of the lambdas around."""

    resource: Filterable
    variables: Mapping[str, Filterable]

    def look_up(self, path: Path) -> object:
        """The value at a path, seen from the innermost lambda."""
        if path[0] in self.variables:
            return self.variables[path[0]].value_at(path[1:])
        return self.resource.value_at(path)


@dataclass(frozen=True)
class Literal:
    """A constant."""

    value: Value

    def judge(self, scope: Scope) -> Value:
        """The constant, whatever the scope."""
        del scope
        return self.value


@dataclass(frozen=True)
class Property:
    """A property path."""

    path: Path

    def judge(self, scope: Scope) -> object:
        """The resource's value there."""
        return scope.look_up(self.path)


@dataclass(frozen=True)
class Both:
    """``left and right``."""

    left: Node
    right: Node

    def judge(self, scope: Scope) -> bool:
        """True when both hold."""
        return bool(self.left.judge(scope)) and bool(self.right.judge(scope))


@dataclass(frozen=True)
class Either:
    """``left or right``."""

    left: Node
    right: Node

    def judge(self, scope: Scope) -> bool:
        """True when one holds."""
        return bool(self.left.judge(scope)) or bool(self.right.judge(scope))


@dataclass(frozen=True)
class Not:
    """``not inner``."""

    inner: Node

    def judge(self, scope: Scope) -> bool:
        """True when the inner one does not hold."""
        return not self.inner.judge(scope)


@dataclass(frozen=True)
class Comparison:
    """``left eq right`` and its kin."""

    name: str
    left: Node
    right: Node

    def judge(self, scope: Scope) -> bool:
        """The comparison; strings compare without case, a time compares with a text that reads as a time."""
        left, right = _alike(self.left.judge(scope), self.right.judge(scope))
        if self.name == "eq":
            return left == right
        if self.name == "ne":
            return left != right
        if left is None or right is None:
            return False
        return ORDER[self.name](left, right)


@dataclass(frozen=True)
class Membership:
    """``left in ('a','b')``."""

    left: Node
    right: tuple[Node, ...]

    def judge(self, scope: Scope) -> bool:
        """True when the value equals one of the list."""
        return any(Comparison("eq", self.left, item).judge(scope) for item in self.right)


@dataclass(frozen=True)
class Call:
    """``startswith(displayName,'A')`` and its kin; a missing property counts as the empty text."""

    name: str
    arguments: tuple[Node, ...]

    def judge(self, scope: Scope) -> object:
        """The function's value."""
        values = [argument.judge(scope) for argument in self.arguments]
        return FUNCTIONS[self.name].apply(*("" if value is None else str(value).casefold() for value in values))


@dataclass(frozen=True)
class AnyOf:
    """``singleValueExtendedProperties/any(p: p/id eq '…')``."""

    path: Path
    variable: str
    condition: Node | None

    def judge(self, scope: Scope) -> bool:
        """True when one member of the collection meets the condition."""
        members = scope.look_up(self.path)
        if not isinstance(members, Iterable) or isinstance(members, str):
            raise bad_request("Any/All may only be used following a collection.")
        members = cast("Iterable[Filterable]", members)
        if self.condition is None:
            return any(True for _ in members)
        return any(
            self.condition.judge(Scope(scope.resource, {**scope.variables, self.variable: member}))
            for member in members
        )


@dataclass(frozen=True)
class Function:
    """A function of the filter language and how many arguments it takes."""

    apply: Callable[..., object]
    arity: int


FUNCTIONS: dict[str, Function] = {
    "startswith": Function(str.startswith, 2),
    "endswith": Function(str.endswith, 2),
    "contains": Function(lambda text, part: part in text, 2),
    "tolower": Function(lambda text: text, 1),
    "toupper": Function(lambda text: text, 1),
}
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


def _alike(left: object, right: object) -> tuple[object, object]:
    """Both values in one type.  GraphError 400 when a comparison makes no sense."""
    if left is None or right is None:
        return left, right
    if isinstance(left, datetime) or isinstance(right, datetime):
        return _as_time(left), _as_time(right)
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold(), right.casefold()
    if isinstance(left, bool) != isinstance(right, bool) or isinstance(left, str) != isinstance(right, str):
        raise bad_request("A binary operator with incompatible types was detected.")
    return left, right


def _as_time(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        return parse_instant(str(value))
    except ValueError as error:
        raise bad_request(f"The value '{value}' is not a valid DateTimeOffset.") from error


def matches(node: Node, resource: Filterable) -> bool:
    """Whether a resource meets a filter.  GraphError 400 for a property that its type does not have."""
    try:
        return bool(node.judge(Scope(resource, {})))
    except LookupError as error:
        raise bad_request(f"Could not find a property named '{error.args[0]}'.") from error
