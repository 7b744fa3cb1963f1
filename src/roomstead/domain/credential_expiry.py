"""When a credential's end is announced. Pure."""

from datetime import datetime, timedelta

WARNED_DAYS = (60, 30, 14, 7, 3, 1)
"""Days ahead of the end at which admins are told, ever more often."""
EXPIRED = 0
"""The stage after the end."""


def warning_stage(expires_at: datetime | None, now: datetime) -> int | None:
    """Which of the warnings is due: the number of days that it stands for, 0 when the end has come, None for none yet.

    A mail is sent when the stage changes, so each stage is told once.
    """
    if expires_at is None:
        return None
    left = expires_at - now
    if left <= timedelta(0):
        return EXPIRED
    return next((days for days in reversed(WARNED_DAYS) if left <= timedelta(days=days)), None)
