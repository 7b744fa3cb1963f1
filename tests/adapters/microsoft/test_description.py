"""Text between us and Exchange."""

import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomstead.adapters.providers.microsoft.description import (
    LONGEST_TITLE,
    clean_line,
    clean_text,
    says_the_same,
    to_html,
    to_text,
)

EXCHANGE_PAGE = (
    '<html>\r\n<head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n'
    "<style>p {{ margin: 0 }}</style></head>\r\n<body>\r\n{}\r\n</body>\r\n</html>\r\n"
)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_text_survives_the_way_to_exchange_and_back(text: str) -> None:
    assert says_the_same(text, to_text(EXCHANGE_PAGE.format(to_html(text)), "html"))


@given(st.text(max_size=300))
def test_no_text_becomes_markup(text: str) -> None:
    seen: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the base class's parameters
            seen.append(tag)

    reader = Reader()
    reader.feed(to_html(text))
    reader.close()
    assert set(seen) <= {"div", "br"}


def test_each_line_stands_on_its_own() -> None:
    text = "Organised by Jane Doe\njane@contoso.com\n\nAgenda: <b>1 & 2</b>"
    html = to_html(text)
    assert html.startswith("<div>Organised by Jane Doe<br>")
    assert "&lt;b&gt;1 &amp; 2&lt;/b&gt;" in html
    assert to_text(EXCHANGE_PAGE.format(html), "html") == text


def test_what_outlook_writes_is_read_as_it_looks() -> None:
    page = (
        "<html><head><title>no</title><script>x()</script></head><body><p>Agenda</p><p>one&nbsp;two</p>"
        "<ul><li>a</li><li>b</li></ul><table><tr><td>c</td></tr></table></body></html>"
    )
    assert to_text(page, "HTML") == "Agenda\none two\na\nb\nc"
    assert to_text("\r\nplain\r\n  indented  \r\n\r\n", "text") == "plain\n  indented"
    assert to_text("<html><head></head><body></body></html>", "html") == ""


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
