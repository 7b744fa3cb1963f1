"""What a command's end says to the program that called it."""

import pytest
import typer

from roomstead.domain.errors import NotFound
from roomstead.entrypoints.cli.errors import BROKEN, REFUSED, told


def _code(raised: Exception) -> int:
    with pytest.raises(typer.Exit) as ended, told():
        raise raised
    return ended.value.exit_code


def test_a_command_that_ends_itself_keeps_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert _code(typer.Exit(REFUSED)) == REFUSED
    assert capsys.readouterr().err == ""


def test_errors_and_defects_have_codes_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert _code(NotFound("There is no such room.")) == REFUSED
    assert _code(LookupError("x")) == BROKEN
    assert "There is no such room." in capsys.readouterr().err
