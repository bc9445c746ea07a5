"""What follows the moving pen in Chromium, before the server knows of it; `ae` is the oracle."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import ae
from ae import evaluation, latent
from ae.arrays import Float32
from ae.atlas import NEIGHBOURS
from tests.browser.test_draw import (
    ENGLISH,
    SEVEN,
    Line,
    bars,
    button,
    new_drawing,
    place,
    sample,
    wait_for_chart,
)
from tests.conftest import wait_run
from tests.pages.test_compare import heights
from ui import pictures, strokes
from ui.strokes import Drawing
from ui.text import translator

OpenPage = Callable[..., Page]
Shown = Literal["survives", "changed"]

# What is in sight of a picture: the server's own, or what is painted over it.
PIXELS = """image => {
  const source = image.nextElementSibling?.matches("canvas") ? image.nextElementSibling : image;
  const { naturalWidth: width = source.width, naturalHeight: height = source.height } = source;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(source, 0, 0);
  return [height, width, ...context.getImageData(0, 0, width, height).data];
}"""
# Where the pen has been, as the browser tells it: a mouse has whole pixels, the canvas has not.
# What was said meanwhile to those who do not see the page. How many frames showed a picture of the
# server's, which does not know the line.
WATCH = """() => {
  window.lines = [];
  window.said = [];
  new MutationObserver(() => window.said.push(document.querySelector("#told").textContent))
    .observe(document.querySelector("#told"), { childList: true });
  window.stale = 0;
  // After all that is done in a frame, and before it is seen, come those who wait for a size.
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style = "position: fixed; height: 1px; visibility: hidden";
  new ResizeObserver(() => {
    const followed = down && window.lines.at(-1).length > 2;
    if (followed && document.querySelector("img[data-live]:not(:has(+ canvas))")) window.stale += 1;
  }).observe(probe);
  const frame = () => {
    probe.style.width = probe.style.width === "1px" ? "2px" : "1px";
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
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
  addEventListener("mousemove", (event) => down && place(event), true);
  addEventListener("mouseup", () => { down = false; }, true);
  addEventListener("touchstart", (event) => begin(event, event.touches[0]), true);
  addEventListener("touchmove", (event) => place(event.touches[0]), true);
  addEventListener("touchend", () => { down = false; }, true);
}"""
# The bars in each frame.
RECORD = """() => {
  window.frames = [];
  const look = () => {
    window.frames.push(Array.from(document.querySelector(".js-plotly-plot").data[0].y));
    requestAnimationFrame(look);
  };
  look();
}"""
# A net of a million weights may need a second frame.
FRAMES = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"""
# On the canvas under the pen, nothing is drawn.
BARE = """(canvas) =>
  canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.every((v) => v === 0)
"""
LANES = ("pca", "shallow", "sparse", "deep", "linear", "vae")  # those of the first visit, and one


def pixels(image: Locator) -> np.ndarray:
    """What a picture shows: (h, w, 4)."""
    height, width, *values = image.evaluate(PIXELS)
    return np.array(values, int).reshape(height, width, 4)


def expect_grey(image: Locator, expected: pictures.Pixels) -> None:
    assert np.abs(pixels(image)[..., 0] - expected).max() <= 3


def expect_picture(image: Locator, digit: Float32) -> None:
    expect_grey(image, pictures.grey(digit))


def expect_outcome(part: Locator, digit: Float32, reconstruction: Float32, *shown: Shown) -> None:
    """The pictures of what survives and what changed, and how much, are what the library says."""
    if "survives" in shown:
        expect_picture(part.locator(".pixels[data-live=survives]"), reconstruction)
    if "changed" in shown:
        signed = pictures.signed(reconstruction - digit).astype(int)
        changed = pixels(part.locator(".pixels[data-live=changed]"))
        assert np.abs(changed - signed).max() <= 8
    shares = evaluation.ink(digit[None], reconstruction[None])
    for name, (share,) in zip(("kept", "invented"), shares, strict=True):
        written = part.locator(f"[data-live={name}]").inner_text()
        assert abs(int(written.rstrip("%")) - 100 * share) <= 1


def seen(page: Page) -> Float32:
    """What the network sees of where the pen has been."""
    page.evaluate(FRAMES)
    drawn = page.evaluate("window.lines")
    lines = tuple(tuple((round(x, 1), round(y, 1)) for x, y in line) for line in drawn)
    # As the pencil leaves the line when it is lifted; so does the picture before.
    return strokes.digit(Drawing(tuple((line[0], *line[:-2], line[-1]) for line in lines)))


# Where each bar ends, in the code's own unit: M left, zero V end H right V zero Z.
PAINTED_BARS = """() => {
  const plot = document.querySelector(".js-plotly-plot");
  const [code] = [...plot.querySelectorAll(".trace.bars")]
    .filter(({ __data__: [first] }) => first.trace.index === 0);
  return [...code.querySelectorAll(".point > path")].map((path) => {
    const end = /V([^H]+)H/.exec(path.getAttribute("d"));
    return end ? plot._fullLayout.yaxis.p2c(Number(end[1])) : 0; // M0,0Z is no bar
  });
}"""


def expect_bars(page: Page, model: ae.model.Model, code: Float32) -> None:
    scale = np.ptp(model.statistics.code_axis)
    np.testing.assert_allclose(bars(page), code, atol=0.005 * scale)
    # What is painted is what the chart says that it shows; half a pixel of its height is the most.
    painted = np.array(page.evaluate(PAINTED_BARS), float)
    height = page.evaluate("document.querySelector('.js-plotly-plot')._fullLayout.yaxis._length")
    np.testing.assert_allclose(painted, code, atol=0.005 * scale + scale / height)


def expect_machine(
    page: Page,
    model: ae.model.Model,
    digit: Float32,
    code: Float32 | None = None,
    shown: Shown = "survives",
) -> None:
    """In this frame each part of the machine is what the library makes of a digit.

    Parameters
    ----------
    code : as it was edited; the digit's own if None.
    shown : what the visitor has chosen to see of the result.
    """
    machine = page.locator(".machine")
    expect_picture(machine.locator(".pixels[data-live=sees]"), digit)
    codes = model.encode(digit[None]) if code is None else code[None]
    layers = {"code0": codes}
    for half, hidden in (
        ("encoder", model.encoder_hidden(digit[None])),
        ("decoder", model.decoder_hidden(codes)),
    ):
        layers |= {f"{half}{i}": values for i, values in enumerate(hidden)}
    assert machine.locator("img[data-layer]").count() == len(layers)
    for name, (values,) in layers.items():
        expect_grey(machine.locator(f"[data-layer={name}]"), pictures.cells(values))
    expect_bars(page, model, codes[0])
    active = int(machine.locator("[data-live=active]").inner_text())
    assert abs(active - np.count_nonzero(codes)) <= 1
    expect_outcome(machine, digit, model.decode(codes)[0], shown)


def expect_draw(page: Page, model: ae.model.Model, shown: Shown = "survives") -> None:
    """In this frame the machine shows where the pen has been."""
    expect_machine(page, model, seen(page), shown=shown)


def expect_lanes(page: Page, compared: Mapping[str, ae.model.Model] | None = None) -> None:
    """In this frame every lane shows where the pen has been."""
    compared = compared or {name: ae.load(name) for name in LANES}
    digit, text = seen(page), translator("en")
    expect_picture(page.locator("tr.own [data-live=sees]"), digit)
    errors, marked = {}, {}
    for name, model in compared.items():
        lane = page.locator(f"tr[data-model={name}]")
        reconstruction = model.reconstruct(digit[None])
        expect_outcome(lane, digit, reconstruction[0], "survives", "changed")
        code = model.encode(digit[None])[0]
        bottom, top = model.statistics.code_axis
        drawn = heights(lane.locator(".code").inner_html().replace(": ", ":"))
        # Where a bar is cut, its end is the chart's.
        span = 100 * np.clip(code, bottom, top) / (top - bottom)
        np.testing.assert_allclose(drawn, span, atol=0.5 + 0.1)
        active = lane.locator("[data-live=active]").inner_text()
        assert abs(int(active.split(" / ")[0]) - np.count_nonzero(code)) <= 1
        errors[name] = float(lane.locator("[data-live=mse]").inner_text())
        error = evaluation.mse(digit[None], reconstruction)
        assert errors[name] == pytest.approx(error[0], abs=1.5e-4)
        marked[name] = lane.locator(".mark").inner_text()
    least, most = (pick(errors.values()) for pick in (min, max))
    for name, error in errors.items():
        word = "closest" if error == least else "furthest" if error == most else ""
        assert marked[name] == text.gettext(word)


def expect_map(page: Page, model: ae.model.Model, by: str) -> None:
    atlas = ae.atlas.load()
    code_map, code = atlas.maps[model.name], model.encode(seen(page)[None])
    places = code_map.place(code, atlas.digits) if by == "umap" else code_map.project(code)
    host = page.locator(".code-map")
    width = 1.0 if by == "umap" else float(np.ptp(code_map.project(code_map.codes)[:, 0]))
    page.wait_for_function(  # the star glides to the server's answer
        """([host, x, y, near]) => {
          const [left, top] = host.dataset.star.split(",").map(Number);
          return Math.hypot(left - x, top - y) < near;
        }""",
        arg=[host.element_handle(), *places[0].tolist(), 0.005 * width],
        timeout=1000,
    )
    nearest, _ = latent.neighbours(code_map.codes, code, NEIGHBOURS)
    near = {int(index) for index in (host.get_attribute("data-near") or "").split(",")}
    assert len(near & set(nearest[0].tolist())) >= NEIGHBOURS - 1
    expect_picture(host.locator("canvas.picture"), model.decode(code)[0])
    expect_bars(page, model, code[0])


BOW: Line = [(60, 150), (100, 120), (100, 100), (220, 100), (220, 200), (140, 200)]


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


@pytest.fixture
def open_empty(page: OpenPage) -> Iterator[Callable[[str], tuple[Page, list[Any]]]]:
    """Open a page with an empty canvas; gives it, and what it sends to the server."""

    def open_page(path: str) -> tuple[Page, list[Any]]:
        visitor, sent = page(path), list[Any]()
        visitor.on(
            "websocket", lambda socket: socket.on("framesent", lambda data: sent.append(data))
        )
        visitor.reload()
        place(visitor)
        wait_run(visitor)
        button(visitor, "Clear").click()
        wait_run(visitor)
        return visitor, sent

    yield open_page


def wait_for_weights(visitor: Page, name: str) -> None:
    """They come last, so that the first picture does not wait for them."""
    visitor.locator(f".st-key-network_{name}").wait_for(state="attached")
    visitor.wait_for_timeout(1000)


def draw_and_look(visitor: Page, sent: list[Any], look: Callable[[], None]) -> None:
    """Draw two lines with the mouse, and look in the middle of each, at its end, and after."""
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
                look()
        assert visitor.evaluate("window.stale") == 0
        # The second line is begun before the server has heard of the first.
        assert len(sent) <= before + number, "it hears nothing of a line that is being drawn"
        visitor.mouse.up()
    look()
    # The server's own pictures take the place of ours, and nobody sees it.
    expect(visitor.locator(".pixels + canvas")).to_have_count(0)
    wait_run(visitor)
    look()  # the server's own takes the place of ours, and nobody sees it


@pytest.mark.parametrize(("name", "shown"), [("deep", "changed"), ("vae", "survives")])
def test_the_machine_follows_the_mouse(open_empty: Any, name: str, shown: Shown) -> None:
    visitor, sent = open_empty(f"/?model={name}")
    wait_for_chart(visitor)
    wait_for_weights(visitor, name)
    if shown == "changed":
        visitor.get_by_role("radio", name=ENGLISH("What changed")).click()
        wait_run(visitor)
    model = ae.load(name)
    draw_and_look(visitor, sent, lambda: expect_draw(visitor, model, shown))


def test_who_listens_hears_of_the_digit_and_of_what_survives(open_empty: Any) -> None:
    visitor, _sent = open_empty("/?model=deep")
    wait_for_chart(visitor)
    visitor.evaluate(WATCH)
    visitor.evaluate("""addEventListener("seen", ({ detail }) => {
      const { digit, reconstruction } = detail.get("deep");
      window.heard = [[...digit], [...reconstruction]];
    })""")
    left, top = place(visitor)
    first, *others = points(SEVEN[0])
    visitor.mouse.move(left + first[0], top + first[1])
    visitor.mouse.down()
    for x, y in others:
        visitor.mouse.move(left + x, top + y)
    digit = seen(visitor)
    heard = np.array(visitor.evaluate("window.heard"), np.float32).reshape(2, 28, 28)
    np.testing.assert_allclose(heard[0], digit, atol=0.02)
    np.testing.assert_allclose(heard[1], ae.load("deep").reconstruct(digit[None])[0], atol=0.02)


def test_all_lanes_follow_the_mouse(open_empty: Any) -> None:
    visitor, sent = open_empty(f"/compare?lanes={','.join(LANES)}")
    draw_and_look(visitor, sent, lambda: expect_lanes(visitor))


def test_no_older_answer_shows_between_two_lines(open_empty: Any) -> None:
    visitor, _sent = open_empty("/?model=deep")
    wait_for_chart(visitor)
    left, top = place(visitor)
    for line in SEVEN:
        visitor.mouse.move(left + line[0][0], top + line[0][1])
        visitor.mouse.down()
        for x, y in line[1:]:
            visitor.mouse.move(left + x, top + y, steps=4)
        visitor.mouse.up()
    visitor.evaluate(FRAMES)
    visitor.evaluate(RECORD)
    wait_run(visitor)
    expect(visitor.locator(".machine canvas")).to_have_count(0)
    shown = np.array(visitor.evaluate("window.frames"))
    assert len(shown) > 3 and np.ptp(shown, axis=0).max() < 0.01 * np.ptp(shown[-1])


def test_a_line_that_is_abandoned_goes(open_empty: Any) -> None:
    visitor, _sent = open_empty("/?model=deep")
    wait_for_chart(visitor)
    wait_for_weights(visitor, "deep")
    left, top = place(visitor)

    def begin() -> None:
        visitor.mouse.move(left + 80, top + 60)
        visitor.mouse.down()
        visitor.mouse.move(left + 90, top + 150, steps=4)

    # The canvas forgets what was drawn before an undo, and so does what follows the pen.
    begin()
    visitor.keyboard.press("Control+z")
    wait_run(visitor)
    while not visitor.locator(".upper-canvas").evaluate(BARE):  # the canvas loads it
        visitor.wait_for_timeout(50)
    visitor.mouse.move(left + 200, top + 220, steps=4)
    visitor.evaluate(FRAMES)
    before = bars(visitor)
    with new_drawing(visitor):
        visitor.mouse.up()
    expect(visitor.locator(".machine canvas")).to_have_count(0)
    np.testing.assert_allclose(bars(visitor), before, atol=0.02 * np.ptp(before))

    begin()
    visitor.locator(".st-key-menu a[href$='compare']").evaluate("link => link.click()")
    expect(visitor.locator(".lanes")).to_be_visible()
    wait_run(visitor)
    expect(visitor.locator(".lanes canvas")).to_have_count(0)
    visitor.mouse.up()
    wait_run(visitor)
    expect(visitor.locator(".lanes canvas")).to_have_count(0)


@pytest.mark.parametrize("by", ["umap", "pca"])
def test_star_bars_and_picture_follow_the_mouse(open_empty: Any, by: str) -> None:
    visitor, sent = open_empty("/explore?model=deep")
    if by == "pca":
        visitor.get_by_text(ENGLISH("PCA: a flat shadow"), exact=True).click()
        wait_run(visitor)
    expect(visitor.locator(".code-map")).to_have_attribute("data-star", "")
    model = ae.load("deep")
    draw_and_look(visitor, sent, lambda: expect_map(visitor, model, by))
    if by == "umap":
        return
    # The bars show the code of the place under the mouse, and go back when it leaves.
    own, before = bars(visitor), len(sent)
    written = visitor.locator("[data-live=active]").inner_text()
    code_map = ae.atlas.load().maps["deep"]
    host = visitor.locator(".code-map")
    canvas = host.locator("canvas.map")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    for right, down in ((4, 4), (box["width"] - 4, box["height"] - 4)):
        visitor.mouse.move(box["x"] + right, box["y"] + down)
        expect(host).to_contain_text(ENGLISH("Nobody wrote this one: the decoder made it up"))
        x, y, scale = map(float, (host.get_attribute("data-view") or "").split(","))
        at = (x + (right - box["width"] / 2) / scale, y - (down - box["height"] / 2) / scale)
        code = code_map.mean + np.float32(at) @ code_map.axes
        expect_bars(visitor, model, code)
        active = int(visitor.locator("[data-live=active]").inner_text())
        assert abs(active - np.count_nonzero(code)) <= 1
    visitor.mouse.move(5, 5)
    expect(host).to_contain_text(ENGLISH("★ Your digit, decoded"))
    np.testing.assert_array_equal(bars(visitor), own)
    assert visitor.locator("[data-live=active]").inner_text() == written
    assert len(sent) == before


def test_a_second_finger_takes_the_lanes_back(page: OpenPage) -> None:
    visitor = page("/compare", viewport=(390, 844), touch=True)
    wait_run(visitor)
    sample(visitor, 3)
    left, top = place(visitor)
    table = visitor.locator(".lanes")
    before = table.inner_html()
    finger = visitor.context.new_cdp_session(visitor)

    def put(kind: str, *places: tuple[float, float]) -> None:
        at = [{"x": left + x, "y": top + y, "id": i} for i, (x, y) in enumerate(places)]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    put("touchStart", (60, 60))
    for i in range(1, 8):
        put("touchMove", (60, 60 + 20 * i))
    expect(table.locator(".pixels + canvas")).to_have_count(1 + 2 * 5)
    assert table.inner_html() != before
    put("touchStart", (60, 200), (200, 200))
    expect(table.locator("canvas")).to_have_count(0)
    assert re.sub(r' class=""', "", table.inner_html()) == before
    put("touchEnd")
