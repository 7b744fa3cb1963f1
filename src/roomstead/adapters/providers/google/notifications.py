"""Push channels: how long Google keeps one (Calendar API docs: events.watch)."""

from datetime import timedelta

LONGEST_SUBSCRIPTION = timedelta(days=7)
"""The default of ``ttl``; the longest that Google would keep one is not published."""
