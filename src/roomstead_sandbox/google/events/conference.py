"""Video conferences: asked for by a request, made a moment later (Google's page "Create events", conferences)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from roomstead_sandbox.google.events import fields
from roomstead_sandbox.world.clock import Arguments
from roomstead_sandbox.world.events import Content, Event, ItemRef
from roomstead_sandbox.world.world import World

if TYPE_CHECKING:
    from roomstead_sandbox.google.call import Call

Json = dict[str, Any]
TIMER = "google.conference"
SECONDS = 1.0
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SOLUTION = {
    "key": {"type": "hangoutsMeet"},
    "name": "Google Meet",
    "iconUri": "https://fonts.gstatic.com/s/i/productlogos/meet_2020q4/v6/web-512dp/logo_meet_2020q4_color_2x_web_512dp.png",
}


def requested(call: "Call", event: Event, sent: Json) -> Event:
    """The event with the conference that the request asks for on its way; as it is under version 0 or without one.

    The same request id again changes nothing.
    """
    if call.query.get("conferenceDataVersion") != "1" or "conferenceData" not in sent or not event.is_organizer:
        return event
    wanted = sent["conferenceData"]
    held = (event.content.more or {}).get(fields.CONFERENCE)
    if not wanted:
        return _with(call.world, event, None) if held else event
    request = wanted.get("createRequest") if isinstance(wanted, dict) else None
    if not isinstance(request, dict) or not request.get("requestId"):
        return event
    if held and held.get("createRequest", {}).get("requestId") == request["requestId"]:
        return event
    pending = {"createRequest": _request(request, "pending")}
    call.world.clock.after(SECONDS, TIMER, mailbox=event.mailbox_id, key=event.ref.key, start=_start(event))
    return _with(call.world, event, pending)


def register(world: World) -> None:
    """Let conferences be made when their time has come."""
    world.clock.on(TIMER, lambda arguments: _make(world, arguments))


def _make(world: World, arguments: Arguments) -> None:
    from datetime import datetime

    if str(arguments["mailbox"]) not in world.directory.users:
        return
    mailbox = world.mailboxes.of(str(arguments["mailbox"]))
    start = arguments["start"]
    event = mailbox.get(ItemRef(int(str(arguments["key"])), datetime.fromisoformat(str(start)) if start else None))
    held = None if event is None else (event.content.more or {}).get(fields.CONFERENCE)
    if event is None or not held or event.cancelled:
        return
    code = "-".join("".join(world.chance.choice(_LETTERS) for _ in range(size)) for size in (3, 4, 3))
    address = f"meet.google.com/{code}"
    ready = {
        "createRequest": _request(held["createRequest"], "success"),
        "entryPoints": [{"entryPointType": "video", "uri": f"https://{address}", "label": address}],
        "conferenceSolution": _SOLUTION,
        "conferenceId": code,
    }
    _with(world, event, ready)


def _with(world: World, event: Event, conference: Json | None) -> Event:
    """Put a conference on all copies of an event; nobody is told by mail."""
    more = {name: value for name, value in (event.content.more or {}).items() if name != fields.CONFERENCE}
    if conference is not None:
        more[fields.CONFERENCE] = conference
    content: Content = replace(event.content, more=more)
    from roomstead_sandbox.world.linked.mailing import Notify

    return world.linked.organizing.update(event.mailbox_id, event.ref, content, notify=Notify.NONE)


def _request(request: Json, status: str) -> Json:
    key = request.get("conferenceSolutionKey") or {"type": "hangoutsMeet"}
    return {
        "requestId": str(request["requestId"]),
        "conferenceSolutionKey": key,
        "status": {"statusCode": status},
    }


def _start(event: Event) -> str | None:
    return event.original_start.isoformat() if event.original_start is not None else None
