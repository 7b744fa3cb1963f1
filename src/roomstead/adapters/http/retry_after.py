"""The Retry-After header (RFC 9110 §10.2.3): seconds, or a date."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(hours=1)
"""Nobody is believed who asks for more: a typing mistake on their side must not stop us for a week."""


def parse_http_date(text: str | None) -> datetime | None:
    """An HTTP date as aware UTC; None where there is none or it cannot be read."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def parse_retry_after(text: str | None, now: datetime) -> timedelta | None:
    """How long to wait; None when the header is missing or means nothing, never negative, never over LONGEST."""
    if text is None or not text.strip():
        return None
    value = text.strip()
    if value.isascii() and value.replace(".", "", 1).isdigit():
        wait = timedelta(seconds=min(float(value), LONGEST.total_seconds()))
    else:
        moment = parse_http_date(value)
        if moment is None:
            return None
        wait = moment - now
    return min(max(wait, timedelta(0)), LONGEST)
