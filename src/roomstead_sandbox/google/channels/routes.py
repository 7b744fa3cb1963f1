"""Every path about channels."""

from roomstead_sandbox.google.call import Route
from roomstead_sandbox.google.channels import watching
from roomstead_sandbox.google.scopes import CHANNELS_STOP, EVENTS_READ

ROUTES: tuple[Route, ...] = (
    Route(
        "calendar.events.watch",
        "POST",
        "/calendar/v3/calendars/{calendar}/events/watch",
        watching.watch,
        EVENTS_READ,
    ),
    Route("calendar.channels.stop", "POST", "/calendar/v3/channels/stop", watching.stop, CHANNELS_STOP),
)
