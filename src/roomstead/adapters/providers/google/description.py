"""Descriptions between us and Google, which shows every description as HTML and keeps its line breaks."""

from html import escape

from roomstead.adapters.providers.plain_text import clean_text, html_to_text, says_the_same


def to_description(text: str) -> str:
    """Plain text as a description that shows it, whatever characters it contains.

    Escaped only where it would be taken for markup, since some programs show descriptions as they are.
    """
    cleaned = clean_text(text)
    return cleaned if says_the_same(cleaned, to_text(cleaned)) else escape(cleaned, quote=False)


def to_text(description: str) -> str:
    """A description as it looks: what people wrote in Google's own editor comes as HTML."""
    return html_to_text(description.replace("\r\n", "\n").replace("\n", "<br>"))


def with_lines(description: str, lines: str) -> str:
    """A description with further lines at its end; what is there stays as it is."""
    return f"{description.rstrip()}\n\n{to_description(lines)}".lstrip("\n")
