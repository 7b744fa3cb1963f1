"""What holds for every person and every token, whoever makes them."""

import unicodedata
from collections.abc import Sequence

from roomstead.domain.errors import Forbidden, NotFound
from roomstead.domain.mailbox import Address, InvalidAddress, parse_address
from roomstead.domain.people import Actor, PersonId, Role

LONGEST_NAME = 120
MOST_ADDRESSES = 20

_RANKS = {Role.MEMBER: 0, Role.GLOBAL_ADMIN: 1}


def lesser_role(one: Role, other: Role) -> Role:
    """The role that allows less."""
    return min(one, other, key=_RANKS.__getitem__)


def name_mistake(name: str) -> str:
    """What is wrong with the name of a person or a token; empty: nothing."""
    if not name.strip():
        return "Give a name."
    if len(name.strip()) > LONGEST_NAME:
        return f"Keep the name within {LONGEST_NAME} characters."
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for letter in name.strip()):
        return "Write the name without control characters."
    return ""


def parsed_addresses(typed: Sequence[str]) -> tuple[tuple[Address, ...], str]:
    """The addresses without repetitions, in order, and what is wrong with them (empty: nothing)."""
    addresses: dict[Address, None] = {}
    for text in typed:
        try:
            addresses[parse_address(text)] = None
        except InvalidAddress as error:
            return (), str(error)
    if not addresses:
        return (), "Give at least one e-mail address."
    if len(addresses) > MOST_ADDRESSES:
        return (), f"Keep to {MOST_ADDRESSES} addresses."
    return tuple(addresses), ""


def require_self_or_admin(actor: Actor, person_id: PersonId) -> None:
    """Raise Forbidden unless the actor is that person or a Global Admin."""
    if not actor.is_admin and actor.person_id != person_id:
        raise Forbidden(
            "Only a Global Admin can see and change other people.",
            remedy="Ask a Global Admin of your organisation to do this.",
        )


def no_such_person() -> NotFound:
    """What to raise when a person is not there."""
    return NotFound("There is no such person.", remedy="Look the id up in the list of people.")
