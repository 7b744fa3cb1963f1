"""Gives the people of the story their accounts, tokens and passwords, as the operator of the machine would."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from roomstead.domain.people import OPERATOR, Role

if TYPE_CHECKING:  # the service loads much: only once the people are engaged
    from roomstead.bootstrap.use_cases import UseCases
    from roomstead.config import Settings

WORDS = ("amber", "birch", "copper", "dune", "ember", "fjord", "gravel", "heron", "ivory", "juniper", "kelp", "lagoon")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who shall get an account."""

    name: str
    addresses: tuple[str, ...]
    is_admin: bool


@dataclass(frozen=True, slots=True)
class Pass:
    """What somebody needs to get in: a token for programs, a password for the pages."""

    token: str
    password: str


def engage(people: Sequence[Newcomer], *, data_dir: Path, public_url: str) -> Mapping[str, Pass]:
    """Add the people to the Roomstead that runs on this data folder; their passes, by first address."""
    from roomstead.bootstrap.database import borrowed_database
    from roomstead.bootstrap.logs import configure_logging
    from roomstead.config import load

    settings = load(data_dir=data_dir, database_url=None, public_url=public_url)
    configure_logging("warning", settings.log_format)
    with borrowed_database(settings) as url:
        return asyncio.run(_engage(people, settings, url))


async def _engage(people: Sequence[Newcomer], settings: "Settings", url: str) -> Mapping[str, Pass]:
    from roomstead.bootstrap.service import build

    async with build(settings, url, pool_size=2) as service:
        return {each.addresses[0]: await _admit(each, service.cases) for each in people}


async def _admit(newcomer: Newcomer, cases: "UseCases") -> Pass:
    from roomstead.application.people.add_person import AddPerson
    from roomstead.application.people.create_token import CreateToken
    from roomstead.application.people.set_password import SetPassword
    from roomstead.application.sign_in_rules import Visitor

    role = Role.GLOBAL_ADMIN if newcomer.is_admin else Role.MEMBER
    person = await cases.add_person(AddPerson(newcomer.name, newcomer.addresses, role), OPERATOR)
    made = await cases.create_token(CreateToken(person.id, "demo"), OPERATOR)
    link = await cases.make_password_link(person.id, OPERATOR)
    password = "-".join(secrets.choice(WORDS) for _ in range(4))
    await cases.set_password(SetPassword(link.url.rpartition("/")[2], password, Visitor("demo", "demo")))
    return Pass(made.secret, password)
