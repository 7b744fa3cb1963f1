"""Who sees what of a calendar: rules of sharing, scopes, admins, lists of calendars."""

from typing import Any

import pytest
from tests.sandbox.google.conftest import ADMIN, BOT, DOMAIN, JANE, Rehearsal, refusal, room

from roomstead_sandbox.google.access import may_book

MARCUS = f"marcus.lee@{DOMAIN}"
TULIP, TRAM, SARDINE, MIRADOURO = room("tulip"), room("tram"), room("sardine"), room("miradouro")


def _role(rehearsal: Rehearsal, who: str | None, calendar: str) -> str:
    """The role that somebody finds when putting the calendar into their list."""
    entry = rehearsal.calendar(who).calendarList().insert(body={"id": calendar})
    return str(entry.execute()["accessRole"])


def test_roles_come_from_every_kind_of_rule(rehearsal: Rehearsal) -> None:
    assert _role(rehearsal, BOT, TULIP) == "writer"  # named
    assert _role(rehearsal, JANE, TULIP) == "freeBusyReader"  # by the domain
    assert _role(rehearsal, MARCUS, TRAM) == "reader"  # by a group
    assert _role(rehearsal, ADMIN, SARDINE) == "owner"  # by the admin role
    assert refusal(rehearsal.calendar(JANE).calendarList().insert(body={"id": SARDINE})) == (404, "notFound")
    robot = rehearsal.endpoints["google_service_account"]
    rehearsal.order("share", calendar=TULIP, **{"with": robot, "role": "writer"})
    assert _role(rehearsal, None, TULIP) == "writer"
    rehearsal.order("share", calendar=TRAM, **{"with": "default", "role": "freeBusyReader"})
    assert _role(rehearsal, None, TRAM) == "freeBusyReader"


def test_outsiders_are_capped(rehearsal: Rehearsal) -> None:
    robot = rehearsal.endpoints["google_service_account"]
    rehearsal.order("share", calendar=TULIP, **{"with": robot, "role": "writer"})
    rehearsal.order("sharing-defaults", outsiders_see="freeBusyReader")
    assert _role(rehearsal, None, TULIP) == "freeBusyReader"
    assert _role(rehearsal, BOT, TULIP) == "writer"


@pytest.fixture
def rules(rehearsal: Rehearsal) -> Any:  # noqa: ANN401  (a discovered client)
    """Sharing of rooms, as the admin."""
    return rehearsal.calendar(ADMIN).acl()


def test_an_admin_shares_a_room(rehearsal: Rehearsal, rules: Any) -> None:  # noqa: ANN401  (as above)
    body = {"role": "reader", "scope": {"type": "user", "value": BOT}}
    made = rules.insert(calendarId=TRAM, body=body, sendNotifications=False).execute()
    assert made["id"] == f"user:{BOT}"
    assert rules.get(calendarId=TRAM, ruleId=made["id"]).execute() == made
    assert _role(rehearsal, BOT, TRAM) == "reader"
    changed = rules.patch(calendarId=TRAM, ruleId=made["id"], body={"role": "writer"}).execute()
    assert changed["role"] == "writer"
    assert changed["etag"] != made["etag"]
    assert rules.update(calendarId=TRAM, ruleId=made["id"], body={**changed, "role": "reader"}).execute()
    assert rules.delete(calendarId=TRAM, ruleId=made["id"]).execute() == ""
    assert refusal(rehearsal.calendar(BOT).calendars().get(calendarId=TRAM)) == (404, "notFound")
    assert refusal(rules.delete(calendarId=TRAM, ruleId=made["id"])) == (404, "notFound")


def test_following_the_rules(rules: Any) -> None:  # noqa: ANN401  (as above)
    first = rules.list(calendarId=TULIP).execute()
    assert sorted(item["id"] for item in first["items"]) == [f"domain:{DOMAIN}", f"user:{BOT}"]
    rules.delete(calendarId=TULIP, ruleId=f"user:{BOT}").execute()
    rules.insert(calendarId=TULIP, body={"role": "reader", "scope": {"type": "user", "value": JANE}}).execute()
    then = rules.list(calendarId=TULIP, syncToken=first["nextSyncToken"]).execute()
    assert {item["id"]: item["role"] for item in then["items"]} == {f"user:{BOT}": "none", f"user:{JANE}": "reader"}
    assert rules.list(calendarId=TULIP, syncToken=then["nextSyncToken"]).execute()["items"] == []
    assert len(rules.list(calendarId=TULIP).execute()["items"]) == 2
    assert len(rules.list(calendarId=TULIP, showDeleted=True).execute()["items"]) == 3
    paged = rules.list(calendarId=TULIP, maxResults=1).execute()
    assert "nextSyncToken" not in paged
    assert rules.list_next(rules.list(calendarId=TULIP, maxResults=1), paged).execute()["nextSyncToken"]
    assert refusal(rules.list(calendarId=TULIP, syncToken="bm9uc2Vuc2U=")) == (410, "fullSyncRequired")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"role": "reader"}, "required"),
        ({"scope": {"type": "user", "value": JANE}}, "required"),
        ({"role": "boss", "scope": {"type": "user", "value": JANE}}, "invalid"),
        ({"role": "reader", "scope": {"type": "planet", "value": "x"}}, "invalid"),
        ({"role": "reader", "scope": {"type": "user", "value": "jane"}}, "invalidScopeValue"),
        ({"role": "writer", "scope": {"type": "default"}}, "illegalAccessRoleForDefault"),
    ],
)
def test_mistaken_rules(rules: Any, body: object, reason: str) -> None:  # noqa: ANN401  (as above)
    assert refusal(rules.insert(calendarId=TULIP, body=body)) == (400, reason)


def test_who_may_see_and_change_rules(rehearsal: Rehearsal) -> None:
    bot, jane = rehearsal.calendar(BOT).acl(), rehearsal.calendar(JANE).acl()
    assert len(bot.list(calendarId=TULIP).execute()["items"]) == 2  # writers see
    body = {"role": "reader", "scope": {"type": "user", "value": JANE}}
    assert refusal(bot.insert(calendarId=TULIP, body=body)) == (403, "forbidden")
    assert refusal(jane.list(calendarId=TULIP)) == (403, "forbidden")
    assert refusal(jane.list(calendarId=SARDINE)) == (404, "notFound")
    assert refusal(jane.delete(calendarId="primary", ruleId=f"user:{JANE}")) == (403, "cannotChangeOwnAcl")
    readers = rehearsal.calendar(BOT, "calendar.acls.readonly").acl()
    assert readers.list(calendarId=TULIP).execute()["items"]
    assert refusal(readers.insert(calendarId=TULIP, body=body)) == (403, "insufficientPermissions")


def test_who_may_book_a_room(rehearsal: Rehearsal) -> None:
    def allowed(name: str, who: str) -> bool:
        return rehearsal.call(lambda: may_book(rehearsal.state, rehearsal.user(room(name)), who))

    assert allowed("tulip", JANE)
    assert allowed("tulip", f"jane@{DOMAIN}")  # an alias
    assert not allowed("tulip", "ada@fabrikam.example")
    assert not allowed("sardine", JANE)
    assert allowed("tram", MARCUS)
    rehearsal.order("room-rules", room=TULIP, bookable=False)
    assert not allowed("tulip", JANE)
    assert allowed("tulip", BOT)


def test_lists_of_calendars(rehearsal: Rehearsal) -> None:
    mine = rehearsal.calendar(BOT).calendarList()
    first = mine.list().execute()
    assert [(item["id"], item.get("primary"), item["accessRole"]) for item in first["items"]] == [(BOT, True, "owner")]
    assert refusal(mine.get(calendarId=TULIP)) == (404, "notFound")  # readable, and yet not in the list
    mine.insert(body={"id": TULIP}).execute()
    mine.insert(body={"id": MIRADOURO, "hidden": True}).execute()
    assert [item["id"] for item in mine.list().execute()["items"]] == [BOT, TULIP]
    assert len(mine.list(showHidden=True).execute()["items"]) == 3
    assert len(mine.list(showHidden=True, minAccessRole="writer").execute()["items"]) == 2
    assert mine.patch(calendarId=TULIP, body={"summaryOverride": "Mine"}).execute()["summaryOverride"] == "Mine"
    again = mine.list(syncToken=first["nextSyncToken"]).execute()
    assert [item["id"] for item in again["items"]] == [BOT, TULIP]
    assert mine.list(syncToken=again["nextSyncToken"]).execute()["items"] == []
    assert mine.delete(calendarId=TULIP).execute() == ""
    assert refusal(mine.get(calendarId=TULIP)) == (404, "notFound")
    rehearsal.order("unshare", calendar=MIRADOURO, **{"with": DOMAIN})
    assert len(mine.list(showHidden=True).execute()["items"]) == 1


def test_metadata_of_calendars(rehearsal: Rehearsal) -> None:
    admin, bot = rehearsal.calendar(ADMIN).calendars(), rehearsal.calendar(BOT).calendars()
    changed = admin.patch(calendarId=TULIP, body={"autoAcceptInvitations": False, "description": "By hand"}).execute()
    assert (changed["autoAcceptInvitations"], changed["description"]) == (False, "By hand")
    assert refusal(bot.patch(calendarId=TULIP, body={"summary": "Mine"})) == (403, "requiredAccessLevel")
    assert refusal(bot.patch(calendarId="primary", body={"timeZone": "Mars/Crater"})) == (400, "invalid")
    assert bot.patch(calendarId="primary", body={"timeZone": "Europe/Lisbon"}).execute()["timeZone"] == "Europe/Lisbon"
    settings = rehearsal.calendar(BOT).settings()
    assert settings.get(setting="timezone").execute()["value"] == "Europe/Lisbon"
    assert settings.list().execute()["items"]
    assert refusal(settings.get(setting="colour")) == (404, "notFound")
    second = bot.insert(body={"summary": "Second", "timeZone": "Europe/Lisbon"}).execute()
    assert second["id"].endswith("@group.calendar.google.com")
    assert bot.get(calendarId=second["id"]).execute()["dataOwner"] == BOT
    assert refusal(rehearsal.calendar(JANE).calendars().get(calendarId=second["id"])) == (404, "notFound")
    assert rehearsal.calendar(BOT).colors().get().execute()["calendar"]
