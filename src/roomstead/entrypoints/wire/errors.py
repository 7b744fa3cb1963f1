"""All errors that callers may meet, by code."""

from collections.abc import Iterator, Mapping
from functools import cache

from roomstead.domain.errors import AppError


@cache
def error_kinds() -> Mapping[str, type[AppError]]:
    """Code → class, for every class of errors that this program has loaded."""
    return {kind.code: kind for kind in sorted(_below(AppError), key=lambda kind: kind.code)}


def _below(kind: type[AppError]) -> Iterator[type[AppError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _below(child)
