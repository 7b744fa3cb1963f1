"""Titles and texts on their way into any calendar."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.adapters.providers.plain_text import LONGEST_TITLE, clean_line, clean_text, html_to_text


@given(st.text(max_size=400))
def test_titles_are_one_visible_line_that_fits(text: str) -> None:
    line = clean_line(text)
    assert len(line.encode("utf-16-le")) // 2 <= LONGEST_TITLE
    assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in line)
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert line == clean_line(line)


@given(st.text(max_size=200))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Kick-off\r\nBcc: all", "Kick-off Bcc: all"),
        ("ev\u202egnitem", "evgnitem"),
        ("\u200fפגישה\u200f", "\u200fפגישה\u200f"),
        ("a\x00b\x1bc", "a b c"),
        ("lone \ud800 half", "lone \ufffd half"),
        ("x" * 300, "x" * 254 + "…"),
        ("😀" * 200, "😀" * 127 + "…"),
    ],
)
def test_odd_titles(title: str, shown: str) -> None:
    assert clean_line(title) == shown


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "part", ["<a ", "<!--", "<!-", "<?", "</", "<![CDATA[", "<a href='", "<script>", '<b x="<', "&#"]
)
def test_a_text_full_of_beginnings_without_an_end_is_read_at_once(part: str) -> None:
    html_to_text(part * (300_000 // len(part)))
    html_to_text(f"{part * (300_000 // len(part))}>")


def test_signs_that_begin_no_tag_are_text_and_comments_are_not() -> None:
    assert html_to_text("<p>1 < 2 <b>and</b> 3 > 2</p>") == "1 < 2 and 3 > 2"
    assert html_to_text("a<!--[if gte mso 9]><xml>no</xml><![endif]-->b<!-- <p>no</p> -->c") == "abc"
    assert html_to_text("<style><!-- p > b {x: y} --></style>seen<!-- no end") == "seen"
