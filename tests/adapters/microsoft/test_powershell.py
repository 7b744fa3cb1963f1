"""No value becomes a command. Read back by PowerShell's own rule for single-quoted strings (about_Quoting_Rules)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.adapters.providers.microsoft.powershell import SINGLE_QUOTES, array, literal

PRINTABLE = st.text(alphabet=st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), max_size=60)
QUOTED = st.text(
    alphabet=st.sampled_from([*SINGLE_QUOTES, "a", "$", "`", '"', ";", "(", ")", "@", "#", " "]), max_size=30
)


def read_literal(text: str, at: int = 0) -> tuple[str, int]:
    """The string that begins at ``at``, and the place behind it. Any quote ends it unless one follows directly."""
    assert text[at] in SINGLE_QUOTES
    value, at = "", at + 1
    while True:
        if text[at] in SINGLE_QUOTES:
            if at + 1 < len(text) and text[at + 1] in SINGLE_QUOTES:
                value, at = value + text[at + 1], at + 2
                continue
            return value, at + 1
        value, at = value + text[at], at + 1


@given(PRINTABLE | QUOTED)
def test_a_literal_reads_back_whole(value: str) -> None:
    quoted = literal(value)
    assert read_literal(quoted) == (value, len(quoted))


@given(st.lists(PRINTABLE | QUOTED, max_size=6))
def test_an_array_reads_back_element_by_element(values: list[str]) -> None:
    text, at, found = array(values), 2, []
    while text[at:].strip() != ")":
        at += len(text[at:]) - len(text[at:].lstrip(",\n "))
        value, at = read_literal(text, at)
        found.append(value)
    assert found == values


@pytest.mark.parametrize("value", ["a\nb", "a\r", "\x00", "a\u2028b", "\u202eb", "\x1b[2J"])
def test_values_that_no_name_has_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="control characters"):
        literal(value)
