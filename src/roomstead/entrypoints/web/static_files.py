"""Our own files for browsers: style sheet, scripts and pictures, kept there for as long as they do not change."""

import gzip
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Header, Response

from roomstead.entrypoints.web.errors import NoSuchRoute

router = APIRouter(include_in_schema=False)

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
FOR_EVER = "public, max-age=31536000, immutable"
"""Addresses carry a digest of the content (``static_url``): a new content has a new address."""


@dataclass(frozen=True, slots=True)
class _File:
    media_type: str
    plain: bytes
    packed: bytes


@router.get("/static/{name}")
async def static(name: str, accept_encoding: Annotated[str, Header()] = "") -> Response:
    """One file, packed where the browser can unpack it."""
    found = _all().get(name)
    if found is None:
        raise NoSuchRoute
    headers = {
        "Cache-Control": FOR_EVER,
        "Vary": "Accept-Encoding",
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    }
    if "gzip" not in accept_encoding.lower():
        return Response(found.plain, headers=headers, media_type=found.media_type)
    return Response(found.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=found.media_type)


@cache
def _all() -> dict[str, _File]:
    """Every file, read and packed once."""
    contents = {
        each.name: each.read_bytes()
        for each in (files("roomstead.entrypoints.web") / "static").iterdir()
        if each.is_file()
    }
    return {
        name: _File(media_type, content, gzip.compress(content, mtime=0))
        for name, content in contents.items()
        if (media_type := MEDIA_TYPES.get(f".{name.rpartition('.')[2]}")) is not None
    }
