"""Find a room: when, how long, how many people, what equipment; the free ones, best first, and the form beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from roomstead.application.booking.find_rooms import FREE_AFTER, FindRooms, FoundRoom
from roomstead.application.booking.read_timeline import ReadTimeline, TimelineBlock
from roomstead.application.paging import Page
from roomstead.application.ports.timeline import Choices, RoomsWanted
from roomstead.bootstrap.use_cases import UseCases
from roomstead.domain.errors import InvalidInput
from roomstead.domain.timespan import Timespan
from roomstead.entrypoints.web.deps import Cases, service_of
from roomstead.entrypoints.web.pages.book import prospect_of, read_draft
from roomstead.entrypoints.web.pages.day_strip import Strip, strip_of
from roomstead.entrypoints.web.pages.forms import Asked, FilledForm
from roomstead.entrypoints.web.pages.rendering import Viewer, page
from roomstead.entrypoints.web.pages.timeline import local_day
from roomstead.entrypoints.web.pages.typed_times import TypedTimes, next_half_hour, read_times
from roomstead.entrypoints.web.pages.viewing import CurrentViewer

router = APIRouter(include_in_schema=False)

AT_ONCE = 12


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for."""

    times: TypedTimes
    people: str
    building: str
    floor: str
    equipment: tuple[str, ...]
    room: str
    cursor: str

    def address(self, **other: object) -> str:
        """The address of the same search, with something different."""
        values: list[tuple[str, object]] = [
            ("day", self.times.day),
            ("time", self.times.time),
            ("minutes", self.times.minutes),
            ("people", self.people),
            ("building", self.building),
            ("floor", self.floor),
            *(("equipment", each) for each in self.equipment),
            *other.items(),
        ]
        return f"/find?{urlencode([(name, value) for name, value in values if value])}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A free room with its day. ``until``: when it is taken again that day; empty: not."""

    found: FoundRoom
    strip: Strip
    until: str

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is offered, without what ``until`` says better."""
        return tuple(each for each in self.found.reasons if each != FREE_AFTER or not self.until)


@router.get("/find")
async def show(request: Request, cases: Cases, viewer: CurrentViewer, asked: Asked) -> Response:
    """The page."""
    proposed = next_half_hour(service_of(request).clock.now())
    wish = _wish(asked, viewer, proposed)
    found, mistakes = await _found(cases, wish, viewer)
    hits, choices = await _hits(cases, found.items, wish.times.span or proposed, viewer)
    chosen = next((each for each in hits if str(each.found.room.room_no) == wish.room), hits[0] if hits else None)
    draft = prospect = None
    if chosen is not None:
        draft = await read_draft(asked, wish.times.span or proposed, viewer, cases)
        prospect = await prospect_of(cases, draft, chosen.found.room, viewer)
    answer = page(
        request,
        "find.html",
        viewer,
        wish=wish,
        hits=hits,
        more=found.next_cursor,
        chosen=chosen,
        room=chosen.found.room if chosen else None,
        draft=draft,
        prospect=prospect,
        mistakes={},
        wish_mistakes=mistakes,
        is_lost=bool(wish.room and chosen and str(chosen.found.room.room_no) != wish.room),
        refusal=None,
        beside=True,
        choices=choices,
        buildings=sorted({building for building, _ in choices.places if building}),
    )
    if "hx-request" in request.headers:
        answer.headers["HX-Push-Url"] = wish.address()  # what is typed into the form stays out of the history
    return answer


def _wish(asked: FilledForm, viewer: Viewer, proposed: Timespan) -> Wish:
    return Wish(
        times=read_times(asked, viewer.moments, proposed),
        people=asked.text("people").strip()[:6],
        building=asked.text("building"),
        floor=asked.text("floor"),
        equipment=tuple(each for each in asked.texts("equipment") if each),
        room=asked.text("room"),
        cursor=asked.text("cursor"),
    )


async def _found(cases: UseCases, wish: Wish, viewer: Viewer) -> tuple[Page[FoundRoom], Mapping[str, str]]:
    """The free rooms, or what stands in the way, by field."""
    if wish.times.span is None:
        return Page(()), wish.times.mistakes
    command = FindRooms(
        wish.times.span.start,
        wish.times.span.end,
        building=wish.building or None,
        floor=wish.floor or None,
        min_capacity=int(wish.people) if wish.people.isdecimal() and int(wish.people) else None,
        equipment=wish.equipment,
        cursor=wish.cursor,
        limit=AT_ONCE,
    )
    try:
        return await cases.find_rooms(command, viewer.acting), {}
    except InvalidInput as error:
        names = {"start": "time", "end": "minutes", "min_capacity": "people"}
        return Page(()), {names.get(name, "time"): text for name, text in error.mistakes.items()}


async def _hits(
    cases: UseCases, found: Sequence[FoundRoom], span: Timespan, viewer: Viewer
) -> tuple[list[Hit], Choices]:
    """The rooms with their days, and what there is to choose from."""
    day = local_day(viewer.moments.local(span.start).date(), viewer.moments)
    numbers = tuple(each.room.room_no for each in found)
    command = ReadTimeline(day.start, day.end, RoomsWanted(room_nos=numbers or (0,)))
    timeline = await cases.read_timeline(command, viewer.acting)
    blocks: dict[int, Sequence[TimelineBlock]] = {room.room_no: each for room, each in timeline.rooms}
    hits = [
        Hit(
            each,
            strip_of(blocks.get(each.room.room_no, ()), span, viewer.moments),
            viewer.moments.time(each.free_until) if each.free_until and each.free_until < day.end else "",
        )
        for each in found
    ]
    return hits, timeline.choices
