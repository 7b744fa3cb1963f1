"""Settings of a user, and the palette."""

from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.errors import not_found
from roomstead_sandbox.wire import Answer

_SETTINGS = {
    "autoAddHangouts": "false",
    "dateFieldOrder": "DMY",
    "defaultEventLength": "60",
    "format24HourTime": "true",
    "hideInvitations": "false",
    "hideWeekends": "false",
    "locale": "en",
    "remindOnRespondedEventsOnly": "false",
    "showDeclinedEvents": "true",
    "useKeyboardShortcuts": "true",
    "weekStart": "1",
}
_ETAG = '"0"'
_COLORS = {"1": "#a4bdfc", "2": "#7ae7bf", "3": "#dbadff", "4": "#ff887c", "18": "#b99aff"}


def get_setting(call: Call) -> Answer:
    """settings.get."""
    value = _settings(call).get(call.names["setting"])
    if value is None:
        raise not_found()
    return call.answer(_shown(call.names["setting"], value), etag=_ETAG)


def list_settings(call: Call) -> Answer:
    """settings.list: never more than a page."""
    items = [_shown(name, value) for name, value in sorted(_settings(call).items())]
    return call.answer({"kind": "calendar#settings", "etag": _ETAG, "items": items, "nextSyncToken": "CAAQAA=="})


def get_colors(call: Call) -> Answer:
    """colors.get: a part of the palette."""
    palette = {number: {"background": color, "foreground": "#1d1d1d"} for number, color in _COLORS.items()}
    data = {"kind": "calendar#colors", "updated": "2012-02-14T00:00:00.000Z", "calendar": palette, "event": palette}
    return call.answer(data)


def _settings(call: Call) -> dict[str, str]:
    return {**_SETTINGS, "timezone": call.state.entry(call.caller.user).time_zone or call.caller.user.time_zone}


def _shown(name: str, value: str) -> dict[str, str]:
    return {"kind": "calendar#setting", "etag": _ETAG, "id": name, "value": value}
