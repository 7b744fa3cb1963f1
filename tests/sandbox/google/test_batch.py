"""Batches, as Google's own client sends them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from googleapiclient.errors import HttpError
from googleapiclient.http import BatchHttpRequest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Rehearsal

Build = Callable[..., dict[str, Any]]


def test_every_part_has_its_own_fate(rehearsal: "Rehearsal", meeting: Build) -> None:
    service = rehearsal.calendar()
    service.calendars().get(calendarId="primary").execute()  # signed in: else the batch opens a connection of its own
    found: dict[str, Any] = {}

    def note(number: str, answer: Any, error: HttpError | None) -> None:  # noqa: ANN401  (whatever the part answers)
        found[number] = answer if error is None else (error.status_code, error.error_details[0]["reason"])

    batch = BatchHttpRequest(callback=note, batch_uri=rehearsal.endpoints["google_batch_uri"])
    batch.add(
        service.events().insert(calendarId="primary", body=meeting(summary="Ümläut"), sendUpdates="none"),
        request_id="1",
    )
    batch.add(service.events().get(calendarId="primary", eventId="nosuchevent"), request_id="2")
    batch.add(service.calendars().get(calendarId="primary"), request_id="3")
    batch.execute()
    assert found["1"]["summary"] == "Ümläut"
    assert found["2"] == (404, "notFound")
    assert found["3"]["id"] == "rooms-bot@corp.example"
    stands = service.events().get(calendarId="primary", eventId=found["1"]["id"]).execute()
    assert stands["summary"] == "Ümläut"


def test_what_is_no_batch_is_refused(rehearsal: "Rehearsal") -> None:
    service = rehearsal.calendar()
    service.calendars().get(calendarId="primary").execute()
    bearer = {"Authorization": f"Bearer {service._http.credentials.token}"}
    answer = rehearsal.http.post(rehearsal.endpoints["google_batch_uri"], json={}, headers=bearer)
    assert (answer.status_code, answer.json()["error"]["errors"][0]["reason"]) == (400, "badRequest")
