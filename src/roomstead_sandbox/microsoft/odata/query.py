"""The other system query options: ``$select``, ``$expand``, ``$orderby``, ``$top``, ``$skip``, ``$count``."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from roomstead_sandbox.microsoft.errors import bad_request
from roomstead_sandbox.microsoft.odata.filter import parse_filter
from roomstead_sandbox.microsoft.odata.tree import Node

KNOWN = frozenset({"$select", "$expand", "$orderby", "$top", "$skip", "$count", "$filter", "$skiptoken", "$deltatoken"})
MAX_DIGITS = 9


@dataclass(frozen=True)
class Expansion:
    """One navigation property to be expanded, with the options in its parentheses."""

    name: str
    filter: Node | None = None
    select: tuple[str, ...] = ()


@dataclass(frozen=True)
class Order:
    """One key of ``$orderby``."""

    path: tuple[str, ...]
    descending: bool


@dataclass(frozen=True)
class Query:
    """The system query options of one request, parsed once; ``others`` are the plain parameters."""

    select: tuple[str, ...] = ()
    expand: tuple[Expansion, ...] = ()
    filter: Node | None = None
    order: tuple[Order, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    raw: dict[str, str] = field(default_factory=dict)

    def parameter(self, name: str) -> str | None:
        """A plain parameter such as ``startDateTime``; names compare without case, as Graph's do."""
        return self.raw.get(name.lower())


def parse_query(pairs: Iterable[tuple[str, str]]) -> Query:
    """The options in decoded query pairs.  GraphError 400 for a repeated, unknown or malformed one."""
    raw: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        if key.startswith("$") and key not in KNOWN:
            raise bad_request(f"The query parameter '{name}' is not supported.")
        if key in raw:
            raise bad_request(
                f"Query option '{name}' was specified more than once, but it must be specified at most once."
            )
        raw[key] = value
    return Query(
        select=_names(raw.get("$select", "")),
        expand=tuple(_expansion(part) for part in _split(raw.get("$expand", ""), ",")),
        filter=parse_filter(raw["$filter"]) if raw.get("$filter") else None,
        order=tuple(_order(part) for part in _split(raw.get("$orderby", ""), ",")),
        top=_whole_number("$top", raw["$top"]) if "$top" in raw else None,
        skip=_whole_number("$skip", raw["$skip"]) if "$skip" in raw else 0,
        count=raw.get("$count", "").lower() == "true",
        raw=raw,
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in (part.strip() for part in text.split(",")) if name)


def _whole_number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > MAX_DIGITS:
        raise bad_request(
            f"Invalid value '{text}' for {name} query option found. The {name} query option requires a "
            "non-negative integer value."
        )
    return int(text)


def _order(text: str) -> Order:
    words = text.split()
    if not words or words[1:] not in ([], ["asc"], ["desc"]):
        raise bad_request(f"Syntax error in '$orderby': '{text}'.")
    return Order(tuple(words[0].split("/")), descending=words[1:] == ["desc"])


def _expansion(text: str) -> Expansion:
    name, parenthesis, rest = text.partition("(")
    if not parenthesis:
        return Expansion(name.strip())
    if not rest.endswith(")"):
        raise bad_request(f"Term '{text}' is not valid in a $select or $expand expression.")
    options = {}
    for part in _split(rest[:-1], ";"):
        key, sign, value = part.partition("=")
        if not sign or key.strip().lower() not in {"$filter", "$select", "$top"}:
            raise bad_request(f"Term '{text}' is not valid in a $select or $expand expression.")
        options[key.strip().lower()] = value
    condition = parse_filter(options["$filter"]) if "$filter" in options else None
    return Expansion(name.strip(), condition, _names(options.get("$select", "")))


def _split(text: str, sign: str) -> list[str]:
    """``text`` cut at ``sign``, but not inside parentheses or quotes; blank parts are left out."""
    return [part.strip() for part in _pieces(text, sign) if part.strip()]


def _pieces(text: str, sign: str) -> Iterator[str]:
    depth, quoted, start = 0, False, 0
    for at, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == sign and depth == 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]
