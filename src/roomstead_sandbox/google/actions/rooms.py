"""Actions on the sharing of calendars and on how rooms answer."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from roomstead_sandbox.google.actions.named import Body, OfCalendar, calendar_named
from roomstead_sandbox.google.calendar_book import CalendarEntry
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.world.errors import Invalid, NotFound
from roomstead_sandbox.world.faces import Action, Json
from roomstead_sandbox.world.processing import Automate

_GROUP, _USER, _DOMAIN, _DEFAULT = "group", "user", "domain", "default"


class Share(OfCalendar):
    """Give somebody a role on a calendar."""

    with_: str = Field(alias="with", description='An address, a domain, or "default" for everybody in the world.')
    role: Literal["none", "freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner"] = "reader"


class Unshare(OfCalendar):
    """Take a role on a calendar away."""

    with_: str = Field(alias="with")


class RoomRules(Body):
    """How a room answers and what it supports. Only what is given changes."""

    room: str = Field(description="The room's address.")
    auto_accept: bool | None = Field(None, description="Whether the room answers by itself.")
    bookable: bool | None = Field(None, description="Whether free/busy comes with booking allowed.")
    push: bool | None = Field(None, description="Whether the room's calendar takes channels.")


def actions(state: FaceState) -> Iterator[Action]:
    """The actions of this module."""
    yield Action("share", "Share a calendar.", Share, lambda body: _share(state, body))
    yield Action("unshare", "Stop sharing a calendar with somebody.", Unshare, lambda body: _unshare(state, body))
    yield Action("sharing", "Show how a calendar is shared.", OfCalendar, lambda body: _sharing(state, body))
    yield Action("room-rules", "Change how a room answers.", RoomRules, lambda body: _rules(state, body))


def _share(state: FaceState, body: Share) -> Json:
    entry = calendar_named(state, body.calendar).entry
    role = Role.of(body.role)
    entry.share(*_whom(state, body.with_), role if role is not None else Role.NONE)
    return _shown(entry)


def _unshare(state: FaceState, body: Unshare) -> Json:
    entry = calendar_named(state, body.calendar).entry
    scope, value = _whom(state, body.with_)
    rule_id = scope if scope == _DEFAULT else f"{scope}:{value.casefold()}"
    if entry.withdraw(rule_id) is None:
        raise NotFound(f"The calendar is not shared with {body.with_}.")
    return _shown(entry)


def _whom(state: FaceState, text: str) -> tuple[str, str]:
    """What kind of sharing is meant."""
    if text == _DEFAULT:
        return _DEFAULT, ""
    if "@" not in text:
        return _DOMAIN, text
    groups = (group.mail or "" for group in state.world.directory.groups.values())
    return (_GROUP if text.casefold() in (mail.casefold() for mail in groups) else _USER), text


def _sharing(state: FaceState, body: OfCalendar) -> Json:
    return _shown(calendar_named(state, body.calendar).entry)


def _rules(state: FaceState, body: RoomRules) -> Json:
    calendar = calendar_named(state, body.room)
    if not calendar.is_room:
        raise Invalid(f"{body.room} is not a room.")
    rules, entry = state.world.directory.processing[calendar.owner.id], calendar.entry
    if body.auto_accept is not None:
        rules.automate_processing = Automate.AUTO_ACCEPT if body.auto_accept else Automate.AUTO_UPDATE
    if body.bookable is not None:
        entry.bookable = body.bookable
    if body.push is not None:
        entry.push_unsupported = not body.push
    return {
        "room": calendar.id,
        "auto_accept": rules.automate_processing is Automate.AUTO_ACCEPT,
        "bookable": entry.bookable,
        "push": not entry.push_unsupported,
    }


def _shown(entry: CalendarEntry) -> Json:
    return {rule.id: rule.role.word for rule in entry.rules.values() if rule.role is not Role.NONE}
