"""Templates, and the headers that every page carries."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from typing import Any
from unicodedata import bidirectional

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from roomstead.application.booking_view import BookingView
from roomstead.domain.errors import Unauthenticated
from roomstead.domain.people import Actor
from roomstead.entrypoints.guides.sections import guide_to_check, guide_to_code, link_to
from roomstead.entrypoints.web.pages.flash import Flash, flash_of, said_it
from roomstead.entrypoints.web.pages.moments import Moments
from roomstead.entrypoints.web.pages.once import new_key
from roomstead.entrypoints.web.pages.texts import Texts, texts_in

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; manifest-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page, and how they like to see it. ``actor`` None: nobody is signed in."""

    actor: Actor | None
    moments: Moments
    theme: str = "system"
    csrf: str = ""

    @property
    def acting(self) -> Actor:
        """Whoever is signed in. Raises Unauthenticated."""
        if self.actor is None:
            raise Unauthenticated("Sign in to see this page.")
        return self.actor

    @property
    def is_admin(self) -> bool:
        """Whether Settings are shown."""
        return self.actor is not None and self.actor.is_admin


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("roomstead.entrypoints.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,  # a running Roomstead is of one version, whatever is installed over it
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = static_url
    environment.globals["frame"] = frame
    environment.globals["initials"] = initials
    environment.globals["new_key"] = new_key
    environment.globals["guide_to_check"] = guide_to_check
    environment.globals["guide_to_code"] = guide_to_code
    environment.filters["apart"] = apart
    environment.filters["address"] = breakable
    environment.filters["coded"] = coded
    environment.filters["sentence"] = begun_large
    environment.filters["groupby_day"] = by_day
    return environment


def by_day(views: Sequence[BookingView], moments: Moments) -> list[tuple[date, list[BookingView]]]:
    """Bookings by the day on which they begin for the viewer, in the order in which they come."""
    days = groupby(views, key=lambda view: moments.local(view.intended.start).date())
    return [(day, list(each)) for day, each in days]


def apart(text: str) -> str:
    """Somebody's words inside a sentence of ours: right-to-left ones do not turn the sentence around."""
    if not any(bidirectional(each) in {"R", "AL"} for each in text):
        return text
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def begun_large(text: str) -> str:
    """A text that begins a line."""
    return text[:1].upper() + text[1:]


def breakable(address: str) -> Markup:
    """An address that, where it is too long for its place, breaks before its domain and not inside a word."""
    return Markup("@<wbr>").join(escape(part) for part in address.split("@"))


def coded(sentence: str) -> Markup:
    """A sentence in which commands stand between backticks, for a page."""
    parts = sentence.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    )


@cache
def static_url(name: str) -> str:
    """The address of a static file; it changes with its content, so that browsers may keep it for ever."""
    content = (files("roomstead.entrypoints.web") / "static" / name).read_bytes()
    return f"/static/{name}?v={sha256(content).hexdigest()[:12]}"


@cache
def frame() -> Markup:
    """The part of the style sheet that goes along with every page, as it is."""
    return Markup((files("roomstead.entrypoints.web") / "static" / "frame.css").read_text())  # noqa: S704 - our own file


def initials(name: str) -> str:
    """Two letters for a face: of the first and the last name."""
    words = [word for word in name.split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@dataclass(frozen=True, slots=True)
class Drawing:
    """A page or a part of one on its way to one viewer; whatever is drawn of it carries the same nonce."""

    request: Request
    viewer: Viewer
    nonce: str
    texts: Texts
    flash: Flash | None

    @classmethod
    def begin(cls, request: Request, viewer: Viewer) -> "Drawing":
        """Look at who asks, and at what is to be said to them once."""
        texts = texts_in(viewer.moments.language)
        return cls(request, viewer, secrets.token_urlsafe(16), texts, flash_of(request, texts))

    def pieces(self, template: str, **values: Any) -> Iterator[str]:  # noqa: ANN401 - templates take anything
        """The template, piece by piece: what stands in a later piece need not be known yet."""
        service = self.request.app.state.roomstead
        return (
            _environment()
            .get_template(template)
            .generate(
                t=self.texts,
                viewer=self.viewer,
                moments=self.viewer.moments,
                path=self.request.url.path,
                asked_with=self.request.headers,
                now=service.clock.now(),
                nonce=self.nonce,
                flash=self.flash,
                support_contact=service.policy.support_contact,
                guide_link=partial(link_to, public_url="", own_guide=service.policy.guide_url),
                **values,
            )
        )

    def signed(self, response: Response) -> Response:
        """Add what every page carries: a policy that lets nothing in but our own files."""
        response.headers.update(
            {
                "Content-Security-Policy": POLICY.format(nonce=self.nonce),
                "Referrer-Policy": "same-origin",
                "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Vary": "Cookie, HX-Request",
            }
        )
        if self.flash is not None:
            said_it(self.request, response)
        return response


def page(request: Request, template: str, viewer: Viewer, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - templates take anything
    """Render a whole page or a part of one."""
    drawing = Drawing.begin(request, viewer)
    return drawing.signed(HTMLResponse("".join(drawing.pieces(template, **values)), status))
