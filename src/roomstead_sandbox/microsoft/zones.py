"""Time zones as Exchange knows them: every Windows name and a documented subset of IANA names.

(Microsoft Graph docs: dateTimeTimeZone resource type, "Additional time zones".)  Times leave the face as local
text with seven fractional digits and no offset, in the zone that ``Prefer: outlook.timezone`` names, else UTC.
"""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import tz_win, win_tz

from roomstead_sandbox.microsoft.errors import invalid_property, unsupported_zone

UTC_NAMES = frozenset({"utc", "tzone://microsoft/utc", "etc/utc", "z"})

_IANA_SUBSET = """
Etc/GMT+12 Etc/GMT+11 Pacific/Honolulu America/Anchorage America/Santa_Isabel America/Los_Angeles
America/Phoenix America/Chihuahua America/Denver America/Guatemala America/Chicago America/Mexico_City
America/Regina America/Bogota America/New_York America/Indiana/Indianapolis America/Caracas
America/Asuncion America/Halifax America/Cuiaba America/La_Paz America/Santiago America/St_Johns
America/Sao_Paulo America/Argentina/Buenos_Aires America/Cayenne America/Godthab America/Montevideo
America/Bahia Etc/GMT+2 Atlantic/Azores Atlantic/Cape_Verde Africa/Casablanca Etc/GMT Europe/London
Atlantic/Reykjavik Europe/Berlin Europe/Budapest Europe/Paris Europe/Warsaw Africa/Lagos Africa/Windhoek
Europe/Bucharest Asia/Beirut Africa/Cairo Asia/Damascus Africa/Johannesburg Europe/Kyiv Europe/Kiev
Europe/Istanbul Asia/Jerusalem Asia/Amman Asia/Baghdad Europe/Kaliningrad Asia/Riyadh Africa/Nairobi
Asia/Tehran Asia/Dubai Asia/Baku Europe/Moscow Indian/Mauritius Asia/Tbilisi Asia/Yerevan Asia/Kabul
Asia/Karachi Asia/Tashkent Asia/Kolkata Asia/Colombo Asia/Kathmandu Asia/Almaty Asia/Dhaka
Asia/Yekaterinburg Asia/Yangon Asia/Rangoon Asia/Bangkok Asia/Novosibirsk Asia/Shanghai Asia/Krasnoyarsk
Asia/Singapore Australia/Perth Asia/Taipei Asia/Ulaanbaatar Asia/Irkutsk Asia/Tokyo Asia/Seoul
Australia/Adelaide Australia/Darwin Australia/Brisbane Australia/Sydney Pacific/Port_Moresby
Australia/Hobart Asia/Yakutsk Pacific/Guadalcanal Asia/Vladivostok Pacific/Auckland Etc/GMT-12
Pacific/Fiji Asia/Magadan Pacific/Tongatapu Pacific/Apia Pacific/Kiritimati
"""

IANA_NAMES: dict[str, str] = {name.lower(): name for name in _IANA_SUBSET.split()}
WINDOWS_NAMES: dict[str, str] = {name.lower(): iana for name, iana in win_tz.items()}

REFUSED_NAMES = frozenset({"africa/casablanca"})
"""Documented as supported and yet refused with ErrorPropertyValidationFailure (public issue reports)."""


@lru_cache(maxsize=2048)
def zone_of(name: str) -> ZoneInfo:
    """The rules behind a zone name that Exchange accepts; names compare without case.

    Raises GraphError 400 ``TimeZoneNotSupportedException``, or ``ErrorPropertyValidationFailure`` for the refused ones.
    """
    key = name.lower()
    if key in UTC_NAMES:
        return ZoneInfo("UTC")
    if key in REFUSED_NAMES:
        raise invalid_property()
    iana = WINDOWS_NAMES.get(key) or IANA_NAMES.get(key)
    if iana is None:
        raise unsupported_zone(name)
    return ZoneInfo(iana)


def windows_name(iana: str) -> str:
    """The Windows name of an IANA zone; mailboxes and series answer in Windows names by default."""
    return "UTC" if iana in ("UTC", "Etc/UTC") else tz_win.get(iana, iana)


def local_text(moment: datetime, zone: ZoneInfo | None) -> str:
    """``moment`` as Exchange writes it: local to ``zone`` (None is UTC), seven digits, no offset."""
    local = moment if zone is None and moment.tzinfo is UTC else moment.astimezone(zone or UTC)
    return local.isoformat(timespec="microseconds")[:26] + "0"


def instant_text(moment: datetime) -> str:
    """An ``Edm.DateTimeOffset``: UTC with ``Z``, seven digits as Exchange writes them."""
    return local_text(moment, None) + "Z"


def parse_instant(text: str) -> datetime:
    """An ISO 8601 instant of a query string or filter; without an offset it is UTC.

    Raises ValueError for anything else.  A blank stands for a plus sign that was not encoded.
    """
    moment = datetime.fromisoformat(_six_digits(text.strip().replace(" ", "+")))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def parse_local(text: str, zone_name: str) -> datetime:
    """The instant of a ``dateTimeTimeZone``: local text in a named zone; an offset in the text wins over the zone.

    Raises GraphError 400 for an unknown zone and ValueError for text that is no time.
    """
    zone = zone_of(zone_name)
    moment = datetime.fromisoformat(_six_digits(text.strip()))
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)


def _six_digits(text: str) -> str:
    """Exchange's seven fractional digits cut to the six that Python keeps."""
    head, dot, tail = text.partition(".")
    if not dot:
        return text
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return f"{head}.{tail[:digits][:6].ljust(6, '0')}{tail[digits:]}"
