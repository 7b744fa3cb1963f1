"""Which addresses an admin may enter for a provider's cloud, other than its own."""

from urllib.parse import urlsplit

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def endpoint_mistake(url: str) -> str:
    """What is wrong with the address of an endpoint; empty: nothing.

    Paths are put behind it, so it may carry nothing that would swallow them, and no names or passwords.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "This is no address like https://calendar.example."
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return "Enter an https:// address; http:// is accepted on this machine alone."
    if not parts.hostname or not url.isascii() or not url.isprintable() or " " in url:
        return "Enter a whole address like https://calendar.example."
    if "?" in url or "#" in url or "@" in parts.netloc:
        return "Enter the address without user, password, ? and #."
    return ""
