"""From the key to the next step of a talk, in Chromium at 1280 × 720, frame by frame.

A first pass through each talk, with a rest on every step, learns what its steps look like when they
are complete: how many pictures, charts, bars, and whether there are a canvas and a map. In the
passes that are measured every animation frame is looked at after its paint: it must show one step
or the other, complete. What counts is the time from the key to the first frame that shows the next
one; the cross-fade of 120 ms begins there.
"""

from __future__ import annotations

import argparse
import json

from _browser import LIMIT, chromium
from _report import Row, count, median, p95, parser, publish, run, say
from _server import OURS, MeasurementError, serve
from playwright.sync_api import Browser, Error, Page

from ui import talks

REST = 1500  # ms on a step: a speaker takes a sentence's time
TARGET = 500  # ms

_WATCH = """() => {
  function* all(from) {
    for (const element of from.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot) yield* all(element.shadowRoot);
    }
  }
  const look = () => {
    const seen = { img: 0, loading: 0, chart: 0, empty: 0, bars: 0, canvas: 0, map: 0 };
    for (const element of all(document.querySelector("[data-testid=stMain]"))) {
      if (element.matches("img")) seen[element.complete ? "img" : "loading"]++;
      else if (element.matches(".chart")) seen[element.childElementCount ? "chart" : "empty"]++;
      else if (element.matches(".point > path, .small-bars > i")) seen.bars++;
      else if (element.matches("canvas.upper-canvas")) seen.canvas++;
      else if (element.matches(".code-map[data-revision]")) seen.map++;
    }
    return [document.querySelector(".stage-place")?.textContent ?? "", JSON.stringify(seen)];
  };
  window.looked = look;
  window.frames_ = [];
  const after = new MessageChannel(); // a task of its own: after the frame's paint
  after.port1.onmessage = () => window.frames_.push([performance.now(), ...look()]);
  const frame = () => {
    after.port2.postMessage(null);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
}"""


def main() -> None:
    """Measure, and say what came out."""
    arguments = _arguments()
    times: dict[str, list[float]] = {}
    frames = halves = 0
    with chromium() as browser, serve(OURS) as server:
        for talk in talks.SHIPPED:
            page = _open(browser, f"{server.url}/?stage={talk}&lang=en")
            complete = _learn(page)
            for i in range(arguments.passes):
                say(f"{talk}: pass {i + 1} of {arguments.passes} over {len(complete)} steps")
                page.keyboard.press("Home")
                page.wait_for_timeout(2 * REST)
                for number in range(2, len(complete) + 1):
                    took, looked, half = _step(page, number, complete)
                    times.setdefault(f"{talk}, step {number}", []).append(took)
                    frames, halves = frames + looked, halves + half
            page.context.close()
        complaints = server.complaints()
    if complaints:
        raise MeasurementError(f"the server's log holds an error: {complaints[0]}")
    everything = [time for each in times.values() for time in each]
    publish(
        [
            Row("key → next step complete, median of all", median(everything), target=TARGET),
            Row("… p95", p95(everything)),
            Row("… slowest", max(everything)),
            Row("frames that show neither step complete", halves, unit="", target=0),
            Row("… of frames looked at", frames, unit=""),
            *(Row(f"… {name}, median", median(each)) for name, each in times.items()),
        ],
        [f"{arguments.passes} passes, {REST / 1000:g} s on each step."],
        markdown=arguments.markdown,
    )


def _arguments() -> argparse.Namespace:
    options = parser(__doc__, keras=False)
    options.add_argument("--passes", type=count, default=3, help="through each talk (default: 3)")
    return options.parse_args()


def _open(browser: Browser, url: str) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(LIMIT)
    page.goto(url)
    page.locator(".stage-place").wait_for()
    page.wait_for_timeout(2 * REST)
    page.evaluate(_WATCH)
    return page


def _learn(page: Page) -> list[str]:
    """Go once through the talk; give what each step shows when it is complete."""
    place, shown = page.evaluate("looked()")
    complete = [shown]
    for number in range(2, int(place.split(" / ")[1]) + 1):
        page.keyboard.press("PageDown")
        page.wait_for_timeout(2 * REST)
        place, shown = page.evaluate("looked()")
        if not place.startswith(f"{number} /"):
            raise MeasurementError(f"expected step {number}, got {place}")
        complete.append(shown)
    return complete


def _step(page: Page, number: int, complete: list[str]) -> tuple[float, int, int]:
    """Go one step on; give the milliseconds, the frames looked at, and those that are neither."""
    whole = [f"{n} / {len(complete)}{shown}" for n, shown in enumerate(complete, 1)]
    before, after = whole[number - 2], whole[number - 1]
    page.evaluate("frames_.length = 0")
    page.keyboard.press("PageDown")
    try:
        page.wait_for_function(
            "after => frames_.some(([, place, shown]) => place + shown === after)",
            arg=after,
            polling=50,
        )
    except Error:
        seen = json.dumps(page.evaluate("frames_.at(-1)"))
        raise MeasurementError(f"step {number} did not get complete: {seen}") from None
    page.wait_for_timeout(REST)
    pressed, frames = page.evaluate("[pressed, frames_]")
    first = next(when for when, place, shown in frames if place + shown == after)
    half = sum(place + shown not in (before, after) for _when, place, shown in frames)
    return first - pressed, len(frames), half


if __name__ == "__main__":
    run(main)
