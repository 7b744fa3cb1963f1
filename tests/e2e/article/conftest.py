"""The help article's reader at a running demo: a rehearsal tenant, Roomstead with its worker, and Chromium.

One scene serves all tests. What a test adds it takes away again, so that each can run alone and in any order.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from os import environ
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from roomstead.entrypoints.demo.api import until
from roomstead.entrypoints.demo.scene import JANE, MEI, PEOPLE, PRIYA, Cast, Scene
from roomstead.entrypoints.demo.story import tomorrow_at
from roomstead.entrypoints.demo.tenants import CONTOSO, CORP, Tenant

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
PATIENCE_MS, CLICK_MS = 60_000, 60_000
INTEGRATIONS = "/settings/integrations"


@dataclass(frozen=True)
class Provider:
    """A provider as the article's reader meets it on the pages, and the tenant of it that the demo connects."""

    tenant: Tenant
    label: str
    tier: str
    credential: str
    typed: Mapping[str, str]
    """Label of a field → what the rehearsal tenant calls its value."""
    endpoints: Mapping[str, str]
    admin: str
    """An admin's own address in the tenant."""
    direct: tuple[Cast, str]
    """Who books as themselves there, and under which address."""
    out_of_reach: Cast
    """For whom the service account stands in there."""
    guests: tuple[str, str, str, str]
    rooms: tuple[str, ...]
    """As many as tests book, then one that can be taken out of reach."""
    app_id: tuple[str, str]
    """What the page calls it, and what the rehearsal tenant calls its value."""
    script: tuple[str, tuple[str, ...]]
    """Title of a script that restricts, and what it must hold besides the app's id."""

    refusal: Mapping[str, Any] | None = None
    """How it refuses a room's calendar; None: by the tenant's own rule."""

    @property
    def first(self) -> str:
        """The integration that the demo has connected."""
        return self.tenant.name

    @property
    def second(self) -> str:
        """The one that tests add."""
        return f"{self.tenant.name} South"


OUTLOOK = Provider(
    tenant=CONTOSO,
    label="Outlook",
    tier="Everyone",
    credential="Client secret",
    typed={
        "Tenant": "tenant_id",
        "Application (client) ID": "client_id",
        "Client secret value": "client_secret",
    },
    endpoints={"Other address: login": "login_base", "Other address: api": "graph_base"},
    admin=MEI.address,
    direct=(PRIYA, PRIYA.address),
    out_of_reach=JANE,
    guests=("tom.baker", "nora.weiss", "luis.ortega", "hugo.lind"),
    rooms=("Hazel", "Rowan", "Alder", "Beech", "Poplar", "Granite", "Slate", "Marble", "Onyx"),
    app_id=("Our App ID", "client_id"),
    script=(
        "Application Access Policy",
        ("New-ApplicationAccessPolicy", CONTOSO.service_account, "oak@contoso.example"),
    ),
)
GOOGLE = Provider(
    tenant=CORP,
    label="Google",
    tier="Everyone",
    credential="Key file of a cloud service account",
    typed={"Customer ID or primary domain": "google_customer_id", "Key file": "google_key_json"},
    endpoints={
        f"Other address: {name}": "google_base" for name in ("oauth", "calendar", "directory", "iam", "accounts")
    },
    admin="olga.petrova@corp.example",
    direct=(JANE, JANE.further[0]),
    out_of_reach=PRIYA,
    guests=("marcus.lee", "ines.costa", "yuki.tanaka", "karim.aziz"),
    rooms=("Fado", "Canal", "Windmill", "Harbour", "Azulejo", "Tejo", "Fado", "Canal", "Bicycle"),
    app_id=("Our Client ID", "google_client_id"),
    script=("Delegate the scopes in the Admin console", ("calendar.events.owned", "domainwidedelegation")),
    refusal={"status": 404, "code": "notFound"},  # its service account is an admin of rooms: no sharing keeps it out
)


@dataclass
class Reader:
    """Somebody who does with the running demo what the article says."""

    scene: Scene
    provider: Provider
    pages: dict[str, Page]
    _hours: Iterator[int] = field(default_factory=count)

    def at(self, who: Cast, path: str = "/") -> Page:
        """A page of Roomstead that this person, who is signed in, has opened."""
        page = self.pages[who.address]
        page.goto(self.scene.url + path)
        return page

    def settings(self) -> Page:
        """Settings → Integrations, by the links that a Global Admin clicks."""
        page = self.at(MEI)
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Settings").click()
        page.get_by_role("link", name="Integrations").first.click()
        expect(page.get_by_role("heading", name="Integrations", level=1)).to_be_visible()
        return page

    def choose(self, name: str, entry: str) -> Page:
        """Choose an entry of the ⋮ menu next to the integration of that name."""
        page = self.settings()
        page.locator("summary").filter(has_text=f"More for {self.provider.label}, {name}").click()
        menu = self.card(page, name).locator("details[open]")
        menu.get_by_role("link", name=entry).or_(menu.get_by_role("button", name=entry)).click()
        return page

    def verified(self, page: Page) -> None:
        """Wait until the verification that the page shows has ended."""
        expect(page.get_by_role("status")).to_contain_text(re.compile("Passed|Failed"), timeout=PATIENCE_MS)

    def add(self, name: str, address: str, *, is_service_account: bool) -> Page:
        """Add calendar integration, step by step, as far as its verification has ended."""
        page = self.settings()
        page.get_by_role("link", name="Add calendar integration").click()
        page.get_by_role("link", name=re.compile(f"^{self.provider.label}")).click()
        page.get_by_role("radio", name=re.compile(f"^{self.provider.tier}")).check()
        page.get_by_role("radio", name=self.provider.credential).check()
        page.get_by_text("Less common settings").click()
        for label, told in {**self.provider.typed, **self.provider.endpoints}.items():
            page.get_by_role("textbox", name=label).or_(page.get_by_label(label, exact=True)).last.fill(
                self.scene.told[told]
            )
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("switch", name="Use mailbox as a service account").set_checked(is_service_account)
        page.get_by_label("E-mail address").fill(address)
        page.get_by_label("Name of this integration").fill(name)
        page.get_by_role("button", name="Verify integration").click()
        self.verified(page)
        return page

    def card(self, page: Page, name: str) -> Locator:
        """The integration's card in the list."""
        return page.get_by_role("region", name=f"{self.provider.label} · {name}")

    def remove(self, name: str) -> None:
        """⋮ → Remove."""
        page = self.choose(name, f"Remove {name}…")
        page.get_by_label(f"To confirm, type the name: {name}").fill(name)
        page.get_by_role("button", name=f"Remove {name}").click()
        expect(page.get_by_text(f"{name} is removed.")).to_be_visible()

    def integration(self, name: str) -> dict[str, Any]:
        """The integration of that name, by the API."""
        items = self.scene.api(MEI).get("/integrations")["items"]
        found: dict[str, Any] = next(each for each in items if each["name"] == name)
        return found

    def today(self, who: Cast, day: date, room: str) -> Page:
        """That day of the rooms in whose building this one is."""
        return self.at(who, "/?" + urlencode({"day": day, "building": self.scene.room(room)["building"]}))

    def book(self, who: Cast, room: str, title: str, people: tuple[str, ...] = ()) -> Page:
        """A free time of the room on Today, then its form filled in for an hour that no other test takes."""
        start = tomorrow_at(8) + timedelta(days=7, hours=next(self._hours) % 9)
        page = self.today(who, start.date(), room)
        page.get_by_role("link", name=re.compile(f"Book {room} ")).first.click()
        page.get_by_label("From").fill(f"{start:%H:%M}")
        page.get_by_label("For", exact=True).select_option(label="1 h")
        page.get_by_label("Title").fill(title)
        for each in people:
            page.get_by_placeholder("Name or address").fill(each)
            page.keyboard.press("Enter")
        return page

    def confirmed(self, page: Page, room: str) -> str:
        """Press *Book*, and wait until the page says by itself that the room accepted; the booking's id."""
        page.get_by_role("button", name=f"Book {room}").click()
        page.wait_for_url("**/bookings/*")
        expect(page.get_by_role("status").first).to_contain_text(f"{room} accepted", timeout=PATIENCE_MS)
        return page.url.rpartition("/")[2].partition("?")[0]

    def command(self, who: Cast, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command line, as that person."""
        token = self.scene.passes[who.address].token
        return subprocess.run(
            [sys.executable, "-m", "roomstead.entrypoints.cli", *arguments],
            env={**environ, **self.scene.environment, "ROOMSTEAD_TOKEN": token},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def calendar(self, mailbox: str, title: str) -> list[dict[str, Any]]:
        """What lies under that title in a mailbox of the rehearsal tenant."""
        items: list[dict[str, Any]] = self.scene.sandbox.get(f"/calendars/{mailbox}")["items"]
        return [each for each in items if each["subject"] == title]

    def has_in_calendar(self, mailbox: str, title: str) -> None:
        """Wait until it lies in that mailbox, once."""
        self.wait_until(lambda: self.calendar(mailbox, title), lambda copies: len(copies) == 1)

    def mail(self, title: str, kind: str) -> list[dict[str, Any]]:
        """Meeting messages of the rehearsal tenant about that meeting."""
        sent: list[dict[str, Any]] = self.scene.sandbox.get("/mail", kind=kind)
        return [each for each in sent if each["subject"].endswith(title)]

    def guest(self, number: int) -> str:
        """The address of a colleague there."""
        return f"{self.provider.guests[number]}@{self.provider.tenant.domain}"

    def reach(self, change: str, address: str) -> None:
        """Let the app into a mailbox or keep it out, at once; a token that it holds is no way around that."""
        self.scene.reach(change, address, self.provider.tenant)

    @contextmanager
    def closed(self, room: str) -> Iterator[str]:
        """The address of a room whose calendar the provider refuses meanwhile."""
        address = str(self.scene.room(room)["address"])
        if self.provider.refusal is None:
            self.reach("revoke", address)
            yield address
            self.reach("grant", address)
            return
        refusal = {"kind": "answer", "mailbox": address, "count": None, **self.provider.refusal}
        fault = self.scene.sandbox.post("/faults", refusal)
        yield address
        self.scene.sandbox.call("DELETE", f"/faults/{fault['number']}")

    def wait_until(self, look: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:  # noqa: ANN401 - of any shape
        """Look until it holds; what was seen."""
        seen = until(look, holds, seconds=PATIENCE_MS / 1000)
        assert holds(seen), seen
        return seen


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """The demo: a rehearsal tenant, Roomstead and its worker in processes of their own, connected by its API."""
    with Scene(port=0, say=lambda _: None) as running:
        yield running


@pytest.fixture(scope="module")
def browser(scene: Scene) -> Iterator[Browser]:
    """The system's Chromium; after the scene, since Playwright keeps an event loop running."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module", params=[OUTLOOK, GOOGLE], ids=["outlook", "google"])
def reader(request: pytest.FixtureRequest, scene: Scene, browser: Browser) -> Iterator[Reader]:
    """Mei, Priya and Jane, each signed in at a window of her own. What the browser complains about fails the test."""
    complaints: list[str] = []
    pages = {who.address: _signed_in(browser, scene, who, complaints) for who in PEOPLE}
    yield Reader(scene, request.param, pages)
    for page in pages.values():
        page.context.close()
    assert [each for each in complaints if "status of 4" not in each] == []


def _signed_in(browser: Browser, scene: Scene, who: Cast, complaints: list[str]) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="UTC")
    page = context.new_page()
    page.set_default_timeout(CLICK_MS)
    expect.set_options(timeout=CLICK_MS)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{scene.url}/sign-in")
    page.get_by_label("E-mail address").fill(who.address)
    page.get_by_label("Password").fill(scene.passes[who.address].password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{scene.url}/")
    return page
