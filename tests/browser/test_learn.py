"""ui.components.loss and ui.components.descent in Chromium, in an app of their own."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

import ae
from ae import descent, evaluation
from ae.descent import RATES, START, STEPS, WAYS, State, Valley, Way
from tests.conftest import serve_alone, watched_page
from ui import inference, strokes
from ui.text import translator

VALLEY = Valley.of(descent.points())
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
STILL = {"reduced_motion": "reduce"}
SIZES = {
    "wide": {"viewport": {"width": 964, "height": 900}, **STILL},  # 32 px on either side
    "narrow": {"viewport": {"width": 684, "height": 900}, **STILL},
    "phone": {**PHONE, **STILL},
}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small app."""
    with serve_alone("learn", tmp_path_factory.mktemp("learn"), themed=True) as url:
        yield url


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    options = {"viewport": {"width": 900, "height": 800}} | getattr(request, "param", {})
    with watched_page(browser, **options) as page:
        yield page


def opened(page: Page, app: str, query: str = "") -> Page:
    page.goto(f"{app}/?{query}")
    page.locator(".descent[data-steps]").wait_for()
    page.locator(".cross-entropy .words:not(:empty)").wait_for()
    return page


def again(page: Page) -> None:
    """Let the page run once more, in which nothing changes."""
    page.get_by_role("button", name="Next").click()
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")


# The loss


def looked(sample: str, model: str = "shallow") -> inference.Result:
    return inference.result(ae.load(model), strokes.sample_digit(sample))


def both(result: inference.Result) -> tuple[np.ndarray, np.ndarray]:
    """What each pixel costs, (784,), for ink missed and ink invented."""
    missed, invented = evaluation.bce_terms(result.digit[None], result.reconstruction[None])
    return missed[0], invented[0]


def expect_loss(page: Page, result: inference.Result, language: str = "en") -> None:
    """The numbers are the library's."""
    text = translator(language)
    digit = result.digit[None]
    values = {
        **dict(zip(("missed", "invented"), (term.mean() for term in both(result)), strict=True)),
        "total": result.bce,
        "copy": evaluation.bce(digit, digit)[0],
    }
    for name, value in values.items():
        expect(page.locator(f".sums .{name} b")).to_have_text(text.number(value, 4))


def told(page: Page, result: inference.Result, pixel: int, language: str = "en") -> str:
    """What is to be said of a pixel that the visitor points at."""
    text = translator(language)
    missed, invented = both(result)
    number = {
        "x": result.digit.ravel()[pixel],
        "y": result.reconstruction.ravel()[pixel],
        "missed": missed[pixel],
        "invented": invented[pixel],
    }
    return text.gettext(
        "Row {row}, column {column}: ink {x}, redrawn as {y}. Ink missed costs {missed}, ink"
        " invented {invented}.",
        row=pixel // 28 + 1,
        column=pixel % 28 + 1,
        **{name: f"{value:.2f}".translate(str.maketrans(".", text.separators[0]))
           for name, value in number.items()},
    )  # fmt: skip


def place(picture: Locator, pixel: int) -> tuple[float, float]:
    """Where on the screen a pixel of a picture is."""
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box
    side = box["width"] / 28
    return box["x"] + (pixel % 28 + 0.5) * side, box["y"] + (pixel // 28 + 0.5) * side


def words(page: Page) -> Locator:
    return page.locator(".cross-entropy .words")


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("sample", ["7b", "2a"])
def test_the_loss_is_the_librarys(page: Page, app: str, language: str, sample: str) -> None:
    opened(page, app, f"lang={language}&digit={sample}")
    result = looked(sample)
    expect_loss(page, result, language)
    costliest = int(sum(both(result)).argmax())
    expect(page.locator(".cross-entropy")).to_have_attribute("data-pixel", str(costliest))
    sentence = told(page, result, costliest, language)
    expect(words(page)).to_contain_text(sentence.partition(": ")[2])


def test_a_pixel_costs_in_two_colours(page: Page, app: str) -> None:
    opened(page, app)
    address = page.locator(".costs canvas").evaluate("canvas => canvas.toDataURL()")
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as image:
        painted = np.asarray(image).reshape(784, 4).astype(int)
    missed, invented = both(looked("7b"))
    dear = 0.5
    alone = (missed > dear) & (invented < 0.05), (invented > dear) & (missed < 0.05)
    assert all(colour.any() for colour in alone)
    # Where ink is missed, the stripes behind are let through; where it is invented, it is blue.
    assert (painted[alone[0], 3] < 140).all()
    assert (painted[alone[1], 3] > 240).all() and (painted[alone[1], 2] > 150).all()
    assert (painted[missed + invented < 1e-3, :3] == 0).all()


def test_pixels_are_pointed_at(page: Page, app: str) -> None:
    opened(page, app)
    result = looked("7b")
    first = words(page).inner_text()
    for name, pixel in (("digit", 12 * 28 + 14), ("reconstruction", 300), ("costs", 783)):
        page.mouse.move(*place(page.locator(f".{name} canvas"), pixel))
        expect(words(page)).to_have_text(told(page, result, pixel))
    page.mouse.move(5, 5)  # away: it tells of the costliest again
    expect(words(page)).to_have_text(first)


def test_pixels_by_keyboard(page: Page, app: str) -> None:
    opened(page, app)
    result = looked("7b")
    pictures = page.locator(".pictures")
    costliest = int(sum(both(result)).argmax())
    first = words(page).inner_text()
    pictures.focus()
    assert pictures.evaluate("element => getComputedStyle(element).outlineWidth") == "2px"
    for key, pixel in (
        ("ArrowRight", costliest + 1),
        ("Shift+ArrowDown", costliest + 1 + 4 * 28),
        ("ArrowLeft", costliest + 4 * 28),
        ("ArrowUp", costliest + 3 * 28),
    ):
        page.keyboard.press(key)
        expect(words(page)).to_have_text(told(page, result, pixel))
        expect(page.locator("#told")).to_have_text(told(page, result, pixel))
    again(page)
    expect(words(page)).to_have_text(told(page, result, costliest + 3 * 28))
    pictures.focus()
    page.keyboard.press("Escape")
    expect(words(page)).to_have_text(first)
    for _ in range(8):
        page.keyboard.press("Shift+ArrowUp")  # as far as the edge
    expect(words(page)).to_have_text(told(page, result, costliest % 28))


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_pixels_by_touch(page: Page, app: str) -> None:
    opened(page, app, "lang=pt")
    pixel = 10 * 28 + 10
    page.touchscreen.tap(*place(page.locator(".costs canvas"), pixel))
    expect(words(page)).to_have_text(told(page, looked("7b"), pixel, "pt"))


# What static/live.js tells while the pen moves.
TELL = """([model, digit, reconstruction]) => {
  const seen = {
    digit: Float32Array.from(digit), reconstruction: Float32Array.from(reconstruction)
  };
  dispatchEvent(new CustomEvent("seen", { detail: new Map([[model, seen]]) }));
}"""
TELL_NOTHING = "dispatchEvent(new CustomEvent('seen', { detail: null }))"


def test_the_loss_follows_the_pen(page: Page, app: str) -> None:
    """Until the server's word counts again."""
    opened(page, app)
    other = looked("2a")
    pictures = [other.digit.ravel().tolist(), other.reconstruction.ravel().tolist()]
    page.evaluate(TELL, ["deep", *pictures])  # another model's
    expect_loss(page, looked("7b"))
    page.evaluate(TELL, ["shallow", *pictures])
    expect_loss(page, other)
    again(page)  # an answer to a drawing before
    expect_loss(page, other)
    page.evaluate(TELL_NOTHING)
    expect_loss(page, looked("7b"))


def test_without_ink_there_is_no_loss(page: Page, app: str) -> None:
    opened(page, app, "digit=none")
    inked = "canvas => canvas.getContext('2d').getImageData(0, 0, 28, 28).data.some(Boolean)"
    digit = looked("2a")
    pictures = [digit.digit.ravel().tolist(), digit.reconstruction.ravel().tolist()]
    page.evaluate(TELL, ["shallow", *pictures])  # a first line
    expect_loss(page, digit)
    assert page.locator(".costs canvas").evaluate(inked)
    page.evaluate(TELL_NOTHING)  # which is taken back
    for name in ("digit", "reconstruction", "costs"):
        assert not page.locator(f".{name} canvas").evaluate(inked)
    expect(words(page)).to_have_text("Draw a digit to see what each of its pixels costs.")
    assert set(page.locator(".sums b").all_inner_texts()) == {"–"}
    page.locator(".pictures").focus()
    page.keyboard.press("ArrowUp")
    page.mouse.move(*place(page.locator(".digit canvas"), 100))
    expect(page.locator(".digit .frame i")).to_be_hidden()


# The descent


class Ball:
    """The ball on its curve."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.host, self.curve = page.locator(".descent"), page.locator(".curve")
        self.words = page.locator(".descent .words")

    def click(self, name: str) -> None:
        self.page.locator(f".{name}").click()

    def get(self, name: str) -> float:
        return float(self.host.get_attribute(f"data-{name}") or "nan")

    def at_step(self, steps: int) -> None:
        expect(self.host).to_have_attribute("data-steps", str(steps), timeout=30_000)
        expect(self.host).to_have_attribute("data-playing", "false")

    def is_at(self, state: State) -> None:
        self.at_step(state.steps)
        assert self.get("angle") == pytest.approx(state.angle, abs=1e-6)
        assert self.get("loss") == pytest.approx(VALLEY.loss(state.angle), abs=1e-6)

    def choose(self, name: str) -> None:
        self.page.locator(f".{name} input[type=radio]").check()

    def set_rate(self, rate: float) -> None:
        self.page.locator(".rate input").fill(str(RATES.index(rate)))

    def at(self, angle: float) -> tuple[float, float]:
        """Where on the screen, in the middle of the height; 13 pixels are beside the curve."""
        self.curve.scroll_into_view_if_needed()
        box = self.curve.bounding_box()
        assert box
        share = (angle - VALLEY.bottom) / math.pi
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        return middle[0] + share * (box["width"] - 26), middle[1]


def path(way: Way, start: float = START) -> list[State]:
    return list(descent.descend(VALLEY, start, way))


@pytest.mark.parametrize("language", ["en", "pt"])
def test_single_steps_are_the_librarys(page: Page, app: str, language: str) -> None:
    ball, text = Ball(opened(page, app, f"lang={language}")), translator(language)
    for name, way in WAYS.items():
        ball.choose(name)
        states = path(way)
        ball.is_at(states[0])
        for state in states[1:4]:
            ball.click("step")
            ball.is_at(state)
        angle = text.number(math.degrees(states[3].angle), 1) + "°"
        expect(page.locator(".angle dd")).to_have_text(angle)
        expect(page.locator(".steps dd")).to_have_text("3")
        loss = text.number(VALLEY.loss(states[3].angle), 4)
        expect(page.locator("dl.figures .loss dd")).to_have_text(loss)
        assert page.locator(".curve").get_attribute("aria-valuetext") == text.gettext(
            "{angle}, loss {loss}", angle=angle, loss=loss
        )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("plain", r"Step 14: at the bottom\. 30\.2° is"),
        ("adadelta_then", r"Step 761: at the bottom\. 30\.2° is"),
        (
            "adadelta_now",
            r"In 1,000 steps the ball has moved by 0\.12°\. .* 1\.0 in 2017, .* 0\.001",
        ),
    ],
)
def test_three_ways_play_to_their_end(page: Page, app: str, name: str, sentence: str) -> None:
    ball = Ball(opened(page, app))
    ball.choose(name)
    ball.click("play")
    *_, last = path(WAYS[name])
    ball.is_at(last)
    expect(ball.words).to_have_text(re.compile(sentence))
    after = descent.step(last, VALLEY.derivative(last.angle), WAYS[name])
    there = descent.arrived(VALLEY, last)
    expect(page.locator(".next dd")).to_have_text(
        "–" if there else f"{math.degrees(after.move):.5f}°"
    )
    expect(page.locator(".descent .step")).to_be_disabled()
    again(page)
    ball.is_at(last)
    ball.click("reset")
    ball.is_at(State(START))


def test_a_rate_too_small_and_one_too_large(page: Page, app: str) -> None:
    ball = Ball(opened(page, app))
    for rate, sentence in (
        (0.01, "Step 795: at the bottom"),
        (3.0, "After 1,000 steps it still jumps from slope to slope"),
    ):
        ball.set_rate(rate)
        expect(page.locator(".rate output")).to_have_text(f"{rate:g}")
        ball.click("play")
        ball.is_at(path(Way(rate))[-1])
        expect(ball.words).to_contain_text(sentence)
        ball.click("reset")
    ball.choose("adadelta_then")
    expect(page.locator(".rate input")).to_be_disabled()


def test_it_is_watched_and_stopped(page: Page, app: str) -> None:
    # Time goes by at a tenth of its pace, so that the descent takes almost a minute.
    page.add_init_script(
        "const now = performance.now.bind(performance); performance.now = () => now() / 10;"
    )
    ball = Ball(opened(page, app))
    ball.choose("adadelta_then")
    ball.click("play")
    expect(ball.host).not_to_have_attribute("data-steps", "0")
    expect(page.locator(".play")).to_have_text("Pause")
    ball.click("play")
    expect(ball.host).to_have_attribute("data-playing", "false")
    steps = int(ball.get("steps"))
    assert 0 < steps < STEPS
    ball.is_at(path(WAYS["adadelta_then"])[steps])
    expect(ball.words).to_have_text(re.compile(f"^Step {steps}: still "))


@pytest.mark.parametrize("page", [STILL], indirect=True)
def test_whoever_wants_no_motion_sees_the_result(page: Page, app: str) -> None:
    page.add_init_script("performance.now = () => 0;")  # no time passes
    ball = Ball(opened(page, app))
    ball.choose("adadelta_then")
    ball.click("play")
    ball.is_at(path(WAYS["adadelta_then"])[-1])


def test_the_ball_is_dragged(page: Page, app: str) -> None:
    ball = Ball(opened(page, app))
    ball.click("step")
    page.mouse.move(*ball.at(START))
    page.mouse.down()
    page.mouse.move(*ball.at(math.radians(80)), steps=5)
    page.mouse.up()
    ball.at_step(0)
    start = ball.get("angle")
    assert math.degrees(start) == pytest.approx(80, abs=0.5)
    ball.click("play")
    ball.is_at(path(WAYS["plain"], start)[-1])
    ball.click("reset")
    ball.is_at(State(start))
    page.mouse.move(*ball.at(0))
    page.mouse.down()
    page.mouse.move(2, 300)  # beyond the curve
    page.mouse.up()
    assert ball.get("angle") == pytest.approx(VALLEY.bottom - math.pi / 2, abs=1e-9)
    expect(ball.words).to_contain_text("On the very top the slope is zero")


def test_the_ball_by_keyboard(page: Page, app: str) -> None:
    ball = Ball(opened(page, app))
    slider = page.get_by_role("slider", name="The ball on the loss: angle of the line")
    slider.focus()
    assert slider.evaluate("canvas => getComputedStyle(canvas).outlineWidth") == "2px"
    low, high = (float(slider.get_attribute(f"aria-value{end}") or "nan") for end in ("min", "max"))
    assert (low, high) == (-59.8, 120.2)
    for key, degrees in (
        ("ArrowRight", -44),
        ("Shift+ArrowRight", -34),
        ("ArrowUp", -33),
        ("ArrowLeft", -34),
        ("PageUp", -24),
        ("End", high),
        ("PageDown", 110),
        ("Home", low),
    ):
        page.keyboard.press(key)
        expect(slider).to_have_attribute("aria-valuenow", f"{degrees:.1f}")
        ball.at_step(0)
    page.keyboard.press("Tab")
    expect(page.locator(".play")).to_be_focused()
    page.locator(".play").focus()
    page.locator(".plain input[type=radio]").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".adadelta_then input")).to_be_checked()


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_the_ball_by_touch(page: Page, app: str) -> None:
    ball = Ball(opened(page, app))
    page.touchscreen.tap(*ball.at(math.radians(60)))
    ball.at_step(0)
    expect(ball.words).to_contain_text("The curve is the loss")
    assert math.degrees(ball.get("angle")) == pytest.approx(60, abs=1)


def test_a_scroll_that_began_on_the_curve_moves_no_ball(page: Page, app: str) -> None:
    ball = Ball(opened(page, app))
    ball.click("step")
    before = path(WAYS["plain"])[1]
    ball.is_at(before)
    left, top = ball.at(math.radians(60))
    ball.curve.evaluate(
        """(canvas, [clientX, clientY]) => {
          canvas.setPointerCapture = () => {};
          for (const type of ["pointerdown", "pointercancel"])
            canvas.dispatchEvent(new PointerEvent(type, { clientX, clientY, pointerId: 7 }));
        }""",
        [left, top],
    )
    ball.is_at(before)


# Both


def sizes(hosts: list[Locator]) -> list[float]:
    """How high each is, in pixels."""
    return [host.evaluate("element => element.getBoundingClientRect().height") for host in hosts]


@pytest.mark.parametrize("page", SIZES.values(), ids=list(SIZES), indirect=True)
@pytest.mark.parametrize("language", ["en", "pt"])
def test_nothing_jumps_and_all_fits(page: Page, app: str, language: str) -> None:
    """Not when the scripts come, whatever is said, and within what the chapter has for both."""
    page.route("**/*.js?v=*", lambda route: None)  # no script of ours comes
    page.goto(f"{app}/?lang={language}")
    hosts = [page.locator(f".{name}") for name in ("cross-entropy", "descent")]
    for host in hosts:
        host.wait_for()
    before = sizes(hosts)
    page.unroute("**/*.js?v=*")
    ball = Ball(opened(page, app, f"lang={language}"))
    assert sizes(hosts) == pytest.approx(before, abs=1)
    for name in WAYS:
        ball.choose(name)
        assert sizes(hosts) == pytest.approx(before, abs=1)
        ball.click("play")
        ball.at_step(path(WAYS[name])[-1].steps)
        assert sizes(hosts) == pytest.approx(before, abs=1)
    across = "element => [element.scrollWidth, element.clientWidth]"
    for host in hosts:
        needed, there = host.evaluate(across)
        assert needed <= there
    most = 900 if page.viewport_size and page.viewport_size["width"] < 500 else 570
    assert sum(before) <= most


def test_a_theme_changes_the_curve(page: Page, app: str) -> None:
    ball = Ball(opened(page, app))
    ball.click("step")
    picture = "canvas => canvas.toDataURL()"
    before = ball.curve.evaluate(picture)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() !== before",
        arg=[ball.curve.element_handle(), before],
    )
    ball.is_at(path(WAYS["plain"])[1])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["", "lang=pt&digit=none"])
def test_axe_finds_nothing(page: Page, app: str, query: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    ball = Ball(opened(page, app, query))
    ball.choose("adadelta_now")
    page.evaluate(AXE_SCRIPT)
    found: Any = page.evaluate("axe.run('[data-testid=stBidiComponentIsolated]')")
    assert [(each["id"], [n["html"] for n in each["nodes"]]) for each in found["violations"]] == []
