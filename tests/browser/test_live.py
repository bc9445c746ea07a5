"""What follows the moving pen in Chromium, before the server knows of it; `ae` is the oracle."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import ae
from ae import evaluation
from tests.browser.test_draw import SEVEN, Line, bars, button, place, wait_for_chart
from tests.conftest import wait_run, watched_page
from ui import pictures, strokes
from ui.strokes import Drawing

OpenPage = Callable[..., Page]

# What is in sight of a picture: the server's own, or what is painted over it.
PIXELS = """part => {
  const image = document.querySelector(`.pixels[data-live=${part}]`);
  const source = image.nextElementSibling?.matches("canvas") ? image.nextElementSibling : image;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 28;
  const context = canvas.getContext("2d");
  context.drawImage(source, 0, 0);
  return [...context.getImageData(0, 0, 28, 28).data];
}"""
# Where the pen has been, as the browser tells it: a mouse has whole pixels, the canvas has not.
# And what was said meanwhile to those who do not see the page, and how many frames showed them a
# picture of the server's, which does not know the line.
WATCH = """() => {
  window.lines = [];
  window.said = [];
  window.stale = 0;
  const painted = new MessageChannel(); // a message waits for the end of the frame
  painted.port1.onmessage = () => {
    if (down && window.lines.at(-1).length > 2 && document.querySelector("[data-live]:is(img):not(:has(+ canvas))"))
      window.stale += 1;
    requestAnimationFrame(() => painted.port2.postMessage(null));
  };
  painted.port2.postMessage(null);
  new MutationObserver(() => window.said.push(document.querySelector("#told").textContent))
    .observe(document.querySelector("#told"), { childList: true });
  const place = ({ clientX, clientY }) => {
    const { left, top } = window.upper.getBoundingClientRect();
    window.lines.at(-1).push([clientX - left, clientY - top]);
  };
  let down = false;
  const begin = (event, at) => {
    window.upper = event.composedPath()[0];
    down = true;
    window.lines.push([]);
    place(at);
  };
  addEventListener("mousedown", (event) => begin(event, event), true);
  addEventListener("touchstart", (event) => begin(event, event.touches[0]), true);
  addEventListener("mousemove", (event) => down && place(event), true);
  addEventListener("touchmove", (event) => place(event.touches[0]), true);
  addEventListener("mouseup", () => { down = false; }, true);
}"""
FIGURE = "part => document.querySelector(`dt[data-live=${part}]`).textContent"


def pixels(page: Page, part: str) -> np.ndarray:
    return np.array(page.evaluate(PIXELS, part), np.uint8).reshape(28, 28, 4)


def expect_drawing(page: Page, model: ae.model.Model) -> None:
    """All that the page shows is what the library makes of where the pen has been."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    drawn = page.evaluate("window.lines")
    lines = tuple(tuple((round(x, 1), round(y, 1)) for x, y in line) for line in drawn)
    # As the pencil leaves the line when it is lifted; so does the picture before.
    digit = strokes.digit(Drawing(tuple((line[0], *line[:-2], line[-1]) for line in lines)))
    code = model.encode(digit[None])
    reconstruction = model.decode(code)
    for part, expected in (
        ("sees", pictures.grey(digit)),
        ("survives", pictures.grey(reconstruction[0])),
    ):
        assert np.abs(pixels(page, part)[..., 0].astype(int) - expected).max() <= 0.01 * 255 + 1
    signed = pictures.signed(reconstruction[0] - digit).astype(int)
    shown = pixels(page, "changed").astype(int)[..., : signed.shape[-1]]
    assert np.abs(shown - signed).max() <= 8
    scale = np.ptp(model.statistics.code_axis)
    np.testing.assert_allclose(bars(page), code[0], atol=0.005 * scale)
    kept, _ = evaluation.ink(digit[None], reconstruction)
    assert abs(int(page.evaluate(FIGURE, "kept").rstrip("%")) - 100 * kept[0]) <= 1


def points(line: Line, step: int = 6) -> list[tuple[float, float]]:
    """Where a mouse passes that moves along a line in steps of so many pixels."""
    passed = [line[0]]
    for (x0, y0), (x1, y1) in pairwise(line):
        steps = max(int(np.hypot(x1 - x0, y1 - y0) // step), 1)
        passed += [
            (round(x0 + (x1 - x0) * i / steps), round(y0 + (y1 - y0) * i / steps))
            for i in range(1, steps + 1)
        ]
    return passed


BOW: Line = [(60, 150), (100, 120), (100, 100), (220, 100), (220, 200), (140, 200)]


def clear(page: Page) -> None:
    wait_for_chart(page)
    wait_run(page)
    button(page, "Clear").click()
    wait_run(page)


@pytest.mark.parametrize("name", ["deep", "vae"])
def test_everything_follows_the_mouse(page: OpenPage, name: str) -> None:
    visitor = page(f"/?model={name}")
    sent: list[Any] = []
    visitor.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(data)))
    visitor.reload()
    clear(visitor)
    model = ae.load(name)
    left, top = place(visitor)
    visitor.evaluate(WATCH)
    # The second one is drawn by a fast hand: what the pencil makes of each place is then seen.
    for number, line in enumerate((points(SEVEN[0]), points(BOW, step=40))):
        visitor.mouse.move(left + line[0][0], top + line[0][1])
        visitor.mouse.down()
        before = len(sent)
        for i, (x, y) in enumerate(line[1:], 2):
            visitor.mouse.move(left + x, top + y)
            if i == len(line) // 2:
                wait_run(visitor)  # the answer to the line before comes while the pen rests
            if i in (len(line) // 2, len(line)):
                expect_drawing(visitor, model)
        assert visitor.evaluate("window.stale") == 0
        # The second line may be begun before the server has heard of the first.
        assert len(sent) <= before + number, "it hears nothing of a line that is being drawn"
        visitor.mouse.up()
        expect_drawing(visitor, model)
    # The server's own pictures take the place of ours, and nobody sees it.
    expect(visitor.locator(".pictures canvas")).to_have_count(0)
    wait_run(visitor)
    expect_drawing(visitor, model)


def test_a_finger_is_followed_and_one_sentence_comes_afterwards(page: OpenPage) -> None:
    visitor = page("/?model=deep", viewport=(390, 844), touch=True)
    clear(visitor)
    model, line = ae.load("deep"), points(SEVEN[0])
    finger = visitor.context.new_cdp_session(visitor)
    left, top = place(visitor)
    invitation = visitor.locator(".draw-here")

    def put(kind: str, *places: tuple[float, float]) -> None:
        at = [{"x": left + x, "y": top + y, "id": i} for i, (x, y) in enumerate(places)]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    # A pinch: its first finger draws until the second one comes, which takes the line back.
    expect(invitation).to_be_visible()
    put("touchStart", line[0])
    expect(invitation).to_be_hidden()
    put("touchStart", line[0], (200, 200))
    expect(invitation).to_be_visible()
    put("touchEnd")
    wait_run(visitor)

    visitor.evaluate(WATCH)
    put("touchStart", line[0])
    expect(invitation).to_be_hidden()
    for i, at in enumerate(line[1:], 2):
        put("touchMove", at)
        if i in (len(line) // 2, len(line)):
            expect_drawing(visitor, model)
    assert visitor.evaluate("window.said") == []
    put("touchEnd")
    expect_drawing(visitor, model)
    expect(visitor.locator(".pictures canvas")).to_have_count(0)
    wait_run(visitor)
    expect_drawing(visitor, model)
    (sentence,) = visitor.evaluate("window.said")
    assert sentence == visitor.locator("#told").text_content() != ""


# The page's websockets, so that a test can close them.
SOCKETS = """() => {
  window.sockets = [];
  window.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address);
      window.sockets.push(this);
    }
  };
}"""


def test_a_line_goes_on_without_the_server_which_gets_it_later(
    browser: Browser, server: str
) -> None:
    with watched_page(browser, viewport={"width": 1440, "height": 900}) as visitor:
        visitor.add_init_script(f"({SOCKETS})()")
        visitor.goto(f"{server}/?model=deep&lang=en")
        clear(visitor)
        model, line = ae.load("deep"), points(SEVEN[0])
        left, top = place(visitor)
        visitor.evaluate(WATCH)
        visitor.mouse.move(left + line[0][0], top + line[0][1])
        visitor.mouse.down()
        for i, (x, y) in enumerate(line[1:]):
            visitor.mouse.move(left + x, top + y)
            if i == len(line) // 2:
                visitor.context.set_offline(True)
                visitor.evaluate("window.sockets.forEach((socket) => socket.close())")
                lost = visitor.locator("[data-test-connection-state=CONNECTED]")
                expect(lost).to_have_count(0)
        expect_drawing(visitor, model)
        visitor.mouse.up()
        visitor.wait_for_timeout(500)  # the canvas has tried to send it
        expect_drawing(visitor, model)
        expect(visitor.locator(".pictures canvas")).not_to_have_count(0)
        visitor.context.set_offline(False)
        expect(visitor.locator(".pictures canvas")).to_have_count(0, timeout=30_000)
        wait_run(visitor)
        expect_drawing(visitor, model)
