"""Lists: filters, order, pages, sync tokens and the two ways in which they end."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Rehearsal

Build = Callable[..., dict[str, Any]]
Json = dict[str, Any]
BOT, JANE = "rooms-bot@corp.example", "jane.doe@corp.example"
CANAL = "c_1880canal@resource.calendar.google.com"


def at(meeting: Build, hour: int, **more: object) -> Json:
    """An event of the first of December of one hour (UTC)."""
    start, end = (f"2026-12-01T{h:02}:00:00Z" for h in (hour, hour + 1))
    zone = {"timeZone": "UTC"}
    return meeting(start={"dateTime": start, **zone}, end={"dateTime": end, **zone}, summary=f"At {hour}", **more)


def names(page: Json) -> list[str]:
    """The titles on a page."""
    return [item.get("summary", item["status"]) for item in page["items"]]


@pytest.fixture
def day(rehearsal: "Rehearsal", meeting: Build) -> Any:  # noqa: ANN401  (a discovered resource)
    """A calendar with events at nine, ten, eleven and twelve, made in another order; its events."""
    events = rehearsal.events()
    for hour in (11, 9, 12, 10):
        rehearsal.control.post("clock/advance", {"seconds": 1})
        events.insert(calendarId="primary", body=at(meeting, hour)).execute()
    return events


def test_the_envelope_tells_about_the_calendar(day: Any) -> None:  # noqa: ANN401  (as above)
    page = day.list(calendarId="primary").execute()
    told = {name: page[name] for name in ("kind", "summary", "accessRole", "timeZone", "defaultReminders")}
    assert told == {
        "kind": "calendar#events",
        "summary": BOT,
        "accessRole": "owner",
        "timeZone": "Europe/Amsterdam",
        "defaultReminders": [],
    }
    assert page["updated"] == "2026-11-23T10:16:24.000Z"
    assert "nextPageToken" not in page


def test_a_window_takes_what_ends_after_and_starts_before_it(day: Any) -> None:  # noqa: ANN401  (as above)
    window = {"timeMin": "2026-12-01T10:00:00Z", "timeMax": "2026-12-01T12:00:00Z"}
    for single in (False, True):
        page = day.list(calendarId="primary", singleEvents=single, **window).execute()
        assert sorted(names(page)) == ["At 10", "At 11"]


def test_lists_are_ordered_as_asked_for(rehearsal: "Rehearsal", day: Any) -> None:  # noqa: ANN401  (as above)
    ordered = day.list(calendarId="primary", singleEvents=True, orderBy="startTime").execute()
    assert names(ordered) == ["At 9", "At 10", "At 11", "At 12"]
    assert names(day.list(calendarId="primary", orderBy="updated").execute()) == ["At 11", "At 9", "At 12", "At 10"]
    assert rehearsal.refused(day.list(calendarId="primary", orderBy="startTime")) == (400, "badRequest")


def test_pages_follow_one_another_and_only_the_last_ends_with_a_sync_token(day: Any) -> None:  # noqa: ANN401  (as above)
    found: list[str] = []
    page: Json = {"nextPageToken": None}
    while "nextPageToken" in page:
        page = day.list(calendarId="primary", maxResults=3, pageToken=page["nextPageToken"]).execute()
        assert ("nextSyncToken" in page) is not ("nextPageToken" in page)
        found += names(page)
    assert sorted(found) == ["At 10", "At 11", "At 12", "At 9"]


def test_what_happens_while_pages_are_read_is_reported_next_time(day: Any, meeting: Build) -> None:  # noqa: ANN401  (as above)
    first = day.list(calendarId="primary", maxResults=3).execute()
    day.insert(calendarId="primary", body=at(meeting, 15)).execute()
    last = day.list(calendarId="primary", maxResults=3, pageToken=first["nextPageToken"]).execute()
    assert len(first["items"]) + len(last["items"]) == 4
    assert names(day.list(calendarId="primary", syncToken=last["nextSyncToken"]).execute()) == ["At 15"]


def test_a_page_may_be_empty_and_not_the_last(rehearsal: "Rehearsal", day: Any) -> None:  # noqa: ANN401  (as above)
    rehearsal.fault("empty_page", mailbox=rehearsal.user(BOT).id)
    empty = day.list(calendarId="primary").execute()
    assert empty["items"] == []
    assert len(day.list(calendarId="primary", pageToken=empty["nextPageToken"]).execute()["items"]) == 4
    broken = day.list(calendarId="primary", pageToken="nonsense")
    assert rehearsal.refused(broken) == (400, "invalid")


def test_events_are_found_by_words_uid_kind_and_properties(rehearsal: "Rehearsal", day: Any, meeting: Build) -> None:  # noqa: ANN401  (as above)
    held = {"private": {"bookingId": "4711", "attempt": "1"}, "shared": {"bookingId": "4711"}}
    body = at(meeting, 16, extendedProperties=held, recurrence=["RRULE:FREQ=DAILY;COUNT=2"])
    made = day.insert(calendarId="primary", body={**body, "attendees": [{"email": JANE}]}).execute()
    focus = day.insert(calendarId="primary", body=at(meeting, 17, eventType="focusTime")).execute()

    def found(**query: object) -> list[str]:
        return [item["id"] for item in day.list(calendarId="primary", **query).execute()["items"]]

    assert found(q="at 16 jane") == [made["id"]]
    assert found(iCalUID=made["iCalUID"]) == [made["id"]]
    assert found(eventTypes="focusTime") == [focus["id"]]
    assert len(found(eventTypes=["default", "focusTime"])) == 6
    assert found(privateExtendedProperty="bookingId=4711") == [made["id"]]
    assert found(sharedExtendedProperty="bookingId=4711") == [made["id"]]
    assert len(found(privateExtendedProperty="bookingId=4711", singleEvents=True)) == 2
    assert found(privateExtendedProperty="bookingId=4712") == []
    both = ["bookingId=4711", "attempt=2"]
    assert found(privateExtendedProperty=both) == []
    rehearsal.switch(property_filters_are_or=True)
    assert found(privateExtendedProperty=both) == [made["id"]]


def test_deleted_events_show_when_asked_for(day: Any) -> None:  # noqa: ANN401  (as above)
    one = day.list(calendarId="primary", q="At 9").execute()["items"][0]
    day.delete(calendarId="primary", eventId=one["id"]).execute()
    assert "At 9" not in names(day.list(calendarId="primary").execute())
    shown = day.list(calendarId="primary", showDeleted=True).execute()["items"]
    assert [item["status"] for item in shown if item["id"] == one["id"]] == ["cancelled"]
    since = day.list(calendarId="primary", updatedMin="2026-11-23T10:16:24Z").execute()
    assert sorted(names(since)) == ["At 10", "At 9"]  # modified since: the deleted one as well


def test_modification_times_lie_not_too_far_back(rehearsal: "Rehearsal", day: Any) -> None:  # noqa: ANN401  (as above)
    request = day.list(calendarId="primary", updatedMin="2026-01-01T00:00:00Z")
    assert rehearsal.refused(request) == (410, "updatedMinTooLongAgo")


def test_a_round_reports_each_change_once_and_a_token_can_be_used_again(day: Any, meeting: Build) -> None:  # noqa: ANN401  (as above)
    token = day.list(calendarId="primary").execute()["nextSyncToken"]
    none = day.list(calendarId="primary", syncToken=token).execute()
    assert none["items"] == []
    made = day.insert(calendarId="primary", body=at(meeting, 18)).execute()
    day.patch(calendarId="primary", eventId=made["id"], body={"summary": "Later"}).execute()
    for _ in range(2):
        assert names(day.list(calendarId="primary", syncToken=token).execute()) == ["Later"]
    pages = day.list(calendarId="primary", syncToken=token, maxResults=1).execute()
    assert "nextPageToken" not in pages


@pytest.mark.parametrize(
    "more",
    [
        {"timeMin": "2026-12-01T00:00:00Z"},
        {"timeMax": "2026-12-01T00:00:00Z"},
        {"updatedMin": "2026-11-23T00:00:00Z"},
        {"q": "x"},
        {"iCalUID": "x"},
        {"orderBy": "updated"},
        {"privateExtendedProperty": "a=b"},
        {"sharedExtendedProperty": "a=b"},
        {"showDeleted": False},
    ],
)
def test_a_sync_token_goes_with_no_filter(rehearsal: "Rehearsal", day: Any, more: Json) -> None:  # noqa: ANN401  (as above)
    token = day.list(calendarId="primary").execute()["nextSyncToken"]
    request = day.list(calendarId="primary", syncToken=token, **more)
    assert rehearsal.refused(request) == (400, "syncTokenWithRequestRestrictions")


def test_a_token_dies_of_age_of_sharing_and_on_order(rehearsal: "Rehearsal", day: Any) -> None:  # noqa: ANN401  (as above)
    token = day.list(calendarId="primary").execute()["nextSyncToken"]
    dead = (410, "fullSyncRequired")
    follow = day.list(calendarId="primary", syncToken=token)
    rehearsal.fault("cursor_expired", mailbox=rehearsal.user(BOT).id)
    assert rehearsal.refused(follow) == dead
    assert follow.execute()["items"] == []
    rehearsal.fault("cursor_unknown", mailbox=rehearsal.user(BOT).id)
    assert rehearsal.refused(follow) == (400, "invalid")
    rehearsal.share(BOT, JANE, "reader")
    assert rehearsal.refused(follow) == dead
    fresh = day.list(calendarId="primary").execute()["nextSyncToken"]
    rehearsal.control.post("clock/advance", {"seconds": 29 * 86_400})
    assert rehearsal.refused(day.list(calendarId="primary", syncToken=fresh)) == dead
    assert rehearsal.refused(day.list(calendarId="primary", syncToken="nonsense")) == (400, "invalid")


def test_a_token_is_for_its_calendar_and_its_kind_of_list(rehearsal: "Rehearsal", day: Any) -> None:  # noqa: ANN401  (as above)
    token = day.list(calendarId="primary").execute()["nextSyncToken"]
    assert rehearsal.refused(day.list(calendarId=CANAL, syncToken=token)) == (400, "invalid")
    assert rehearsal.refused(day.list(calendarId="primary", syncToken=token, singleEvents=True)) == (400, "invalid")


def test_changes_are_reported_again_on_order(rehearsal: "Rehearsal", day: Any) -> None:  # noqa: ANN401  (as above)
    token = day.list(calendarId="primary").execute()["nextSyncToken"]
    rehearsal.fault("replay", mailbox=rehearsal.user(BOT).id, parameters={"changes": 2})
    assert names(day.list(calendarId="primary", syncToken=token).execute()) == ["At 12", "At 10"]


def test_bounds_that_make_no_sense_are_refused(rehearsal: "Rehearsal", day: Any) -> None:  # noqa: ANN401  (as above)
    backwards = day.list(calendarId="primary", timeMin="2026-12-02T00:00:00Z", timeMax="2026-12-01T00:00:00Z")
    assert rehearsal.refused(backwards) == (400, "timeRangeEmpty")
    assert rehearsal.refused(day.list(calendarId="primary", timeMin="2026-12-02")) == (400, "invalid")
    assert rehearsal.refused(day.list(calendarId="primary", timeZone="Middle/Earth")) == (400, "invalid")


def test_only_the_fields_that_are_named_come_back(day: Any) -> None:  # noqa: ANN401  (as above)
    page = day.list(calendarId="primary", fields="items(id,start/dateTime),nextSyncToken").execute()
    assert set(page) == {"items", "nextSyncToken"}
    assert set(page["items"][0]) == {"id", "start"}
    assert set(page["items"][0]["start"]) == {"dateTime"}


def test_tokens_end_on_order_and_by_their_age(rehearsal: "Rehearsal", day: Any) -> None:  # noqa: ANN401  (as above)
    token = day.list(calendarId="primary").execute()["nextSyncToken"]
    rehearsal.order("expire-sync", calendar=BOT)
    assert rehearsal.refused(day.list(calendarId="primary", syncToken=token)) == (410, "fullSyncRequired")
    rehearsal.order("sync-life", days=0.5)
    token = day.list(calendarId="primary").execute()["nextSyncToken"]
    rehearsal.control.post("clock/advance", {"seconds": 43_201})
    assert rehearsal.refused(day.list(calendarId="primary", syncToken=token)) == (410, "fullSyncRequired")
