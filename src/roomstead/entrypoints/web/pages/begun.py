"""A page whose head is on its way while its main part is still being read.

A browser that has the head fetches style sheet and scripts and shows who and where one is; so a full page of rooms is
seen sooner by about the time that it takes to read and draw them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from roomstead.domain.errors import AppError
from roomstead.entrypoints.web.errors import unforeseen
from roomstead.entrypoints.web.pages.errors import error_page
from roomstead.entrypoints.web.pages.rendering import Drawing, Viewer

log = structlog.get_logger("roomstead.web")

MAIN = "<main"
"""With it begins what is not known yet."""
AT_ONCE = 64
"""Pieces of a template that are drawn before others have their turn: a quarter of a millisecond's work."""

Values = Mapping[str, Any]


def begun_page(
    request: Request, template: str, viewer: Viewer, known: Values, later: Callable[[], Awaitable[Values]]
) -> Response:
    """Send the template up to its main part with what is ``known``, the rest when ``later`` has been read.

    The status is gone by then: what goes wrong while reading stands in the place of the main part, as on the page that
    an error has of its own.
    """
    drawing = Drawing.begin(request, viewer)
    return drawing.signed(StreamingResponse(_parts(drawing, template, known, later), media_type="text/html"))


async def _parts(
    drawing: Drawing, template: str, known: Values, later: Callable[[], Awaitable[Values]]
) -> AsyncIterator[str]:
    yield _head(drawing.pieces(template, **known))
    try:
        rest = _from_main(await _in_turns(drawing.pieces(template, **known, **await later())))
    except AppError as error:
        log.warning("page_ended_in_error", code=error.code)
        rest = await _instead(drawing.request, error)
    except Exception:
        log.exception("request_failed")
        rest = await _instead(drawing.request, unforeseen())
    yield rest


async def _in_turns(pieces: Iterator[str]) -> str:
    """All of them, a few at a time: what the head has sent the browser for is answered in between, not afterwards."""
    drawn = []
    for number, piece in enumerate(pieces):
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
        drawn.append(piece)
    return "".join(drawn)


def _head(pieces: Iterator[str]) -> str:
    """Everything before the main part; what comes after is not even drawn."""
    head = []
    for piece in pieces:
        before, mark, _ = str(piece).partition(MAIN)
        head.append(before)
        if mark:
            break
    return "".join(head)


def _from_main(html: str) -> str:
    _, mark, rest = html.partition(MAIN)
    return mark + rest


async def _instead(request: Request, error: AppError) -> str:
    answer = await error_page(request, error)
    return _from_main(bytes(answer.body).decode())
