"""Subscriptions and their notifications, told to a real HTTP server."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from roomstead_sandbox.microsoft.notifications.health import HostHealth, HostState

if TYPE_CHECKING:
    from tests.contracts_support.notification_hook import Hook
    from tests.sandbox.microsoft.conftest import Graph, Rehearsal

JANE = "jane.doe@contoso.example"
PRIYA = "priya.shah@contoso.example"
SERVICE = "rooms@contoso.example"
EVENTS = f"/users/{SERVICE}/events"
Build = Callable[..., dict[str, Any]]


@pytest.fixture
def wanted(rehearsal: "Rehearsal", hook: "Hook") -> Callable[..., dict[str, Any]]:
    """Bodies of subscriptions to the service account's events."""

    def build(**changes: object) -> dict[str, Any]:
        return {
            "changeType": "created,updated,deleted",
            "notificationUrl": hook.url,
            "resource": f"/users/{rehearsal.user(SERVICE).id}/events",
            "expirationDateTime": "2026-11-29T10:00:00.0000000Z",
            "clientState": "a secret of ours",
            **changes,
        }

    return build


def test_a_subscription_is_made_after_the_handshake(graph: "Graph", hook: "Hook", wanted: Build) -> None:
    answer = graph.post("/subscriptions", wanted(lifecycleNotificationUrl=f"{hook.url}/lifecycle"))
    assert answer.status_code == 201
    made = answer.json()
    assert len(hook.validations) == 2
    assert hook.validations[0].startswith("Validation: Testing client application reachability")
    assert made["expirationDateTime"] == "2026-11-29T10:00:00Z"
    assert made["clientState"] is None
    assert graph.get("/subscriptions").json()["value"] == [{k: v for k, v in made.items() if k != "@odata.context"}]
    assert graph.get(f"/subscriptions/{made['id']}").json()["id"] == made["id"]
    assert graph.delete(f"/subscriptions/{made['id']}").status_code == 204
    assert graph.delete(f"/subscriptions/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("echo", "code"),
    [
        (lambda token: (202, "text/plain", token), "InvalidRequest"),
        (lambda token: (500, "text/plain", token), "InvalidRequest"),
        (lambda token: (200, "text/plain", token + "!"), "ValidationError"),
        (lambda token: (200, "text/html", token), "ValidationError"),
        (lambda token: (200, "text/plain", token.replace(" ", "+")), "ValidationError"),
    ],
)
def test_a_failed_handshake_makes_nothing(
    graph: "Graph", hook: "Hook", wanted: Build, echo: Callable[[str], tuple[int, str, str]], code: str
) -> None:
    hook.echo = echo
    refused = graph.post("/subscriptions", wanted())
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, code)
    assert graph.get("/subscriptions").json()["value"] == []


def test_nobody_there_is_a_failed_handshake(graph: "Graph", hook: "Hook", wanted: Build) -> None:
    hook.close()
    assert graph.post("/subscriptions", wanted()).json()["error"]["code"] == "InvalidRequest"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"expirationDateTime": "2026-11-30T10:16:21Z"}, 400, "ExtensionError"),
        ({"expirationDateTime": "2026-11-22T00:00:00Z"}, 400, "InvalidRequest"),
        ({"expirationDateTime": "soon"}, 400, "InvalidRequest"),
        ({"changeType": "moved"}, 400, "InvalidRequest"),
        ({"changeType": None}, 400, "RequestBodyRead"),
        ({"clientState": "x" * 129}, 400, "InvalidRequest"),
        ({"notificationUrl": "ftp://x/y"}, 400, "InvalidRequest"),
        ({"resource": "/users/x/messages"}, 400, "ExtensionError"),
        ({"includeResourceData": True}, 400, "InvalidRequest"),
        ({"resource": "/users/nobody@contoso.example/events"}, 404, "ExtensionError"),
    ],
)
def test_what_cannot_be_subscribed(
    graph: "Graph", hook: "Hook", wanted: Build, change: dict[str, Any], status: int, code: str
) -> None:
    refused = graph.post("/subscriptions", wanted(**change))
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
    assert hook.validations == []


def test_no_access_is_wrapped(graph: "Graph", wanted: Build) -> None:
    refused = graph.post("/subscriptions", wanted(resource=f"users/{PRIYA}/events"))
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "ExtensionError"
    assert refused.json()["error"]["message"] == (
        "Operation: Create; Exception: [Status Code: Forbidden; Reason: Access to OData is disabled.]"
    )


def test_duplicates_conflict_or_not(rehearsal: "Rehearsal", graph: "Graph", wanted: Build) -> None:
    assert graph.post("/subscriptions", wanted()).status_code == 201
    assert graph.post("/subscriptions", wanted()).status_code == 409
    rehearsal.switch(duplicate_subscription_refused=False, client_state_echoed=True)
    second = graph.post("/subscriptions", wanted())
    assert (second.status_code, second.json()["clientState"]) == (201, "a secret of ours")


def test_short_lives_are_lengthened_renewed_and_end(rehearsal: "Rehearsal", graph: "Graph", wanted: Build) -> None:
    made = graph.post("/subscriptions", wanted(expirationDateTime="2026-11-23T10:20:00Z")).json()
    assert made["expirationDateTime"] == "2026-11-23T11:01:20Z"
    path = f"/subscriptions/{made['id']}"
    renewed = graph.patch(path, {"expirationDateTime": "2026-11-24T10:00:00Z"})
    assert (renewed.status_code, renewed.json()["expirationDateTime"]) == (200, "2026-11-24T10:00:00Z")
    too_long = graph.patch(path, {"expirationDateTime": "2027-11-24T10:00:00Z"}).json()
    assert too_long["error"]["message"] == "Subscription expiration can only be 10080 minutes in the future."
    assert graph.post(f"{path}/reauthorize").status_code == 204
    rehearsal.advance(24 * 3600)
    graph = rehearsal.graph()
    assert graph.get(path).status_code == 404
    assert graph.get("/subscriptions").json()["value"] == []


def test_a_subscription_may_move_to_another_address(
    rehearsal: "Rehearsal", graph: "Graph", hook: "Hook", wanted: Build, meeting: Build
) -> None:
    made = graph.post("/subscriptions", wanted()).json()
    path, target = f"/subscriptions/{made['id']}", f"{hook.url}/elsewhere"
    assert graph.patch(path, {"notificationUrl": target}).json()["notificationUrl"] == target
    assert len(hook.validations) == 2
    graph.post(EVENTS, meeting())
    assert hook.told(1)[0]["subscriptionId"] == made["id"]
    hook.echo = lambda token: (404, "text/plain", token)
    assert graph.patch(path, {"notificationUrl": hook.url}).status_code == 400
    assert graph.get(path).json()["notificationUrl"] == target
    assert rehearsal.order("subscriptions")[0]["notification_url"] == target


def test_apps_see_their_own_only(rehearsal: "Rehearsal", graph: "Graph", wanted: Build) -> None:
    made = graph.post("/subscriptions", wanted()).json()
    other = rehearsal.order("register-app", permissions=["Calendars.Read"])
    theirs = rehearsal.graph(client_id=other["client_id"], client_secret=other["client_secret"])
    assert theirs.get("/subscriptions").json()["value"] == []
    assert theirs.get(f"/subscriptions/{made['id']}").status_code == 404
    assert theirs.post("/subscriptions", wanted()).status_code == 201


def test_changes_are_told_without_their_content(
    rehearsal: "Rehearsal", graph: "Graph", hook: "Hook", wanted: Build, meeting: Build
) -> None:
    made = graph.post("/subscriptions", wanted(), Prefer='IdType="ImmutableId"').json()
    event = graph.post(EVENTS, meeting(subject="Secret"), Prefer='IdType="ImmutableId"').json()
    notice = hook.told(1)[0]
    service = rehearsal.user(SERVICE).id
    assert notice == {
        "subscriptionId": made["id"],
        "subscriptionExpirationDateTime": "2026-11-29T10:00:00+00:00",
        "clientState": "a secret of ours",
        "tenantId": rehearsal.endpoints["tenant_id"],
        "changeType": "created",
        "resource": f"Users/{service}/Events/{event['id']}",
        "resourceData": {
            "@odata.type": "#Microsoft.Graph.Event",
            "@odata.id": f"Users/{service}/Events/{event['id']}",
            "@odata.etag": event["@odata.etag"],
            "id": event["id"],
        },
    }
    graph.patch(f"{EVENTS}/{event['id']}", {"subject": "Still secret"})
    graph.delete(f"{EVENTS}/{event['id']}")
    assert [n["changeType"] for n in hook.told(3)] == ["created", "updated", "deleted"]


def test_a_booked_room_is_told_about_several_times(
    rehearsal: "Rehearsal", graph: "Graph", hook: "Hook", wanted: Build, meeting: Build
) -> None:
    oak = rehearsal.user("oak@contoso.example").id
    graph.post("/subscriptions", wanted(resource=f"users/{oak}/events"))
    graph.post(EVENTS, meeting("oak@contoso.example"))
    rehearsal.advance(10)
    kinds = [notice["changeType"] for notice in hook.told(4)]
    assert (kinds[0], set(kinds[1:])) == ("created", {"updated"})


def test_only_what_was_asked_for_is_told(graph: "Graph", hook: "Hook", wanted: Build, meeting: Build) -> None:
    graph.post("/subscriptions", wanted(changeType="deleted"))
    event = graph.post(EVENTS, meeting()).json()
    graph.delete(f"{EVENTS}/{event['id']}")
    assert [notice["changeType"] for notice in hook.told(1)] == ["deleted"]


def test_a_refused_call_is_tried_again_later(
    rehearsal: "Rehearsal", graph: "Graph", hook: "Hook", wanted: Build, meeting: Build
) -> None:
    graph.post("/subscriptions", wanted(changeType="created"))
    hook.refusals = 2
    graph.post(EVENTS, meeting())
    hook.wait(lambda: hook.calls == 1)
    _until_pending(rehearsal)
    rehearsal.advance(10)
    hook.wait(lambda: hook.calls == 2)
    _until_pending(rehearsal)
    rehearsal.advance(30)
    assert hook.told(1)[0]["changeType"] == "created"


def _until_pending(rehearsal: "Rehearsal") -> None:
    """Wait until the failed call has been put on the clock again."""
    deadline = monotonic() + 60
    while "microsoft.notice" not in rehearsal.call(lambda: [each.kind for each in rehearsal.world.clock.timers()]):
        assert monotonic() < deadline, "nobody tries again"


def test_lost_doubled_delayed_and_out_of_order(
    rehearsal: "Rehearsal", graph: "Graph", hook: "Hook", wanted: Build, meeting: Build
) -> None:
    rehearsal.switch(organizer_copy_rotates=False)
    graph.post("/subscriptions", wanted(changeType="created"))

    def book(fault: str | None = None, **fields: object) -> str:
        if fault:
            rehearsal.fault(fault, mailbox=SERVICE, **fields)
        made: str = graph.post(EVENTS, meeting()).json()["id"]
        return made

    book("notification_lost")
    doubled = book("notification_doubled")
    delayed = book("notification_delayed", seconds=120)
    held = book("notification_reordered")
    last = book()
    assert [n["resourceData"]["id"] for n in hook.told(4)] == [doubled, doubled, last, held]
    rehearsal.advance(120)
    assert hook.told(5)[4]["resourceData"]["id"] == delayed


@pytest.mark.parametrize("event", ["reauthorizationRequired", "missed", "subscriptionRemoved"])
def test_lifecycle_events(rehearsal: "Rehearsal", graph: "Graph", hook: "Hook", wanted: Build, event: str) -> None:
    made = graph.post("/subscriptions", wanted(lifecycleNotificationUrl=f"{hook.url}/lifecycle")).json()
    assert rehearsal.order("lifecycle", mailbox=SERVICE, event=event) == {"told": 1}
    notice = hook.told(1)[0]
    assert (notice["lifecycleEvent"], notice["subscriptionId"]) == (event, made["id"])
    assert notice["clientState"] == "a secret of ours"
    left = graph.get(f"/subscriptions/{made['id']}").status_code
    assert left == (404 if event == "subscriptionRemoved" else 200)


def test_a_storm_arrives_in_few_calls(graph: "Graph", hook: "Hook", wanted: Build, meeting: Build) -> None:
    graph.post("/subscriptions", wanted(changeType="created"))
    body = meeting()
    requests = [
        {"id": str(n), "method": "POST", "url": EVENTS, "headers": {"Content-Type": "application/json"}, "body": body}
        for n in range(20)
    ]
    for _ in range(10):
        graph.post("/$batch", {"requests": requests})
    assert len(hook.told(200)) == 200
    assert hook.calls < 200


def test_a_host_that_answers_slowly_is_put_off_or_left_out(
    rehearsal: "Rehearsal", graph: "Graph", hook: "Hook", wanted: Build, meeting: Build
) -> None:
    graph.post("/subscriptions", wanted(changeType="created"))
    host = urlsplit(hook.url).netloc
    rehearsal.order("webhook-host", host=host, state="drop")
    graph.post(EVENTS, meeting())
    rehearsal.advance(601)
    rehearsal.order("webhook-host", host=host, state="slow")
    late = graph.post(EVENTS, meeting()).json()["id"]
    _until_pending(rehearsal)
    assert hook.calls == 0
    rehearsal.advance(601)
    assert [notice["resourceData"]["id"] for notice in hook.told(1)] == [late]


@pytest.mark.parametrize(
    ("slow", "state"), [(10, HostState.GOOD), (11, HostState.SLOW), (15, HostState.SLOW), (16, HostState.DROP)]
)
def test_slow_answers_are_counted_over_ten_minutes(slow: int, state: HostState) -> None:
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    health = HostHealth()
    health.answered("rooms.example", now - timedelta(minutes=11), 500, is_slow=True)  # as long ago as it was forgotten
    health.put("rooms.example", HostState.GOOD, now - timedelta(minutes=11))
    health.answered("rooms.example", now, 100 - slow, is_slow=False)
    health.answered("rooms.example", now, slow, is_slow=True)
    assert health.state("rooms.example", now) is state
    assert health.state("other.example", now) is HostState.GOOD
    assert health.state("rooms.example", now + timedelta(minutes=10)) is HostState.GOOD


def test_a_few_slow_answers_say_nothing() -> None:
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    health = HostHealth()
    health.answered("rooms.example", now, 99, is_slow=True)
    assert health.state("rooms.example", now) is HostState.GOOD
