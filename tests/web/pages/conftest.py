"""Pages over real HTTP: a browser without scripts, which keeps cookies and fills in the forms that it is shown."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2
import psycopg
import pytest
from playwright.async_api import Browser as ChromiumBrowser
from playwright.async_api import BrowserContext, async_playwright, expect
from tests.support.plain import PLAIN

from roomstead.adapters.passwords import Argon2Hasher
from roomstead.application.people.add_person import AddPerson
from roomstead.application.session_secret import digest_of, new_secret
from roomstead.bootstrap.service import Roomstead
from roomstead.domain.people import OPERATOR, Person, Role
from roomstead.domain.sessions import LASTS

PASSWORD = "sparrow-window-forty-lemon"
COOKIE = "roomstead-session"
SIGNED_IN = (
    "INSERT INTO password (person_id, hash, changed_at) VALUES (%(person)s, %(hash)s, %(now)s)",
    """INSERT INTO web_session (id, person_id, digest, created_at, seen_at, expires_at, agent)
       VALUES (gen_random_uuid(), %(person)s, %(digest)s, %(now)s, %(now)s, %(until)s, '')""",
)
"""What choosing a password comes to in the store."""


@dataclass
class ShownForm:
    """A form of a page, with the values that it would send as it stands."""

    action: str
    method: str
    values: list[tuple[str, str]] = field(default_factory=list)
    button: str = ""


class _Forms(HTMLParser):
    """Finds the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[ShownForm] = []
        self._open: ShownForm | None = None
        self._select = self._text_of = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = ShownForm(has.get("action", ""), has.get("method", "get").lower())
            self.found.append(self._open)
        elif self._open is None:
            return
        elif tag == "input":
            self._open.values += _input_value(has)
        elif tag == "select":
            self._select = has.get("name", "")
        elif tag == "option" and self._select and "selected" in has:
            self._open.values.append((self._select, has.get("value", "")))
        elif tag in {"button", "textarea"}:
            self._text_of = tag
            if tag == "textarea":
                self._open.values.append((has.get("name", ""), ""))

    def handle_data(self, data: str) -> None:
        if self._open is None or not self._text_of:
            return
        if self._text_of == "button":
            self._open.button += data
        else:
            name, value = self._open.values.pop()
            self._open.values.append((name, value + data))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
        elif tag == self._text_of:
            self._text_of = ""


def _input_value(has: dict[str, str]) -> list[tuple[str, str]]:
    is_choice = has.get("type") in {"checkbox", "radio"}
    if not has.get("name") or (is_choice and "checked" not in has):
        return []
    return [(has["name"], has.get("value", "on" if is_choice else ""))]


def forms_of(answer: httpx2.Response) -> list[ShownForm]:
    """All forms of a page."""
    parser = _Forms()
    parser.feed(answer.text)
    return parser.found


def heading(answer: httpx2.Response) -> str:
    """The page's heading."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.DOTALL)
    assert found is not None, answer.text
    return re.sub(r"<[^>]+>", "", found[1]).strip()


class Browser:
    """A browser without scripts. Addresses are paths."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.http = httpx2.AsyncClient(base_url=base_url, verify=PLAIN, timeout=60)

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        """Open a page; redirects are not followed."""
        return await self.http.get(path, headers={"Accept": "text/html", **headers})

    async def follow(self, answer: httpx2.Response) -> httpx2.Response:
        """Go where a redirect leads, as often as it does."""
        for _ in range(5):
            if answer.status_code not in {302, 303, 307}:
                return answer
            parts = urlsplit(urljoin(self.base_url, answer.headers["location"]))
            answer = await self.get(parts.path + (f"?{parts.query}" if parts.query else ""))
        raise AssertionError("the redirects do not end")

    async def open(self, path: str) -> httpx2.Response:
        """Open a page and follow redirects."""
        return await self.follow(await self.get(path))

    async def send(self, path: str, data: Mapping[str, object] | None = None, **headers: str) -> httpx2.Response:
        """Send a form as a page of ours would have; redirects are not followed."""
        sent = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html", **headers}
        return await self.http.post(path, data=data or {}, headers=sent)

    async def submit(self, shown: httpx2.Response, button: str, **typed: object) -> httpx2.Response:
        """Fill in the form of a page that has such a button, send it, and follow where it leads."""
        form = next(each for each in forms_of(shown) if button in each.button)
        values: dict[str, object] = {}
        for name, value in form.values:
            values[name] = [*values[name], value] if isinstance(values.get(name), list) else value  # type: ignore[misc]  # a list here
        values.update(typed)
        action = form.action or urlsplit(str(shown.url)).path
        if form.method == "get":
            return await self.http.get(action, params=values, headers={"Accept": "text/html"})  # type: ignore[arg-type]  # plain values
        return await self.follow(await self.send(action, values))


@dataclass
class Visitor:
    """A person with a browser in which they are signed in."""

    person: Person
    browser: Browser


@pytest.fixture
async def new_browser(base_url: str) -> AsyncIterator[Callable[[], Browser]]:
    """Opens further browsers."""
    opened: list[Browser] = []

    def make() -> Browser:
        opened.append(Browser(base_url))
        return opened[-1]

    yield make
    for each in opened:
        await each.http.aclose()


@pytest.fixture
def browser(new_browser: Callable[[], Browser]) -> Browser:
    """Nobody is signed in."""
    return new_browser()


@cache
def _hash_of_password() -> str:
    """Made once: it is slow on purpose."""
    return asyncio.run(Argon2Hasher().hash(PASSWORD))


async def _signed_in(service: Roomstead, person: Person) -> str:
    """Give the person the password and a session; the secret of it. Signing in itself has tests of its own."""
    secret, now = new_secret(), service.clock.now()
    values = {
        "person": person.id,
        "hash": await asyncio.to_thread(_hash_of_password),
        "digest": digest_of(secret),
        "now": now,
        "until": now + LASTS,
    }
    async with await psycopg.AsyncConnection.connect(service.database_url) as session:
        for statement in SIGNED_IN:
            await session.execute(statement, values)
    return secret


Comes = Callable[..., Awaitable[Visitor]]


@pytest.fixture
def comes(service: Roomstead, new_browser: Callable[[], Browser]) -> Comes:
    """Adds a person with a password and signs them in, in a browser of their own."""

    async def come(name: str = "Jane Doe", role: Role = Role.MEMBER) -> Visitor:
        address = f"{name.lower().replace(' ', '.')}.{uuid.uuid4().hex[:6]}@contoso.example"
        person = await service.cases.add_person(AddPerson(name, [address], role), OPERATOR)
        browser = new_browser()
        browser.http.cookies.set(COOKIE, await _signed_in(service, person), domain="127.0.0.1", path="/")
        return Visitor(person, browser)

    return come


@pytest.fixture
async def member_page(comes: Comes) -> Visitor:
    """A member, signed in."""
    return await comes()


@pytest.fixture
async def admin_page(comes: Comes) -> Visitor:
    """A Global Admin, signed in."""
    return await comes("Mei Tan", Role.GLOBAL_ADMIN)


PATIENCE_MS = 60_000
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
async def launched_chromium() -> AsyncIterator[ChromiumBrowser]:
    """The system's Chromium, started once for all tests."""
    expect.set_options(timeout=PATIENCE_MS)  # five seconds are little on a busy machine
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield launched
        await launched.close()


@pytest.fixture
async def chromium(launched_chromium: ChromiumBrowser) -> AsyncIterator[ChromiumBrowser]:
    """A Chromium that knows nothing yet: what a test opens in it, cookies and all, is gone after the test."""
    yield launched_chromium
    for context in launched_chromium.contexts:
        await context.close()


async def carry_over(visitor: Visitor, context: BrowserContext) -> None:
    """Let a Chromium window be signed in as the visitor is."""
    for cookie in visitor.browser.http.cookies.jar:
        await context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": visitor.browser.base_url}])
