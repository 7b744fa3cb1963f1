"""The search language of the list of users, as far as it is used, and its order (Google's page "Search for users")."""

import re
from collections.abc import Callable
from typing import Any

from roomstead_sandbox.google.errors import invalid

Json = dict[str, Any]
Condition = Callable[[Json], bool]
_FIELDS: dict[str, Callable[[Json], list[str]]] = {
    "email": lambda item: [item["primaryEmail"], *item.get("aliases", ())],
    "name": lambda item: [item["name"]["fullName"]],
    "givenName": lambda item: [item["name"]["givenName"]],
    "familyName": lambda item: [item["name"]["familyName"]],
    "isSuspended": lambda item: [str(item["suspended"])],
    "isArchived": lambda item: [str(item["archived"])],
    "isAdmin": lambda item: [str(item["isAdmin"])],
    "orgUnitPath": lambda item: [item["orgUnitPath"]],
}
_CLAUSE = re.compile(r"(\w+)\s*([:=])\s*(?:'([^']*)'|\"([^\"]*)\"|(\S+))")
_WORD = re.compile(r"\S+")
_ORDERS: dict[str, Callable[[Json], str]] = {
    "email": lambda item: str(item["primaryEmail"]),
    "givenName": lambda item: str(item["name"]["givenName"]),
    "familyName": lambda item: str(item["name"]["familyName"]),
}


def parse(text: str) -> Condition:
    """What a search asks of a user; words without a field are looked for at the beginnings of names and addresses."""
    conditions = [_clause(read) for read in _CLAUSE.finditer(text)]
    conditions += [_word(word) for word in _WORD.findall(_CLAUSE.sub(" ", text))]
    return lambda item: all(condition(item) for condition in conditions)


def order(items: list[Json], by: str | None, direction: str | None) -> None:
    """Sort as asked. GoogleError 400 for an unknown order."""
    if by is not None and by not in _ORDERS:
        raise invalid("Invalid Input: orderBy", "orderBy")
    items.sort(key=_ORDERS[by or "email"], reverse=direction == "DESCENDING")


def _clause(read: re.Match[str]) -> Condition:
    values = _FIELDS.get(read[1])
    if values is None:
        raise invalid("Invalid Input: query", "query")
    wanted = next(value for value in read.groups()[2:] if value is not None).casefold()
    if wanted.endswith("*"):
        return lambda item: any(value.casefold().startswith(wanted[:-1]) for value in values(item))
    if read[2] == ":":
        return lambda item: any(wanted in value.casefold() for value in values(item))
    return lambda item: any(wanted == value.casefold() for value in values(item))


def _word(word: str) -> Condition:
    wanted = word.casefold().removesuffix("*")

    def begins(item: Json) -> bool:
        texts = [*_FIELDS["email"](item), item["name"]["givenName"], item["name"]["familyName"]]
        return any(text.casefold().startswith(wanted) for text in texts)

    return begins
