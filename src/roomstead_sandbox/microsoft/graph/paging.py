"""Pages of a list: where the next one is, and how many fit (Microsoft Graph docs: "Paging Microsoft Graph data")."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode

from roomstead_sandbox.microsoft.errors import bad_request
from roomstead_sandbox.microsoft.graph.call import Call

LARGEST_PAGE = 1000
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list and the link to the next, None on the last."""

    items: Sequence[Item]
    next_link: str | None


def page_size(call: Call, default: int) -> int:
    """How many items the caller wants at once: ``$top``, else ``odata.maxpagesize``, else the default.

    GraphError 400 above a thousand.
    """
    size = call.query.top if call.query.top is not None else call.prefer.page_size or default
    if size > LARGEST_PAGE:
        raise bad_request(
            f"Invalid page size specified: '{size}'. Must be between 1 and {LARGEST_PAGE} inclusive.",
            "ErrorInvalidUrlQuery",
        )
    return max(size, 1)


def cut(call: Call, items: Sequence[Item], size: int) -> Page[Item]:
    """The page that ``$skip`` (as links of ours carry it, too) asks for."""
    skip = call.query.skip
    more = skip + size < len(items)
    return Page(items[skip : skip + size], link(call, {"$skip": str(skip + size)}) if more else None)


def link(call: Call, changes: dict[str, str], without: frozenset[str] = frozenset()) -> str:
    """This request's absolute URL with some query parameters replaced and some left out."""
    kept = [(k, v) for k, v in call.request.query if k.lower() not in changes and k.lower() not in without]
    path = "/".join(quote(segment, safe="@") for segment in call.request.segments)
    return f"{call.request.base}/{path}?{urlencode([*kept, *changes.items()], safe='$', quote_via=quote)}"
