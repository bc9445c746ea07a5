"""How often the morph repaints while its slider is moved, in Chromium.

The slider's thumb is dragged with real mouse moves, as fast as the browser takes them. A repaint is
an animation frame in which the pictures are other ones than in the frame before; the server is not
asked, which is checked too.
"""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

from _browser import chromium
from _report import Row, count, median, p95, parser, publish, run, say
from _server import OURS, MeasurementError, serve
from playwright.sync_api import Error, Page

LIMIT = 30_000  # ms
TARGET = 125  # ms between two repaints: eight a second

# Notes each frame whose pictures differ from those of the frame before.
_WATCH = """() => {
  const slides = probe.find(".slides");
  const seen = (window.repaints = { times: [performance.now()], sent: 0 });
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) { seen.sent += 1; return send.call(this, data); };
  let last = slides.dataset.at;
  const look = () => {
    if (slides.dataset.at !== last) seen.times.push(performance.now());
    last = slides.dataset.at;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def main() -> None:
    options = parser(__doc__, keras=False)
    options.add_argument("--moves", type=count, default=240, help="of the mouse (default: 240)")
    arguments = options.parse_args()
    with chromium() as browser, serve(OURS) as server:
        say(f"{arguments.moves} moves of the slider")
        seen = _drag(browser.new_page(), server.url, arguments.moves)
        complaints = server.complaints()
    if complaints:
        raise MeasurementError(f"the server's log holds an error: {complaints[0]}")
    gaps = [later - earlier for earlier, later in pairwise(seen["times"])]
    publish(
        [
            Row("between two repaints, median", median(gaps), target=TARGET),
            Row("… p95", p95(gaps), target=TARGET),
            Row("messages to the server meanwhile", seen["sent"], unit="", target=0),
        ],
        [f"{len(gaps)} repaints in {sum(gaps) / 1000:.1f} s of moving."],
        markdown=arguments.markdown,
    )


def _drag(page: Page, url: str, moves: int) -> dict[str, Any]:
    page.set_default_timeout(LIMIT)
    try:
        page.add_init_script(path=Path(__file__).with_name("probe.js"))
        page.goto(f"{url}/explore?view=morph")
        slider = page.locator(".slides input[type=range]")
        slider.wait_for()
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(
            state="attached"
        )
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        assert box
        y = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 4, y)
        page.mouse.down()
        page.evaluate(_WATCH)
        for i in range(moves):
            share = (1 - math.cos(math.tau * 3 * i / moves)) / 2  # there and back, three times
            page.mouse.move(box["x"] + 4 + share * (box["width"] - 8), y)
        seen: dict[str, Any] = page.evaluate("repaints")
        page.mouse.up()
    except Error as fault:
        raise MeasurementError(str(fault).splitlines()[0]) from None
    return seen


if __name__ == "__main__":
    run(main)
