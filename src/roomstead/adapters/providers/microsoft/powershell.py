"""Values in PowerShell, so that none of them can ever be read as a command."""

import unicodedata
from collections.abc import Iterable

SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
"""PowerShell takes typographic single quotes for plain ones (PowerShell docs: about_Quoting_Rules)."""


def literal(value: str) -> str:
    """A string literal: nothing is expanded in single quotes, and a doubled quote stands for itself.

    Raises ValueError for control characters: no name or address has them, and a script is read by people.
    """
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in value):
        raise ValueError("A value with control characters does not belong into a script.")
    return "'" + "".join(char * 2 if char in SINGLE_QUOTES else char for char in value) + "'"


def array(values: Iterable[str]) -> str:
    """An array literal, one element a line, so that thousands stay readable and can be compared."""
    lines = ",\n".join(f"    {literal(value)}" for value in values)
    return f"@(\n{lines}\n)" if lines else "@()"
