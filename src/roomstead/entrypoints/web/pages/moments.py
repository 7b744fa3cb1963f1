"""Dates and times for people: in the viewer's zone, with the room's beside it where they differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_period_names, get_timezone_location

from roomstead.domain.sessions import Hours
from roomstead.domain.timespan import Timespan

EN_DASH = "–"
NO_BREAK = "\N{NO-BREAK SPACE}"
HALF = 12
"""Hours of half a day."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Formats moments for one viewer."""

    zone: ZoneInfo
    language: str = "en"
    hours: Hours = Hours.TWENTY_FOUR

    def local(self, moment: datetime) -> datetime:
        """The same moment on the viewer's clock."""
        return moment.astimezone(self.zone)

    def time(self, moment: datetime) -> str:
        """“14:00”, or “2:00 PM”."""
        return self._clock(self.local(moment))

    def between(self, start: datetime, end: datetime) -> str:
        """“14:00–14:30”, or “2:00–2:30 PM”, of moments on the viewer's clock."""
        begins, ends = self._clock(start), self._clock(end)
        if self.hours is Hours.TWELVE and start.hour // HALF == end.hour // HALF:
            begins = begins.partition(NO_BREAK)[0]
        return f"{begins}{EN_DASH}{ends}"

    def hour(self, number: int) -> str:
        """“14”, or “2 PM”: over and under drawings."""
        hour = number % (2 * HALF)
        return f"{hour:02}" if self.hours is Hours.TWENTY_FOUR else f"{hour % HALF or HALF}{NO_BREAK}{self._half(hour)}"

    @property
    def halves(self) -> str:
        """What scripts call the halves of a day, “AM|PM”; empty: by 24 hours there are none."""
        return "" if self.hours is Hours.TWENTY_FOUR else f"{self._half(0)}|{self._half(HALF)}"

    def _clock(self, at: datetime) -> str:
        """By hand, since ``strftime`` for the hundreds of times on Today is slow."""
        if self.hours is Hours.TWENTY_FOUR:
            return f"{at.hour:02}:{at.minute:02}"
        return f"{at.hour % HALF or HALF}:{at.minute:02}{NO_BREAK}{self._half(at.hour)}"

    def _half(self, hour: int) -> str:
        return _halves(self.language)["am" if hour < HALF else "pm"]

    def day(self, moment: datetime | date) -> str:
        """“Mon 23 Nov 2026”."""
        on = self.local(moment).date() if isinstance(moment, datetime) else moment
        return format_date(on, "EEE d MMM y", locale=self.language)

    def long_day(self, moment: datetime | date) -> str:
        """“Monday 23 November 2026”."""
        on = self.local(moment).date() if isinstance(moment, datetime) else moment
        return format_date(on, "EEEE d MMMM y", locale=self.language)

    def span(self, span: Timespan) -> str:
        """“14:00–14:30”, with the days where it does not end on the day it began."""
        start, end = self.local(span.start), self.local(span.end)
        if (end - timedelta(microseconds=1)).date() == start.date():
            return self.between(start, end)
        return f"{self.day(start)} {self._clock(start)} {EN_DASH} {self.day(end)} {self._clock(end)}"

    def when(self, span: Timespan) -> str:
        """“Mon 23 Nov 2026, 14:00–14:30”."""
        start, end = self.local(span.start), self.local(span.end)
        if (end - timedelta(microseconds=1)).date() == start.date():
            return f"{self.day(start)}, {self.span(span)}"
        return self.span(span)

    def stamp(self, moment: datetime) -> str:
        """“23 Nov, 14:00”, for lists of what happened."""
        at = self.local(moment)
        return f"{format_date(at.date(), 'd MMM', locale=self.language)}, {self._clock(at)}"

    def iso(self, moment: datetime) -> str:
        """For ``<time datetime>``."""
        return moment.astimezone(UTC).isoformat(timespec="seconds")

    def zone_name(self, at: datetime) -> str:
        """“Amsterdam, UTC+1”: the city and the offset at that moment."""
        place = city(self.zone, self.language)
        return place if place == "UTC" else f"{place}, {offset_name(at.astimezone(self.zone))}"

    def elsewhere(self, zone: str | None) -> "Moments | None":
        """The same for another zone, or None where it would say the same."""
        if zone is None or zone == self.zone.key:
            return None
        return Moments(ZoneInfo(zone), self.language, self.hours)


@cache
def _halves(language: str) -> Mapping[str, str]:
    """What the halves of a day are called."""
    return get_period_names("abbreviated", locale=language)


def city(zone: ZoneInfo, language: str) -> str:
    """The place that a zone is named after."""
    if zone.key in {"UTC", "Etc/UTC"}:
        return "UTC"
    return str(get_timezone_location(zone, locale=language, return_city=True))


def offset_name(moment: datetime) -> str:
    """“UTC+1”, “UTC+5:30”."""
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")
