"""Descriptions between us and Exchange: plain text here, HTML there."""

from html import escape

from roomstead.adapters.providers.plain_text import clean_text, html_to_text


def to_html(text: str) -> str:
    """Plain text as HTML that shows it line by line, whatever characters it contains."""
    lines = (escape(line, quote=False) for line in clean_text(text).split("\n"))
    return f"<div>{'<br>'.join(lines)}</div>"


def to_text(content: str, content_type: str) -> str:
    """A body as text; Exchange wraps HTML in a document of its own, and answers HTML although asked for text."""
    if content_type.lower() != "html":
        return clean_text(content.replace("\u00a0", " "))
    return html_to_text(content)
