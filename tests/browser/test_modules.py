"""The browser fetches each of our scripts once, on every page, also below a base path."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import serve, wait_run, watched_page

# The addresses of all our scripts that were fetched so far, as often as they were.
FETCHED = """performance.getEntriesByType("resource").map((entry) => entry.name)
  .filter((name) => name.includes("/app/static/"))"""
MOVING_MAP = [
    *("latent", "map_view", "moving_map", "network", "packed"),
    *("paint", "painted", "pixels", "raster", "strokes"),
]
LIVE = ["comparison", "drawing", "edits", "lanes", "live", "network", "numbers", "packed", "pixels"]
LIVE += ["raster", "shelf", "sliders", "small_bars", "written"]
PLOTLY = "plotly-basic-4.1.1.min.js"


@pytest.fixture(scope="module")
def below() -> Iterator[str]:
    """The address of the app below a base path, as a proxy may put it."""
    with serve("modules", base="demo") as url:
        yield url


@pytest.mark.parametrize(
    ("path", "click", "scripts"),
    [
        ("/?sample=7b", None, ["charts", *LIVE]),
        (
            "/explore?view=map&sample=7b",
            None,
            ["charts", "latent", "map_canvas", "map_view", "paint", "painted", "strokes", *LIVE],
        ),
        ("/explore?view=morph&sample=7b", None, ["download", "slides", "strips"]),
        ("/explore?view=new", "All digits on one sheet", ["download", "sheet", "strips"]),
        ("/compare?view=atoms", None, ["atoms", "download", "strips", *LIVE]),
        ("/compare?view=ladder", None, ["charts", "download", *LIVE]),
        ("/train", None, ["charts", "edits", "film", "numbers", "strips", *MOVING_MAP]),
    ],
)
def test_each_script_is_fetched_once(
    page: Callable[..., Page], below: str, path: str, click: str | None, scripts: list[str]
) -> None:
    visitor = page(f"{below}{path}")
    if click:
        visitor.get_by_text(click, exact=True).click()
    everywhere = [
        "answers",
        "browser",
        "canvas",
        "connection",
        "focus",
        "frame",
        "keyboard",
        "keys",
        "leave",
        "pen",
    ]
    everywhere += ["shortcuts", "status"]
    if path != "/train":
        everywhere += ["upload", "rectangle"]
    wanted = {f"{below}/app/static/{name}.js" for name in everywhere + scripts}
    for name in wanted:
        visitor.wait_for_function(f"{FETCHED}.some((address) => address.startsWith('{name}?'))")
    # An update for all of them, and time for what might be fetched again.
    visitor.emulate_media(color_scheme="dark")
    visitor.wait_for_timeout(500)
    addresses = [address for address in visitor.evaluate(FETCHED) if PLOTLY not in address]
    names, versions = zip(*(address.split("?v=") for address in addresses), strict=True)
    assert sorted(names) == sorted(wanted)
    assert len(set(versions)) == 1


COUNT_OBSERVERS = """
window.observers = 0;
window.MutationObserver = class extends MutationObserver {
  constructor(callback) {
    super(callback);
    if (new Error().stack.includes("/app/static/")) window.observers += 1;
  }
};"""


# The last script still has to run, on a busy machine for a while.
SETTLED_OBSERVERS = """async () => {
  for (let before = 0; before !== window.observers; ) {
    before = window.observers;
    await new Promise((done) => setTimeout(done, 1000));
  }
  return window.observers;
}"""


def test_the_page_is_watched_once_however_often_it_runs(browser: Browser, server: str) -> None:
    with watched_page(browser) as visitor:
        visitor.add_init_script(COUNT_OBSERVERS)
        visitor.goto(f"{server}/?sample=7b")
        visitor.wait_for_selector("[aria-keyshortcuts]")
        visitor.wait_for_load_state("networkidle")  # the last script has come
        before = visitor.evaluate(SETTLED_OBSERVERS)
        assert before > 0
        for digit in "123":
            visitor.get_by_role("button", name=digit, exact=True).click()
            wait_run(visitor)
        assert visitor.evaluate("window.observers") == before
