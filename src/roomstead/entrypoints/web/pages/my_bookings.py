"""My bookings: what waits for an answer, what is to come, what was."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from roomstead.application.booking.list_bookings import ListBookings
from roomstead.domain.booking import BookingState
from roomstead.entrypoints.web.deps import Cases, service_of
from roomstead.entrypoints.web.pages.booking import DOTS
from roomstead.entrypoints.web.pages.forms import Asked
from roomstead.entrypoints.web.pages.rendering import Viewer, page
from roomstead.entrypoints.web.pages.viewing import CurrentViewer

router = APIRouter(include_in_schema=False)

AT_ONCE = 50
MONTH = timedelta(days=30)
FARTHEST = 120
"""How many months back the list goes."""
MOST = 200


@router.get("/bookings")
async def show(request: Request, cases: Cases, viewer: CurrentViewer, asked: Asked) -> Response:
    """Upcoming ones by start; with ``back`` those of so many months ago, newest first."""
    now = service_of(request).clock.now()
    back = asked.text("back")
    months = min(int(back[:4]), FARTHEST) if back.isdecimal() else 0
    if months:
        return await _past(request, viewer, now, months)
    command = ListBookings(since=now, cursor=asked.text("cursor"), limit=AT_ONCE)
    found = await cases.list_bookings(command, viewer.acting)
    sure = [each for each in found.items if each.state is BookingState.CONFIRMED]
    waiting = [each for each in found.items if each.state is not BookingState.CONFIRMED]
    return page(
        request,
        "my_bookings.html",
        viewer,
        waiting=waiting,
        sure=sure,
        more=found.next_cursor,
        months=0,
        dots=DOTS,
        here=f"/bookings?{urlencode({'cursor': command.cursor})}" if command.cursor else "/bookings",
    )


async def _past(request: Request, viewer: Viewer, now: datetime, months: int) -> Response:
    until = now - MONTH * (months - 1)
    command = ListBookings(since=until - MONTH, until=until, with_cancelled=True, limit=MOST)
    found = await service_of(request).cases.list_bookings(command, viewer.acting)
    over = [each for each in found.items if until - MONTH < each.intended.end <= until]
    return page(
        request,
        "my_bookings.html",
        viewer,
        waiting=[],
        sure=over[::-1],
        more=None,
        months=months,
        dots=DOTS,
        since=until - MONTH,
        until=until,
    )
