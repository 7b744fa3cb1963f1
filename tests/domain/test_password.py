"""What a password may be."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.domain.password import LONGEST, SHORTEST, normalised, password_mistake

JANE = ("Jane Doe", "jane.doe@contoso.example")


@pytest.mark.parametrize(
    "password",
    ["sparrow-window-forty-lemon", "korrekt Pferd Batterie", "密码密碼是很长的密码一二三四五六", "x7$kQ92!mvP0",
     "Janes zwölf Katzen!"],
)  # fmt: skip
def test_good_ones(password: str) -> None:
    assert password_mistake(password, about=JANE) == ""


@pytest.mark.parametrize(
    "password",
    ["short", "", " " * 20, "aaaaaaaaaaaa", "ababababababab", "123456789012", "qwertyuiopas", "abcdefghijklmnop",
     "Password2026!!", "p@ssw0rd12345", "correct horse battery staple", "CorrectHorseBatteryStaple", "Roomstead2026!",
     "jane.doe@contoso.example", "Jane Doe 123456", "JaneDoe123456!", "jane.doe12345", "contoso.example1"],
)  # fmt: skip
def test_bad_ones(password: str) -> None:
    assert password_mistake(password, about=JANE).endswith(".")


def test_too_long() -> None:
    assert str(LONGEST) in password_mistake("kq9 " * 100)


@given(st.text(min_size=SHORTEST, max_size=60))
def test_it_is_the_same_however_a_keyboard_composes_it(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert normalised(unicodedata.normalize(form, text)) == normalised(text)
