"""Zone names: IANA inside, Windows towards Exchange.

Exchange accepts every Windows name and only some IANA names (Microsoft Graph docs: dateTimeTimeZone), so what we
send is always a Windows name. The table is Unicode CLDR's, as the tzlocal package carries it.
"""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal.windows_tz import tz_win, win_tz

_NAMELESS = "tzone://"
"""Outlook's own prefix: ``tzone://Microsoft/Utc`` names UTC, ``tzone://Microsoft/Custom`` names nothing."""
_UTC_NAMES = {"utc", "gmt", "etc/utc", "etc/gmt", "tzone://microsoft/utc", "coordinated universal time"}
_BY_WINDOWS_NAME = {name.lower(): zone for name, zone in win_tz.items()}


def windows_name(iana_name: str) -> str | None:
    """The Windows name of an IANA zone; None for zones that Windows does not have."""
    if iana_name.lower() in _UTC_NAMES:
        return "UTC"
    return tz_win.get(iana_name) if iana_name else None


def iana_name(name: str | None) -> str | None:
    """The IANA name for whatever Exchange calls a zone; None when it names none that we know."""
    if not name:
        return None
    if name.lower() in _UTC_NAMES:
        return "UTC"
    if name.lower().startswith(_NAMELESS):
        return None
    if (known := _BY_WINDOWS_NAME.get(name.lower())) is not None:
        return known
    return name if _is_iana(name) else None


def _is_iana(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
