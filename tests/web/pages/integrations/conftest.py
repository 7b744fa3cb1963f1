"""Settings → Integrations over real HTTP: the pages, a worker beside them, and Contoso in rehearsal."""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx2
import pytest
from tests.web.pages.conftest import Browser, Visitor

from roomstead.bootstrap.service import Roomstead
from roomstead.bootstrap.worker import build_worker
from roomstead.config import Settings
from roomstead_sandbox.running import RunningSandbox

DOMAIN = "contoso.example"
SERVICE = f"rooms@{DOMAIN}"
LOOKS = 400
LOOK_AGAIN_SECONDS = 0.1
ADD = "/settings/integrations/add"


def words(page: httpx2.Response) -> str:
    """The words of a page on one line, as they are read."""
    main = page.text.partition("<main")[2].replace("<wbr>", "")
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.fixture
def contoso() -> Iterator[RunningSandbox]:
    """A rehearsal tenant in which the app reaches everybody that Contoso's policy allows."""
    with RunningSandbox(seed="contoso") as running:
        yield running


@pytest.fixture
async def working(service: Roomstead, settings: Settings, database_url: str) -> AsyncIterator[None]:
    """A worker takes jobs; what is due by time is left alone."""
    async with build_worker(settings, database_url) as parts:
        stop = asyncio.Event()
        running = asyncio.create_task(parts.take_jobs(stop))
        yield
        stop.set()
        await running


def typed(contoso: RunningSandbox, **changes: str) -> dict[str, str]:
    """Step 2 as Mei Tan fills it in."""
    found = contoso.endpoints
    return {
        "tier": "3",
        "tenant": found["tenant_id"],
        "kind": "secret",
        "secret.app_id": found["client_id"],
        "secret.client_secret": found["client_secret"],
        "endpoint.login": found["login_base"],
        "endpoint.api": found["graph_base"],
        **changes,
    }


@dataclass
class Desk:
    """Mei Tan at Settings → Integrations, in a browser without scripts."""

    browser: Browser
    contoso: RunningSandbox

    async def connect(self, address: str = SERVICE, *, is_service_account: bool = True) -> httpx2.Response:
        """Go through the three steps; the page of the verification."""
        page = await self.browser.open(f"{ADD}/microsoft")
        page = await self.browser.submit(page, "Continue", **typed(self.contoso))
        return await self.verify_address(page, address, is_service_account=is_service_account)

    async def verify_address(self, page: httpx2.Response, address: str, *, is_service_account: bool) -> httpx2.Response:
        """Fill in step 3 and send it."""
        data: dict[str, object] = {"address": address}
        if not is_service_account:
            data["use_as_service_account"] = []
        return await self.browser.submit(page, "Verify integration", **data)

    async def connected(self, address: str = SERVICE, *, is_service_account: bool = True) -> str:
        """Connect and wait; the address of the integration's pages."""
        await self.settled(await self.connect(address, is_service_account=is_service_account))
        found = re.search(r"/settings/integrations/[0-9a-f-]{36}(?=/rooms)", (await self.open()).text)
        assert found is not None
        return found[0]

    async def open(self, path: str = "/settings/integrations") -> httpx2.Response:
        """Open a page that must be there."""
        page = await self.browser.open(path)
        assert page.status_code == 200, page.text
        return page

    async def settled(self, page: httpx2.Response) -> httpx2.Response:
        """Load the page of a verification again until nothing more happens, as a browser without scripts does."""
        path = page.url.raw_path.decode()
        for _ in range(LOOKS):
            page = await self.browser.get(path)
            assert page.status_code == 200, page.text
            if 'http-equiv="refresh"' not in page.text:
                return page
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        raise AssertionError(f"the verification does not end: {page.text}")


@pytest.fixture
def desk(admin_page: Visitor, contoso: RunningSandbox, working: None) -> Desk:
    """Mei Tan, signed in, with a worker at work."""
    return Desk(admin_page.browser, contoso)
