"""Every path about calendars, their sharing, lists of calendars and settings."""

from roomstead_sandbox.google.calendars import metadata
from roomstead_sandbox.google.call import Route
from roomstead_sandbox.google.scopes import CALENDARS_READ

_CALENDAR = "/calendar/v3/calendars/{calendar}"

ROUTES: tuple[Route, ...] = (Route("calendar.calendars.get", "GET", _CALENDAR, metadata.get, CALENDARS_READ),)
