"""Today: rooms × the hours of a day."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from roomstead.application.booking.read_timeline import ReadTimeline, Timeline
from roomstead.application.ports.timeline import RoomsWanted
from roomstead.entrypoints.web.deps import Cases, service_of
from roomstead.entrypoints.web.pages.begun import begun_page
from roomstead.entrypoints.web.pages.forms import Asked, FilledForm
from roomstead.entrypoints.web.pages.rendering import Viewer, page
from roomstead.entrypoints.web.pages.timeline import Row, hour_labels, local_day, row_of, turn_of, whole_day, window_of
from roomstead.entrypoints.web.pages.viewing import CurrentViewer

router = APIRouter(include_in_schema=False)

LONGEST_NAME = 100
SIZES = (2, 4, 6, 8, 12, 20)
STOREY = re.compile(r"-?[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class AskedDay:
    """What the address asks for; what makes no sense in it counts as not asked."""

    on: date
    building: str = ""
    floor: str = ""
    people: int | None = None
    equipment: str = ""
    free: bool = False
    room: str = ""
    page: int = 1
    whole: bool = False

    def wanted(self, now: datetime) -> RoomsWanted:
        """Which rooms."""
        equipment = (self.equipment,) if self.equipment else ()
        return RoomsWanted(
            self.building or None,
            self.floor or None,
            self.people,
            equipment,
            now if self.free else None,
            named=self.room,
        )

    @property
    def is_filtered(self) -> bool:
        """Whether some rooms may be left out."""
        return bool(self.room) or self.has_wishes

    @property
    def has_wishes(self) -> bool:
        """Whether more than a name is asked for."""
        return bool(self.building or self.floor or self.people or self.equipment or self.free)

    def address(self, **other: object) -> str:
        """The address of the same with something different."""
        values: dict[str, object] = {
            "day": self.on.isoformat(),
            "building": self.building,
            "floor": self.floor,
            "people": self.people,
            "equipment": self.equipment,
            "free": "on" if self.free else "",
            "room": self.room,
            "hours": "all" if self.whole else "",
            **other,
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return f"/?{query}" if query else "/"


@router.get("/")
async def show(request: Request, cases: Cases, viewer: CurrentViewer, asked: Asked) -> Response:
    """The page; for htmx the board alone."""
    now = service_of(request).clock.now()
    wanted = read_address(asked, viewer.moments.local(now).date())
    day = local_day(wanted.on, viewer.moments)
    command = ReadTimeline(day.start, day.end, wanted.wanted(now), wanted.page)
    known: dict[str, Any] = {"asked": wanted, "is_today": day.contains(now)}
    if "hx-request" in request.headers and "hx-history-restore-request" not in request.headers:
        timeline = await cases.read_timeline(command, viewer.acting)
        return page(request, "today_board.html", viewer, **known, is_part=True, **board(timeline, wanted, viewer, now))

    async def main() -> Mapping[str, Any]:
        timeline = await cases.read_timeline(command, viewer.acting)
        return {"is_part": False, **board(timeline, wanted, viewer, now)}

    return begun_page(request, "today.html", viewer, known, main)


def read_address(asked: FilledForm, today: date) -> AskedDay:
    """What was asked for."""
    people, number = asked.text("people"), asked.text("page")
    return AskedDay(
        on=day_of(asked.text("day"), today),
        building=asked.text("building"),
        floor=asked.text("floor"),
        people=max(int(people[:6]), 1) if people.isdecimal() else None,
        equipment=asked.text("equipment"),
        free=asked.is_on("free"),
        room=" ".join(asked.text("room")[:LONGEST_NAME].split()),
        page=min(max(int(number[:5]), 1), 9_999) if number.isdecimal() else 1,
        whole=asked.text("hours") == "all",
    )


def day_of(text: str, today: date) -> date:
    """A day by its ISO name, not too far away."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today
    return found if abs(found - today) < timedelta(days=3_660) else today


def board(timeline: Timeline, asked: AskedDay, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """What the templates show."""
    day = local_day(asked.on, viewer.moments)
    moments = viewer.moments
    blocks = [block for _, each in timeline.rooms for block in each]
    window = whole_day(day) if asked.whole else window_of(day, blocks, now, moments)
    rows = [row_of(room, each, window, now, moments) for room, each in timeline.rooms]
    share = window.share(now)
    is_today = day.contains(now)
    return {
        "groups": _groups(rows),
        "window": window,
        "hours": hour_labels(window, moments),
        "now_share": f"{share:.5f}" if is_today and 0 <= share < 1 else "",
        "turn": turn_of((day,), moments),
        "near_now": round(share * window.hours) if is_today else None,
        "past_share": f"{min(max(share, 0), 1):.5f}",
        "timeline": timeline,
        "choices": choices_of(timeline, asked),
        "sizes": SIZES,
        "longest_name": LONGEST_NAME,
        "yesterday": asked.on - timedelta(days=1),
        "tomorrow": asked.on + timedelta(days=1),
        "shown": (50 * (timeline.page - 1) + 1, 50 * (timeline.page - 1) + len(rows)),
    }


def choices_of(timeline: Timeline, asked: AskedDay) -> Mapping[str, Sequence[str]]:
    """What the filters offer: floors of the chosen building only, and what is chosen though no room has it now."""
    places = timeline.choices.places
    floors = {floor for building, floor in places if floor and asked.building in {"", building}}
    return {
        "building": sorted({*(building for building, _ in places), asked.building} - {""}),
        "floor": sorted({*floors, asked.floor} - {""}, key=_storey),
        "equipment": sorted({*timeline.choices.equipment, asked.equipment} - {""}),
    }


def _storey(floor: str) -> tuple[int, str]:
    """Floors in the order of a lift, as the rows come."""
    return (int(floor) if STOREY.fullmatch(floor) else 0, floor)


def _groups(rows: Sequence[Row]) -> list[tuple[tuple[str, str], list[Row]]]:
    """Rows by building and floor, in the order in which they come."""
    return [
        (place, list(each))
        for place, each in groupby(rows, key=lambda row: (row.room.building or "", row.room.floor or ""))
    ]
