"""The Draw page in Chromium, as a visitor has it: mouse, finger, keyboard, projector and phone.

What the library computes for the strokes that the browser really sent is the oracle throughout.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import CDPSession, Locator, Page, Request, TimeoutError, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

import ae
from tests.conftest import screenshot, wait_run
from ui import pictures, strokes
from ui.text import translator

OpenPage = Callable[..., Page]
Line = Sequence[tuple[float, float]]

SEVEN: list[Line] = [[(80, 70), (200, 70), (130, 225)], [(110, 150), (190, 150)]]
ONE: Line = [(140, 40), (135, 240)]
CANVAS = "Canvas: draw a digit with the mouse, a finger or the arrow keys"
ENGLISH, PORTUGUESE = translator("en").gettext, translator("pt").gettext


# What the visitor does


@pytest.fixture
def open_app(page: OpenPage) -> OpenPage:
    """Open the app as a new visitor, and wait for its last part: the chart."""

    def open_page(path: str, **options: Any) -> Page:
        visitor = page(path, **options)
        wait_for_chart(visitor)
        return visitor

    return open_page


def wait_for_chart(page: Page) -> None:
    expect(page.locator(".code-bars")).to_have_attribute("data-revision", re.compile("."))
    expect(canvas(page)).to_be_visible()


def canvas(page: Page) -> Locator:
    return page.locator("canvas.upper-canvas")


def place(page: Page) -> tuple[float, float]:
    """The canvas's top left corner."""
    box = canvas(page).bounding_box()
    assert box and box["width"] == box["height"] == strokes.SIDE
    return box["x"], box["y"]


def draw(page: Page, *lines: Line) -> None:
    for line in lines:
        with new_drawing(page):
            x, y = place(page)
            page.mouse.move(x + line[0][0], y + line[0][1])
            page.mouse.down()
            for to_x, to_y in line[1:]:
                page.mouse.move(x + to_x, y + to_y, steps=10)
            page.mouse.up()


@contextmanager
def new_drawing(page: Page) -> Iterator[None]:
    """What is done inside gives the server another drawing; wait until the page shows it."""
    chart = page.locator(".code-bars, table[data-revision]")  # on the Draw page, or the lanes
    before = chart.get_attribute("data-revision")
    assert before is not None
    yield
    expect(chart).not_to_have_attribute("data-revision", before, timeout=10_000)
    wait_run(page)


def button(page: Page, name: str) -> Locator:
    """A button by its name, which its icon's stands before."""
    return page.get_by_role("button", name=name).first


def press(page: Page, name: str) -> None:
    with new_drawing(page):
        button(page, name).click()


def sample(page: Page, digit: int) -> None:
    with new_drawing(page):
        page.locator(f".st-key-sample_{digit} button:visible").click()


def choose(page: Page, option: str) -> None:
    """Press a model or a language in the frame; a model that is not in sight, in the menu there."""
    frame = page.locator(".st-key-frame")
    in_sight = frame.get_by_text(option, exact=True)
    if in_sight.count():
        in_sight.click()
    else:
        frame.locator(".st-key-more_models button").click()
        page.get_by_role("menuitem", name=option, exact=True).click()
    wait_run(page)


# What the visitor sees

Y = "document.querySelector('.js-plotly-plot').data[0].y"


def bars(page: Page) -> np.ndarray:
    """The code as the chart draws it; NaN where there is no bar."""
    return np.array(page.evaluate(Y), float)


def expect_bars(page: Page, expected: np.ndarray, tolerance: float = 0.006) -> None:
    """Wait until the bars are these; they are drawn with five digits, a slider has two decimals."""
    same = f"""([expected, tolerance]) => {{
      const y = {Y};
      const near = (a, b) => Math.abs(a - b) <= tolerance * (1 + Math.abs(b));
      return y.length === expected.length && y.every((value, i) =>
        value === null || expected[i] === null ? value === expected[i] : near(value, expected[i]));
    }}"""
    wanted = [None if np.isnan(value) else float(value) for value in expected]
    try:
        page.wait_for_function(same, arg=[wanted, tolerance], timeout=8000)
    except TimeoutError:
        np.testing.assert_allclose(bars(page), expected, rtol=tolerance, atol=tolerance)
        raise


def expect_empty(page: Page) -> None:
    expect_bars(page, np.full(32, np.nan))
    expect(page.locator("img:is([data-live=sees], [data-live=survives])")).to_have_count(0)


PARTS = "sees", "survives"


def pixels(image: Locator) -> np.ndarray:
    source = image.get_attribute("src")
    assert source and source.startswith("data:image/png;base64,")
    with Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) as decoded:
        return np.asarray(decoded).astype(int)


def expect_screen(page: Page, name: str, digit: np.ndarray, code: np.ndarray | None = None) -> None:
    """Bars and pictures are what the library makes of this digit, or of this code."""
    model = ae.load(name)
    code = model.encode(digit[None])[0] if code is None else code
    expect_bars(page, code)
    seen, survived = (pixels(page.locator(f"img[data-live={part}]")) for part in PARTS)
    reconstruction = model.decode(code[None])[0]
    assert np.abs(seen - pictures.grey(digit)).max() <= 1
    assert np.abs(survived - pictures.grey(reconstruction)).max() <= 1


def sample_digit(name: str) -> np.ndarray:
    return strokes.digit(strokes.sample(name))


def address(page: Page) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(page.url).query).items()}


def listen(page: Page) -> Callable[[], list[list[list[Any]]]]:
    """Overhear what the page sends; gives the paths of the last drawing that was sent."""
    page.evaluate("""() => {
      window.overheard = [];
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (data) {
        window.overheard.push(btoa(String.fromCharCode(...new Uint8Array(data))));
        return send.call(this, data);
      };
    }""")

    def last() -> list[list[list[Any]]]:
        for data in reversed(page.evaluate("window.overheard")):
            message = BackMsg.FromString(base64.b64decode(data))
            for widget in message.rerun_script.widget_states.widgets:
                text = str(widget.json_value or "")
                if '"objects"' in text:
                    return [path["path"] for path in json.loads(text)["drawing"]["raw"]["objects"]]
        raise AssertionError("no drawing was sent")

    return last


def painted(path: list[list[Any]]) -> np.ndarray:
    """Points on the line that Fabric paints: (m, 2)."""
    here = np.array(path[0][1:3], float)
    line = [here[None]]
    t = np.linspace(0, 1, 30)[:, None]
    for kind, *numbers in path[1:]:
        *control, end = np.array(numbers, float).reshape(-1, 2)
        assert (kind, len(control)) in (("Q", 1), ("L", 0))
        middle = control[0] if control else (here + end) / 2
        line.append((1 - t) ** 2 * here + 2 * t * (1 - t) * middle + t**2 * end)
        here = end
    return np.concatenate(line)


# Drawing


def test_a_seven_drawn_with_the_mouse(open_app: OpenPage) -> None:
    visitor = open_app("/?model=deep")
    overheard = listen(visitor)
    press(visitor, "Clear")
    expect_empty(visitor)
    expect(visitor.get_by_text(ENGLISH("Draw a digit here"))).to_be_visible()

    draw(visitor, *SEVEN)
    paths = overheard()
    assert len(paths) == len(SEVEN)
    for path, line in zip(paths, SEVEN, strict=True):
        # The ink is where the mouse was.
        assert path[0][1:3] == pytest.approx(line[0], abs=1)
        assert path[-1][1:3] == pytest.approx(line[-1], abs=1)
    lines = [painted(path) for path in paths]
    digit = ae.drawing.from_strokes(lines, size=strokes.SIDE)
    expect_bars(visitor, ae.load("deep").encode(digit[None])[0], tolerance=0.03)
    exact = strokes.digit(
        strokes.Drawing(strokes.from_fabric({"objects": [{"path": p} for p in paths]}))
    )
    assert np.abs(exact - digit).max() < 0.05
    expect_screen(visitor, "deep", exact)

    # The plain digit is what is on the canvas: white ink on black, each pixel the mean of 10 x 10.
    read = """canvas => Array.from(canvas.getContext("2d").getImageData(0, 0, 280, 280).data)"""
    rgba = np.array(visitor.locator("canvas.dc-canvas.lower-canvas").evaluate(read)).reshape(
        280, 280, 4
    )
    assert set(map(tuple, rgba[[71, 2], [140, 2]].tolist())) == {(255,) * 4, (0, 0, 0, 255)}
    means = rgba[..., 0].reshape(28, 10, 28, 10).mean(axis=(1, 3)) / 255
    visitor.get_by_text(ENGLISH("Centre and scale it, as in training")).click()
    plain = ae.drawing.from_strokes(lines, size=strokes.SIDE, normalise=False)
    expect_bars(visitor, ae.load("deep").encode(plain[None])[0], tolerance=0.03)
    seen = pixels(visitor.locator("img[data-live=sees]")) / 255
    assert np.abs(seen - means).mean() < 0.01
    assert np.abs(seen - means).max() < 0.2


def test_undo_redo_and_clear_by_button_and_keyboard(open_app: OpenPage) -> None:
    visitor = open_app("/?sample=2a")
    first = bars(visitor)
    draw(visitor, ONE)
    second = bars(visitor)
    assert not np.allclose(first, second, atol=0.01)
    draw(visitor, [(60, 250), (220, 250)])
    third = bars(visitor)

    press(visitor, "Undo")
    expect_bars(visitor, second)
    press(visitor, "Undo")
    expect_bars(visitor, first)
    expect(button(visitor, "Undo")).to_be_disabled()
    press(visitor, "Redo")
    expect_bars(visitor, second)
    for keys, expected in (
        ("Control+Shift+z", third),
        ("Control+z", second),
        ("Delete", np.full(32, np.nan)),
        ("Control+z", second),
    ):
        with new_drawing(visitor):
            visitor.keyboard.press(keys)
        expect_bars(visitor, expected)
    # The canvas shows it too, and goes on from there.
    draw(visitor, [(60, 250), (220, 250)])
    expect_bars(visitor, third)


def test_a_press_in_the_top_right_corner_is_a_dot_like_any_other(open_app: OpenPage) -> None:
    visitor = open_app("/")
    overheard = listen(visitor)
    for x, y in ((270, 8), (262, 14), (220, 10), (160, 6)):
        with new_drawing(visitor):
            left, top = place(visitor)
            visitor.mouse.click(left + x, top + y)  # at once, without dwelling there
        count = len(overheard())
        assert overheard()[-1][0][1:3] == pytest.approx((x, y), abs=1)
        assert np.isfinite(bars(visitor)).all()
    assert count == len(ae.samples.SAMPLES["7b"]) + 4


def test_the_bars_keep_the_code_that_a_stroke_brought(open_app: OpenPage) -> None:
    visitor = open_app("/?model=deep")
    overheard = listen(visitor)
    press(visitor, "Clear")
    draw(visitor, *SEVEN)  # on a canvas that is not empty a stroke runs the machine alone
    drawn = [{"path": path} for path in overheard()]
    digit = strokes.digit(strokes.Drawing(strokes.from_fabric({"objects": drawn})))
    code = ae.load("deep").encode(digit[None])[0]
    expect_bars(visitor, code)
    visitor.emulate_media(color_scheme="dark")
    expect_bars(visitor, code)
    visitor.set_viewport_size({"width": 1024, "height": 768})
    visitor.wait_for_function(
        """() => Math.abs(document.querySelector(".code-bars").clientWidth
          - document.querySelector(".code-bars .main-svg").clientWidth) < 2"""
    )
    expect_bars(visitor, code)
    press(visitor, "Clear")
    expect_empty(visitor)


def test_two_visitors_do_not_see_each_others_digit(open_app: OpenPage) -> None:
    one, other = (open_app("/?sample=7b") for _visitor in range(2))
    press(one, "Clear")
    draw(one, SEVEN[0])
    seven = bars(one)
    expect_screen(other, "shallow", sample_digit("7b"))
    press(other, "Clear")
    draw(other, ONE)
    expect_bars(one, seven)
    sample(one, 4)
    assert address(one)["sample"] == "4a" and "sample" not in address(other)


# Samples, models, links


def test_samples_models_and_the_address(open_app: OpenPage) -> None:
    visitor = open_app("/")
    entries = visitor.evaluate("history.length")
    sample(visitor, 3)  # the first thing that this visitor does
    expect_screen(visitor, "shallow", sample_digit("3a"))
    sample(visitor, 3)
    expect_screen(visitor, "shallow", sample_digit("3b"))
    for name in ("deep", "sparse"):
        choose(visitor, ae.FAMILIES[name].title)
        expect_screen(visitor, name, sample_digit("3b"))
        assert address(visitor) == {"model": name, "lang": "en", "sample": "3b"}
    draw(visitor, ONE)
    drawn = bars(visitor)
    choose(visitor, ae.FAMILIES["shallow"].title)
    choose(visitor, ae.FAMILIES["sparse"].title)
    expect_bars(visitor, drawn)
    assert address(visitor).keys() == {"model", "lang", "drawing"}
    press(visitor, "Surprise me")
    expect_screen(visitor, "sparse", sample_digit(address(visitor)["sample"]))
    assert visitor.evaluate("history.length") == entries

    # Quick clicks end where the last one says. Each drawing comes back from the canvas some time
    # after the next click: that is no news.
    for digit in "23456789012":
        visitor.locator(f".st-key-sample_{digit} button:visible").click()
    wait_run(visitor)
    expect_screen(visitor, "sparse", sample_digit("2a"))
    assert address(visitor)["sample"] == "2a"


def test_a_model_that_is_not_in_sight_is_chosen_from_the_menu(open_app: OpenPage) -> None:
    visitor = open_app("/?sample=7b")
    in_sight = visitor.locator(".st-key-model")

    def expect_model(name: str) -> None:
        expect_screen(visitor, name, sample_digit("7b"))
        assert address(visitor)["model"] == name
        expect(in_sight.get_by_role("radio", checked=True)).to_have_text(ae.FAMILIES[name].title)

    choose(visitor, ae.FAMILIES["linear"].title)
    expect_model("linear")
    # It has left the menu, so the next one is the first there.
    visitor.locator(".st-key-more_models button").focus()
    visitor.keyboard.press("Enter")
    visitor.wait_for_function("document.activeElement.closest('[role=menu]')")
    visitor.keyboard.press("ArrowDown")
    visitor.keyboard.press("Enter")
    wait_run(visitor)
    expect_model("vae")
    choose(visitor, ae.FAMILIES["deep"].title)
    expect(in_sight.get_by_role("radio")).to_have_count(3)


def test_another_model_is_built_before_the_eyes_of_those_who_want_motion(
    open_app: OpenPage,
) -> None:
    visitor = open_app("/")
    moved = """() => [...document.querySelectorAll(".built > *")].some(
      (part) => part.getAnimations().length)"""
    for motion, name, moves in (("reduce", "deep", False), ("no-preference", "shallow", True)):
        visitor.emulate_media(reduced_motion=motion)
        choose(visitor, ae.FAMILIES[name].title)
        expect(visitor.locator(".built")).to_have_count(2)
        assert visitor.evaluate(moved) == moves


def test_a_link_opens_its_state_and_nothing_from_elsewhere(open_app: OpenPage, server: str) -> None:
    visitor = open_app("/?model=deep&lang=pt&sample=nonsense")
    toast = visitor.get_by_test_id("stToast")
    expect(toast).to_contain_text(PORTUGUESE("The link names a sample that does not exist."))

    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    visitor.on("request", note)
    visitor.on("websocket", lambda socket: asked.append(socket.url))
    visitor.goto("/?model=deep&lang=pt&sample=5c")
    wait_for_chart(visitor)
    expect_screen(visitor, "deep", sample_digit("5c"))
    expect(visitor.get_by_test_id("stToast")).to_have_count(0)
    expect(visitor.locator("html")).to_have_attribute("lang", "pt")
    expect(canvas(visitor)).to_have_attribute("aria-label", PORTUGUESE(CANVAS))
    choose(visitor, "EN")
    expect(visitor.locator("html")).to_have_attribute("lang", "en")
    expect(visitor.get_by_role("application", name=ENGLISH(CANVAS))).to_have_count(1)
    expect_screen(visitor, "deep", sample_digit("5c"))
    host = urlsplit(server).netloc
    assert any("charts.js" in url for url in asked)
    for url in asked:
        where = urlsplit(url)
        assert where.scheme in ("data", "blob") or where.netloc == host, url


# The code in the visitor's hand


def column(page: Page, unit: int) -> tuple[float, float]:
    """A point of the screen above a unit's bar."""
    return tuple(
        page.evaluate(
            """unit => {
              const plot = document.querySelector(".js-plotly-plot"), {xaxis} = plot._fullLayout;
              const box = plot.getBoundingClientRect();
              return [box.left + xaxis._offset + xaxis.d2p(unit + 1), box.top + 20];
            }""",
            unit,
        )
    )


def tool(page: Page, label: str) -> Locator:
    """A button for the chosen unit; each stands twice in the page, for mouse and finger."""
    tools = page.locator(".st-key-unit_tools button:visible")
    return tools.filter(has_text=re.compile(rf"^{label}$"))


def outlines(page: Page) -> list[int]:
    """The units, counted from 1, whose bar as encoded stays as an outline."""
    return page.evaluate("""() => document.querySelector(".js-plotly-plot").data
      .filter(trace => trace.type === "bar")[2].x""")


def test_a_unit_is_chosen_and_changed(open_app: OpenPage) -> None:
    visitor = open_app("/?sample=7b")
    digit = sample_digit("7b")
    encoded = ae.load("shallow").encode(digit[None])[0]
    unit = int(np.argsort(encoded)[-5])
    editor = visitor.locator(".st-key-editor")
    value, keep = (editor.get_by_role("slider").nth(i) for i in range(2))

    def expect_value(new: float, **others: float) -> None:
        code = encoded.copy()
        code[unit] = new
        expect_bars(visitor, code)
        wait_run(visitor)
        expect_screen(visitor, "shallow", digit, code)
        assert outlines(visitor) == ([] if new == encoded[unit] else [unit + 1])

    expect(tool(visitor, "×2")).to_be_disabled()
    visitor.mouse.click(*column(visitor, unit))
    expect(editor).to_contain_text(f"Unit {unit + 1}")
    expect(visitor.locator(".atom img")).to_have_count(1)
    expect_value(encoded[unit])

    tool(visitor, "×2").click()
    expect_value(2 * encoded[unit])
    tool(visitor, "Set to 0").click()
    expect_value(0)
    value.focus()
    for _step in range(3):
        visitor.keyboard.press("ArrowRight")
    expect_value(0.03)
    button(visitor, ENGLISH("Reset")).click()
    expect_value(encoded[unit])

    # The arrow keys go from unit to unit.
    chart = visitor.locator(".code-bars")
    chart.focus()
    visitor.keyboard.press("Home")
    expect(editor).to_contain_text("Unit 1")
    visitor.keyboard.press("ArrowRight")
    visitor.keyboard.press("ArrowRight")
    expect(editor).to_contain_text("Unit 3")
    for _step in range(12):  # faster than the server answers
        visitor.keyboard.press("ArrowRight")
    expect(editor).to_contain_text("Unit 15")
    for _step in range(12):
        visitor.keyboard.press("ArrowLeft")
    expect(editor).to_contain_text("Unit 3")
    wait_run(visitor)
    expect_bars(visitor, encoded)  # looking changes nothing
    assert outlines(visitor) == []
    tool(visitor, "Set to 0").click()
    code = encoded.copy()
    code[2] = 0
    expect_bars(visitor, code)

    # All but the largest, and everything as it was.
    keep.focus()
    for _step in range(4):
        visitor.keyboard.press("ArrowLeft")
    code[np.argsort(-encoded, kind="stable")[28:]] = 0
    expect_bars(visitor, code)
    button(visitor, "Only the 28 largest kept · 1 number changed").click()
    expect_bars(visitor, encoded)
    wait_run(visitor)
    expect_screen(visitor, "shallow", digit)


def test_an_edit_ends_with_its_drawing_and_its_model(open_app: OpenPage) -> None:
    visitor = open_app("/?sample=7b")
    draw(visitor, ONE)  # without a run of the whole script
    drawn = bars(visitor)
    unit = int(np.argmax(drawn))
    visitor.mouse.click(*column(visitor, unit))
    tool(visitor, "Set to 0").click()
    drawn[unit] = 0
    expect_bars(visitor, drawn)
    choose(visitor, ae.FAMILIES["deep"].title)
    wait_run(visitor)
    assert outlines(visitor) == []
    visitor.mouse.click(*column(visitor, unit))
    expect(visitor.locator(".st-key-editor")).to_contain_text(f"Unit {unit + 1}")
    for digit in (1, 2):  # with that unit in hand, and faster than the server answers
        visitor.locator(f".st-key-sample_{digit} button:visible").click()
    wait_run(visitor)
    assert outlines(visitor) == []
    sample(visitor, 3)
    expect_bars(visitor, ae.load("deep").encode(sample_digit("3a")[None])[0])
    wait_run(visitor)
    expect_screen(visitor, "deep", sample_digit("3a"))
    assert outlines(visitor) == []
    expect(visitor.locator(".st-key-edited")).to_have_count(0)


# Files


def photo() -> bytes:
    """A seven in dark ink on light paper."""
    image = Image.new("L", (600, 600), 235)
    line = [(180, 150), (430, 150), (270, 490)]
    ImageDraw.Draw(image).line(line, fill=25, width=44, joint="curve")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_uploads(open_app: OpenPage) -> None:
    visitor = open_app("/")
    with Image.open(io.BytesIO(photo())) as image:
        digit = ae.drawing.from_image(image)
    chooser = visitor.locator(".upload input")
    with new_drawing(visitor):
        chooser.set_input_files({"name": "seven.png", "mimeType": "image/png", "buffer": photo()})
    expect_screen(visitor, "shallow", digit)

    broken = {"name": "broken.png", "mimeType": "image/png", "buffer": photo()[:400]}
    chooser.set_input_files(broken)
    complaint = ENGLISH("This file is not a picture, or it is damaged.")
    expect(visitor.get_by_test_id("stAlert")).to_contain_text(complaint)
    expect_screen(visitor, "shallow", digit)
    # The picture lies under the pen.
    draw(visitor, [(140, 40), (140, 240)])
    expect(visitor.get_by_test_id("stAlert")).to_have_count(0)
    assert np.abs(pixels(visitor.locator("img[data-live=sees]")) / 255 - digit).max() > 0.5
    press(visitor, "Undo")
    expect_screen(visitor, "shallow", digit)
    press(visitor, "Clear")
    expect_empty(visitor)


def test_downloads(open_app: OpenPage, tmp_path: Path) -> None:
    visitor = open_app("/?model=sparse&sample=8a")
    digit = sample_digit("8a")
    model = ae.load("sparse")
    code = model.encode(digit[None])
    button(visitor, ENGLISH("Download")).click()

    def download(label: str, ending: str) -> Path:
        with visitor.expect_download() as downloading:
            button(visitor, ENGLISH(label)).click()
        assert downloading.value.suggested_filename == f"gargalo-sparse.{ending}"
        path = tmp_path / ending
        downloading.value.save_as(path)
        return path

    rows = list(csv.reader(download("The code (CSV)", "csv").read_text().splitlines()))
    assert np.array([row[-1] for row in rows[1:]], np.float32) == pytest.approx(code[0], rel=1e-5)
    with np.load(download("Everything (NPZ)", "npz")) as saved:
        assert saved["digits"][0] == pytest.approx(digit, abs=1e-6)
        assert saved["codes"][0] == pytest.approx(code[0], rel=1e-5)
        assert saved["reconstructions"] == pytest.approx(model.decode(code), abs=1e-6)
    with Image.open(download("The pictures (PNG)", "png")) as image:
        assert image.height == 280
        left = np.asarray(image.convert("L"))[5::10, 5:280:10].astype(int)
        assert np.abs(left - pictures.grey(digit)).max() <= 1


# Screens


def touch(finger: CDPSession, *points: tuple[float, float]) -> None:
    """Put a finger down, move it along the points, take it away."""
    for i, (x, y) in enumerate(points):
        kind = "touchMove" if i else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop + window.scrollY"


def test_a_finger_on_a_phone(open_app: OpenPage) -> None:
    visitor = open_app("/?lang=pt", viewport=(390, 844), touch=True)
    finger = visitor.context.new_cdp_session(visitor)
    overheard = listen(visitor)
    tops = []
    for part in (canvas(visitor), visitor.locator(".ways"), visitor.locator(".code-bars")):
        box = part.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
        tops.append(box["y"])
    assert tops == sorted(tops)
    assert visitor.evaluate("document.documentElement.scrollWidth") <= 390
    wide = "document.querySelector('[data-testid=stMain]').scrollWidth"
    assert visitor.evaluate(wide) <= 390

    with new_drawing(visitor):
        visitor.get_by_role("button", name=PORTUGUESE("Clear")).tap()
    expect_empty(visitor)
    x, y = place(visitor)
    with new_drawing(visitor):
        touch(finger, *[(x + 140, y + 240 - 10 * i) for i in range(21)])
    assert visitor.evaluate(SCROLLED) == 0
    (path,) = overheard()
    assert path[0][1:3] == pytest.approx((140, 240), abs=1)
    assert path[-1][1:3] == pytest.approx((140, 40), abs=1)
    line = ae.drawing.from_strokes([painted(path)], size=strokes.SIDE)
    expect_bars(visitor, ae.load("shallow").encode(line[None])[0], tolerance=0.03)

    with new_drawing(visitor):
        touch(finger, (x + 270, y + 8))  # the corner where the canvas hides its own tools
    assert len(overheard()) == 2
    for name, strokes_left in (("Undo", 1), ("Undo", 0), ("Redo", 1)):
        with new_drawing(visitor):
            visitor.get_by_role("button", name=PORTUGUESE(name)).tap()
        assert np.isfinite(bars(visitor)).all() == (strokes_left > 0)
    # Elsewhere a finger scrolls the page: the same movement, so the test above could have failed.
    touch(finger, *[(x + 140, tops[1] - 10 * i) for i in range(21)])
    visitor.wait_for_function(f"{SCROLLED} > 50")


def test_two_fingers_leave_no_ink(open_app: OpenPage) -> None:
    visitor = open_app("/?sample=7b", viewport=(390, 844), touch=True)
    finger = visitor.context.new_cdp_session(visitor)
    x, y = place(visitor)
    ink = """canvas => canvas.getContext("2d").getImageData(0, 0, 280, 280).data.join()"""
    drawn = visitor.locator("canvas.dc-canvas.lower-canvas")
    seven = drawn.evaluate(ink)
    chart = visitor.locator(".code-bars")

    def put(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": x + left, "y": y + top, "id": i} for i, (left, top) in enumerate(points)]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    # Steps that the first finger goes alone, and where the second one comes down.
    for before, second in ((0, (200, 200)), (1, (140, 60)), (6, (310, 60))):
        revision = chart.get_attribute("data-revision")
        put("touchStart", (60, 60))
        for i in range(before):
            put("touchMove", (60 + 6 * i, 60))
        put("touchStart", (100, 60), second)
        for i in range(5):
            put("touchMove", (100 - 8 * i, 60), (second[0], second[1] + 8 * i))
        if second[0] < strokes.SIDE:  # one after the other; else the page has begun to scroll
            put("touchEnd", (60, 60))
            put("touchMove", (60, 90))
        put("touchEnd")
        wait_run(visitor)
        assert chart.get_attribute("data-revision") == revision
        assert drawn.evaluate(ink) == seven
        with new_drawing(visitor):  # and the next stroke is one like any other
            touch(finger, (x + 60, y + 250), (x + 160, y + 250), (x + 220, y + 250))
        assert drawn.evaluate(ink) != seven
        with new_drawing(visitor):
            visitor.get_by_role("button", name=ENGLISH("Undo")).tap()
        visitor.wait_for_function(
            "([canvas, seven, ink]) => eval(ink)(canvas) === seven",
            arg=[drawn.element_handle(), seven, ink],
        )


def test_a_phone(open_app: OpenPage) -> None:
    """Units by buttons, as a bar is too narrow; across, the whole canvas; no zoom into fields."""
    visitor = open_app("/?sample=7b", viewport=(390, 844), touch=True)
    editor = visitor.locator(".st-key-editor")
    for name, unit in (("Next", 1), ("Next", 2), ("Previous", 1), ("Previous", 1)):
        step = visitor.get_by_role("button", name=ENGLISH(f"{name} unit"))
        box = step.bounding_box()
        assert box and min(box["width"], box["height"]) >= 24
        step.tap()
        expect(editor).to_contain_text(f"Unit {unit}")
        wait_run(visitor)
    visitor.locator(".code-bars").press("End")  # the chart knows of it, and goes on
    expect(editor).to_contain_text("Unit 32")
    # While a slider is in sight, so is what survives; the frame has made way for it.
    keep = editor.get_by_role("slider").last
    keep.scroll_into_view_if_needed()
    slider, survives, frame = (
        part.bounding_box()
        for part in (keep, visitor.locator(".survived"), visitor.locator(".st-key-frame"))
    )
    assert slider and survives and frame
    assert frame["y"] + frame["height"] <= 0 < survives["y"]
    assert survives["y"] + survives["height"] <= slider["y"] < 844
    expect(visitor.locator(".survives .pixels")).to_be_in_viewport(ratio=1)
    visitor.set_viewport_size({"width": 844, "height": 390})
    for path in ("/", "/compare", "/explore?lang=pt", "/?lang=pt"):
        visitor.goto(path)
        canvas(visitor).wait_for()
        wait_run(visitor)
        box = canvas(visitor).bounding_box()
        assert box and box["y"] >= 0 and box["y"] + box["height"] <= 390, path
    visitor.goto("/train")
    visitor.get_by_text(ENGLISH("Change the net and the recipe")).tap()
    field = visitor.get_by_label(ENGLISH("Epochs"), exact=True)
    expect(field).to_have_css("font-size", "16px")


SIZES = [(1440, 900), (1280, 720), (1024, 768), (390, 844)]
PAGES = {"draw": "/"}  # of each page in each language, a picture is kept in artefacts/


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("name", PAGES)
def test_the_page_fits_the_screen(name: str, language: str, open_app: OpenPage) -> None:
    visitor = open_app(f"{PAGES[name]}?lang={language}")
    expect(visitor.locator(".code-bars .point").first).to_be_visible()
    measure = """() => {
      const {scrollHeight, clientHeight, scrollWidth, clientWidth} =
        document.querySelector("[data-testid=stMain]");
      return [scrollHeight - clientHeight, scrollWidth - clientWidth];
    }"""
    for width, height in SIZES:
        visitor.set_viewport_size({"width": width, "height": height})
        visitor.wait_for_function(
            """() => Math.abs(document.querySelector(".code-bars").clientWidth
              - document.querySelector(".code-bars .main-svg").clientWidth) < 2"""
        )
        below, beside = visitor.evaluate(measure)
        assert beside <= 0, (width, height)
        if width >= 1280:
            assert below <= 0, (width, height)
        screenshot(visitor, f"{name}-{language}-{width}")
    for image in visitor.locator("img").all():
        assert image.get_attribute("alt")

    visitor.set_viewport_size({"width": 1280, "height": 720})
    visitor.mouse.click(*column(visitor, 5))  # with a unit in hand it still fits
    expect(visitor.locator(".atom img")).to_have_count(1)
    assert visitor.evaluate(measure) == [0, 0]
    chart = visitor.locator(".code-bars").bounding_box()
    press(visitor, translator(language).gettext("Clear"))
    assert visitor.evaluate(measure) == [0, 0]
    assert visitor.locator(".code-bars").bounding_box() == chart  # nothing jumps


# What lies over another part of the page, and what stands out of the window or of its half.
FAULTS = """() => {
  const wide = document.querySelector("[data-testid=stMain]").clientWidth;
  const keys = ["canvas_box", "switch", "bars", "code_tools", "read"];
  const names = [".encoder", ".decoder", ".code-head", ".widths", ".survived"];
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  const parts = [...keys.map((key) => `.st-key-${key}`), ...names];
  const over = (one, other) => {
    const [a, b] = [box(one), box(other)];
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    return across > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  };
  return [
    ...parts.flatMap((one, i) => parts.slice(i + 1).filter((other) => over(one, other))
      .map((other) => `${one} over ${other}`)),
    ...parts.filter((name) => box(name).left < 0 || box(name).right > wide),
    ...[".encoder", ".decoder"].filter((half) =>
      [...document.querySelector(half).children].some((part) =>
        part.getBoundingClientRect().right > box(half).right + 1)).map((half) => `out of ${half}`),
  ];
}"""
WIDTHS = 1440, 1280, 1241, 1240, 1024, 810, 641, 640, 390, 320


@pytest.mark.parametrize("language", ["en", "pt"])
def test_every_machine_fits_every_window(language: str, open_app: OpenPage) -> None:
    visitor = open_app(f"/?lang={language}&sample=7b")
    translated = translator(language).gettext
    scrolls = """() => {
      const main = document.querySelector("[data-testid=stMain]");
      return main.scrollHeight > main.clientHeight;
    }"""
    for name, family in ae.FAMILIES.items():
        visitor.set_viewport_size({"width": 1280, "height": 720})
        choose(visitor, translated(family.title))
        assert not visitor.evaluate(scrolls), name
        for width in WIDTHS:
            visitor.set_viewport_size({"width": width, "height": 720})
            assert visitor.evaluate(FAULTS) == [], (name, width)


def test_ink_is_white_on_black_in_both_themes(open_app: OpenPage) -> None:
    visitor = open_app("/?sample=0a", color_scheme="dark", viewport=(1280, 720))
    colours = """canvas => {
      const data = canvas.getContext("2d").getImageData(0, 0, 280, 280).data;
      const seen = new Set();
      for (let i = 0; i < data.length; i += 4) seen.add(data.slice(i, i + 3).join());
      return ["0,0,0", "255,255,255"].map(colour => seen.has(colour)).concat(
        [...seen].every(colour => new Set(colour.split(",")).size === 1));
    }"""
    drawn = visitor.locator("canvas.dc-canvas.lower-canvas")
    ground = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    grounds = set()
    for scheme in ("dark", "light"):
        visitor.emulate_media(color_scheme=scheme)
        visitor.wait_for_function(
            "([ground, old]) => !old.includes(eval(ground))", arg=[ground, list(grounds)]
        )
        grounds.add(visitor.evaluate(ground))
        assert drawn.evaluate(colours) == [True, True, True]
        digit = pixels(visitor.locator("img[data-live=sees]"))
        assert digit[0, 0] == 0 and digit.max() > 250
        wait_run(visitor)
        screenshot(visitor, f"draw-{scheme}-1280")
