"""Ordering things of the face, and the world's own control beside a second provider."""

import pytest
from tests.sandbox.google.conftest import ADMIN, BOT, DOMAIN, Rehearsal, refusal, room

from roomstead_sandbox.control.client import ControlRefused
from roomstead_sandbox.google.actions import all_actions


def test_every_action_is_described(rehearsal: Rehearsal) -> None:
    described = rehearsal.control.get("openapi.json")["paths"]
    for action in all_actions(rehearsal.state):
        operation = described[f"/google/{action.name}"]["post"]
        assert operation["summary"].endswith(".")
        assert operation["requestBody"]


def test_service_accounts_are_no_customers(rehearsal: Rehearsal) -> None:
    rehearsal.calendar(None).calendars().get(calendarId="primary").execute()
    assert [tenant["name"] for tenant in rehearsal.control.get("state")["tenants"]] == ["Corp"]
    assert len(rehearsal.control.get("rooms")) == 12
    added = rehearsal.control.post("users", {"upn": f"new.one@{DOMAIN}", "display_name": "New One"})
    assert rehearsal.directory().users().get(userKey=added["mail"]).execute()["name"]["fullName"] == "New One"


def test_a_second_customer(rehearsal: Rehearsal) -> None:
    rehearsal.control.post("tenants", {"name": "Second", "domains": ["second.example"], "face": "google"})
    rehearsal.control.post("users", {"upn": "ann@second.example", "display_name": "Ann A", "tenant": "second.example"})
    rehearsal.order("add-building", tenant="second.example", id="S1", name="Second House", floors=["1"])
    place = {"building": "Second House", "floor_label": "1", "capacity": 5}
    added = {"upn": room("second"), "display_name": "Second Room", "tenant": "second.example", "place": place}
    rehearsal.control.post("rooms", added)
    with pytest.raises(ControlRefused, match="not exactly one"):
        rehearsal.order("delegate")
    rehearsal.order("delegate", tenant="second.example")
    rehearsal.order("assign-role", tenant="second.example", to="ann@second.example")
    ann = rehearsal.directory("ann@second.example").resources().calendars()
    assert [i["generatedResourceName"] for i in ann.list(customer="my_customer").execute()["items"]] == [
        "S1-1-Second Room (5)"
    ]
    assert refusal(rehearsal.calendar("ann@second.example").calendars().get(calendarId=BOT)) == (404, "notFound")
    assert len(rehearsal.control.get("rooms")) == 13
    assert len(rehearsal.control.get("rooms", tenant=DOMAIN)) == 12
    assert refusal(rehearsal.directory().users().get(userKey="ann@second.example")) == (403, "forbidden")


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("share", {"calendar": "nobody@corp.example", "with": BOT}),
        ("suspend", {"user": "nobody@corp.example"}),
        ("delegate", {"tenant": "contoso.example"}),
        ("delegate", {"scopes": ["calender"]}),
        ("delete-keys", {"key_id": "none"}),
        ("create-key", {"pem": "none"}),
        ("create-account", {"name": "roomstead"}),
        ("change-client", {"client_id": "none"}),
        ("room-rules", {"room": BOT}),
        ("unshare", {"calendar": room("tulip"), "with": ADMIN}),
        ("assign-role", {"to": "roomstead@roomstead-rehearsal.iam.gserviceaccount.com", "super_admin": True}),
        ("add-building", {"id": "AMS", "name": "Again"}),
    ],
)
def test_mistaken_orders_are_told(rehearsal: Rehearsal, action: str, body: dict[str, object]) -> None:
    with pytest.raises(ControlRefused):
        rehearsal.order(action, **body)
