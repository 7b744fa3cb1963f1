"""How calendars are shared: the rules, one by one (Google's page "Calendar sharing" and the ACL reference)."""

import re
from dataclasses import replace
from typing import Any

from roomstead_sandbox.google.access import Calendar
from roomstead_sandbox.google.calendar_book import CalendarEntry, Rule
from roomstead_sandbox.google.calendars import cursors
from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.errors import (
    bad_request,
    cannot_change_own_acl,
    cannot_change_owner_acl,
    forbidden,
    full_sync_required,
    invalid,
    not_found,
    required,
)
from roomstead_sandbox.google.roles import Role
from roomstead_sandbox.wire import Answer

Json = dict[str, Any]
SCOPES = ("default", "user", "group", "domain")
DEFAULT_PAGE, LONGEST_PAGE = 100, 250
_ADDRESS = re.compile(r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$")
_DOMAIN = re.compile(r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", re.IGNORECASE)


def list_rules(call: Call) -> Answer:
    """acl.list: for writers; with a sync token only what changed since, removals included."""
    entry = _entry(call, Role.WRITER)
    since = cursors.read(call, "acl", entry.key)
    if since is not None and since > entry.acl_version:
        raise full_sync_required()
    removals = since is not None or call.query.flag("showDeleted")
    rules = [
        rule
        for rule in entry.rules.values()
        if (rule.role is not Role.NONE or removals) and (since is None or rule.version > since)
    ]
    size = call.query.number("maxResults", default=DEFAULT_PAGE, most=LONGEST_PAGE)
    shown, token = cursors.page(call, [rule_json(rule) for rule in rules], size)
    answer: Json = {"kind": "calendar#acl", "etag": f'"{entry.acl_version:020d}"', "items": shown}
    answer |= (
        {"nextPageToken": token} if token else {"nextSyncToken": cursors.issue("acl", entry.key, entry.acl_version)}
    )
    return call.answer(answer)


def get_rule(call: Call) -> Answer:
    """acl.get."""
    rule = _rule(call, _entry(call, Role.WRITER))
    return call.answer(rule_json(rule))


def insert_rule(call: Call) -> Answer:
    """acl.insert: gives somebody a role, also when there is a rule for them already."""
    entry = _entry(call, Role.OWNER)
    body = call.json_body()
    scope = body.get("scope")
    if not isinstance(scope, dict) or not scope.get("type"):
        raise required("scope.type")
    kind, value = str(scope["type"]), str(scope.get("value") or "")
    role = _role_of(body)
    _check_scope(kind, value, role)
    _check_owner(call, kind, value, role)
    return call.answer(rule_json(entry.share(kind, "" if kind == "default" else value, role)))


def update_rule(call: Call) -> Answer:
    """acl.update and acl.patch: only the role can change."""
    entry = _entry(call, Role.OWNER)
    rule = _rule(call, entry)
    body = call.json_body()
    call.require_match(rule_json(rule)["etag"])
    role = rule.role if "role" not in body and call.request.method == "PATCH" else _role_of(body)
    _check_scope(rule.scope, rule.value, role)
    _check_owner(call, rule.scope, rule.value, role)
    return call.answer(rule_json(entry.share(rule.scope, rule.value, role)))


def delete_rule(call: Call) -> Answer:
    """acl.delete."""
    entry = _entry(call, Role.OWNER)
    rule = _rule(call, entry)
    call.require_match(rule_json(rule)["etag"])
    _check_owner(call, rule.scope, rule.value, Role.NONE)
    entry.withdraw(rule.id)
    return Answer(204)


def rule_json(rule: Rule) -> Json:
    """A rule as the API shows it."""
    scope = {"type": rule.scope} if rule.scope == "default" else {"type": rule.scope, "value": rule.value}
    return {
        "kind": "calendar#aclRule",
        "etag": f'"{rule.version:020d}"',
        "id": rule.id,
        "scope": scope,
        "role": rule.role.word,
    }


def _entry(call: Call, needed: Role) -> CalendarEntry:
    """Who sees the calendar but may not see or change its sharing is told so."""
    calendar = call.calendar()
    if call.role < needed:
        raise forbidden()
    return calendar.entry


def _rule(call: Call, entry: CalendarEntry) -> Rule:
    rule = entry.rules.get(call.names["rule"].casefold())
    if rule is None or (rule.role is Role.NONE and call.request.method != "GET"):
        raise not_found()
    return replace(rule)


def _role_of(body: Json) -> Role:
    if not body.get("role"):
        raise required("role")
    role = Role.of(str(body["role"]))
    if role is None:
        raise invalid("Invalid value for: role")
    return role


def _check_scope(kind: str, value: str, role: Role) -> None:
    if kind not in SCOPES:
        raise invalid("Invalid value for: scope.type")
    if kind == "default" and role > Role.READER:
        raise bad_request("Illegal access role for the default scope.", "illegalAccessRoleForDefault", "calendar")
    if kind in ("user", "group") and not _ADDRESS.match(value):
        raise bad_request("Invalid scope value.", "invalidScopeValue", "calendar")
    if kind == "domain" and not _DOMAIN.match(value):
        raise bad_request("Invalid scope value.", "invalidScopeValue", "calendar")


def _check_owner(call: Call, kind: str, value: str, role: Role) -> None:
    """The owner of a primary calendar stays its owner."""
    calendar: Calendar = call.calendar()
    if kind != "user" or calendar.is_room or role is Role.OWNER:
        return
    if value.casefold() not in (address.casefold() for address in calendar.owner.addresses):
        return
    raise cannot_change_own_acl() if call.caller.user.id == calendar.owner.id else cannot_change_owner_acl()
