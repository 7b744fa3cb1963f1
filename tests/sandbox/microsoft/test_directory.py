"""Users, settings, calendars, places, ids, zones: everything that is read and never written."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.microsoft.conftest import Graph, Rehearsal


JANE = "jane.doe@contoso.example"
OAK = "oak@contoso.example"


def test_users_are_listed_in_pages(graph: "Graph") -> None:
    pages = list(graph.pages("/users?$top=25&$select=id,mail,userType"))
    assert [len(page["value"]) for page in pages][:-1] == [25] * (len(pages) - 1)
    users = [user for page in pages for user in page["value"]]
    assert len({user["id"] for user in users}) == len(users) == 64
    assert {user["userType"] for user in users} == {"Member", "Guest"}
    assert set(users[0]) == {"id", "mail", "userType"}


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("mail eq 'OAK@contoso.example'", ["Oak"]),
        ("userPrincipalName eq 'jane.doe@contoso.example'", ["Jane Doe"]),
        ("startswith(displayName,'pri')", ["Priya Shah"]),
        ("mail eq 'nobody@contoso.example'", []),
        ("userType eq 'Guest'", ["Omar Haddad"]),
    ],
)
def test_users_are_found_by_filter(graph: "Graph", condition: str, names: list[str]) -> None:
    found = graph.get(f"/users?$filter={condition}&$count=true").json()
    assert [user["displayName"] for user in found["value"]] == names
    assert found["@odata.count"] == len(names)


def test_the_directory_knows_ids_and_user_names_only(rehearsal: "Rehearsal", graph: "Graph") -> None:
    identity = rehearsal.user(JANE).id
    assert graph.get(f"/users/{identity}").json()["userPrincipalName"] == JANE
    assert graph.get(f"/users/{JANE}").json()["id"] == identity
    for key in ("jane@contoso.example", "nobody@contoso.example"):
        refused = graph.get(f"/users/{key}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "Request_ResourceNotFound")
        assert key in refused.json()["error"]["message"]


def test_more_of_a_person_needs_more_permission(rehearsal: "Rehearsal", graph: "Graph") -> None:
    assert graph.get(f"/users/{JANE}?$select=jobTitle,mail").json()["jobTitle"] is None
    rehearsal.order("consent", permissions=["User.Read.All"])
    assert rehearsal.graph().get(f"/users/{JANE}?$select=jobTitle").json()["jobTitle"] == "Product Manager"


@pytest.mark.parametrize(
    "path",
    ["/users?$select=nonsense", "/users?$filter=nonsense eq 1", "/users?$top=x", "/users?$foo=1", "/nowhere",
     "/users/a/b/c/d", "/users?$top=1001"],
)  # fmt: skip
def test_mistakes_are_bad_requests(graph: "Graph", path: str) -> None:
    graph.headers.pop("never", None)
    assert graph.get(path).status_code == 400


def test_settings_whole_and_one_by_one(graph: "Graph") -> None:
    whole = graph.get(f"/users/{OAK}/mailboxSettings").json()
    assert (whole["userPurpose"], whole["timeZone"]) == ("room", "W. Europe Standard Time")
    assert graph.get(f"/users/{OAK}/mailboxSettings/userPurpose").json()["value"] == "room"
    assert graph.get("/users/rooms@contoso.example/mailboxSettings/userpurpose").json()["value"] == "shared"
    assert graph.get(f"/users/{OAK}/mailboxSettings/timeZone").json()["value"] == "W. Europe Standard Time"
    hours = graph.get(f"/users/{JANE}/mailboxSettings/workingHours").json()
    assert hours["startTime"] == "08:00:00.0000000"
    assert graph.get(f"/users/{JANE}/mailboxSettings/nonsense").status_code == 400


def test_a_calendar_says_what_it_can(rehearsal: "Rehearsal", graph: "Graph") -> None:
    calendar = graph.get(f"/users/{JANE}/calendar?$select=id,name,canEdit,isTallyingResponses,owner").json()
    assert calendar["canEdit"] is calendar["isTallyingResponses"] is True
    assert calendar["owner"] == {"name": "Jane Doe", "address": JANE}
    rehearsal.call(lambda: rehearsal.world.mailboxes.of(rehearsal.user(JANE).id).add_calendar("Second"))
    listed = graph.all(f"/users/{JANE}/calendars?$top=1")
    assert [(c["name"], c["isDefaultCalendar"], c["isTallyingResponses"]) for c in listed] == [
        ("Calendar", True, True),
        ("Second", False, False),
    ]
    assert listed[0]["id"] == calendar["id"]
    assert graph.get(f"/users/{JANE}/calendars/{listed[1]['id']}").json()["name"] == "Second"
    assert graph.get(f"/users/{JANE}/calendars/nonsense").status_code == 404


def test_places_come_in_pages_and_lists(graph: "Graph") -> None:
    rooms = graph.all("/places/microsoft.graph.room?$top=20")
    assert len(rooms) == 48
    oak = next(room for room in rooms if room["emailAddress"] == OAK)
    assert (oak["building"], oak["capacity"], oak["bookingType"]) == ("Wood House", 4, "standard")
    lists = graph.all("/places/microsoft.graph.roomList")
    assert [item["displayName"] for item in lists] == ["Wood House", "Stone Court", "River Wing"]
    inside = graph.all(f"/places/{lists[1]['emailAddress']}/microsoft.graph.roomList/rooms")
    assert len(inside) == 16
    assert {room["building"] for room in inside} == {"Stone Court"}
    assert graph.get(f"/places/{oak['id']}").json()["displayName"] == "Oak"
    assert graph.get(f"/places/{OAK}").json()["@odata.type"] == "#microsoft.graph.room"
    assert graph.get("/places/nobody@contoso.example").status_code == 404
    small = graph.all("/places/microsoft.graph.room?$filter=capacity ge 16&$select=displayName,capacity")
    assert {room["capacity"] for room in small} == {16, 20}


def test_new_rooms_appear_late_and_unreadable_ones_appear_too(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.order("revoke", mailbox=OAK)
    assert graph.get(f"/users/{OAK}/calendar").status_code == 403
    assert any(room["emailAddress"] == OAK for room in graph.all("/places/microsoft.graph.room"))
    due = rehearsal.world.now() + timedelta(hours=48)
    oak = rehearsal.user(OAK).id
    rehearsal.call(lambda: setattr(rehearsal.world.directory.places[oak], "visible_after", due))
    assert not any(room["emailAddress"] == OAK for room in graph.all("/places/microsoft.graph.room"))
    rehearsal.advance(48 * 3600)
    assert any(room["emailAddress"] == OAK for room in rehearsal.graph().all("/places/microsoft.graph.room"))


def test_places_need_a_permission_of_their_own(rehearsal: "Rehearsal") -> None:
    rehearsal.order("consent", permissions=["Calendars.ReadWrite"])
    refused = rehearsal.graph().get("/places/microsoft.graph.room")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "Authorization_RequestDenied")


def test_zones_are_listed_in_two_tongues(graph: "Graph") -> None:
    windows = {zone["alias"] for zone in graph.all(f"/users/{JANE}/outlook/supportedTimeZones")}
    assert "W. Europe Standard Time" in windows
    asked = "supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')"
    assert "Europe/Berlin" in {zone["alias"] for zone in graph.all(f"/users/{JANE}/outlook/{asked}")}


def test_ids_translate_both_ways(graph: "Graph") -> None:
    movable = graph.get(f"/users/{JANE}/events?$top=1").json()["value"][0]["id"]
    immutable = graph.get(f"/users/{JANE}/events?$top=1", Prefer='IdType="ImmutableId"').json()["value"][0]["id"]
    assert movable != immutable
    body = {"inputIds": [movable, "x"], "sourceIdType": "restId", "targetIdType": "restImmutableEntryId"}
    there = graph.post(f"/users/{JANE}/translateExchangeIds", body).json()["value"]
    assert there[0] == {"sourceId": movable, "targetId": immutable}
    assert "errorDetails" in there[1]
    body = {"inputIds": [immutable], "sourceIdType": "restImmutableEntryId", "targetIdType": "restId"}
    assert graph.post(f"/users/{JANE}/translateExchangeIds", body).json()["value"][0]["targetId"] == movable
    body["inputIds"] = ["x"] * 1001
    assert graph.post(f"/users/{JANE}/translateExchangeIds", body).status_code == 400


def test_every_answer_has_its_headers(graph: "Graph") -> None:
    prefer = 'IdType="ImmutableId", outlook.timezone="UTC", nonsense=1'
    answer = graph.get(f"/users/{JANE}/events", client_request_id="my-own-id", Prefer=prefer)
    assert answer.headers["client-request-id"] == "my-own-id"
    assert len(answer.headers["request-id"]) == 36
    assert answer.headers["preference-applied"] == 'IdType="ImmutableId", outlook.timezone="UTC"'
    assert answer.headers["odata-version"] == "4.0"
    assert answer.headers["content-type"].startswith("application/json;odata.metadata=minimal")
    assert "date" in answer.headers
    refused = graph.get("/users/nobody/events", client_request_id="my-own-id")
    inner = refused.json()["error"]["innerError"]
    assert inner["client-request-id"] == "my-own-id"
    assert inner["request-id"] == refused.headers["request-id"]


def test_paths_have_several_spellings(graph: "Graph") -> None:
    plain = graph.get(f"/users/{JANE}/calendar").json()
    assert graph.get(f"/users('{JANE}')/calendar").json() == plain
    assert graph.get(f"/Users/{JANE}/Calendar").json() == plain
    assert graph.get(f"/users/{JANE}/calendar", Prefer="").status_code == 200
    assert graph.call("PUT", f"/users/{JANE}/calendar").status_code == 405
    wrong = graph.base.replace("v1.0", "v2.0")
    assert graph.get(f"{wrong}/users").json()["error"]["message"] == "Invalid version: v2.0."


def test_calls_are_logged_by_template(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.control.delete("requests")
    graph.get(f"/users/{JANE}/events/nonsense")
    logged = rehearsal.requests()[-1]
    assert (logged["method"], logged["template"], logged["status"]) == ("GET", "/users/{user}/events/{event}", 400)
    assert (logged["code"], logged["mailbox"]) == ("ErrorInvalidIdMalformed", rehearsal.user(JANE).id)
