"""Text between us and Exchange."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from roomstead.adapters.providers.microsoft.description import to_html, to_text
from roomstead.adapters.providers.plain_text import says_the_same

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
