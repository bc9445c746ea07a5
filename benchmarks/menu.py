"""From the click on a menu entry to the complete page, in Chromium, once for each view of the page.

Each visit has a new browser profile with an empty cache. It opens the Draw page, waits until that
is complete and at rest, and clicks on the entry. Complete means that the canvas is there and
nothing in the page has changed for half a second; what counts is the second animation frame after
the last change, by the browser's clock.
"""

from __future__ import annotations

import argparse

from _browser import Visit, chromium
from _report import Row, count, median, p95, parser, publish, run, say
from _server import OURS, MeasurementError, serve
from playwright.sync_api import Browser, Error

from pages.compare.views import VIEWS as COMPARE
from pages.explore.views import VIEWS as EXPLORE
from pages.learn.chapters import CHAPTERS

QUIET = 500  # ms
LIMIT = 30_000  # ms
# Page -> its views, what it shows first, and how soon it is to be complete.
PAGES = {
    "compare": (COMPARE, ".lanes", 1500),
    "explore": (EXPLORE, ".st-key-explore_side", 2000),
    "learn": (CHAPTERS, ".st-key-chapters", 1500),
}
# What a view draws by itself after its element is there.
LATE = {
    "map": ".code-map[data-revision]",
    "morph": ".slides[data-revision]",
    "pca": ".simulation[data-epoch]",
    "learn": ".descent[data-steps]",
}
POINTS = "pca"  # has no canvas

_CANVAS = """([canvas, late]) => new Promise((resolve) => {
  const there = (host) => host.shadowRoot?.querySelector("canvas.upper-canvas")?.clientWidth;
  const all = () => (!canvas || [...document.querySelectorAll(".st-key-canvas_box *")].some(there))
    && (!late || probe.find(late));
  const look = () => (all() ? resolve(performance.now()) : requestAnimationFrame(look));
  look();
})"""


def main() -> None:
    arguments = _arguments()
    page = arguments.page
    table, _, target = PAGES[page]
    views = [view.name for view in table]
    with chromium() as browser, serve(OURS) as server:
        # The first visit reads files that later ones share.
        _visit(browser, server.url, page, views[0])
        times: dict[str, list[float]] = {view: [] for view in views}
        for i in range(arguments.visits):
            say(f"visit {i + 1} of {arguments.visits} to each of {len(views)} views")
            for view, seconds in times.items():
                seconds.append(_visit(browser, server.url, page, view))
        complaints = server.complaints()
    if complaints:
        raise MeasurementError(f"the server's log holds an error: {complaints[0]}")
    everything = [time for seconds in times.values() for time in seconds]
    rows = [
        Row(
            f"menu clicked → {page.title()} complete, median of all views",
            median(everything),
            target=target,
        ),
        Row("… p95", p95(everything)),
        *(
            Row(f"… view {view}, median", median(seconds), target=target)
            for view, seconds in times.items()
        ),
    ]
    publish(
        rows,
        [f"{arguments.visits} visits to each view, each with an empty cache."],
        markdown=arguments.markdown,
    )


def _arguments() -> argparse.Namespace:
    options = parser(__doc__, keras=False)
    options.add_argument("--page", choices=PAGES, default="compare", help="default: compare")
    options.add_argument("--visits", type=count, default=5, help="to each view (default: 5)")
    return options.parse_args()


def _visit(browser: Browser, url: str, name: str, view: str) -> float:
    """Open Draw, click on the page's entry, and give the milliseconds until it is complete."""
    _, first, _ = PAGES[name]
    with Visit(browser, OURS, url, query=f"?view={view}") as visit:
        page = visit.page
        page.wait_for_timeout(1000)
        page.evaluate("probe.watch({page: '[data-testid=stMain]'})")
        try:
            page.locator(f".st-key-menu a[href$='{name}']").click()
            page.locator(first).first.wait_for()
            canvas = page.evaluate(_CANVAS, [view != POINTS, LATE.get(view)])
            limits = {"quiet": QUIET, "limit": LIMIT}
            seen = page.evaluate("limits => probe.settled(limits)", limits)
        except Error as fault:
            raise MeasurementError(str(fault).splitlines()[0]) from None
        return max(canvas, seen["painted"]["page"]) - seen["released"]


if __name__ == "__main__":
    run(main)
