"""Pages that change by themselves: server-sent events that say "look again", nothing more."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from fastapi import APIRouter, Request, Response

from roomstead.application.booking.read import ReadBooking
from roomstead.domain.booking import BookingId
from roomstead.entrypoints.web.deps import Cases, Service, cases_of
from roomstead.entrypoints.web.pages.cookies import SESSION, read_cookie
from roomstead.entrypoints.web.pages.viewing import CurrentViewer
from roomstead.entrypoints.web.streams import COME_BACK_SOON, LiveResponse

router = APIRouter(include_in_schema=False)

CALM = 2.0
"""At most one event in so many seconds: a busy company would have everybody load all the time."""
CALM_OF_ONE = 0.2
"""The same for a page about one thing, where people wait for the answer."""

News = AbstractAsyncContextManager[AsyncIterator[bool]]


@router.get("/live/rooms")
async def live_rooms(request: Request, service: Service, viewer: CurrentViewer) -> Response:
    """Whenever any booking, or what a room's calendar shows, changes."""
    news = service.announcements.of("booking", "room")
    return LiveResponse(request, viewer.acting, _follow(request, news, CALM))


@router.get("/live/me")
async def live_me(viewer: CurrentViewer) -> Response:
    """Whether this browser is signed in still, who in it, and what forms carry now: asked before a form is sent."""
    person = viewer.acting.person_id
    return Response(
        status_code=204,
        headers={"X-CSRF-Token": viewer.csrf, "X-Person": str(person or ""), "Cache-Control": "no-store"},
    )


@router.get("/live/bookings/{booking_id}")
async def live_booking(
    booking_id: UUID, request: Request, service: Service, cases: Cases, viewer: CurrentViewer
) -> Response:
    """Whenever this booking changes, and once at first: the room may have answered since the page was made.

    Raises NotFound.
    """
    await cases.read_booking(ReadBooking(BookingId(booking_id)), viewer.acting)
    news = service.announcements.about("booking", booking_id)
    return LiveResponse(request, viewer.acting, _follow(request, news, CALM_OF_ONE, first="data: changed\n\n"))


async def _follow(request: Request, news: News, calm: float, first: str = "") -> AsyncGenerator[str]:
    """Ends when the session does. ``first`` is said once nothing can be missed any more."""
    secret = read_cookie(request, SESSION)
    async with news as items:
        yield f"{COME_BACK_SOON}: listening\n\n{first}"
        async for is_news in items:
            if await cases_of(request).read_session(secret) is None:
                return
            yield "data: changed\n\n" if is_news else ": nothing new\n\n"
            await asyncio.sleep(calm)
