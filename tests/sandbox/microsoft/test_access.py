"""Who may open which mailbox: kinds of mailboxes, consent, access policies, role assignments, and their delays."""

from typing import TYPE_CHECKING

import httpx2
import pytest

if TYPE_CHECKING:
    from tests.sandbox.microsoft.conftest import Graph, Rehearsal


JANE = "jane.doe@contoso.example"
PRIYA = "priya.shah@contoso.example"
OAK = "oak@contoso.example"
RAOP = "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."
DENIED = "Access is denied. Check credentials and try again."


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize(
    ("mailbox", "status", "code"),
    [
        ("nobody@contoso.example", 404, "ErrorInvalidUser"),
        ("sam.okafor@contoso.example", 404, "MailboxNotEnabledForRESTAPI"),
        ("omar_fabrikam.example%23EXT%23@contoso.example", 404, "MailboxNotEnabledForRESTAPI"),
        ("lena.fischer@contoso.example", 404, "MailboxNotEnabledForRESTAPI"),
    ],
)
def test_no_mailbox_has_its_codes(graph: "Graph", mailbox: str, status: int, code: str) -> None:
    assert refusal(graph.get(f"/users/{mailbox}/calendar")) == (status, code)


def test_two_codes_are_in_doubt(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.switch(unlicensed_looks_unknown=True, on_premises_is_named=True)
    assert refusal(graph.get("/users/sam.okafor@contoso.example/events")) == (404, "ErrorInvalidUser")
    lena = graph.get("/users/lena.fischer@contoso.example/events")
    assert refusal(lena) == (404, "MailboxNotHostedInExchangeOnline")


@pytest.mark.parametrize(("kind", "status", "code"), [
    ("softdeleted", 404, "MailboxNotEnabledForRESTAPI"), ("stale", 503, "MailboxInfoStale"),
])  # fmt: skip
def test_mailboxes_come_and_go(rehearsal: "Rehearsal", graph: "Graph", kind: str, status: int, code: str) -> None:
    rehearsal.control.patch(f"users/{JANE}", {"mailbox": kind})
    assert refusal(graph.get(f"/users/{JANE}/calendar")) == (status, code)


def test_a_mailbox_has_many_names(rehearsal: "Rehearsal", graph: "Graph") -> None:
    identity = rehearsal.user(JANE).id
    for name in (identity, identity.upper(), JANE.upper(), "jane@contoso.example"):
        assert graph.get(f"/users/{name}/calendar").status_code == 200
    rehearsal.switch(primary_address_finds_mailbox=False)
    assert refusal(graph.get("/users/jane@contoso.example/calendar")) == (404, "ErrorInvalidUser")
    assert graph.get(f"/users/{JANE}/calendar").status_code == 200


def test_outside_every_group_of_a_restriction_is_denied(graph: "Graph") -> None:
    refused = graph.get(f"/users/{PRIYA}/calendar")
    assert refusal(refused) == (403, "ErrorAccessDenied")
    assert refused.json()["error"]["message"] == RAOP


def test_a_grant_is_told_at_once_and_works_when_it_has_spread(rehearsal: "Rehearsal", graph: "Graph") -> None:
    assert rehearsal.order("test-access", mailbox=PRIYA)["policy"] == "Denied"
    rehearsal.order("grant", mailbox=PRIYA, propagation_seconds=2400)
    assert rehearsal.order("test-access", mailbox=PRIYA)["policy"] == "Granted"
    assert graph.get(f"/users/{PRIYA}/calendar").status_code == 403
    rehearsal.advance(2399)
    assert graph.get(f"/users/{PRIYA}/calendar").status_code == 403
    rehearsal.advance(1)
    graph = rehearsal.graph()
    assert graph.get(f"/users/{PRIYA}/calendar").status_code == 200
    rehearsal.order("revoke", mailbox=PRIYA)
    assert graph.get(f"/users/{PRIYA}/calendar").status_code == 200
    rehearsal.advance(2400)
    assert rehearsal.graph().get(f"/users/{PRIYA}/calendar").status_code == 403


def test_a_group_changed_elsewhere_is_noticed(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.order("propagation", seconds=60)
    rehearsal.control.patch("groups/Roomstead Organisers", {"add": [PRIYA]})
    assert graph.get(f"/users/{PRIYA}/calendar").status_code == 403
    rehearsal.advance(61)
    assert graph.get(f"/users/{PRIYA}/calendar").status_code == 200


def test_deny_wins_and_other_apps_are_untouched(rehearsal: "Rehearsal", graph: "Graph") -> None:
    other = rehearsal.order("register-app", permissions=["Calendars.Read"])
    theirs = rehearsal.graph(client_id=other["client_id"], client_secret=other["client_secret"])
    assert theirs.get(f"/users/{PRIYA}/calendar").status_code == 200
    rehearsal.order("add-policy", right="DenyAccess", group="Roomstead Rooms")
    assert graph.get(f"/users/{OAK}/calendar").status_code == 403
    assert theirs.get(f"/users/{OAK}/calendar").status_code == 200


def test_without_policies_consent_reaches_everybody(rehearsal: "Rehearsal", graph: "Graph") -> None:
    for policy in rehearsal.order("rules")["policies"]:
        rehearsal.order("remove-rule", id=policy["id"])
    assert graph.get(f"/users/{PRIYA}/calendar").status_code == 200


def test_role_assignments_grant_by_themselves(rehearsal: "Rehearsal") -> None:
    app = rehearsal.order("register-app", permissions=[])
    graph = rehearsal.graph(client_id=app["client_id"], client_secret=app["client_secret"])
    refused = graph.get(f"/users/{OAK}/calendar")
    assert refused.json()["error"]["message"] == DENIED
    assignment = rehearsal.order(
        "assign-role", client_id=app["client_id"], role="Application Calendars.Read",
        scope="recipient_type", value="RoomMailbox",
    )  # fmt: skip
    assert graph.get(f"/users/{OAK}/calendar").status_code == 200
    assert graph.get(f"/users/{JANE}/calendar").status_code == 403
    assert graph.post(f"/users/{OAK}/events", {}).status_code == 403
    assert graph.get(f"/users/{OAK}/mailboxSettings").status_code == 403
    rehearsal.order("remove-rule", client_id=app["client_id"], id=assignment["id"])
    assert graph.get(f"/users/{OAK}/calendar").status_code == 403


def test_consent_and_roles_are_a_union(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.order(
        "assign-role", role="Application Calendars.ReadWrite", scope="group", value="Board", propagation_seconds=1800
    )
    assert graph.get(f"/users/{PRIYA}/calendar").status_code == 403
    rehearsal.advance(1800)
    assert graph.get(f"/users/{PRIYA}/calendar").status_code == 200
    assert graph.get(f"/users/{JANE}/calendar").status_code == 200


def test_role_groups_count_direct_members_only(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.control.post("groups", {"name": "Everyone", "members": ["Board"]})
    rehearsal.order("assign-role", role="Application Calendars.Read", scope="group", value="Everyone")
    assert graph.get(f"/users/{PRIYA}/calendar").status_code == 403
    rehearsal.order("add-policy", right="RestrictAccess", group="Everyone")
    assert graph.get(f"/users/{PRIYA}/calendar").status_code == 200
    rehearsal.switch(nested_groups_count=False)
    assert graph.get(f"/users/{PRIYA}/calendar").status_code == 403


def test_policies_do_not_cover_the_basic_permission(rehearsal: "Rehearsal") -> None:
    rehearsal.order("consent", permissions=["Calendars.ReadBasic.All"])
    graph = rehearsal.graph()
    events = graph.all(f"/users/{PRIYA}/events")
    assert events
    assert all("body" not in event and "bodyPreview" not in event for event in events)
    tagged = "$expand=singleValueExtendedProperties($filter=id eq 'String 0x1')"
    assert graph.get(f"/users/{PRIYA}/events?{tagged}").status_code == 403
    assert graph.delete(f"/users/{PRIYA}/events/{events[0]['id']}").status_code == 403


def test_policies_strike_out_of_the_blue(rehearsal: "Rehearsal", graph: "Graph") -> None:
    rehearsal.fault("blocked_by_policy", mailbox=JANE, count=2)
    codes = [graph.get(f"/users/{JANE}/calendar").status_code for _ in range(3)]
    assert codes == [403, 403, 200]


def test_there_is_no_me(graph: "Graph") -> None:
    refused = graph.get("/me/events")
    assert refusal(refused) == (400, "NoPermissionsInAccessToken")
