"""A picture is uploaded, and a part of it chosen: by mouse, by finger, by the keyboard."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Page, expect

import ae
from tests.conftest import screenshot, wait_run
from ui import uploads
from ui.text import translator

OpenPage = Callable[..., Page]
PORTUGUESE = translator("pt").gettext


def scene(*names: str, side: int = 400) -> Image.Image:
    """Samples side by side, each on a square of its own."""
    image = Image.new("RGB", (len(names) * side, side), (228, 226, 220))
    pen = ImageDraw.Draw(image)
    for i, name in enumerate(names):
        for stroke in ae.samples.SAMPLES[name]:
            line = [(side * (i + 0.1 + 0.8 * float(x)), side * float(y)) for x, y in stroke]
            pen.line(line, fill=(40, 44, 60), width=side // 16, joint="curve")
    return image


def file(image: Image.Image, format: str = "PNG", **options: Any) -> FilePayload:
    """As phones send it: without an ending, and without a type."""
    raw = io.BytesIO()
    image.save(raw, format, **options)
    return {"name": "IMG_0001", "mimeType": "", "buffer": raw.getvalue()}


@pytest.fixture
def visit(page: OpenPage) -> OpenPage:
    """Open the app as a new visitor, and wait for its last parts: the chart and the canvas."""

    def open_page(path: str, **options: Any) -> Page:
        visitor = page(path, **options)
        visitor.locator(".code-bars[data-revision]").wait_for()
        visitor.locator(".upload span:not(:empty)").wait_for()
        return visitor

    return open_page


@contextmanager
def new_drawing(page: Page) -> Iterator[None]:
    """What is done inside gives the server another drawing; wait until the page shows it."""
    chart = page.locator(".code-bars")
    before = chart.get_attribute("data-revision")
    assert before
    yield
    expect(chart).not_to_have_attribute("data-revision", before, timeout=20_000)
    wait_run(page)


def send(page: Page, payload: FilePayload) -> None:
    page.locator(".upload input").set_input_files(payload)


def upload_two(page: Page) -> Image.Image:
    """Upload two digits, and begin to choose one of them; gives the picture."""
    image = scene("7b", "3a")
    with new_drawing(page):
        send(page, file(image))
    stage, choice = page.locator(".stage"), page.locator(".st-key-choose button")
    expect(stage.or_(choice)).to_be_visible()
    if choice.is_visible():  # the library is sure of one of them
        choice.click()
    expect(stage).to_be_focused()
    return image


def difference(page: Page, expected: np.ndarray) -> float:
    """How far what the network sees is from this digit, a mean over pixels."""
    address = page.locator("img[data-live=sees]").get_attribute("src") or ""
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as image:
        return float(np.abs(np.asarray(image, float) / 255 - expected).mean())


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Move the mouse or a finger between two places, in shares of the picture."""
    box = page.locator(".region img").bounding_box()
    assert box
    (x, y), *_, last = path = [
        (
            box["x"] + box["width"] * (start[0] + (end[0] - start[0]) * t),
            box["y"] + box["height"] * (start[1] + (end[1] - start[1]) * t),
        )
        for t in (0, 0.5, 1)
    ]
    if not page.evaluate("navigator.maxTouchPoints"):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(*last, steps=4)
        page.mouse.up()
        return
    finger = page.context.new_cdp_session(page)
    for kind, place in zip(("touchStart", "touchMove", "touchMove"), path, strict=True):
        points = [{"x": place[0], "y": place[1]}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
def test_two_digits_ask_for_a_rectangle_and_it_is_drawn_moved_and_pulled(
    visit: OpenPage, touch: bool
) -> None:
    visitor = visit("/?lang=pt", viewport=(390, 844) if touch else (1280, 720), touch=touch)
    image = upload_two(visitor)
    left, right = (
        ae.drawing.from_image(image, region=part) for part in ((0, 0, 0.5, 1), (0.5, 0, 1, 1))
    )
    frame = visitor.locator(".rectangle")
    expect(frame).to_be_hidden()
    with new_drawing(visitor):
        drag(visitor, (0.98, 0.02), (0.53, 0.98))
    assert difference(visitor, right) < 0.02 < difference(visitor, left)
    screenshot(visitor, f"region-{'touch' if touch else 'mouse'}")
    with new_drawing(visitor):  # by its inside
        drag(visitor, (0.75, 0.5), (0.22, 0.5))
    assert difference(visitor, left) < 0.02 < difference(visitor, right)
    with new_drawing(visitor):  # by a corner, and with the 7 the 3
        drag(visitor, (0.45, 0.98), (1.2, 1.2))
    whole = frame.bounding_box()
    # What is let go is one step.
    with new_drawing(visitor):
        visitor.locator(".st-key-undo button").click()
    assert difference(visitor, left) < 0.02
    smaller = frame.bounding_box()
    assert whole and smaller and smaller["width"] < 0.6 * whole["width"]
    with new_drawing(visitor):
        visitor.get_by_role("button", name=PORTUGUESE("Whole picture")).click()
    expect(frame).to_be_hidden()
    # A touch on the picture neither scrolls the page nor draws.
    assert visitor.evaluate("scrollY") == 0
    visitor.get_by_role("button", name=PORTUGUESE("Done")).click()
    expect(visitor.locator(".region")).to_have_count(0)


def test_the_keyboard_moves_and_resizes_the_rectangle(visit: OpenPage) -> None:
    visitor = visit("/?lang=en")
    image = upload_two(visitor)
    expect(visitor.locator("canvas.upper-canvas")).to_have_js_property("inert", True)
    stage = visitor.locator(".stage[role=application]")
    expect(stage).to_have_accessible_name("Your picture; what was taken for ink is in colour")
    with new_drawing(visitor):
        # From the middle, three fifths wide and high, to the left half.
        for key, times in (("ArrowLeft", 10), ("ArrowUp", 10)):
            for _ in range(times):
                visitor.keyboard.press(key)
        for key, times in (("ArrowLeft", 5), ("ArrowDown", 20)):
            for _ in range(times):
                visitor.keyboard.press(f"Shift+{key}")
    expected = ae.drawing.from_image(image, region=(0, 0, 0.5, 1))
    assert difference(visitor, expected) < 0.02
    words = visitor.locator(".region").get_by_role("status")
    expect(words).to_have_text("50% wide, 100% high, 0% from the left, 0% from the top")
    # A part without ink is refused in words, and the rectangle waits to be mended.
    place = visitor.locator(".rectangle").get_attribute("style")
    for _ in range(24):
        visitor.keyboard.press("Shift+ArrowLeft")
    expect(visitor.get_by_test_id("stAlert")).to_contain_text("Nothing in the rectangle")
    assert visitor.locator(".rectangle").get_attribute("style") != place
    assert difference(visitor, expected) < 0.02


def test_a_clear_photograph_of_any_size_goes_on_the_canvas_and_no_other_file_does(
    visit: OpenPage,
) -> None:
    visitor = visit("/?lang=pt", viewport=(390, 844), touch=True)
    image = scene("7b", side=1000)
    # As a phone does: large, and lying on its side.
    noise = np.random.default_rng(1).normal(0, 12, (3000, 3000, 3))
    large = np.asarray(image.resize((3000, 3000)), float) + noise
    lying = Image.fromarray(np.clip(large, 0, 255).astype(np.uint8)).transpose(
        Image.Transpose.ROTATE_90
    )
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = file(lying, "JPEG", quality=90, exif=exif)
    assert len(photo["buffer"]) > 4 * uploads.MAX_BYTES
    with new_drawing(visitor):
        send(visitor, photo)
    expected = ae.drawing.from_image(image)
    assert difference(visitor, expected) < 0.02
    expect(visitor.locator(".region")).to_have_count(0)
    expect(visitor.locator(".st-key-choose button")).to_be_visible()

    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(uploads.MAX_BYTES)
    send(visitor, {"name": "IMG_0002.HEIC", "mimeType": "", "buffer": heic})
    alert = visitor.get_by_test_id("stAlert")
    expect(alert).to_contain_text("Salve-a como JPEG.")
    expect(alert).to_be_in_viewport(ratio=1)
    assert difference(visitor, expected) < 0.02
    visitor.locator(".st-key-lang").get_by_text("EN").click()
    expect(alert).to_contain_text("Save it as JPEG.")


def test_a_file_can_be_dropped_anywhere(visit: OpenPage) -> None:
    visitor = visit("/")
    image = scene("7b")
    payload = base64.b64encode(file(image)["buffer"]).decode()
    with new_drawing(visitor):
        visitor.evaluate(
            """(payload) => {
              const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
              const files = new DataTransfer();
              files.items.add(new File([bytes], "seven"));
              const drop = { dataTransfer: files, bubbles: true, cancelable: true, composed: true };
              document.querySelector("h1").dispatchEvent(new DragEvent("drop", drop));
            }""",
            payload,
        )
    assert difference(visitor, ae.drawing.from_image(image)) < 0.02
