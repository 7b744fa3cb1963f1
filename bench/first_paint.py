"""P5: when something is first seen in Chromium, by its own paint timing: 50 rooms on Today, and every other page.

Today's head is sent before its rooms are read, so of that page it is measured, too, when its largest part is seen.

The floor is the barest table of the same meetings, painted by the same browser.
"""

import statistics
from collections.abc import Iterator, Sequence

import psycopg
from playwright.sync_api import Browser, Page, sync_playwright

from bench.day_view import COOKIE, ROOMS, furnished
from bench.figures import Figure
from bench.stage import FIRST_DAY, Stage

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
VISITS = 15
WARM_UP = 3
DAY_VIEW_MS = 150.0
PAGE_MS = 300.0
PAINTED = """async () => {
  const [seen] = performance.getEntriesByName("first-contentful-paint");
  if (seen) return seen.startTime;
  return new Promise((done) => new PerformanceObserver((list) => {
    for (const each of list.getEntries()) if (each.name === "first-contentful-paint") done(each.startTime);
  }).observe({ type: "paint", buffered: true }));
}"""
LARGEST = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
  new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true }))))"""
SOME_BOOKING = """
SELECT booking_id, room_id FROM booking_occurrence JOIN occurrence_room ON occurrence_id = booking_occurrence.id LIMIT 1
"""


def measure() -> Sequence[Figure]:
    """The median of visits by somebody who was here before, and the slowest page."""
    with furnished() as (ready, port), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        day = f"/?day={FIRST_DAY.date()}"
        floor = _median(_page(browser, ready), f"http://127.0.0.1:{port}{day}")
        today = _median(_page(browser, ready), f"http://127.0.0.1:{ready.ours}{day}")
        largest = _median(_page(browser, ready), f"http://127.0.0.1:{ready.ours}{day}", LARGEST)
        first, whole, bare = _first_visits(browser, ready, day, port)
        others = {
            path: _median(_page(browser, ready), f"http://127.0.0.1:{ready.ours}{path}") for path in _pages(ready)
        }
        browser.close()
    slowest = max(others, key=lambda path: others[path])
    return (
        _figure(f"first paint, day view of {ROOMS} rooms, back again", today, DAY_VIEW_MS, floor),
        Figure("P5", f"largest paint, day view of {ROOMS} rooms, back again", largest, "ms", floor),
        _figure(f"first paint, day view of {ROOMS} rooms, first visit", first, DAY_VIEW_MS, bare),
        Figure("P5", f"largest paint, day view of {ROOMS} rooms, first visit", whole, "ms", bare),
        _figure(
            f"first paint, slowest of {len(others)} other pages: {_named(slowest)}", others[slowest], PAGE_MS, floor
        ),
        Figure(
            "P5", f"first paint, median of {len(others)} other pages", statistics.median(others.values()), "ms", floor
        ),
    )


def _figure(work: str, value: float, most: float, floor: float) -> Figure:
    return Figure("P5", work, value, "ms", floor, f"≤ {most:g} ms", value <= most)


def _named(path: str) -> str:
    return "/".join(part if len(part) < 30 else "…" for part in path.partition("?")[0].split("/"))


def _pages(ready: Stage) -> Iterator[str]:
    """Every kind of page that somebody who is signed in can open here."""
    with psycopg.connect(ready.url) as session:
        found = session.execute(SOME_BOOKING).fetchone()
        integration, number = session.execute(
            "SELECT integration.id, room_no FROM integration, room LIMIT 1"
        ).fetchall()[0]
    assert found is not None
    booking, room = found
    yield from (f"/find?day={FIRST_DAY.date()}", "/bookings", f"/bookings/{booking}", f"/bookings/{booking}/change")
    yield from (f"/rooms/{room}?week={FIRST_DAY.date()}", f"/book/{number}/{FIRST_DAY:%Y%m%d}T0700")
    yield from ("/me", "/me/notifications", "/help", "/help/service-account", "/help/cli", "/help/errors")
    for name in ("integrations", "integrations/add", "rooms", "people", "sign-in", "audit", "notifications", "system"):
        yield f"/settings/{name}"
    for name in ("service-account", "rooms", "access", "restriction", "credential", "remove"):
        yield f"/settings/integrations/{integration}/{name}"


def _page(browser: Browser, ready: Stage) -> Page:
    """A window of its own, signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="UTC")
    name, _, secret = COOKIE.partition("=")
    context.add_cookies([{"name": name, "value": secret, "url": f"http://127.0.0.1:{ready.ours}"}])
    return context.new_page()


def _paint(page: Page, address: str, when: str = PAINTED) -> float:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, f"{address} answered {answer.status}"
    return float(page.evaluate(when))


def _median(page: Page, address: str, when: str = PAINTED) -> float:
    """In milliseconds, by somebody whose browser holds style sheet and scripts."""
    seen = [_paint(page, address, when) for _ in range(WARM_UP + VISITS)]
    page.context.close()
    return statistics.median(seen[WARM_UP:])


def _first_visits(browser: Browser, ready: Stage, day: str, port: int) -> tuple[float, float, float]:
    """Ours, its largest part and the floor's, in turns, so that a noisy moment hits all: medians in milliseconds."""
    ours, floor = f"http://127.0.0.1:{ready.ours}{day}", f"http://127.0.0.1:{port}{day}"
    seen = [
        (
            _first_visit(browser, ready, ours, PAINTED),
            _first_visit(browser, ready, ours, LARGEST),
            _first_visit(browser, ready, floor, PAINTED),
        )
        for _ in range(VISITS)
    ]
    first, whole, bare = (statistics.median(each) for each in zip(*seen, strict=True))
    return first, whole, bare


def _first_visit(browser: Browser, ready: Stage, address: str, when: str) -> float:
    """By somebody whose browser holds nothing."""
    page = _page(browser, ready)
    seen = _paint(page, address, when)
    page.context.close()
    return seen
