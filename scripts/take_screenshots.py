"""Takes the pictures of README and docs from the demo's own scene, in Chromium. `make pictures`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from roomstead.entrypoints.demo.scene import JANE, MEI, PRIYA, Cast, Scene
from roomstead.entrypoints.demo.story import book, settled, tomorrow_at

PICTURES = Path(__file__).parent.parent / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
WIDE, PHONE = (1280, 800), (360, 740)


@contextmanager
def signed_in(browser: Browser, scene: Scene, who: Cast, size: tuple[int, int], scheme: str) -> Iterator[Page]:
    """A page on which that person is signed in."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        timezone_id="Europe/Amsterdam",
        device_scale_factor=1,
    )
    page = context.new_page()
    page.goto(f"{scene.url}/sign-in")
    page.locator("input[name=address]").fill(who.address)
    page.locator("input[type=password]").fill(scene.passes[who.address].password)
    page.locator("main form button").first.click()
    page.wait_for_url(f"{scene.url}/")
    yield page
    context.close()


def fill(scene: Scene) -> str:
    """Bookings to look at; the id of the one that the service account hosts."""
    hosted = book(scene, JANE, "Oak", tomorrow_at(10), attendees=[{"address": "tom.baker@contoso.example"}])
    book(scene, PRIYA, "Ash", tomorrow_at(9))
    book(scene, PRIYA, "Maple", tomorrow_at(13))
    book(scene, JANE, "Cedar", tomorrow_at(13))
    settled(scene, JANE, hosted)
    return str(hosted["id"])


def settings_pages(scene: Scene) -> Iterator[tuple[str, str]]:
    """Each page of Settings: what its picture is called, and where it is."""
    for name in ("integrations", "rooms", "people", "sign-in", "audit", "notifications", "webhooks", "system"):
        yield name, name
    yield "add-integration", "integrations/add"
    for name in ("service-account", "restriction", "access", "credential", "remove"):
        yield name, f"integrations/{scene.integration_id}/{name}"


def take(scene: Scene, browser: Browser) -> None:
    """All pictures."""
    booking = fill(scene)
    day = f"/?day={tomorrow_at(9).date()}&building=Wood+House"
    verification = scene.api(MEI).post(f"/integrations/{scene.integration_id}/verify")["id"]
    scene.verified(verification)
    wanted = [
        ("today-dark", JANE, WIDE, "dark", day),
        ("today-phone", JANE, PHONE, "light", day),
        ("today", JANE, WIDE, "light", day),
        ("booking", JANE, WIDE, "light", f"/bookings/{booking}"),
        ("find", JANE, WIDE, "light", f"/find?day={(tomorrow_at(9) + timedelta(days=1)).date()}&time=10:00&minutes=30"),
        ("verification", MEI, WIDE, "light", f"/settings/integrations/verifications/{verification}"),
        *((name, MEI, WIDE, "light", f"/settings/{path}") for name, path in settings_pages(scene)),
    ]
    for (who, size, scheme), of_one in groupby(wanted, lambda each: each[1:4]):
        with signed_in(browser, scene, who, size, scheme) as page:
            for name, *_, path in of_one:
                page.goto(scene.url + path)
                page.screenshot(path=PICTURES / f"{name}.png")


def _tell(words: str) -> None:
    sys.stderr.write(words + "\n")


def main() -> int:
    """Set the scene, take the pictures."""
    if not Path(CHROMIUM).exists():
        sys.stderr.write("Chromium is missing: install the package “chromium”.\n")
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    # The scene first: Playwright keeps an event loop running, in which the scene's own could not run.
    with Scene(port=0, say=_tell) as scene, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        take(scene, browser)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
