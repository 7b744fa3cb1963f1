"""Control routes for what happened: mail, calls, calendars."""

from collections import Counter

from roomstead_sandbox.control.context import Context
from roomstead_sandbox.control.naming import meeting_named, shown, user_named
from roomstead_sandbox.control.routes import Json, Order, Route, parsed_moment, parsed_number
from roomstead_sandbox.world.errors import Invalid
from roomstead_sandbox.world.post import MailKind, Message
from roomstead_sandbox.world.requests import Request
from roomstead_sandbox.world.world import World

_MAIL_QUERY = (
    ("kind", "One of: " + ", ".join(MailKind)),
    ("uid", "Only about this meeting."),
    ("sender", "Only from this address or id."),
    ("since", "Only messages after this number."),
)
_CALL_QUERY = (
    ("since", "Only calls after this number."),
    ("mailbox", "Only calls that address this mailbox."),
    ("method", "Only this method."),
)


def routes(context: Context) -> list[Route]:
    """The routes of this area."""
    world = context.world
    return [
        Route("GET", "/mail", "Every meeting message sent.", lambda o: _mail(world, o), query=_MAIL_QUERY),
        Route("GET", "/requests", "Calls that the faces got.", lambda o: _calls(world, o), query=_CALL_QUERY),
        Route(
            "GET",
            "/requests/count",
            "Calls counted by method, path template and status.",
            lambda o: _count(world, o),
            query=_CALL_QUERY,
        ),
        Route("DELETE", "/requests", "Forget the calls; numbers go on.", lambda _: _forget(world)),
        Route(
            "GET",
            "/calendars/{mailbox}",
            "What is in a mailbox: all items, or the view of a span.",
            lambda o: _calendar(world, o),
            query=(("start", "With end: the view of [start, end)."), ("end", "See start.")),
        ),
        Route(
            "GET",
            "/calendars/{mailbox}/{meeting}",
            "One item by UID or title.",
            lambda o: shown(meeting_named(world, user_named(world, o.values["mailbox"]), o.values["meeting"])),
        ),
    ]


def _mail(world: World, order: Order) -> Json:
    kinds = [_kind(order.values["kind"])] if "kind" in order.values else []
    since = parsed_number(order.values.get("since", "0"))
    sender = user_named(world, order.values["sender"]).id if "sender" in order.values else None
    found = world.post.sent(kinds=kinds, ical_uid=order.values.get("uid"))
    wanted = [m for m in found if m.number > since and sender in (None, m.draft.sender_id)]
    return [_message(m) for m in wanted]


def _kind(text: str) -> MailKind:
    if text not in set(MailKind):
        raise Invalid(f"There is no mail of kind {text!r}; there are {', '.join(MailKind)}.")
    return MailKind(text)


def _message(message: Message) -> Json:
    draft = message.draft
    return {
        "number": message.number,
        "at": message.at,
        "departs": message.departs,
        "kind": draft.kind,
        "sender": draft.sender.address,
        "recipients": draft.recipients,
        "uid": draft.ical_uid,
        "subject": draft.content.subject,
        "body": draft.content.body,
        "start": draft.content.start,
        "end": draft.content.end,
        "occurrence": draft.occurrence,
        "answer": draft.answer,
        "comment": draft.comment,
        "bounced": message.bounced,
        "delivered": len(message.delivered),
    }


def _selected(world: World, order: Order) -> list[Request]:
    mailbox = user_named(world, order.values["mailbox"]).id if "mailbox" in order.values else None
    method = order.values.get("method", "").upper()
    since = parsed_number(order.values.get("since", "0"))
    return [
        call for call in world.requests.since(since) if mailbox in (None, call.mailbox) and method in ("", call.method)
    ]


def _calls(world: World, order: Order) -> Json:
    return _selected(world, order)


def _count(world: World, order: Order) -> Json:
    counted = Counter((c.method, c.template, c.status) for c in _selected(world, order))
    return {
        "total": counted.total(),
        "last": world.requests.total,
        "calls": [
            {"method": method, "template": template, "status": status, "count": count}
            for (method, template, status), count in sorted(counted.items())
        ],
    }


def _forget(world: World) -> Json:
    world.requests.clear()
    return {"last": world.requests.total}


def _calendar(world: World, order: Order) -> Json:
    mailbox = world.mailboxes.of(user_named(world, order.values["mailbox"]).id)
    start, end = order.values.get("start"), order.values.get("end")
    if (start is None) != (end is None):
        raise Invalid("Give start and end together.")
    if start is None or end is None:
        items = list(mailbox.items.values())
    else:
        items = mailbox.view(parsed_moment(start), parsed_moment(end))
    return {"version": mailbox.version, "inbox": mailbox.inbox, "items": [shown(item) for item in items]}
