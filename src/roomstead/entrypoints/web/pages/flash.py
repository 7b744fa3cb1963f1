"""What was just done, said once at the top of the page that follows a form."""

import base64
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse

from roomstead.entrypoints.web.pages.cookies import FLASH, drop_cookie, read_cookie, set_cookie
from roomstead.entrypoints.web.pages.texts import Texts

KEPT = timedelta(minutes=1)
SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class Flash:
    """A sentence of the catalogue; ``kind`` is a kind of note: ``info``, ``ok`` or ``warn``."""

    kind: str
    sentence: str


def after(request: Request, path: str, said: str = "", *, kind: str = "ok", **values: str | int) -> RedirectResponse:
    """Send the browser on to a page with GET; ``said`` names the catalogue's sentence that it shows once."""
    response = RedirectResponse(path, SEE_OTHER)
    if said:
        packed = json.dumps([kind, said, values]).encode()
        set_cookie(request, response, FLASH, base64.urlsafe_b64encode(packed).decode(), lasts=KEPT)
    return response


def flash_of(request: Request, texts: Texts) -> Flash | None:
    """What there is to say."""
    packed = read_cookie(request, FLASH)
    if not packed or "hx-request" in request.headers:
        return None
    try:
        kind, said, values = json.loads(base64.urlsafe_b64decode(packed))
        return Flash(kind if kind in {"ok", "info", "warn"} else "info", texts(said, **values))
    except (ValueError, TypeError, LookupError, RecursionError):  # not ours, or of another version
        return None


def said_it(request: Request, response: Any) -> None:  # noqa: ANN401 - any answer
    """Do not say it again."""
    drop_cookie(request, response, FLASH)
