"""What follows the moving pen in Chromium, before the server knows of it; `ae` is the oracle."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import ae
from ae import evaluation
from tests.browser.test_draw import SEVEN, Line, bars, button, place, wait_for_chart
from tests.conftest import wait_run
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
WATCH = """() => {
  window.lines = [];
  const place = ({ clientX, clientY }) => {
    const { left, top } = window.upper.getBoundingClientRect();
    window.lines.at(-1).push([clientX - left, clientY - top]);
  };
  let down = false;
  addEventListener("mousedown", (event) => {
    window.upper = event.composedPath()[0];
    down = true;
    window.lines.push([]);
    place(event);
  }, true);
  addEventListener("mousemove", (event) => down && place(event), true);
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
    # The pencil leaves out the last place but one when it is lifted; so does the picture before.
    digit = strokes.digit(Drawing(tuple((*line[:-2], line[-1]) for line in lines)))
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


def points(line: Line) -> list[tuple[float, float]]:
    """Where a mouse passes that moves along a line in steps of a few pixels."""
    passed = [line[0]]
    for (x0, y0), (x1, y1) in pairwise(line):
        steps = max(int(np.hypot(x1 - x0, y1 - y0) // 6), 1)
        passed += [
            (round(x0 + (x1 - x0) * i / steps), round(y0 + (y1 - y0) * i / steps))
            for i in range(1, steps + 1)
        ]
    return passed


@pytest.mark.parametrize("name", ["deep", "vae"])
def test_everything_follows_the_mouse(page: OpenPage, name: str) -> None:
    visitor = page(f"/?model={name}")
    sent: list[Any] = []
    visitor.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(data)))
    visitor.reload()
    wait_for_chart(visitor)
    wait_run(visitor)
    button(visitor, "Clear").click()
    wait_run(visitor)
    model = ae.load(name)
    left, top = place(visitor)
    visitor.evaluate(WATCH)
    for number, line in enumerate(map(points, SEVEN)):
        visitor.mouse.move(left + line[0][0], top + line[0][1])
        visitor.mouse.down()
        before = len(sent)
        for i, (x, y) in enumerate(line[1:], 2):
            visitor.mouse.move(left + x, top + y)
            if i in (len(line) // 2, len(line)):
                expect_drawing(visitor, model)
        # The second line is begun before the server has heard of the first.
        assert len(sent) == before + number, "it hears nothing of a line that is being drawn"
        visitor.mouse.up()
        expect_drawing(visitor, model)
    # The server's own pictures take the place of ours, and nobody sees it.
    expect(visitor.locator(".half canvas")).to_have_count(0)
    wait_run(visitor)
    expect_drawing(visitor, model)
