"""Runs a use case for a command: settings, database, service, and who is acting."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from roomstead.domain.errors import Unauthenticated
from roomstead.domain.people import OPERATOR, Actor, Via
from roomstead.entrypoints.cli.errors import told

if TYPE_CHECKING:  # the service and the settings load much: only commands that run need them
    from roomstead.application.ports.announcements import Announcements
    from roomstead.bootstrap.use_cases import UseCases
    from roomstead.config import Settings

T = TypeVar("T")

COMMAND_POOL = 4


@dataclass(frozen=True, slots=True)
class Session:
    """What a command works with."""

    cases: "UseCases"
    actor: Actor
    settings: "Settings"
    announcements: "Announcements"


Work = Callable[[Session], Awaitable[T]]


def run(work: Work[T], token: str | None) -> T:
    """Do the work as the person of the token. Without a token it is refused."""
    if token is None:
        with told():
            raise Unauthenticated(
                "This command needs to know who you are.",
                remedy="Give a token with --token or ROOMSTEAD_TOKEN; `roomstead tokens create` makes one.",
            )
    return _run(work, token)


def run_as_operator(work: Work[T], token: str | None) -> T:
    """Do the work as the person of the token, or without one as the operator of this machine."""
    return _run(work, token)


def _run(work: Work[T], token: str | None) -> T:
    import asyncio

    from roomstead.bootstrap.database import borrowed_database

    with told():
        settings = quiet_settings()
        with borrowed_database(settings) as url:
            return asyncio.run(_work(work, settings, url, token))


async def _work(work: Work[T], settings: "Settings", url: str, token: str | None) -> T:
    from roomstead.bootstrap.service import build

    async with build(settings, url, pool_size=COMMAND_POOL) as service:
        actor = OPERATOR if token is None else await service.cases.authenticate(token, Via.CLI)
        return await work(Session(service.cases, actor, settings, service.announcements))


def quiet_settings() -> "Settings":
    """The settings of a command, whose log lines only tell of trouble."""
    from roomstead.bootstrap.logs import configure_logging
    from roomstead.config import load

    settings = load()
    configure_logging("warning", settings.log_format)
    return settings


def warn_of_unknown_variables(environment: dict[str, str]) -> None:
    """Name settings that nobody reads, on standard error."""
    from roomstead.config import unknown_variables

    known = {name: value for name, value in environment.items() if name != "ROOMSTEAD_TOKEN"}
    for sentence in unknown_variables(known):
        print(sentence, file=sys.stderr)
