"""Days in a hostile world: people change their minds here and in Outlook while answers are lost and access comes and
goes. Whatever the order, when the dust has settled every booking is one event or none, was one invitation, and says
what the calendars show.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roomstead.domain.booking import BookingId, BookingState
from roomstead.domain.errors import AppError
from roomstead.domain.event import ResponseStatus
from roomstead_sandbox.control.client import ControlRefused

if TYPE_CHECKING:
    from tests.sync.conftest import Json, Town

NOT_THERE = {BookingState.CANCELLED, BookingState.FAILED}


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays the parts: three who book, one who is invited, three rooms; how an edit is sent and what befalls it."""

    people: tuple[str, str, str]
    guest: str
    rooms: tuple[str, str, str]
    edit: str
    statuses: tuple[tuple[int, str], ...]
    """Answers of a provider in trouble: broken, closed for a moment, late, and asking to slow down."""

    def faults(self, town: Town) -> list[dict[str, Any]]:
        """Bad luck of every kind."""
        (broken, broken_code), (closed, closed_code), (late, late_code), (many, many_code) = self.statuses
        return [
            {"kind": "drop", "after_commit": True, "method": "POST"},
            {"kind": "drop", "after_commit": False},
            {"kind": "answer", "status": broken, "code": broken_code, "after_commit": True},
            {"kind": "answer", "status": closed, "code": closed_code},
            {"kind": "answer", "status": late, "code": late_code, "after_commit": True, "method": self.edit},
            {"kind": "answer", "status": many, "code": many_code, "count": 2},
            {"kind": "stale_precondition", "method": self.edit},
            {"kind": "expired_token"},
            {"kind": "cursor_expired"},
            {"kind": "replay"},
            {"kind": "room_declines", "mailbox": town.address(self.rooms[0])},
        ]


CASTS = {
    "contoso": Cast(
        people=("jane.doe", "tom.baker", "priya.shah"),
        guest="nora.weiss",
        rooms=("oak", "elm", "quartz"),
        edit="PATCH",
        statuses=(
            (500, "ErrorInternalServerError"),
            (503, "serviceNotAvailable"),
            (504, "UnknownError"),
            (429, "ApplicationThrottled"),
        ),
    ),
    "corp": Cast(
        people=("jane.doe", "marcus.lee", "yuki.tanaka"),
        guest="ines.costa",
        rooms=("tulip", "canal", "miradouro"),
        edit="PUT",
        statuses=(
            (500, "backendError"),
            (503, "serviceNotAvailable"),
            (504, "backendError"),
            (403, "userRateLimitExceeded"),
        ),
    ),
}

which = st.integers(0, 5)
hour = st.integers(0, 7)
person = st.integers(0, 2)
room = st.integers(0, 2)
steps = st.one_of(
    st.tuples(st.just("book"), person, room, hour),
    st.tuples(st.just("move"), which, hour),
    st.tuples(st.just("rename"), which, hour),
    st.tuples(st.just("swap"), which, room),
    st.tuples(st.just("cancel"), which),
    st.tuples(st.just("move_there"), which, hour),
    st.tuples(st.just("cancel_there"), which),
    st.tuples(st.just("answer"), which, st.sampled_from(["accepted", "declined"])),
    st.tuples(st.just("fault"), st.integers(0, 10)),
    st.tuples(st.just("push"), which),
    st.tuples(st.just("pull"), room),
    st.tuples(st.just("close"), person),
    st.tuples(st.just("open"), person),
    st.tuples(st.just("live"), st.sampled_from([3, 25, 90])),
)


@dataclass
class Story:
    """One story: its own day, its own bookings."""

    town: Town
    cast: Cast
    day: int
    bookings: list[tuple[BookingId, str]] = field(default_factory=list)

    async def play(self, step: tuple[Any, ...]) -> None:
        """Do one thing; what is refused, here or in the calendar, changes nothing."""
        name, *given = step
        try:
            await getattr(self, f"_{name}")(*given)
        except (AppError, ControlRefused):
            return

    def _at(self, hour: int) -> float:
        return 24 * self.day + hour

    def _chosen(self, number: int) -> tuple[BookingId, str]:
        if not self.bookings:
            raise ControlRefused("nothing is booked yet")
        return self.bookings[number % len(self.bookings)]

    async def _book(self, who_no: int, room: int, hour: int) -> None:
        title, who = f"Story {self.day}.{len(self.bookings)}", self.cast.people[who_no]
        guests = [self.cast.guest]
        booking_id = await self.town.book(who, self.cast.rooms[room], self._at(hour), 1, title=title, guests=guests)
        self.bookings.append((booking_id, who))

    async def _move(self, number: int, hour: int) -> None:
        booking_id, who = self._chosen(number)
        await self.town.change(booking_id, who, start=self.town.at(self._at(hour)))

    async def _rename(self, number: int, hour: int) -> None:
        booking_id, who = self._chosen(number)
        await self.town.change(booking_id, who, title=f"Story {self.day}, renamed {number}.{hour}")

    async def _swap(self, number: int, room: int) -> None:
        booking_id, who = self._chosen(number)
        await self.town.change(booking_id, who, room_id=self.town.rooms[self.cast.rooms[room]].id)

    async def _cancel(self, number: int) -> None:
        booking_id, who = self._chosen(number)
        await self.town.cancel(booking_id, who)

    async def _move_there(self, number: int, hour: int) -> None:
        host, uid = await self._event_of(number)
        self.town.act("move", host, meeting=uid, start=self.town.at(self._at(hour)).isoformat())

    async def _cancel_there(self, number: int) -> None:
        host, uid = await self._event_of(number)
        self.town.act("cancel", host, meeting=uid)

    async def _answer(self, number: int, answer: str) -> None:
        _, uid = await self._event_of(number)
        self.town.act("respond", self.cast.guest, meeting=uid, answer=answer)

    async def _event_of(self, number: int) -> tuple[str, str]:
        booking_id, _ = self._chosen(number)
        events = hosted(self.town, self.cast, booking_id)
        if not events:
            raise ControlRefused("it is in no calendar")
        return events[0]["organizer"]["address"].partition("@")[0], events[0]["uid"]

    async def _fault(self, number: int) -> None:
        self.town.fault(**self.cast.faults(self.town)[number])

    async def _push(self, number: int) -> None:
        await self.town.push(self._chosen(number)[0])

    async def _pull(self, room: int) -> None:
        await self.town.pull_now(self.cast.rooms[room])

    async def _close(self, who: int) -> None:
        self.town.close(self.cast.people[who])

    async def _open(self, who: int) -> None:
        self.town.open(self.cast.people[who])

    async def _live(self, seconds: int) -> None:
        await self.town.live(seconds, step=3 if seconds < 10 else 10)

    async def settle(self) -> None:
        """The weather clears, and time passes."""
        self.town.sandbox.control.delete("faults")
        for who in self.cast.people:
            self.town.open(who)
        await self.town.live(40, step=4)
        await self.town.live(4500, step=300)
        await self.town.live(40, step=4)


def hosted(town: Town, cast: Cast, booking_id: BookingId) -> list[Json]:
    """The hosts' copies that carry this booking's tag, in all calendars."""
    found: list[Json] = []
    for name in (*cast.people, town.firm.service):
        items = town.sandbox.control.get(f"calendars/{town.address(name)}")["items"]
        found += [
            item
            for item in items
            if str(booking_id) in item["properties"].values() and item["is_organizer"] and not item["cancelled"]
        ]
    return found


async def check(town: Town, cast: Cast, booking_id: BookingId) -> None:
    """One event or none, one invitation, and a state that is what the calendars show."""
    booking = await town.stored(booking_id)
    state = await town.state(booking_id)
    events = hosted(town, cast, booking_id)
    assert not booking.unfinished
    assert len(events) == (0 if state in NOT_THERE else 1), state
    if not events:
        return
    (event,) = events
    assert len(town.sandbox.control.get("mail", kind="request", uid=event["uid"])) >= 1
    assert booking.occurrence.observed is not None
    assert booking.occurrence.observed.start.isoformat() == event["start"].replace("Z", "+00:00")
    answers = {each["address"]: each["answer"] for each in event["attendees"]}
    rooms = {
        request.room.mailbox.address: request.answer
        for request in booking.occurrence.wanted_rooms
        if request.asked_at is not None
    }
    for room, answer in rooms.items():
        assert answers[room] == {ResponseStatus.NEEDS_ACTION: "none"}.get(answer, answer.value)
    if state is BookingState.CONFIRMED:
        assert set(rooms.values()) == {ResponseStatus.ACCEPTED}


async def play(town: Town, story: list[tuple[Any, ...]]) -> None:
    """One story from beginning to end; many are played in one town, each on a day of its own."""
    days = town.__dict__.setdefault("days", [0])
    days[0] += 1
    if days[0] == 1:
        await town.use_service_account()
    current = Story(town, CASTS[town.firm.seed], days[0])
    await current.play(("book", 0, 0, 0))
    for step in story:
        await current.play(step)
    await current.settle()
    for booking_id, _ in current.bookings:
        await check(town, current.cast, booking_id)


@pytest.mark.timeout(600)
@given(story=st.lists(steps, min_size=4, max_size=14))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
async def test_when_the_dust_has_settled_calendars_and_bookings_agree(
    town: Town, database_url: str, story: list[tuple[Any, ...]]
) -> None:
    await play(town, story)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("town_type", ["corp"], indirect=True)
@given(story=st.lists(steps, min_size=4, max_size=14))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
async def test_so_they_do_where_google_keeps_the_calendars(
    town: Town, town_type: type[Town], database_url: str, story: list[tuple[Any, ...]]
) -> None:
    await play(town, story)
