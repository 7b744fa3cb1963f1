"""OAuth scopes, and which of them each kind of method takes (the lists of the discovery documents)."""

_AUTH = "https://www.googleapis.com/auth/"


def _named(*names: str) -> tuple[str, ...]:
    return tuple(_AUTH + name for name in names)


OWNED_ONLY = frozenset(_named("calendar.events.owned", "calendar.events.owned.readonly"))
"""Scopes that reach calendars which the caller owns, and no other."""
FREE_BUSY_ONLY = frozenset(_named("calendar.events.freebusy"))
"""A scope under which every event is shown as its time alone."""
PUBLIC_ONLY = frozenset(_named("calendar.events.public.readonly"))

EVENTS_WRITE = _named("calendar", "calendar.app.created", "calendar.events", "calendar.events.owned")
EVENTS_MOVE = _named("calendar", "calendar.events", "calendar.events.owned")
EVENTS_READ = (
    *EVENTS_WRITE,
    *_named(
        "calendar.events.freebusy",
        "calendar.events.owned.readonly",
        "calendar.events.public.readonly",
        "calendar.events.readonly",
        "calendar.readonly",
    ),
)
FREEBUSY = _named("calendar", "calendar.events.freebusy", "calendar.freebusy", "calendar.readonly")
CALENDARS_WRITE = _named("calendar", "calendar.app.created", "calendar.calendars")
CALENDARS_READ = (*CALENDARS_WRITE, *_named("calendar.calendars.readonly", "calendar.readonly"))
LIST_WRITE = _named("calendar", "calendar.calendarlist")
LIST_READ = (*LIST_WRITE, *_named("calendar.calendarlist.readonly", "calendar.readonly"))
ACL_WRITE = _named("calendar", "calendar.acls")
ACL_LIST = (*ACL_WRITE, *_named("calendar.acls.readonly"))
ACL_READ = (*ACL_LIST, *_named("calendar.readonly"))
SETTINGS_READ = _named("calendar", "calendar.readonly", "calendar.settings", "calendar.settings.readonly")
COLORS_READ = (
    *LIST_READ,
    *_named("calendar.app.created", "calendar.events.freebusy", "calendar.events.owned"),
    *_named("calendar.events.owned.readonly", "calendar.events.public.readonly"),
)
CHANNELS_STOP = (
    *EVENTS_READ,
    *_named("calendar.acls", "calendar.acls.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly"),
    *_named("calendar.settings", "calendar.settings.readonly"),
)
ROOMS_READ = (
    *_named("admin.directory.resource.calendar", "admin.directory.resource.calendar.readonly"),
    "https://apps-apis.google.com/a/feeds/calendar/resource/",
)
USERS_READ = _named("admin.directory.user", "admin.directory.user.readonly")
CLOUD_PLATFORM = _named("cloud-platform", "iam")

KNOWN = frozenset(
    (
        *(*EVENTS_READ, *FREEBUSY, *CALENDARS_READ, *LIST_READ, *ACL_READ, *SETTINGS_READ),
        *(*ROOMS_READ, *USERS_READ, *CLOUD_PLATFORM),
        *("openid", "email", "profile"),
        *_named("userinfo.email", "userinfo.profile"),
    )
)
"""Every scope that the sign-in host knows; another one is ``invalid_scope``."""
