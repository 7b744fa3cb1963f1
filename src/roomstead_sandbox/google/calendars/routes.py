"""Every path about calendars, their sharing, lists of calendars and settings."""

from roomstead_sandbox.google.calendars import acl, lists, metadata, settings
from roomstead_sandbox.google.call import Route
from roomstead_sandbox.google.scopes import (
    ACL_LIST,
    ACL_READ,
    ACL_WRITE,
    CALENDARS_READ,
    CALENDARS_WRITE,
    COLORS_READ,
    LIST_READ,
    LIST_WRITE,
    SETTINGS_READ,
)

_ROOT = "/calendar/v3"
_CALENDAR = f"{_ROOT}/calendars/{{calendar}}"
_RULE = f"{_CALENDAR}/acl/{{rule}}"
_LIST = f"{_ROOT}/users/me/calendarList"
_LISTED = f"{_LIST}/{{listed}}"

ROUTES: tuple[Route, ...] = (
    Route("calendar.calendars.insert", "POST", f"{_ROOT}/calendars", metadata.insert, CALENDARS_WRITE, writes=True),
    Route("calendar.calendars.get", "GET", _CALENDAR, metadata.get, CALENDARS_READ),
    Route("calendar.calendars.patch", "PATCH", _CALENDAR, metadata.change, CALENDARS_WRITE, writes=True),
    Route("calendar.calendars.update", "PUT", _CALENDAR, metadata.change, CALENDARS_WRITE, writes=True),
    Route("calendar.acl.list", "GET", f"{_CALENDAR}/acl", acl.list_rules, ACL_LIST),
    Route("calendar.acl.insert", "POST", f"{_CALENDAR}/acl", acl.insert_rule, ACL_WRITE, writes=True),
    Route("calendar.acl.get", "GET", _RULE, acl.get_rule, ACL_READ),
    Route("calendar.acl.update", "PUT", _RULE, acl.update_rule, ACL_WRITE, writes=True),
    Route("calendar.acl.patch", "PATCH", _RULE, acl.update_rule, ACL_WRITE, writes=True),
    Route("calendar.acl.delete", "DELETE", _RULE, acl.delete_rule, ACL_WRITE, writes=True),
    Route("calendar.calendarList.list", "GET", _LIST, lists.list_entries, LIST_READ),
    Route("calendar.calendarList.insert", "POST", _LIST, lists.insert_entry, LIST_WRITE),
    Route("calendar.calendarList.get", "GET", _LISTED, lists.get_entry, LIST_READ),
    Route("calendar.calendarList.patch", "PATCH", _LISTED, lists.change_entry, LIST_WRITE),
    Route("calendar.calendarList.update", "PUT", _LISTED, lists.change_entry, LIST_WRITE),
    Route("calendar.calendarList.delete", "DELETE", _LISTED, lists.delete_entry, LIST_WRITE),
    Route("calendar.settings.list", "GET", f"{_ROOT}/users/me/settings", settings.list_settings, SETTINGS_READ),
    Route(
        "calendar.settings.get", "GET", f"{_ROOT}/users/me/settings/{{setting}}", settings.get_setting, SETTINGS_READ
    ),
    Route("calendar.colors.get", "GET", f"{_ROOT}/colors", settings.get_colors, COLORS_READ),
)
