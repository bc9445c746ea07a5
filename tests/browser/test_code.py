"""The code under the visitor's hand in Chromium: bars that are dragged, sliders that move, undo.

What `ae` decodes for the code that the browser says it shows is the oracle throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import ae
from ae import units
from tests.browser.test_draw import (
    ENGLISH,
    ONE,
    SCROLLED,
    bars,
    button,
    draw,
    expect_bars,
    outlines,
    sample_digit,
    touch,
    wait_for_chart,
)
from tests.browser.test_live import FRAMES, expect_machine, wait_for_weights
from tests.conftest import wait_run

OpenPage = Callable[..., Page]
Point = tuple[float, float]

UNIT = 4
PICTURE = next(iter(ae.out_of_distribution.PICTURES))  # of which only Python knows what is seen
SENT = "window.sent"
# Also of a socket that is open already.
COUNT_MESSAGES = """() => {
  window.sent = 0;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (message) { window.sent += 1; send.call(this, message); };
}"""
FOOT = """unit => {
  const plot = document.querySelector(".js-plotly-plot"), {xaxis, yaxis} = plot._fullLayout;
  const {left, top} = plot.getBoundingClientRect();
  return [left + xaxis._offset + xaxis.d2p(unit + 1), top + yaxis._offset + yaxis._length - 9];
}"""
# How much a bar changes that is dragged so far, in px.
LENGTH = """() => {
  const { range, _length } = document.querySelector(".js-plotly-plot")._fullLayout.yaxis;
  return (range[1] - range[0]) / _length;
}"""
# The bar's value in each frame.
RECORD = """unit => {
  window.frames = [];
  const look = () => {
    window.frames.push(document.querySelector(".js-plotly-plot").data[0].y[unit]);
    requestAnimationFrame(look);
  };
  look();
}"""


def foot(page: Page, unit: int) -> Point:
    """A point of the screen at the foot of a unit's bar."""
    x, y = page.evaluate(FOOT, unit)
    return x, y


def frame(page: Page) -> None:
    """Wait until what was moved is painted."""
    page.evaluate(FRAMES)


@contextmanager
def unheard(page: Page) -> Iterator[None]:
    """The server hears nothing of what is done inside."""
    before = page.evaluate(SENT)
    yield
    page.wait_for_timeout(300)
    assert page.evaluate(SENT) == before


@pytest.fixture
def open_draw(page: OpenPage) -> OpenPage:
    def open_page(query: str = "?sample=7b", **options: Any) -> Page:
        visitor = page(f"/{query}", **options)
        wait_for_chart(visitor)
        wait_run(visitor)
        visitor.evaluate(COUNT_MESSAGES)
        return visitor

    return open_page


@pytest.mark.parametrize(("name", "sample"), [("shallow", "7b"), ("vae", PICTURE)])
def test_a_bar_is_dragged(open_draw: OpenPage, name: str, sample: str) -> None:
    visitor, model = open_draw(f"?sample={sample}&model={name}"), ae.load(name)
    wait_for_weights(visitor, name)
    digit = sample_digit(sample)
    (code,) = model.encode(digit[None])
    own = code[UNIT]
    decimals = units.axis_step(*model.statistics.code_axis)[1]
    (x, y), length = foot(visitor, UNIT), visitor.evaluate(LENGTH)
    visitor.mouse.move(x, y)
    chart = visitor.locator(".code-bars")
    cursor = "node => getComputedStyle(node).cursor"
    assert chart.locator(".nsewdrag").evaluate(cursor) == "ns-resize"
    with unheard(visitor):
        visitor.mouse.down()
        expect(chart).to_have_attribute("aria-valuenow", str(UNIT + 1))
        for up in (20, 47, -15, 61):
            visitor.mouse.move(x + up / 4, y - up)
            frame(visitor)
            code[UNIT] = np.clip(own + up * length, *2 * np.array(model.statistics.code_axis))
            expect_machine(visitor, model, digit, code)
            assert outlines(visitor) == [UNIT + 1]
            said = f"Unit {UNIT + 1}: {code[UNIT]:.{decimals}f}".replace("-", "\N{MINUS SIGN}")
            assert visitor.locator(".hoverlayer").text_content() == said
    assert chart.get_attribute("aria-valuetext") == said

    # The server's answer takes its place, and nobody sees it.
    visitor.evaluate(RECORD, UNIT)
    visitor.mouse.up()
    slider = visitor.locator(".st-key-editor").get_by_role("slider").first
    expect(slider).to_have_value(f"{code[UNIT]:.{decimals}f}".rstrip("0").rstrip("."))
    wait_run(visitor)
    expect(visitor.locator(".machine canvas")).to_have_count(0)
    expect_machine(visitor, model, digit, code)
    shown = visitor.evaluate("window.frames")
    assert len(shown) > 3 and np.ptp(shown) < 1e-4
    # A click without a move is one as before.
    expect(visitor.locator(".st-key-editor")).to_contain_text(f"Unit {UNIT + 1}")
    visitor.mouse.click(x, y)
    expect(chart).to_have_attribute("aria-valuenow", "0")
    expect_machine(visitor, model, digit, code)


def test_a_drag_is_taken_back_by_escape(open_draw: OpenPage) -> None:
    visitor, model, digit = open_draw(), ae.load("shallow"), sample_digit("7b")
    (code,) = model.encode(digit[None])
    x, y = foot(visitor, UNIT)
    with unheard(visitor):
        visitor.mouse.move(x, y)
        visitor.mouse.down()
        visitor.mouse.move(x, y - 40)
        visitor.keyboard.press("Escape")
        visitor.mouse.up()
    expect_machine(visitor, model, digit, code)
    expect(visitor.locator(".code-bars")).to_have_attribute("aria-valuenow", "0")


def test_a_bar_is_no_other_models_and_a_grasp_closes_popovers(open_draw: OpenPage) -> None:
    visitor, model, digit = open_draw(), ae.load("deep"), sample_digit("7b")
    button(visitor, "More figures").click()
    popover = visitor.get_by_test_id("stPopoverBody")
    expect(popover).to_be_visible()
    wait_run(visitor)
    x, y = foot(visitor, UNIT)
    visitor.mouse.move(x, y)
    visitor.mouse.down()
    expect(popover).to_have_count(0)
    visitor.mouse.move(x, y - 40, steps=4)
    frame(visitor)
    # By a key, say: the mouse holds the bar.
    visitor.locator(".st-key-frame").get_by_text("Deep", exact=True).evaluate(
        "node => node.click()"
    )
    wait_run(visitor)
    with unheard(visitor):
        visitor.mouse.move(x, y - 60, steps=4)
        visitor.mouse.up()
    expect_machine(visitor, model, digit)
    expect(visitor.locator(".st-key-edited")).to_have_count(0)


def test_a_bar_is_followed_after_a_stroke_on_a_picture(open_draw: OpenPage) -> None:
    visitor = open_draw(f"?sample={PICTURE}")
    draw(visitor, ONE)
    x, y = foot(visitor, UNIT)
    visitor.mouse.move(x, y)
    visitor.mouse.down()
    visitor.mouse.move(x, y - 40, steps=4)
    expect(visitor.locator(".machine canvas")).not_to_have_count(0)
    visitor.mouse.up()


def test_arrow_keys_change_the_chosen_bar(open_draw: OpenPage) -> None:
    visitor, model, digit = open_draw(), ae.load("shallow"), sample_digit("7b")
    (code,) = model.encode(digit[None])
    chart = visitor.locator(".code-bars")
    chart.focus()
    visitor.keyboard.press("ArrowUp")  # nothing is chosen
    for _ in range(UNIT + 1):
        visitor.keyboard.press("ArrowRight")
    wait_run(visitor)
    before = visitor.evaluate(SENT)
    bottom, top = model.statistics.code_axis
    for key, share in (("ArrowUp", 0.02),) * 3 + (("ArrowDown", -0.02), ("PageUp", 0.1)):
        visitor.keyboard.press(key)
        code[UNIT] = round(float(code[UNIT]) + share * (top - bottom), 2)
    frame(visitor)
    assert visitor.evaluate(SENT) == before  # they follow each other
    expect_machine(visitor, model, digit, code)
    visitor.wait_for_function(f"{SENT} === {before + 1}")
    wait_run(visitor)
    expect_machine(visitor, model, digit, code)
    # A key and its undo, faster than the pause that ends a move.
    visitor.keyboard.press("PageDown")
    visitor.keyboard.press("Control+z")
    wait_run(visitor)
    expect_machine(visitor, model, digit, code)
    visitor.keyboard.press("Control+z")
    wait_run(visitor)
    expect_machine(visitor, model, digit)


def thumb(slider: Locator) -> Point:
    return tuple(
        slider.evaluate(
            """input => {
              const box = input.closest("[data-rac]").getBoundingClientRect();
              return [box.left + box.width / 2, box.top + box.height / 2];
            }"""
        )
    )


def test_sliders_act_while_they_move(open_draw: OpenPage) -> None:
    visitor, model, digit = open_draw(), ae.load("shallow"), sample_digit("7b")
    (code,) = model.encode(digit[None])
    visitor.mouse.click(*foot(visitor, UNIT))
    sliders = visitor.locator(".st-key-editor").get_by_role("slider")
    expect(visitor.locator(".st-key-editor")).to_contain_text(f"Unit {UNIT + 1}")
    wait_run(visitor)

    def follows(slider: Locator, change: Callable[[float], None]) -> None:
        x, y = thumb(slider)
        visitor.mouse.move(x, y)
        with unheard(visitor):
            visitor.mouse.down()
            for by in (-31, -55, -18):
                visitor.mouse.move(x + by, y)
                frame(visitor)
                change(float(slider.input_value()))
                expect_machine(visitor, model, digit, code)
        visitor.mouse.up()
        wait_run(visitor)
        expect(visitor.locator(".machine canvas")).to_have_count(0)
        expect_machine(visitor, model, digit, code)

    follows(sliders.first, lambda value: code.__setitem__(UNIT, value))
    (encoded,) = model.encode(digit[None])
    order = np.argsort(-np.abs(encoded), kind="stable")

    def keep(largest: float) -> None:
        hand = code[UNIT]
        code[:] = encoded
        code[order[int(largest) :]] = 0
        code[UNIT] = hand

    follows(sliders.last, keep)
    assert 0 < np.count_nonzero(code) < 32
    # Key by key, faster than the server answers.
    for _ in range(6):
        visitor.keyboard.press("ArrowLeft")
        frame(visitor)
        keep(float(sliders.last.input_value()))
        expect_machine(visitor, model, digit, code)
    wait_run(visitor)
    expect_machine(visitor, model, digit, code)


def test_undo_goes_through_strokes_and_drags(open_draw: OpenPage) -> None:
    visitor = open_draw()
    states = [bars(visitor)]

    def then(code: np.ndarray) -> None:
        states.append(code)
        expect_bars(visitor, code)
        wait_run(visitor)

    draw(visitor, ONE)
    then(bars(visitor))
    length = visitor.evaluate(LENGTH)
    for unit, up in ((UNIT, 40), (9, 25), (9, 12)):
        x, y = foot(visitor, unit)
        visitor.mouse.move(x, y)
        visitor.mouse.down()
        visitor.mouse.move(x, y - up, steps=4)
        visitor.mouse.up()
        code = states[-1].copy()
        code[unit] += up * length
        then(code)
    undo, redo = (button(visitor, ENGLISH(name)) for name in ("Undo", "Redo"))
    for code in reversed(states[:-1]):
        undo.click()
        expect_bars(visitor, code)
    expect(undo).to_be_disabled()
    for code in states[1:]:
        redo.click()
        expect_bars(visitor, code)
    expect(redo).to_be_disabled()
    # Drag and undo, faster than the server answers.
    visitor.mouse.move(x, y)
    visitor.mouse.down()
    visitor.mouse.move(x, y - 30)
    visitor.mouse.up()
    visitor.keyboard.press("Control+z")
    wait_run(visitor)
    expect_bars(visitor, states[-1])
    assert outlines(visitor) == [UNIT + 1, 10]


def test_a_finger_drags_the_chosen_bar_and_scrolls_elsewhere(open_draw: OpenPage) -> None:
    visitor = open_draw(viewport=(390, 844), touch=True)
    model, digit = ae.load("shallow"), sample_digit("7b")
    (code,) = model.encode(digit[None])
    chart = visitor.locator(".code-bars")
    chart.scroll_into_view_if_needed()
    visitor.touchscreen.tap(*foot(visitor, UNIT))
    expect(chart).to_have_attribute("aria-valuenow", str(UNIT + 1))
    wait_run(visitor)
    finger = visitor.context.new_cdp_session(visitor)
    (x, y), length = foot(visitor, UNIT), visitor.evaluate(LENGTH)
    scrolled = visitor.evaluate(SCROLLED)

    def put(kind: str, *points: Point) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    put("touchStart", (x, y))
    for up in range(4, 44, 4):
        put("touchMove", (x, y - up))
    frame(visitor)
    code[UNIT] += 40 * length
    expect_machine(visitor, model, digit, code)
    put("touchEnd")
    wait_run(visitor)
    expect_machine(visitor, model, digit, code)
    assert visitor.evaluate(SCROLLED) == scrolled
    # A second finger: it is none.
    put("touchStart", (x, y))
    put("touchMove", (x, y - 20))
    put("touchStart", (x, y - 20), (x + 40, y))
    put("touchEnd")
    wait_run(visitor)
    expect_machine(visitor, model, digit, code)
    # A tap beside it chooses, a swipe scrolls.
    visitor.touchscreen.tap(*foot(visitor, UNIT + 3))
    expect(chart).to_have_attribute("aria-valuenow", str(UNIT + 4))
    wait_run(visitor)
    touch(finger, *[(x, y + 60 - 8 * step) for step in range(-20, 10)][::-1])
    visitor.wait_for_function(f"{SCROLLED} !== {scrolled}")
    expect_machine(visitor, model, digit, code)


def test_a_bar_is_dragged_on_explore(page: OpenPage) -> None:
    visitor, model, digit = page("/explore?sample=7b"), ae.load("shallow"), sample_digit("7b")
    wait_for_chart(visitor)
    wait_run(visitor)
    (code,) = model.encode(digit[None])
    chart = visitor.locator(".code-bars")
    chart.scroll_into_view_if_needed()
    star = visitor.locator(".code-map").get_attribute("data-star")
    (x, y), length = foot(visitor, UNIT), visitor.evaluate(LENGTH)
    visitor.mouse.move(x, y)
    visitor.mouse.down()
    visitor.mouse.move(x, y - 50, steps=5)
    code[UNIT] += 50 * length
    expect_bars(visitor, code)
    visitor.mouse.up()
    expect(visitor.locator(".code-map")).not_to_have_attribute("data-star", star or "")
    expect_bars(visitor, code)
    wait_run(visitor)  # what has been dragged is at rest, and so is the page
    slider = visitor.locator(".st-key-editor").get_by_role("slider").last
    visitor.locator(".st-key-editor").scroll_into_view_if_needed()
    x, y = thumb(slider)
    visitor.mouse.move(x, y)
    visitor.mouse.down()
    visitor.mouse.move(x - 60, y)
    kept = int(slider.input_value())
    assert kept < 31
    (encoded,) = model.encode(digit[None])
    hand, code[:] = code[UNIT], encoded
    code[np.argsort(-np.abs(encoded), kind="stable")[kept:]] = 0
    code[UNIT] = hand
    expect_bars(visitor, code)
    visitor.mouse.up()
    wait_run(visitor)
    expect_bars(visitor, code)
