"""Bodies of events: Exchange wraps HTML in a document of its own, and turns HTML into text when text is preferred."""

import html
import re
from functools import lru_cache

PREVIEW_LENGTH = 255
_HEAD = '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n</head>\r\n<body>\r\n'
_FOOT = "\r\n</body>\r\n</html>\r\n"
_SILENT = frozenset({"head", "style", "script", "title"})
_BREAKING = frozenset({"p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol"})
_BLANK_LINES = re.compile(r"\n{3,}")
_BLANKS = re.compile(r"[ \t\r\n]+")
_PIECES = re.compile(
    r"<!--.*?-->|<(?P<closing>/)?(?P<name>[a-z][a-z0-9]*)[^>]*>|(?P<words>[^<]+|<)", re.IGNORECASE | re.DOTALL
)


@lru_cache(maxsize=1024)
def text_of(markup: str) -> str:
    """The readable text of HTML, lines ended with CRLF."""
    parts: list[str] = []
    silence = 0
    for piece in _PIECES.finditer(markup):
        words, closing, name = piece["words"], piece["closing"], (piece["name"] or "").lower()
        if words is not None:
            if not silence:
                parts.append(_BLANKS.sub(" ", words))
        elif name in _SILENT:
            silence = max(silence - 1, 0) if closing else silence + 1
        elif name == "br" or (name in _BREAKING and (closing or (parts and not parts[-1].endswith("\n")))):
            parts.append("\n")
    lines = html.unescape("".join(parts)).split("\n")
    text = _BLANK_LINES.sub("\n\n", "\n".join(line.strip(" ") for line in lines)).strip("\n")
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
