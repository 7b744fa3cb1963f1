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


def with_lines(content: str, content_type: str, lines: str) -> str:
    """A body with further lines at its end. What is there stays byte for byte: formatting, pictures, the block by which
    one joins online."""
    if content_type.lower() != "html":
        return f"{content.rstrip()}\n\n{clean_text(lines)}"
    end = max(content.lower().rfind("</body>"), 0) or len(content)
    return f"{content[:end]}{to_html(lines)}{content[end:]}"
