"""One room: its week, what it has, and what is going on in it now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response

from roomstead.application.booking.read_timeline import ReadTimeline, Standing, TimelineBlock
from roomstead.application.ports.timeline import RoomsWanted
from roomstead.domain.errors import NotFound
from roomstead.domain.integration import RoomId
from roomstead.domain.timespan import Timespan
from roomstead.entrypoints.web.deps import Cases, service_of
from roomstead.entrypoints.web.pages.forms import Asked
from roomstead.entrypoints.web.pages.rendering import page
from roomstead.entrypoints.web.pages.timeline import (
    Row,
    hour_labels,
    local_day,
    row_of,
    standing_now,
    turn_of,
    windows_of,
)
from roomstead.entrypoints.web.pages.today import day_of
from roomstead.entrypoints.web.pages.viewing import CurrentViewer

router = APIRouter(include_in_schema=False)

DAYS = 7


@dataclass(frozen=True, slots=True)
class Day:
    """A row of the week."""

    on: date
    row: Row
    is_today: bool


@router.get("/rooms/{room_id}")
async def show(request: Request, room_id: UUID, cases: Cases, viewer: CurrentViewer, asked: Asked) -> Response:
    """The page. Raises NotFound for a room that is not live."""
    now = service_of(request).clock.now()
    moments = viewer.moments
    today = moments.local(now).date()
    wanted = day_of(asked.text("week"), today)
    monday = wanted - timedelta(days=wanted.weekday())
    days = [local_day(monday + timedelta(days=number), moments) for number in range(DAYS)]
    found = await cases.read_timeline(
        ReadTimeline(days[0].start, days[-1].end, RoomsWanted(room_id=RoomId(room_id))), viewer.acting
    )
    if not found.rooms:
        raise NotFound("There is no such room, or it is not in use.", remedy="Look for another room.")
    room, blocks = found.rooms[0]
    windows = windows_of(days, blocks, now, moments)
    rows = [
        _day(monday + timedelta(days=number), day, row_of(room, _within(blocks, day), window, now, moments), now)
        for number, (day, window) in enumerate(zip(days, windows, strict=True))
    ]
    firm = [each for each in blocks if each.standing is not Standing.DECLINED]
    return page(
        request,
        "room.html" if "hx-request" not in request.headers else "room_week.html",
        viewer,
        room=room,
        days=rows,
        window=windows[0],
        turn=turn_of(days, moments),
        hours=hour_labels(windows[0], moments),
        monday=monday,
        is_this_week=monday <= today < monday + timedelta(days=DAYS),
        earlier=monday - timedelta(days=DAYS),
        later=monday + timedelta(days=DAYS),
        standing=standing_now(blocks, now),
        present=next((each for each in firm if each.start <= now < each.end), None),
        following=[each for each in firm if each.start > now][:3],
    )


def _day(on: date, day: Timespan, row: Row, now: datetime) -> Day:
    return Day(on, row, day.contains(now))


def _within(blocks: Sequence[TimelineBlock], day: Timespan) -> list[TimelineBlock]:
    """What touches the day."""
    return [each for each in blocks if each.start < day.end and each.end > day.start]
