"""Channels: opened, told, stopped; and the ways in which messages fail."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Rehearsal

Build = Callable[..., dict[str, Any]]
BOT, JANE = "rooms-bot@corp.example", "jane.doe@corp.example"
TULIP = "c_1880tulip@resource.calendar.google.com"


def watch(rehearsal: "Rehearsal", hook: Any, calendar: str = "primary", **more: object) -> dict[str, Any]:  # noqa: ANN401  (loaded by its path)
    """Open a channel as the service user."""
    body = {"id": "channel-1", "type": "web_hook", "address": hook.url, "token": "k=v", **more}
    made: dict[str, Any] = rehearsal.calendar().events().watch(calendarId=calendar, body=body).execute()
    return made


def test_a_channel_says_sync_and_then_that_something_is_there(
    rehearsal: "Rehearsal",
    hook: Any,  # noqa: ANN401  (loaded by its path)
    meeting: Build,
) -> None:
    channel = watch(rehearsal, hook)
    assert channel["kind"] == "api#channel"
    assert channel["resourceUri"] == f"https://www.googleapis.com/calendar/v3/calendars/{BOT}/events?alt=json"
    assert channel["expiration"] == "1796033780000"  # a week
    first = hook.told(1)[0]
    assert (first["x-goog-resource-state"], first["x-goog-message-number"], first["length"]) == ("sync", "1", "0")
    assert (first["x-goog-channel-id"], first["x-goog-channel-token"]) == ("channel-1", "k=v")
    assert first["x-goog-channel-expiration"] == "Mon, 30 Nov 2026 10:16:20 GMT"
    assert first["x-goog-resource-id"] == channel["resourceId"]
    assert first["x-goog-resource-uri"] == channel["resourceUri"]
    assert first["user-agent"].startswith("APIs-Google;")
    events = rehearsal.calendar().events()
    events.insert(calendarId="primary", body=meeting(TULIP)).execute()
    hook.told(2)
    rehearsal.control.post("clock/settle", {})
    told = hook.told(3)
    assert [m["x-goog-resource-state"] for m in told] == ["sync", "exists", "exists"]
    numbers = [int(m["x-goog-message-number"]) for m in told]
    assert numbers == sorted(set(numbers))
    stopping = {"id": channel["id"], "resourceId": channel["resourceId"]}
    assert rehearsal.calendar().channels().stop(body=stopping).execute() == ""
    events.insert(calendarId="primary", body=meeting()).execute()
    assert rehearsal.refused(rehearsal.calendar().channels().stop(body=stopping)) == (404, "notFound")
    assert len(hook.messages) == 3


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({"id": None}, 400, "required"),
        ({"id": "x" * 65}, 400, "invalid"),
        ({"token": "x" * 257}, 400, "invalid"),
        ({"type": "mail"}, 400, "channelUnknown"),
        ({"address": "http://app.example/hook"}, 400, "push.webhookUrlNotHttps"),
        ({"expiration": "1"}, 400, "invalid"),
        ({"params": {"ttl": "no"}}, 400, "invalid"),
    ],
)
def test_a_channel_that_makes_no_sense_is_refused(
    rehearsal: "Rehearsal",
    hook: Any,  # noqa: ANN401  (loaded by its path)
    change: dict[str, Any],
    status: int,
    reason: str,
) -> None:
    body = {"id": "channel-1", "type": "web_hook", "address": hook.url, **change}
    body = {name: value for name, value in body.items() if value is not None}
    events = rehearsal.calendar().events()
    assert rehearsal.refused(events.watch(calendarId="primary", body=body)) == (status, reason)


def test_an_id_is_taken_while_its_channel_lives(rehearsal: "Rehearsal", hook: Any) -> None:  # noqa: ANN401  (as above)
    watch(rehearsal, hook, params={"ttl": "60"})
    body = {"id": "channel-1", "type": "webhook", "address": hook.url}
    again = rehearsal.calendar().events().watch(calendarId="primary", body=body)
    assert rehearsal.refused(again) == (400, "channelIdNotUnique")
    rehearsal.control.post("clock/advance", {"seconds": 61})
    assert again.execute()["id"] == "channel-1"


def test_rooms_may_refuse_to_be_watched_and_strangers_find_nothing(rehearsal: "Rehearsal", hook: Any) -> None:  # noqa: ANN401  (as above)
    assert watch(rehearsal, hook, TULIP)["resourceUri"].endswith(f"{TULIP}/events?alt=json")
    rehearsal.switch(rooms_can_be_watched=False)
    body = {"id": "channel-2", "type": "web_hook", "address": hook.url}
    events = rehearsal.calendar().events()
    unsupported = (400, "pushNotSupportedForRequestedResource")
    assert rehearsal.refused(events.watch(calendarId=TULIP, body=body)) == unsupported
    assert rehearsal.refused(events.watch(calendarId="dana.cole@corp.example", body=body)) == (404, "notFound")


def test_addresses_may_have_to_be_safe_and_known(rehearsal: "Rehearsal", hook: Any) -> None:  # noqa: ANN401  (as above)
    events = rehearsal.calendar().events()
    body = {"id": "channel-1", "type": "web_hook", "address": hook.url}
    rehearsal.switch(local_hooks_may_be_http=False, hook_domains_are_unknown=True)
    assert rehearsal.refused(events.watch(calendarId="primary", body=body)) == (400, "push.webhookUrlNotHttps")
    elsewhere = {**body, "address": "https://app.example/hook"}
    refusal = rehearsal.refused(events.watch(calendarId="primary", body=elsewhere))
    assert refusal == (401, "push.webhookUrlUnauthorized")


def test_only_who_opened_a_channel_stops_it(rehearsal: "Rehearsal", hook: Any) -> None:  # noqa: ANN401  (as above)
    channel = watch(rehearsal, hook)
    body = {"id": channel["id"], "resourceId": channel["resourceId"]}
    assert rehearsal.refused(rehearsal.calendar(JANE).channels().stop(body=body)) == (404, "notFound")
    wrong = {**body, "resourceId": "other"}
    assert rehearsal.refused(rehearsal.calendar().channels().stop(body=wrong)) == (404, "notFound")
    rehearsal.switch(any_subject_stops_channels=True)
    assert rehearsal.calendar(JANE).channels().stop(body=body).execute() == ""


def test_a_busy_receiver_is_told_again_and_a_refusing_one_is_not(
    rehearsal: "Rehearsal",
    hook: Any,  # noqa: ANN401  (loaded by its path)
    meeting: Build,
) -> None:
    watch(rehearsal, hook)
    hook.told(1)
    events = rehearsal.calendar().events()
    hook.refusals = [503]
    events.insert(calendarId="primary", body=meeting()).execute()
    hook.wait(lambda: hook.calls == 2)
    rehearsal.wait_for_timer("google.message")
    rehearsal.control.post("clock/advance", {"seconds": 6})
    hook.told(2)
    hook.refusals = [404]
    events.insert(calendarId="primary", body=meeting()).execute()
    hook.wait(lambda: hook.calls == 4)
    events.insert(calendarId="primary", body=meeting()).execute()
    hook.told(3)
    assert hook.states() == ["sync", "exists", "exists"]


def test_messages_get_lost_doubled_and_late_on_order(
    rehearsal: "Rehearsal",
    hook: Any,  # noqa: ANN401  (loaded by its path)
    meeting: Build,
) -> None:
    watch(rehearsal, hook)
    hook.told(1)
    events = rehearsal.calendar().events()
    mailbox = rehearsal.user(BOT).id
    rehearsal.fault("notification_lost", mailbox=mailbox)
    events.insert(calendarId="primary", body=meeting()).execute()
    rehearsal.fault("notification_doubled", mailbox=mailbox)
    events.insert(calendarId="primary", body=meeting()).execute()
    told = hook.told(3)
    assert told[1]["x-goog-message-number"] == told[2]["x-goog-message-number"]
    rehearsal.fault("notification_delayed", mailbox=mailbox, seconds=30)
    events.insert(calendarId="primary", body=meeting()).execute()
    assert len(hook.messages) == 3
    rehearsal.control.post("clock/advance", {"seconds": 31})
    hook.told(4)


def test_a_channel_hears_only_of_the_kinds_it_asked_for(
    rehearsal: "Rehearsal",
    hook: Any,  # noqa: ANN401  (loaded by its path)
    meeting: Build,
) -> None:
    body = {"id": "channel-1", "type": "web_hook", "address": hook.url}
    events = rehearsal.calendar(JANE).events()
    made = events.watch(calendarId="primary", eventTypes="default", body=body).execute()
    assert made["resourceUri"].endswith("events?alt=json&eventTypes=default")
    hook.told(1)
    events.insert(calendarId="primary", body=meeting(eventType="focusTime")).execute()
    events.insert(calendarId="primary", body=meeting()).execute()
    hook.told(2)
    assert hook.states() == ["sync", "exists"]


def test_channels_are_seen_limited_and_lost_on_order(
    rehearsal: "Rehearsal",
    hook: Any,  # noqa: ANN401  (loaded by its path)
    meeting: Build,
) -> None:
    rehearsal.order("channel-life", seconds=3600)
    watch(rehearsal, hook, params={"ttl": "604800"})
    hook.told(1)
    (shown,) = rehearsal.order("channels")
    assert (shown["id"], shown["user"], shown["expires"]) == ("channel-1", BOT, "2026-11-23T11:16:20+00:00")
    assert rehearsal.order("drop-channel", channel="channel-1") == {"dropped": 1}
    rehearsal.events().insert(calendarId="primary", body=meeting()).execute()
    assert rehearsal.order("channels") == []
    assert hook.states() == ["sync"]
    rehearsal.order("room-rules", room=TULIP, push=False)
    body = {"id": "channel-2", "type": "web_hook", "address": hook.url}
    refusal = rehearsal.refused(rehearsal.events().watch(calendarId=TULIP, body=body))
    assert refusal == (400, "pushNotSupportedForRequestedResource")
