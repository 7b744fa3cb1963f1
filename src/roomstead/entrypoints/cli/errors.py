"""Errors on a terminal: a sentence, its remedy, and an exit code that says what to do next."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from roomstead.domain.errors import (
    AppError,
    Broken,
    InvalidInput,
    NeedsAdmin,
    OutOfReach,
    Refused,
    RetryLater,
    WorldMoved,
)
from roomstead.entrypoints.guides.sections import guide_to, path_to

OK = 0
REFUSED = 1
USAGE = 2
NEEDS_ADMIN = 3
TRY_LATER = 4
MOVED = 5
BROKEN = 70
"""As EX_SOFTWARE of sysexits.h."""

MEANINGS: dict[int, str] = {
    OK: "done",
    REFUSED: "refused: it cannot succeed as asked",
    USAGE: "the command was not written as it must be",
    NEEDS_ADMIN: "an admin or operator must change something first",
    TRY_LATER: "the same command may succeed later",
    MOVED: "something changed meanwhile: look again, decide again",
    BROKEN: "a defect in Roomstead",
}

_CODES: tuple[tuple[type[AppError], int], ...] = (
    (Refused, REFUSED),
    (OutOfReach, REFUSED),
    (NeedsAdmin, NEEDS_ADMIN),
    (RetryLater, TRY_LATER),
    (WorldMoved, MOVED),
    (Broken, BROKEN),
)


def exit_code(error: AppError) -> int:
    """The code that says what to do about an error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), BROKEN)


@contextmanager
def told() -> Iterator[None]:
    """Tell the person about any error of the block, and end the program with its code."""
    try:
        yield
    except typer.Exit:  # the block itself ends the program, with a code of its own
        raise
    except AppError as error:
        tell(error)
        raise typer.Exit(exit_code(error)) from error
    except Exception as error:
        import structlog  # heavy, and hardly ever needed

        if not structlog.is_configured():  # its own way would print the values of variables
            from roomstead.bootstrap.logs import configure_logging

            configure_logging("warning", "console")
        structlog.get_logger("roomstead.command").exception("command_failed")
        tell(Broken("Something went wrong in Roomstead itself.", remedy="Report it with the lines above."))
        raise typer.Exit(BROKEN) from error


def tell(error: AppError) -> None:
    """Write an error to standard error: what happened, field by field where it is about fields, and what to do."""
    if isinstance(error, InvalidInput):
        for field, sentence in error.mistakes.items():
            print(f"{field}: {sentence}", file=sys.stderr)
    else:
        print(error.message, file=sys.stderr)
    if error.remedy:
        print(error.remedy, file=sys.stderr)
    print(guide_line(path_to(guide_to(type(error)))), file=sys.stderr)
    if contact := os.environ.get("ROOMSTEAD_SUPPORT_CONTACT"):
        print(f"Help: {contact}", file=sys.stderr)


def guide_line(path: str) -> str:
    """Where to read more. Straight from the environment: what is told may be that the settings cannot be read."""
    if own := os.environ.get("ROOMSTEAD_GUIDE_URL"):
        return f"Guide: {own}"
    if public := os.environ.get("ROOMSTEAD_PUBLIC_URL"):
        return f"Guide: {public.rstrip('/')}{path}"
    return f"Guide: {path} on the pages of your Roomstead"
