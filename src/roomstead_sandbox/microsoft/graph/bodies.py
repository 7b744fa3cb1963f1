"""Bodies of events: Exchange wraps HTML in a document of its own, and turns HTML into text when text is preferred."""

import html
import re
from functools import lru_cache
from html.parser import HTMLParser

PREVIEW_LENGTH = 255
_HEAD = '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n</head>\r\n<body>\r\n'
_FOOT = "\r\n</body>\r\n</html>\r\n"
_SILENT = frozenset({"head", "style", "script", "title"})
_BREAKING = frozenset({"p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol"})
_BLANK_LINES = re.compile(r"\n{3,}")


class _Text(HTMLParser):
    """Collects what a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silence = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _SILENT:
            self._silence += 1
        elif tag == "br" or (tag in _BREAKING and self.parts and not self.parts[-1].endswith("\n")):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silence = max(self._silence - 1, 0)
        elif tag in _BREAKING:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silence:
            self.parts.append(re.sub(r"[ \t\r\n]+", " ", data))


@lru_cache(maxsize=1024)
def text_of(markup: str) -> str:
    """The readable text of HTML, lines ended with CRLF."""
    reader = _Text()
    reader.feed(markup)
    reader.close()
    lines = "".join(reader.parts).split("\n")
    text = _BLANK_LINES.sub("\n\n", "\n".join(line.strip() for line in lines)).strip("\n")
    return text.replace("\n", "\r\n")


@lru_cache(maxsize=1024)
def document_of(markup: str) -> str:
    """HTML as Exchange gives it back: inside a whole document, so never what was sent."""
    return markup if markup.lstrip().lower().startswith("<html") else _HEAD + markup + _FOOT


def readable(body: str, *, is_html: bool) -> str:
    """The body as text, whatever its form."""
    return text_of(body) if is_html else body


def marked_up(body: str, *, is_html: bool) -> str:
    """The body as an HTML document, whatever its form; nothing stays nothing."""
    if not body:
        return ""
    return document_of(body if is_html else html.escape(body, quote=False).replace("\n", "<br>\r\n"))


def preview(body: str, *, is_html: bool) -> str:
    """The first characters of the readable text."""
    return readable(body, is_html=is_html)[:PREVIEW_LENGTH]
