"""ui.components.map_canvas in Chromium, in an app of its own (map_canvas_app.py)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import ae
from ae.arrays import Float32
from tests.browser.map_canvas_app import LABELS, NEAR, STARS, data
from tests.conftest import serve_alone, watched_page

ROOT = Path(__file__).parents[2]
CODES, POINTS, DIGITS, (MEAN, AXES) = data()
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# In JavaScript: the map's element, and what scrolls.
HOST = """[...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
  .map((host) => host.shadowRoot.querySelector(".code-map")).find(Boolean)"""
MAIN = "document.querySelector('[data-testid=stMain]')"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small app."""
    with serve_alone("map_canvas", tmp_path_factory.mktemp("map_canvas"), themed=True) as url:
        yield url


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    options = {"viewport": {"width": 1100, "height": 700}} | getattr(request, "param", {})
    with watched_page(browser, **options) as page:
        yield page


class Map:
    """The map, in its own units."""

    def __init__(self, page: Page, app: str) -> None:
        self.page = page
        page.goto(app)
        self.host, self.words = page.locator(".code-map"), page.locator(".words")
        expect(self.host).to_have_attribute("data-revision", "0", timeout=15_000)
        self.canvas = page.locator(".map")

    def get(self, name: str) -> list[float]:
        value = self.host.get_attribute(f"data-{name}")
        return [float(number) for number in value.split(",")] if value else []

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where on the screen."""
        box = self.canvas.bounding_box()
        assert box
        middle_x, middle_y, scale = self.get("view")
        return (
            float(box["x"] + box["width"] / 2 + (x - middle_x) * scale),
            float(box["y"] + box["height"] / 2 - (y - middle_y) * scale),
        )

    def pin(self, x: float, y: float) -> list[float]:
        """Click there; gives what is pinned."""
        before = self.host.get_attribute("data-pin") or ""
        self.page.mouse.click(*self.at(x, y))
        expect(self.host).not_to_have_attribute("data-pin", before)
        return self.get("pin")

    def picture(self) -> Float32:
        """What the panel shows."""
        values = self.page.locator(".picture").evaluate(
            "canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data]"
        )
        return np.array(values, np.float32).reshape(28, 28, 4)[..., 0] / 255

    def next(self, step: int) -> None:
        self.page.get_by_role("button", name="Next").dispatch_event("click")
        expect(self.host).to_have_attribute("data-revision", f"{step}")

    def star_is_at(self, x: float, y: float, drawn_at: tuple[float, float] | None = None) -> None:
        """It is the middle of all that has its colour."""
        expect(self.host).to_have_attribute("data-star", f"{x:g},{y:g}")  # it has arrived
        middle: Any = self.canvas.evaluate(
            """async canvas => {
              const look = () => {
                const colour = getComputedStyle(canvas).getPropertyValue("--st-primary-color");
                const wanted = [1, 3, 5].map((i) => parseInt(colour.trim().slice(i, i + 2), 16));
                const { width, height } = canvas;
                const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
                let [n, x, y] = [0, 0, 0];
                for (let i = 0; i < data.length; i += 4) {
                  if (wanted.some((value, part) => data[i + part] !== value)) continue;
                  [n, x, y] = [n + 1, x + (i / 4) % width, y + Math.floor(i / 4 / width)];
                }
                return n > 60 ? [x / n, y / n] : null;
              };
              for (let frame = 0; frame < 300; frame++) {
                if (look()) return look();
                await new Promise(requestAnimationFrame);
              }
            }"""
        )
        box = self.canvas.bounding_box()
        assert box and middle, "no star to be seen"
        drawn = box["x"] + middle[0], box["y"] + middle[1]
        assert drawn == pytest.approx(self.at(*(drawn_at or (x, y))), abs=3)


def gap() -> tuple[float, float]:
    """A place with no point near: in the middle, the one that is farthest from all."""
    places = np.random.default_rng(3).uniform(-6, 6, (2000, 2))
    distances = np.linalg.norm(places[:, None] - POINTS, axis=2).min(1)
    return tuple(places[distances.argmax()])


def lonely() -> int:
    """The point that is farthest from all others."""
    distances = np.linalg.norm(POINTS[:, None] - POINTS, axis=2) + 99 * np.eye(len(POINTS))
    inside = np.abs(POINTS).max(1) < 8
    return int(np.argmax(distances.min(1) * inside))


def decoded(code: Float32) -> Float32:
    return ae.load("deep").decode(code[None].astype(np.float32))[0]


def test_any_place_is_decoded_as_the_model_does(page: Page, app: str) -> None:
    code_map = Map(page, app)
    expect(code_map.words).to_have_text(LABELS["hint"])
    x, y = code_map.pin(*gap())
    expect(code_map.words).to_have_text(LABELS["place"])
    assert np.abs(code_map.picture() - decoded(MEAN + np.array([x, y]) @ AXES)).max() < 0.02

    plane = code_map.host.get_attribute("data-map")
    page.get_by_text("free").click()
    expect(code_map.host).not_to_have_attribute("data-map", plane or "")
    expect(code_map.host).to_have_attribute("data-pin", "")  # another map begins anew
    x, y = code_map.pin(*gap())
    distances = np.linalg.norm(POINTS - (x, y), axis=1)
    near = np.argsort(distances)[:10]
    code = np.average(CODES[near], axis=0, weights=1 / distances[near])
    expect(code_map.words).to_have_text(LABELS["place"])
    assert np.abs(code_map.picture() - decoded(code)).max() < 0.02

    i = lonely()
    assert code_map.pin(*POINTS[i]) == pytest.approx(POINTS[i].tolist(), abs=1e-4)
    expect(code_map.words).to_have_text(f"a test digit: {DIGITS[i]}")
    assert np.abs(code_map.picture() - decoded(CODES[i])).max() < 0.02


def test_what_the_pointer_passes_is_named_but_not_read_out(page: Page, app: str) -> None:
    code_map = Map(page, app)
    i = lonely()
    page.mouse.move(*code_map.at(*POINTS[i]))
    expect(code_map.words).to_have_text(f"a test digit: {DIGITS[i]}")
    assert np.abs(code_map.picture() - decoded(CODES[i])).max() < 0.02
    page.mouse.move(*code_map.at(*gap()))
    expect(code_map.words).to_have_text(LABELS["place"])
    page.mouse.move(5, 5)
    expect(code_map.words).to_have_text(LABELS["hint"])
    expect(page.locator(".status")).to_have_text("")

    code_map.pin(*gap())
    expect(page.locator(".status")).to_have_text(LABELS["place"])
    page.mouse.click(*code_map.at(*code_map.get("pin")))  # again: unpins
    expect(code_map.host).to_have_attribute("data-pin", "")


def test_a_stroke_moves_the_star_and_nothing_else(page: Page, app: str) -> None:
    received: list[int] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
    )
    code_map = Map(page, app)
    page.evaluate(f"window.seen = {HOST}")
    assert sum(received) > 200_000
    received.clear()
    code_map.next(1)
    assert 0 < sum(received) < 10_000  # not the map again
    expect(code_map.words).to_have_text(LABELS["yours"])
    assert np.abs(code_map.picture() - decoded(CODES[1])).max() < 0.02  # the code, not the place
    code_map.star_is_at(*STARS[0])

    page.get_by_role("button", name="Zoom in").click()
    expect(code_map.host).to_have_attribute("data-zoom", "1.60")
    page.get_by_role("button", name="Lasso").click()
    expect(page.get_by_role("button", name="Lasso")).to_have_attribute("aria-pressed", "true")
    view = code_map.get("view")
    code_map.next(2)
    code_map.star_is_at(*STARS[1])
    assert code_map.get("view") == view
    expect(page.get_by_role("button", name="Lasso")).to_have_attribute("aria-pressed", "true")
    expect(code_map.words).to_have_text(LABELS["yours"])

    page.get_by_role("button", name="Whole map").click()
    code_map.next(3)
    code_map.star_is_at(
        *STARS[2], drawn_at=(10 + 14 / code_map.get("view")[2], 0)
    )  # kept at the edge

    primary = "canvas => getComputedStyle(canvas).getPropertyValue('--st-primary-color')"
    light = code_map.canvas.evaluate(primary)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({primary})({HOST}) !== light", arg=light)
    code_map.star_is_at(
        *STARS[2], drawn_at=(10 + 14 / code_map.get("view")[2], 0)
    )  # in the new colour
    assert page.evaluate(f"window.seen === {HOST}")


def test_zoom_and_drag(page: Page, app: str) -> None:
    code_map = Map(page, app)
    zoom = re.compile(r"^[2-9]")
    corner = POINTS[0]
    before = code_map.at(*corner)
    page.mouse.move(*before)
    for _ in range(3):
        page.mouse.wheel(0, -120)
    expect(code_map.host).to_have_attribute("data-zoom", zoom)
    left, top = code_map.at(*corner)
    assert (left, top) == pytest.approx(before, abs=1)  # around the pointer
    assert page.evaluate(f"{MAIN}.scrollTop") == 0

    middle = code_map.get("view")[:2]
    x, y = code_map.at(*middle)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y - 40, steps=4)
    page.mouse.up()
    expect(code_map.host).not_to_have_attribute("data-view", ",".join(map(str, middle)))
    assert code_map.get("pin") == []  # a drag is no click

    for _ in range(11):
        page.get_by_role("button", name="Zoom in").dispatch_event("click")
    expect(code_map.host).to_have_attribute("data-zoom", "60.00")
    expect(code_map.host).to_have_attribute("data-drawn", "pictures")
    page.get_by_role("button", name="Zoom out").click()
    expect(code_map.host).to_have_attribute("data-zoom", "37.50")
    page.get_by_role("button", name="Whole map").click()
    expect(code_map.host).to_have_attribute("data-zoom", "1.00")
    expect(code_map.host).to_have_attribute("data-drawn", "dots")
    page.mouse.move(x, y)
    page.wait_for_timeout(350)  # a new turn of the wheel
    page.mouse.wheel(0, 120)
    page.wait_for_function(f"{MAIN}.scrollTop > 0")


def test_keyboard(page: Page, app: str) -> None:
    code_map = Map(page, app)
    code_map.next(1)
    code_map.star_is_at(*STARS[0])
    page.get_by_label(LABELS["label"]).focus()
    step = (
        0.02 * code_map.canvas.evaluate("canvas => canvas.clientHeight") / code_map.get("view")[2]
    )
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    # Beside a point it is the point that is pinned, so there is a little room.
    page.wait_for_function(
        f"""([x, y, room]) => {{
          const [left, top] = {HOST}.dataset.pin.split(",");
          return Math.abs(left - x) < room && Math.abs(top - y) < room;
        }}""",
        arg=[STARS[0][0] + 2 * step, STARS[0][1] + step, 0.6 * step],
    )
    expect(page.locator(".status")).not_to_have_text("")
    assert code_map.canvas.evaluate("canvas => getComputedStyle(canvas).outlineWidth") == "2px"

    page.keyboard.press("+")
    expect(code_map.host).to_have_attribute("data-zoom", "1.60")
    page.keyboard.press("-")
    expect(code_map.host).to_have_attribute("data-zoom", "1.00")
    page.keyboard.press("+")
    page.keyboard.press("0")
    expect(code_map.host).to_have_attribute("data-zoom", "1.00")
    page.keyboard.press("Escape")
    expect(code_map.host).to_have_attribute("data-pin", "")
    expect(code_map.words).to_have_text(LABELS["yours"])


def test_lasso(page: Page, app: str) -> None:
    code_map = Map(page, app)
    page.get_by_role("button", name="Lasso").click()
    draw(
        page,
        [code_map.at(*corner) for corner in ((-10.5, -10.5), (-5, -10.5), (-5, 11), (-10.5, 11))],
    )
    inside = np.flatnonzero(POINTS[:, 0] < -5)
    counts = np.bincount(DIGITS[inside])
    share = round(100 * counts.max() / len(inside))
    expect(code_map.words).to_have_text(
        f"{len(inside)} digits; {share}% of them are {counts.argmax()}"
    )
    expect(page.locator(".status")).to_have_text(re.compile("digits"))
    assert np.abs(code_map.picture() - decoded(CODES[inside].mean(0))).max() < 0.02

    # What the pointer is on goes before the ring, and leaves it as it is.
    page.mouse.move(*code_map.at(*POINTS[lonely()]))
    expect(code_map.words).to_have_text(f"a test digit: {DIGITS[lonely()]}")
    page.mouse.move(5, 5)
    expect(code_map.words).to_have_text(re.compile(f"^{len(inside)} digits"))
    draw(page, [code_map.at(*corner) for corner in ((10.5, 10.3), (11, 10.3), (11, 11))])
    expect(code_map.words).to_have_text(LABELS["group_empty"])
    page.get_by_role("button", name="Lasso").click()
    expect(code_map.words).to_have_text(LABELS["hint"])


def test_a_new_drawing_ends_what_was_marked(page: Page, app: str) -> None:
    code_map = Map(page, app)
    code_map.pin(*gap())
    page.mouse.move(5, 5)
    expect(code_map.words).to_have_text(LABELS["place"])
    code_map.next(1)
    expect(code_map.words).to_have_text(LABELS["yours"])
    expect(code_map.host).to_have_attribute("data-pin", "")
    page.get_by_role("button", name="Lasso").click()
    draw(page, [code_map.at(*corner) for corner in ((-9, -9), (9, -9), (9, 9))])
    expect(code_map.words).to_have_text(re.compile("digits;"))
    page.mouse.move(5, 5)
    code_map.next(2)
    expect(code_map.words).to_have_text(LABELS["yours"])
    expect(code_map.host).to_have_attribute("data-ring", "0")
    assert np.abs(code_map.picture() - decoded(CODES[2])).max() < 0.02


def test_the_star_is_a_target_and_lines_lead_to_the_nearest(page: Page, app: str) -> None:
    code_map = Map(page, app)
    page.mouse.move(5, 5)
    bare = lines(code_map)
    code_map.next(1)
    code_map.star_is_at(*STARS[0])
    assert min(lines(code_map) - bare) > 10  # far from the star, on the way to each of the two
    code_map.pin(*gap())
    star = np.array(code_map.at(*STARS[0]))
    page.mouse.move(*(star + 8))
    expect(code_map.words).to_have_text(LABELS["yours"])
    assert np.abs(code_map.picture() - decoded(CODES[1])).max() < 0.02
    page.mouse.move(5, 5)
    expect(code_map.words).to_have_text(LABELS["place"])
    page.mouse.click(*star)
    expect(code_map.host).to_have_attribute("data-pin", "")
    page.mouse.move(5, 5)
    expect(code_map.words).to_have_text(LABELS["yours"])
    # They begin at the star where it arrives in one frame, as on a slow machine.
    page.evaluate("() => { let now = 0; performance.now = () => (now += 1000); }")
    bare = lines(code_map, STARS[1])
    code_map.next(2)
    code_map.star_is_at(*STARS[1])
    assert min(lines(code_map, STARS[1]) - bare) > 10


def lines(code_map: Map, star: tuple[float, float] = STARS[0]) -> np.ndarray:
    """How much stands in the text's colour beside the ways from the star to the two corners."""
    counts: Any = code_map.canvas.evaluate(
        """(canvas, ends) => {
          const { data, width } = canvas.getContext("2d")
            .getImageData(0, 0, canvas.width, canvas.height);
          const box = canvas.getBoundingClientRect();
          return ends.map(([x, y, right, down]) => {
            let dark = 0;
            for (let i = 0; i <= 200; i++) {
              const share = 0.2 + 0.7 * i / 200;
              const left = Math.round(x + (right - x) * share - box.left);
              const top = Math.round(y + (down - y) * share - box.top);
              const at = 4 * (top * width + left);
              dark += data[at + 3] > 60 && Math.max(...data.slice(at, at + 3)) < 140;
            }
            return dark;
          });
        }""",
        [[*code_map.at(*star), *code_map.at(*POINTS[i])] for i in NEAR],
    )
    return np.array(counts)


def test_a_ring_by_keyboard(page: Page, app: str) -> None:
    code_map = Map(page, app)
    tool = page.get_by_role("button", name="Lasso")
    tool.click()  # who begins by mouse can go on by keyboard
    expect(code_map.canvas).to_be_focused()
    page.keyboard.press("Escape")
    tool.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".status")).to_have_text(LABELS["lasso_hint"])
    expect(code_map.canvas).to_be_focused()
    expect(code_map.canvas).to_have_attribute("aria-description", LABELS["lasso_keys"])
    stride = 0.02 * code_map.canvas.evaluate("c => Math.min(c.clientWidth, c.clientHeight)")
    x, y, scale = code_map.get("view")

    def go(**steps: int) -> None:
        for key, times in steps.items():
            for _time in range(times):
                page.keyboard.press(f"Arrow{key}")

    def corner(key: str, n: int) -> None:
        page.keyboard.press(key)
        expect(page.locator(".status")).to_have_text(f"corner {n}")
        expect(code_map.host).to_have_attribute("data-ring", str(n))

    go(Left=8, Up=8)
    corner("Enter", 1)
    page.keyboard.press("Enter")  # there is one already
    expect(code_map.host).to_have_attribute("data-ring", "1")
    go(Right=16)
    corner(" ", 2)
    go(Down=16)
    corner("Enter", 3)
    go(Up=16, Left=16)
    page.keyboard.press("Enter")
    # The half of a square, to the right of and above its diagonal from top left to bottom right.
    half = 8 * stride / scale
    right, up = (POINTS - (x, y)).T
    inside = (right < half) & (up < half) & (right + up > 0)
    expect(code_map.words).to_have_text(re.compile(f"^{inside.sum()} digits"))

    page.keyboard.press("Escape")
    expect(tool).to_have_attribute("aria-pressed", "false")
    expect(code_map.host).to_have_attribute("data-ring", "0")
    expect(code_map.words).to_have_text(LABELS["hint"])
    page.keyboard.press("Enter")  # without the tool it is no corner
    expect(code_map.host).to_have_attribute("data-ring", "0")


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_fingers(page: Page, app: str) -> None:
    code_map = Map(page, app)
    box = code_map.canvas.bounding_box()
    assert box and abs(box["width"] - box["height"]) < 2
    assert touch_action(code_map) == "pan-y"
    page.touchscreen.tap(*code_map.at(*POINTS[lonely()]))
    expect(code_map.words).to_have_text(f"a test digit: {DIGITS[lonely()]}")

    x, y = code_map.at(0, 0)
    devtools = page.context.new_cdp_session(page)
    for event, spread in [("touchStart", 20), *(("touchMove", 20 + 8 * i) for i in range(1, 9))]:
        fingers = [{"x": x - spread, "y": y, "id": 0}, {"x": x + spread, "y": y, "id": 1}]
        devtools.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": fingers})
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function(f"Math.abs({HOST}.dataset.zoom - 84 / 20) < 0.5")
    assert touch_action(code_map) == "none"
    page.get_by_role("button", name="Whole map").tap()
    page.get_by_role("button", name="Lasso").tap()
    for event, corners in [
        ("touchStart", [(-9, -9)]),
        *(("touchMove", [corner]) for corner in ((9, -9), (9, 9), (-9, 9))),
        ("touchEnd", []),
    ]:
        at = [dict(zip("xy", code_map.at(*corner), strict=True)) for corner in corners]
        devtools.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": at})
    expect(code_map.words).to_have_text(re.compile("digits;"))
    assert code_map.get("pin") == pytest.approx(POINTS[lonely()].tolist(), abs=1e-4)


def draw(page: Page, corners: list[tuple[float, float]]) -> None:
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=3)
    page.mouse.up()


def touch_action(code_map: Map) -> str:
    return code_map.canvas.evaluate("canvas => canvas.style.touchAction")
