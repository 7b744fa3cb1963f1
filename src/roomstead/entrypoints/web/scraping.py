"""Who may read the figures: whoever has the token, or, where none is set, this machine alone."""

import hmac
from ipaddress import IPv6Address, ip_address

from fastapi import Request

from roomstead.config import Settings
from roomstead.config.values import SHORTEST_SECRET
from roomstead.domain.errors import Forbidden, NeedsAdmin, Unauthenticated

HANDED_ON = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via")
"""Whoever comes with one of these came through a proxy, also where the proxy does not say from where."""


class MetricsTokenMissing(NeedsAdmin):
    """The file with the token for the figures cannot be read, or holds none."""

    code = "metrics_token_missing"


def require_scraper(request: Request, settings: Settings) -> None:
    """Raise Unauthenticated, Forbidden or MetricsTokenMissing unless the figures may be read by whoever asks."""
    accepted = _tokens(settings)
    if not accepted:
        if not _is_this_machine(request):
            raise Forbidden(
                "The figures are for this machine alone.",
                remedy="Set ROOMSTEAD_METRICS_TOKEN, and let Prometheus send it.",
            )
        return
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    given = sent.strip().encode("utf-8", "surrogatepass")
    are_right = [hmac.compare_digest(given, each.encode()) for each in accepted]
    if scheme.lower() != "bearer" or not any(are_right):
        raise Unauthenticated(
            "The figures are read with a token.", remedy="Send “Authorization: Bearer …” with ROOMSTEAD_METRICS_TOKEN."
        )


def _tokens(settings: Settings) -> list[str]:
    """All that count. A file that was named and holds none does not open the figures to anybody."""
    tokens = [] if settings.metrics_token is None else [settings.metrics_token.get_secret_value()]
    if settings.metrics_token_file is None:
        return tokens
    try:
        lines = settings.metrics_token_file.read_text(encoding="utf-8").split()
    except (OSError, ValueError) as error:
        raise _no_token() from error
    found = [line for line in lines if len(line) >= SHORTEST_SECRET]
    if not found:
        raise _no_token()
    return tokens + found


def _no_token() -> MetricsTokenMissing:
    return MetricsTokenMissing(
        remedy="Let ROOMSTEAD_METRICS_TOKEN_FILE name a file that Roomstead may read, with a token of at least "
        f"{SHORTEST_SECRET} characters."
    )


def _is_this_machine(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in HANDED_ON):
        return False
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
