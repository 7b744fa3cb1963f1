"""gcsa, a client that nobody here wrote, unmodified, against the Google face."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from gcsa.attendee import Attendee, ResponseStatus
from gcsa.conference import ConferenceSolutionCreateRequest, SolutionType
from gcsa.event import Event, Visibility
from gcsa.free_busy import FreeBusyQueryError
from gcsa.google_calendar import GoogleCalendar, SendUpdatesMode
from gcsa.recurrence import DAILY, Recurrence

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Rehearsal

BOT, JANE = "rooms-bot@corp.example", "jane.doe@corp.example"
CANAL = "c_1880canal@resource.calendar.google.com"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
START = datetime(2026, 12, 1, 10, tzinfo=AMSTERDAM)


@pytest.fixture
def calendar(rehearsal: "Rehearsal") -> Any:  # noqa: ANN401  (gcsa has no types)
    """gcsa's calendar of the service user."""
    made = GoogleCalendar(BOT, credentials=rehearsal.credentials(BOT))
    rehearsal.close_later(made.service)
    made.service = rehearsal.calendar()  # gcsa takes no address of its own: its service is put in
    return made


def test_gcsa_books_follows_and_cancels(rehearsal: "Rehearsal", calendar: Any) -> None:  # noqa: ANN401  (as above)
    booked = Event(
        "Design review",
        start=START,
        end=START + timedelta(hours=1),
        timezone="Europe/Amsterdam",
        attendees=[JANE, Attendee(CANAL)],
        location="Canal",
        visibility=Visibility.PRIVATE,
        minutes_before_popup_reminder=15,
        conference_solution=ConferenceSolutionCreateRequest(solution_type=SolutionType.HANGOUTS_MEET),
    )
    made = calendar.add_event(booked, send_updates=SendUpdatesMode.ALL)
    assert (made.summary, made.start, made.visibility) == ("Design review", START, Visibility.PRIVATE)
    rehearsal.settle()
    found = calendar.get_event(made.event_id)
    assert {a.email: a.response_status for a in found.attendees}[CANAL] == ResponseStatus.ACCEPTED
    assert found.conference_solution.entry_points[0].uri.startswith("https://meet.google.com/")
    found.summary = "Renamed"
    assert calendar.update_event(found).summary == "Renamed"
    listed = list(calendar.get_events(date(2026, 12, 1), date(2026, 12, 2), single_events=True, order_by="startTime"))
    assert [event.summary for event in listed] == ["Renamed"]
    calendar.delete_event(made)
    assert list(calendar.get_events(date(2026, 12, 1), date(2026, 12, 2))) == []


def test_gcsa_reads_series_and_free_busy(rehearsal: "Rehearsal", calendar: Any) -> None:  # noqa: ANN401  (as above)
    series = Event(
        "Stand-up",
        start=START,
        end=START + timedelta(minutes=30),
        timezone="Europe/Amsterdam",
        recurrence=[Recurrence.rule(freq=DAILY, count=3)],
        attendees=[Attendee(CANAL)],
    )
    made = calendar.add_event(series)
    rehearsal.settle()
    assert [event.start for event in calendar.get_instances(made)] == [START + timedelta(days=n) for n in range(3)]
    window = {"time_min": START - timedelta(hours=1), "time_max": START + timedelta(days=1)}
    busy = calendar.get_free_busy(resource_ids=[CANAL], **window)
    spans = [(span.start, span.end) for span in busy.calendars[CANAL]]
    assert (START, START + timedelta(minutes=30)) in spans
    with pytest.raises(FreeBusyQueryError):
        calendar.get_free_busy(resource_ids=["stranger@other.example"], **window)
