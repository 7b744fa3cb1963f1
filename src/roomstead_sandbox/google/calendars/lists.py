"""Everybody's list of calendars: the own one, and those that were put in (Google's CalendarList reference).

Sharing a calendar does not put it into anybody's list; events of a shared calendar can be read without that.
"""

from typing import Any

from roomstead_sandbox.google.access import Calendar, caller_role, find_calendar
from roomstead_sandbox.google.calendar_book import Listed
from roomstead_sandbox.google.calendars import cursors
from roomstead_sandbox.google.calendars.metadata import summary_of
from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.errors import invalid, not_found, required
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.wire import Answer

Json = dict[str, Any]
DEFAULT_PAGE, LONGEST_PAGE = 100, 250
_OWN_VIEW: dict[str, tuple[str, type]] = {
    "colorId": ("color", str),
    "hidden": ("hidden", bool),
    "selected": ("selected", bool),
    "summaryOverride": ("summary", str),
}
_NOTIFICATIONS = [{"type": "eventCreation", "method": "email"}]


def list_entries(call: Call) -> Answer:
    """calendarList.list: a sync token brings the whole list again when it changed, nothing when it did not."""
    shown = [_entry_json(call, calendar, listed) for calendar, listed in _entries(call)]
    least = Role.of(call.query.get("minAccessRole") or "none")
    if least is None:
        raise invalid(parameter="minAccessRole")
    hidden = call.query.flag("showHidden")
    shown = [
        item for item in shown if (hidden or not item.get("hidden")) and (Role.of(item["accessRole"]) or 0) >= least
    ]
    version = sum(calendar.entry.acl_version + calendar.entry.revision for calendar, _ in _entries(call)) + len(shown)
    since = cursors.read(call, "list", call.caller.user.id)
    size = call.query.number("maxResults", default=DEFAULT_PAGE, most=LONGEST_PAGE)
    items, token = cursors.page(call, [] if since == version else shown, size)
    answer: Json = {"kind": "calendar#calendarList", "etag": f'"{version:020d}"', "items": items}
    answer |= (
        {"nextPageToken": token} if token else {"nextSyncToken": cursors.issue("list", call.caller.user.id, version)}
    )
    return call.answer(answer)


def get_entry(call: Call) -> Answer:
    """calendarList.get. GoogleError 404 for a calendar that is not in the list, whatever its sharing."""
    return call.answer(_entry_json(call, *_named(call)))


def insert_entry(call: Call) -> Answer:
    """calendarList.insert: any calendar that the caller sees; once more does no harm."""
    body = call.json_body()
    if not body.get("id"):
        raise required("id")
    calendar, _ = call.open(str(body["id"]))
    mine = call.state.book.lists.setdefault(call.caller.user.id, {})
    listed = mine.setdefault(calendar.entry.key, Listed(calendar.entry.key))
    _set(listed, body)
    return call.answer(_entry_json(call, calendar, listed))


def change_entry(call: Call) -> Answer:
    """calendarList.patch and update: the caller's own view of a calendar."""
    calendar, listed = _named(call)
    if listed.key not in call.state.book.lists.setdefault(call.caller.user.id, {}):
        call.state.book.lists[call.caller.user.id][listed.key] = listed
    _set(listed, call.json_body())
    return call.answer(_entry_json(call, calendar, listed))


def delete_entry(call: Call) -> Answer:
    """calendarList.delete: the calendar and its sharing stay."""
    calendar, listed = _named(call)
    if calendar.owner.id == call.caller.user.id:
        raise invalid("Cannot remove an owned calendar from the list.")
    call.state.book.lists.get(call.caller.user.id, {}).pop(listed.key, None)
    return Answer(204)


def _entries(call: Call) -> list[tuple[Calendar, Listed]]:
    """The caller's own calendars, then those that were put in and are still shared."""
    own_id = call.caller.user.id
    mine = call.state.book.lists.get(own_id, {})
    primary = call.state.entry(call.caller.user)
    own = [primary, *(e for e in call.state.book.entries.values() if e.owner_id == own_id and e is not primary)]
    others = [call.state.book.entries[key] for key in mine if key in call.state.book.entries]
    found = []
    for entry in dict.fromkeys(e.key for e in (*own, *others)):
        held = call.state.book.entries[entry]
        owner = call.world.directory.users.get(held.owner_id)
        key = held.address or (owner.mail if owner is not None else None)
        calendar = find_calendar(call.state, call.caller, key) if key else None
        if calendar is not None and caller_role(call.state, call.caller, calendar) is not Role.NONE:
            found.append((calendar, mine.get(entry) or Listed(entry)))
    return found


def _named(call: Call) -> tuple[Calendar, Listed]:
    calendar, _ = call.open(call.names["listed"])
    for known, listed in _entries(call):
        if known.entry.key == calendar.entry.key:
            return known, listed
    raise not_found()


def _set(listed: Listed, body: Json) -> None:
    for name, (_, kind) in _OWN_VIEW.items():
        if name in body and not isinstance(body[name], kind):
            raise invalid(f"Invalid value for: {name}")
    for name, (attribute, _) in _OWN_VIEW.items():
        if name in body:
            setattr(listed, attribute, body[name])


def _entry_json(call: Call, calendar: Calendar, listed: Listed) -> Json:
    entry = calendar.entry
    shown: Json = {
        "kind": "calendar#calendarListEntry",
        "etag": f'"{entry.revision + entry.acl_version:020d}"',
        "id": calendar.id,
        "summary": summary_of(calendar),
    }
    shown |= {name: value for name in ("description", "location") if (value := getattr(entry, name))}
    shown |= {
        "timeZone": calendar.time_zone,
        "colorId": listed.color,
        "backgroundColor": "#b99aff",
        "foregroundColor": "#000000",
        "accessRole": caller_role(call.state, call.caller, calendar).word,
        "defaultReminders": [],
        "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]},
    }
    if listed.selected:
        shown["selected"] = True
    if listed.hidden:
        shown["hidden"] = True
    if listed.summary:
        shown["summaryOverride"] = listed.summary
    if calendar.is_primary and calendar.owner.id == call.caller.user.id:
        shown |= {"primary": True, "notificationSettings": {"notifications": _NOTIFICATIONS}}
    return shown
