"""Changing, cancelling, deleting and answering: who may, what follows, and what an entity tag protects."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.microsoft.conftest import Graph, Rehearsal

JANE = "jane.doe@contoso.example"
SERVICE = "rooms@contoso.example"
OAK = "oak@contoso.example"
ELM = "elm@contoso.example"
Build = Callable[..., dict[str, Any]]
EVENTS = f"/users/{SERVICE}/events"


@pytest.fixture
def booked(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> dict[str, Any]:
    """A meeting of the service account with Jane in Oak, the room's answer in."""
    event = graph.post(EVENTS, meeting(JANE, OAK, transactionId="t-1")).json()
    rehearsal.advance(10)
    found: dict[str, Any] = graph.get(f"{EVENTS}/{event['id']}").json()
    return found


def answers(event: dict[str, Any]) -> dict[str, str]:
    return {a["emailAddress"]["address"]: a["status"]["response"] for a in event["attendees"]}


def mails(rehearsal: "Rehearsal", kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rehearsal.control.get("mail", kind=kind, sender=SERVICE)
    return found


def test_only_what_is_sent_changes(graph: "Graph", booked: dict[str, Any]) -> None:
    answer = graph.patch(f"{EVENTS}/{booked['id']}", {"subject": "Kick-off 2"})
    assert answer.status_code == 200
    changed = answer.json()
    touched = {"subject", "changeKey", "@odata.etag", "lastModifiedDateTime", "@odata.context"}
    assert {k: v for k, v in changed.items() if k not in touched} == {
        k: v for k, v in booked.items() if k not in touched
    }
    assert changed["subject"] == "Kick-off 2"
    assert changed["changeKey"] != booked["changeKey"]


def test_what_cannot_change_stays(graph: "Graph", booked: dict[str, Any]) -> None:
    sent = {"transactionId": "t-9", "iCalUId": "x", "type": "seriesMaster", "webLink": "x", "organizer": {}}
    changed = graph.patch(f"{EVENTS}/{booked['id']}", sent).json()
    assert {k: changed[k] for k in ("transactionId", "iCalUId", "type", "organizer")} == {
        k: booked[k] for k in ("transactionId", "iCalUId", "type", "organizer")
    }


def test_an_old_entity_tag_is_refused(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    made = graph.post(EVENTS, meeting(OAK)).json()
    rehearsal.advance(10)
    path = f"{EVENTS}/{made['id']}"
    stale = graph.patch(path, {"subject": "x"}, If_Match=made["@odata.etag"])
    error = stale.json()["error"]
    assert (stale.status_code, error["code"]) == (412, "ErrorIrresolvableConflict")
    assert error["message"].endswith(made["changeKey"])
    fresh = graph.get(path).json()
    assert fresh["subject"] == "Kick-off"
    assert graph.patch(path, {"subject": "y"}, If_Match=fresh["@odata.etag"]).status_code == 200
    assert graph.patch(path, {"subject": "z"}, If_Match="*").status_code == 200
    assert graph.delete(path, If_Match=fresh["@odata.etag"]).status_code == 412
    assert graph.delete(path).status_code == 204


def test_a_change_key_moves_by_itself_after_a_create(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    made = graph.post(EVENTS, meeting()).json()
    rehearsal.advance(3)
    later = graph.get(f"{EVENTS}/{made['id']}").json()
    assert later["changeKey"] != made["changeKey"]
    assert later["subject"] == made["subject"]


def test_a_precondition_can_fail_on_order(rehearsal: "Rehearsal", graph: "Graph", booked: dict[str, Any]) -> None:
    rehearsal.fault("stale_precondition", mailbox=SERVICE, method="PATCH")
    path = f"{EVENTS}/{booked['id']}"
    assert graph.patch(path, {"subject": "x"}, If_Match=booked["@odata.etag"]).status_code == 412
    assert graph.patch(path, {"subject": "x"}, If_Match=booked["@odata.etag"]).status_code == 200


def test_a_list_of_attendees_replaces_the_list(rehearsal: "Rehearsal", graph: "Graph", booked: dict[str, Any]) -> None:
    assert answers(booked) == {JANE: "none", OAK: "accepted"}
    jane = {"type": "required", "emailAddress": {"address": JANE}}
    elm = {"type": "resource", "emailAddress": {"address": ELM, "name": "Elm"}}
    changed = graph.patch(f"{EVENTS}/{booked['id']}", {"attendees": [jane, elm]}).json()
    assert set(answers(changed)) == {JANE, ELM}
    assert [mail["recipients"] for mail in mails(rehearsal, "cancellation")] == [[OAK]]
    assert mails(rehearsal, "request")[-1]["recipients"] == [ELM]
    rehearsal.advance(10)
    assert answers(graph.get(f"{EVENTS}/{booked['id']}").json()) == {JANE: "none", ELM: "accepted"}
    left = graph.all(f"/users/{OAK}/calendarView?startDateTime=2026-11-25T00:00:00Z&endDateTime=2026-11-26T00:00:00Z")
    assert [e for e in left if e["iCalUId"] == booked["iCalUId"] and not e["isCancelled"]] == []


def test_statuses_are_honoured_except_declined(graph: "Graph", booked: dict[str, Any]) -> None:
    sent = [
        {**attendee, "status": {"response": response, "time": "2026-11-23T10:00:00Z"}}
        for attendee, response in zip(booked["attendees"], ("tentativelyAccepted", "declined"), strict=True)
    ]
    changed = graph.patch(f"{EVENTS}/{booked['id']}", {"attendees": sent}).json()
    statuses = [a["status"] for a in changed["attendees"]]
    assert statuses[0] == {"response": "tentativelyAccepted", "time": "2026-11-23T10:00:00Z"}
    assert statuses[1] == {"response": "notResponded", "time": "4501-01-01T00:00:00Z"}


@pytest.mark.parametrize(("resets", "kept"), [(False, "accepted"), (True, "none")])
def test_a_list_without_statuses_may_take_answers_back(
    rehearsal: "Rehearsal", graph: "Graph", booked: dict[str, Any], *, resets: bool, kept: str
) -> None:
    rehearsal.switch(omitted_answers_reset=resets)
    sent = [{"type": a["type"], "emailAddress": a["emailAddress"]} for a in booked["attendees"]]
    changed = graph.patch(f"{EVENTS}/{booked['id']}", {"attendees": sent}).json()
    assert answers(changed)[OAK] == kept


def test_a_move_takes_answers_back_and_the_room_decides_again(
    rehearsal: "Rehearsal", graph: "Graph", booked: dict[str, Any]
) -> None:
    moved = graph.patch(
        f"{EVENTS}/{booked['id']}",
        {
            "start": {"dateTime": "2026-11-25T15:00:00", "timeZone": "UTC"},
            "end": {"dateTime": "2026-11-25T16:00:00", "timeZone": "UTC"},
        },
    ).json()
    assert set(answers(moved).values()) == {"none"}
    rehearsal.advance(10)
    assert answers(graph.get(f"{EVENTS}/{booked['id']}").json())[OAK] == "accepted"
    assert mails(rehearsal, "update")[-1]["recipients"] == [JANE, OAK]


def test_location_replaces_locations(graph: "Graph", booked: dict[str, Any]) -> None:
    changed = graph.patch(f"{EVENTS}/{booked['id']}", {"location": {"displayName": "Roof"}}).json()
    assert [place["displayName"] for place in changed["locations"]] == ["Roof"]
    assert graph.patch(f"{EVENTS}/{booked['id']}", {"locations": []}).json()["location"]["displayName"] == ""


def test_only_the_organiser_cancels(rehearsal: "Rehearsal", graph: "Graph", booked: dict[str, Any]) -> None:
    copy = graph.all(f"/users/{OAK}/events?$filter=iCalUId eq '{booked['iCalUId']}'")[0]
    refused = graph.post(f"/users/{OAK}/events/{copy['id']}/cancel", {"comment": "x"})
    assert refused.status_code == 400
    assert refused.json()["error"]["message"].endswith("You need to be an organizer to cancel a meeting.")
    done = graph.post(f"{EVENTS}/{booked['id']}/cancel", {"Comment": "No longer needed"})
    assert (done.status_code, done.content) == (202, b"")
    assert mails(rehearsal, "cancellation")[-1]["comment"] == "No longer needed"
    for again in (graph.post(f"{EVENTS}/{booked['id']}/cancel"), graph.delete(f"{EVENTS}/{booked['id']}")):
        assert (again.status_code, again.json()["error"]["code"]) == (404, "ErrorItemNotFound")


def test_cancelled_meetings_stay_in_rooms_that_keep_them(
    rehearsal: "Rehearsal", graph: "Graph", booked: dict[str, Any]
) -> None:
    graph.delete(f"{EVENTS}/{booked['id']}")
    rehearsal.advance(10)
    copy = graph.all(f"/users/{OAK}/events?$filter=iCalUId eq '{booked['iCalUId']}'")[0]
    assert (copy["isCancelled"], copy["showAs"]) == (True, "free")
    assert copy["subject"].startswith("Canceled: ")


def test_an_attendee_deletes_for_themselves(rehearsal: "Rehearsal", graph: "Graph", booked: dict[str, Any]) -> None:
    copy = graph.all(f"/users/{JANE}/events?$filter=iCalUId eq '{booked['iCalUId']}'")[0]
    assert graph.delete(f"/users/{JANE}/events/{copy['id']}").status_code == 204
    rehearsal.advance(10)
    assert answers(graph.get(f"{EVENTS}/{booked['id']}").json()) == {JANE: "none", OAK: "accepted"}


@pytest.mark.parametrize(
    ("action", "response", "left"),
    [("accept", "accepted", 1), ("tentativelyAccept", "tentativelyAccepted", 1), ("decline", "declined", 0)],
)
def test_answers_reach_the_organisers_copy(
    rehearsal: "Rehearsal", graph: "Graph", booked: dict[str, Any], action: str, response: str, left: int
) -> None:
    mine = f"/users/{JANE}/events?$filter=iCalUId eq '{booked['iCalUId']}'"
    copy = graph.all(mine)[0]
    assert copy["responseStatus"]["response"] == "notResponded"
    done = graph.post(f"/users/{JANE}/events/{copy['id']}/{action}", {"comment": "", "sendResponse": True})
    assert (done.status_code, done.content) == (202, b"")
    rehearsal.advance(10)
    assert answers(graph.get(f"{EVENTS}/{booked['id']}").json())[JANE] == response
    assert len(graph.all(mine)) == left


def test_a_silent_answer_stays_at_home(rehearsal: "Rehearsal", graph: "Graph", booked: dict[str, Any]) -> None:
    copy = graph.all(f"/users/{JANE}/events?$filter=iCalUId eq '{booked['iCalUId']}'")[0]
    graph.post(f"/users/{JANE}/events/{copy['id']}/accept", {"sendResponse": False})
    rehearsal.advance(10)
    assert answers(graph.get(f"{EVENTS}/{booked['id']}").json())[JANE] == "none"
    assert graph.get(f"/users/{JANE}/events/{copy['id']}").json()["responseStatus"]["response"] == "accepted"


def test_the_organiser_has_nothing_to_answer(graph: "Graph", booked: dict[str, Any]) -> None:
    refused = graph.post(f"{EVENTS}/{booked['id']}/decline", {})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "ErrorInvalidRequest")


def test_a_forward_adds_people_to_the_organisers_copy(
    rehearsal: "Rehearsal", graph: "Graph", booked: dict[str, Any]
) -> None:
    copy = graph.all(f"/users/{JANE}/events?$filter=iCalUId eq '{booked['iCalUId']}'")[0]
    to = [{"emailAddress": {"address": "tom.baker@contoso.example", "name": "Tom Baker"}}]
    assert graph.post(f"/users/{JANE}/events/{copy['id']}/forward", {"toRecipients": to}).status_code == 202
    rehearsal.advance(10)
    assert "tom.baker@contoso.example" in answers(graph.get(f"{EVENTS}/{booked['id']}").json())
    refused = graph.post(f"/users/{JANE}/events/{copy['id']}/forward", {"toRecipients": []})
    assert refused.json()["error"]["code"] == "ErrorInvalidRecipients"


def test_cancelling_alone_may_be_refused(rehearsal: "Rehearsal", graph: "Graph", meeting: Build) -> None:
    rehearsal.switch(cancel_without_attendees_fails=True)
    event = graph.post(EVENTS, meeting()).json()
    assert graph.post(f"{EVENTS}/{event['id']}/cancel", {}).status_code == 400
    assert graph.post(f"{EVENTS}/{event['id']}/permanentDelete", {}).status_code == 204


def test_ids_belong_to_their_mailbox_and_have_a_form(graph: "Graph", booked: dict[str, Any]) -> None:
    elsewhere = graph.get(f"/users/{JANE}/events/{booked['id']}")
    assert (elsewhere.status_code, elsewhere.json()["error"]["code"]) == (404, "ErrorItemNotFound")
    for wrong in ("nonsense", booked["id"][:-4], booked["id"].swapcase()):
        answer = graph.get(f"{EVENTS}/{wrong}")
        assert answer.status_code in (400, 404), wrong


def test_ids_that_need_escaping(rehearsal: "Rehearsal", graph: "Graph", booked: dict[str, Any]) -> None:
    rehearsal.switch(ids_need_escaping=True)
    changed = graph.get(f"{EVENTS}/{booked['id']}").json()
    escaped = changed["id"].replace("/", "%2F").replace("+", "%2B").replace("=", "%3D")
    assert graph.get(f"{EVENTS}/{escaped}").json()["iCalUId"] == booked["iCalUId"]


def test_a_moved_mailbox_has_new_ids_and_old_immutable_ones(
    rehearsal: "Rehearsal", graph: "Graph", booked: dict[str, Any]
) -> None:
    prefer = 'IdType="ImmutableId"'
    immutable = graph.get(f"{EVENTS}/{booked['id']}", Prefer=prefer).json()["id"]
    rehearsal.control.post(f"users/{SERVICE}/move-mailbox")
    assert graph.get(f"{EVENTS}/{booked['id']}").status_code == 404
    assert graph.get(f"{EVENTS}/{immutable}", Prefer=prefer).json()["id"] == immutable
    assert graph.get(f"{EVENTS}/{immutable}").json()["id"] != booked["id"]
