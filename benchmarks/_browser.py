"""A visitor in Chromium, who draws with the mouse; `probe.js` sees what the page does."""

from __future__ import annotations

import math
import os
import random
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _server import OURS, App, MeasurementError
from playwright.sync_api import Browser, Error, Page, sync_playwright

PROBE = Path(__file__).with_name("probe.js").read_text(encoding="utf-8")
# No later change for so long: this was the last repaint. Streamlit's slowest one comes 200 ms late.
QUIET = 300  # ms
LIMIT = 30_000  # ms

# What a stroke changes on each page, as CSS selectors.
AREAS = {
    "draw": {"bars": ".code-bars", "pictures": ".machine .ways"},
    "compare": {"lanes": ".lanes"},
    "explore": {"map": ".code-map[data-map]", "bars": ".code-bars"},
}
_KERAS = {"bars": ".st-key-bars", "pictures": ".st-key-pictures"}

# In all areas together: the pictures that are there (or the map), and 32 bars, Plotly's or (in a
# lane) our own. Draw has two, of the way in and the way out; the Keras page has three.
COMPLETE = """(areas) => {
  const within = (inner) => (area) => [...document.querySelectorAll(`${area} ${inner}`)];
  const all = (inner) => Object.values(areas).flatMap(within(inner));
  const images = all("img");
  const loaded = images.every((image) => image.complete && image.naturalWidth);
  const whole = (bars) => bars.querySelectorAll(".point path, :scope > i").length === 32;
  const least = probe.find("[data-live]") ? 2 : 3;
  const seen = areas.map ? probe.find(areas.map) : images.length >= least;
  return seen && loaded && all(".trace.bars, .small-bars").some(whole);
}"""
VISITOR: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "locale": "en-US"}
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium, which paints in software."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(**how_to_launch())
        except Error as fault:
            raise MeasurementError(f"Chromium did not start: {first_line(fault)}") from None
        yield browser
        browser.close()


def how_to_launch() -> dict[str, Any]:
    """Find Chromium; gives what Playwright is to be told."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise MeasurementError("there is no Chromium: install it or put its path into CHROMIUM")
    # No sandbox, because it may run as root; the rest keeps Chromium from calling its maker.
    flags = ("no-sandbox", "disable-gpu", "disable-quic", "no-first-run")
    flags += ("disable-background-networking", "disable-component-update", "disable-sync")
    return {"executable_path": path, "headless": True, "args": [f"--{flag}" for flag in flags]}


@dataclass(frozen=True)
class Stroke:
    """One stroke and what followed; milliseconds by the browser's clock.

    Attributes
    ----------
    waited : from the lifting of the pen until the canvas sent.
    answered : from the sending until the page took the server's last message, busy as it is with
        drawing what the earlier ones brought.
    areas : from the sending until each area of the page had been painted for the last time.
    sent_bytes, messages : what the canvas sent, and how many messages came back.
    """

    waited: float
    answered: float
    areas: Mapping[str, float]
    sent_bytes: int
    messages: int

    @property
    def repainted(self) -> float:
        """From the sending until everything had been painted for the last time."""
        return max(self.areas.values())

    @property
    def total(self) -> float:
        """From the lifting of the pen until all is painted."""
        return self.waited + self.repainted


class Visit:
    """A page in a new browser profile: nothing is cached."""

    def __init__(
        self, browser: Browser, app: App, url: str, path: str = "", query: str = ""
    ) -> None:
        self._ours = app is OURS
        self.areas = AREAS[path or "draw"] if self._ours else _KERAS
        self._dice = random.Random(0)
        context = browser.new_context(**VISITOR)
        context.add_init_script(PROBE)
        self.page: Page = context.new_page()
        self.page.set_default_timeout(LIMIT)
        try:
            self.page.goto(f"{url}/{'' if path == 'draw' else path}{query}")
            self._canvas = self.page.locator("canvas.upper-canvas")
            self._canvas.wait_for()
            self.page.wait_for_function(COMPLETE, arg=self.areas, polling="raf")
            self.page.evaluate(TWO_FRAMES)
        except Error as fault:
            raise MeasurementError(f"the page did not get complete: {first_line(fault)}") from None

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *exception: object) -> None:
        self.page.context.close()

    def prepare(self) -> None:
        """Let the page come to rest, then watch it."""
        self.page.wait_for_timeout(1000)
        self.page.evaluate("areas => probe.watch(areas)", self.areas)

    def watch_frames(self) -> None:
        """Look at every animation frame from now on."""
        self.page.evaluate(WATCH_FRAMES, frame_areas(self.areas))

    def frames(self) -> dict[str, Any]:
        """Give what the frames showed so far: name -> number of frames."""
        return self.page.evaluate("probe.counted")

    def draw(self) -> Stroke:
        """Draw one stroke and wait until everything it changes has changed."""
        revisions = self._revisions()
        self.page.evaluate("probe.forget()")
        points = self._stroke()
        mouse = self.page.mouse
        mouse.move(*points[0])
        mouse.down()
        for point in points[1:]:
            mouse.move(*point)
        mouse.up()
        try:
            seen = self.page.evaluate(
                "limits => probe.settled(limits)", {"quiet": QUIET, "limit": LIMIT}
            )
        except Error as fault:
            raise MeasurementError(first_line(fault)) from None
        now = self._revisions()
        if self._ours and (len(set(now)) != 1 or now == revisions):
            raise MeasurementError(f"bars and pictures show different drawings: revisions {now}")
        sent, painted = seen["sent"][0], seen["painted"]
        return Stroke(
            waited=sent - seen["released"],
            answered=seen["received"] - sent,
            areas={name: when - sent for name, when in painted.items()},
            sent_bytes=seen["bytes"],
            messages=seen["messages"],
        )

    def clear(self) -> None:
        """Empty the canvas by the page's own button and wait until the page is at rest."""
        self.page.get_by_role("button", name="Clear").first.click()
        # The Keras page mounts a new canvas; a press on the one that is going would be lost.
        self.page.wait_for_timeout(1500)
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(
            state="attached"
        )

    def _revisions(self) -> list[str | None]:
        if not self._ours:
            return []
        return self.page.evaluate("areas => areas.map(probe.revision)", list(self.areas.values()))

    def _stroke(self) -> list[tuple[float, float]]:
        """Give an arc on the canvas as 24 positions of the mouse, never twice the same."""
        box = self._canvas.bounding_box()
        if box is None:
            raise MeasurementError("the canvas is not visible")
        roll = self._dice.uniform
        x, y = (
            box[at] + box[size] * roll(0.4, 0.6) for at, size in (("x", "width"), ("y", "height"))
        )
        radius, start, turn = roll(40, 90), roll(0, math.tau), roll(1, 4)
        angles = (start + turn * i / 23 for i in range(24))
        return [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles]


WATCH_FRAMES = "areas => void probe.start(areas)"


def frame_areas(areas: Mapping[str, str]) -> dict[str, str]:
    """Say where `probe.start` finds bars and pictures."""
    everything = ", ".join(areas.values())
    return {"bars": everything, "pictures": everything} | dict(areas)


def first_line(fault: Error) -> str:
    return str(fault).splitlines()[0]
