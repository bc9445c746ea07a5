"""Without a mouse: a digit drawn by keys, shortcuts, what is said, and where the focus goes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import ae
from tests.browser.test_draw import (
    CANVAS,
    ENGLISH,
    PORTUGUESE,
    SEVEN,
    bars,
    canvas,
    choose,
    column,
    draw,
    expect_bars,
    expect_empty,
    listen,
    new_drawing,
    painted,
    tool,
    wait_for_chart,
)
from tests.conftest import screenshot, wait_run
from ui import strokes
from ui.keyboard import SHORTCUTS

OpenPage = Callable[..., Page]

# What has the focus, in shadow roots too.
FOCUS = """(() => {
  let element = document.activeElement;
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
})()"""


@pytest.fixture
def open_app(page: OpenPage) -> OpenPage:
    """Open the Draw page, and keep all that is said there."""

    def open_page(path: str, **options: Any) -> Page:
        visitor = page(path, **options)
        wait_for_chart(visitor)
        visitor.evaluate("""() => {
          window.said = [];
          const status = document.querySelector("#told");
          new MutationObserver(() => window.said.push(status.textContent))
            .observe(status, { childList: true });
        }""")
        return visitor

    return open_page


def said(page: Page) -> list[str]:
    """What was said since this was asked last."""
    return page.evaluate("window.said.splice(0)")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focus_on(page: Page, selector: str) -> bool:
    return page.evaluate(f"selector => {FOCUS}.matches(selector)", selector)


def unchanged(page: Page, *keys: str) -> None:
    """These keys are no shortcuts here."""
    before = page.locator(".code-bars").get_attribute("data-revision")
    press(page, *keys)
    wait_run(page)
    assert page.locator(".code-bars").get_attribute("data-revision") == before


@pytest.mark.parametrize("path", ["/compare", "/explore?view=map", "/?lang=pt"])
def test_the_canvas_has_a_name_and_no_toolbar_on_a_cold_load(page: OpenPage, path: str) -> None:
    visitor = page(path)  # nothing is done that would bring another run
    name = PORTUGUESE(CANVAS) if "pt" in path else CANVAS
    expect(canvas(visitor)).to_have_attribute("aria-label", name)
    expect(canvas(visitor)).to_have_attribute("role", "application")
    expect(visitor.locator(".dc-toolbar")).to_be_hidden()
    # It makes itself anew when it likes: then it has both again.
    canvas(visitor).evaluate("""old => {
      const other = old.cloneNode();
      for (const name of ["aria-label", "role", "tabindex"]) other.removeAttribute(name);
      old.focus();
      old.replaceWith(other);
    }""")
    expect(canvas(visitor)).to_have_attribute("aria-label", name)
    assert focus_on(visitor, "canvas.upper-canvas")


def test_a_digit_is_drawn_by_keys_alone(open_app: OpenPage) -> None:
    visitor = open_app("/")
    overheard = listen(visitor)
    with new_drawing(visitor):
        press(visitor, "Delete")
    expect_empty(visitor)
    assert said(visitor) == ["The canvas is empty."]
    while not focus_on(visitor, "canvas.upper-canvas"):
        press(visitor, "Tab")
    pen = visitor.locator(".pen")
    expect(pen).to_be_visible()

    # A seven: a line to the right, then down to the left, two arrows at once.
    press(visitor, "Shift+ArrowUp", "Shift+ArrowLeft")
    visitor.wait_for_function("window.said.length")
    assert said(visitor) == ["Column 10, row 10."]
    with new_drawing(visitor):
        press(visitor, "Space")
        expect(pen).to_have_class("pen down")
        press(visitor, "Shift+ArrowRight", "Shift+ArrowRight")
        visitor.keyboard.down("ArrowDown")
        for _ in range(12):
            visitor.keyboard.down("ArrowLeft")
        visitor.keyboard.up("ArrowDown")
        visitor.keyboard.up("ArrowLeft")
        visitor.mouse.move(5, 5)  # draws no line to there
        screenshot(visitor, "keyboard-pen")
        press(visitor, "Space")
    (path,) = overheard()
    line = painted(path)
    # One step down alone, before the second arrow was held.
    assert line[0] == pytest.approx((95, 95), abs=1)
    assert line[-1] == pytest.approx((55, 225), abs=1)
    corner = np.abs(line - (175, 95)).max(axis=1).min()
    assert corner < 4  # not rounded away
    digit = ae.drawing.from_strokes([line], size=strokes.SIDE)
    expect_bars(visitor, ae.load("shallow").encode(digit[None])[0], tolerance=0.03)
    # Where the pen stands is said as well, where the machine is slow between two keys.
    first, second, third = (told for told in said(visitor) if not told.startswith("Column"))
    assert (first, second) == ("Pen down. Column 10, row 10.", "Pen up. Column 6, row 23.")
    assert re.match(r"\d+% of the ink survives\.", third)
    expect(visitor.locator(".code-head p.unseen")).to_contain_text("The largest: unit ")

    # It is lifted when it leaves, by Escape or by Tab; then keys are the page's again.
    for key in ("Escape", "Tab"):
        canvas(visitor).focus()
        with new_drawing(visitor):
            press(visitor, "Space", "ArrowUp", key)
        assert not focus_on(visitor, "canvas.upper-canvas")
        expect(pen).to_have_class("pen")
    # And so it is by the mouse, which then draws as ever.
    canvas(visitor).focus()
    press(visitor, "Space", "ArrowUp")
    draw(visitor, SEVEN[1])
    assert len(overheard()) == 5


def test_shortcuts_act_where_the_canvas_is_meant(open_app: OpenPage) -> None:
    visitor = open_app("/?sample=2a")
    first = bars(visitor)
    of_chapters = "chapter_back", "chapter_next"  # see test_chapters.py
    for name, (keys, _words) in SHORTCUTS.items():
        if name in of_chapters:
            continue
        button = visitor.locator(f".st-key-{name} button")
        expect(button).to_have_attribute("aria-keyshortcuts", keys)
    for keys, expected in (
        ("Backspace", np.full(32, np.nan)),
        ("Control+z", first),
        ("Control+y", np.full(32, np.nan)),
    ):
        with new_drawing(visitor):
            press(visitor, keys)
        expect_bars(visitor, expected)
    # The page has the focus after a click on nothing; a key puts no frame around it.
    visitor.locator(".headline").click()
    with new_drawing(visitor):
        press(visitor, "s")
    assert focus_on(visitor, "body")

    # On the canvas and its tools all of them act, elsewhere only those with Ctrl.
    canvas(visitor).focus()
    for key in "sss":  # faster than the server answers
        press(visitor, key)
    wait_run(visitor)
    assert focus_on(visitor, "canvas.upper-canvas")
    visitor.locator(".code-bars").focus()
    unchanged(visitor, "s", "Delete", "Backspace")
    with new_drawing(visitor):
        press(visitor, "Control+z")

    # The list of them: behind it, and behind a popover, none does.
    canvas(visitor).focus()
    press(visitor, "?")
    dialog = visitor.get_by_role("dialog")
    for words in ("Draw without a mouse", "Ctrl+Shift+Z", "Surprise me"):
        expect(dialog).to_contain_text(words)
    screenshot(visitor, "keyboard-list")
    unchanged(visitor, "s", "Delete", "Control+z")
    press(visitor, "Escape")
    expect(dialog).to_have_count(0)
    assert focus_on(visitor, ".st-key-keyboard button")
    opener = visitor.get_by_test_id("stPopover").get_by_role("button", name=ENGLISH("Download"))
    opener.focus()
    press(visitor, "Enter")
    body = visitor.get_by_test_id("stPopoverBody")
    expect(body).to_be_visible()
    unchanged(visitor, "s", "Delete", "Control+z")
    press(visitor, "Escape")
    expect(body).to_be_hidden()

    # Switched off, also the next time; the keyboard still draws.
    visitor.locator(".st-key-keyboard button").click()
    visitor.get_by_role("switch", name="Use shortcuts").uncheck()
    press(visitor, "Escape")
    expect(dialog).to_have_count(0)
    visitor.reload()
    wait_for_chart(visitor)
    wait_run(visitor)
    unchanged(visitor, "s", "Delete", "?")
    expect(visitor.locator("[aria-keyshortcuts]")).to_have_count(0)
    canvas(visitor).focus()
    with new_drawing(visitor):
        press(visitor, "Space", "ArrowUp", "Space")
    visitor.locator(".st-key-keyboard button").click()
    visitor.get_by_role("switch", name="Use shortcuts").check()
    press(visitor, "Escape")
    expect(dialog).to_have_count(0)
    with new_drawing(visitor):
        press(visitor, "Delete")


def test_on_the_map_delete_is_not_for_the_drawing(page: OpenPage) -> None:
    visitor = page("/explore?view=map&sample=7b")
    wait_for_chart(visitor)
    plan = visitor.locator(".code-map canvas.map")
    plan.click()
    unchanged(visitor, "Delete", "Backspace", "s")
    canvas(visitor).focus()
    with new_drawing(visitor):
        press(visitor, "Delete")


def test_one_sentence_after_each_change_and_none_before(open_app: OpenPage) -> None:
    visitor = open_app("/?sample=7b")
    status = visitor.get_by_role("status")
    expect(status).to_have_attribute("aria-live", "polite")
    expect(status).to_be_empty()
    draw(visitor, SEVEN[1])
    choose(visitor, ae.FAMILIES["sparse"].title)
    visitor.mouse.click(*column(visitor, 3))
    expect(visitor.locator(".st-key-editor")).to_contain_text("Unit 4")
    tool(visitor, ENGLISH("Set to 0")).click()
    expect(status).to_contain_text("1 number changed. ")
    drawn, sparse, edited = said(visitor)
    survives = re.compile(r"\d+% of the ink survives\.")
    assert survives.match(drawn) and survives.match(sparse) and drawn != sparse
    assert edited.startswith("1 number changed.")
    # Another language, another page: nothing has happened to the drawing.
    choose(visitor, "PT")
    visitor.get_by_role("link", name=PORTUGUESE("Compare")).click()
    expect(visitor.locator(".lanes img").first).to_be_visible()
    wait_run(visitor)
    assert said(visitor) == []
    with new_drawing(visitor):
        visitor.locator(".st-key-sample_3 button:visible").click()
    (compared,) = said(visitor)
    assert compared.startswith("Mais perto: ")


def test_the_focus_goes_on_and_into_popovers(open_app: OpenPage) -> None:
    visitor = open_app("/?sample=7b")
    for button, then in (("clear", "undo"), ("undo", "redo"), ("redo", "undo")):
        visitor.locator(f".st-key-{button} button").focus()
        with new_drawing(visitor):
            press(visitor, "Enter")
        assert focus_on(visitor, f".st-key-{then} button")

    visitor.get_by_role("link", name=ENGLISH("Train")).click()
    opener = visitor.get_by_role("button", name=ENGLISH("Open a saved model"))
    opener.focus()
    press(visitor, "Enter")
    upload = visitor.get_by_test_id("stPopoverBody").locator("button")
    expect(upload).to_be_visible()
    press(visitor, "Tab")
    expect(upload).to_be_focused()
    press(visitor, "Shift+Tab")
    expect(opener).to_be_focused()
    press(visitor, "Tab", "Tab")  # in, and out at its end
    after = opener.evaluate(f"opener => opener.compareDocumentPosition({FOCUS})")
    assert after & 4 and focus_on(visitor, "[data-testid=stMain] *")  # it follows, on the page
