"""The Learn page in Chromium: from the first chapter to the last, with a drawing in hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import ae
from pages.learn.chapters import CHAPTERS
from tests.browser.test_draw import draw, place, sample_digit
from tests.conftest import screenshot, wait_run
from ui.text import translator

OpenPage = Callable[..., Page]

NAMES = [chapter.name for chapter in CHAPTERS]
ENGLISH = translator("en").gettext

pytestmark = pytest.mark.browser


def heading(name: str, language: str = "en") -> str:
    return translator(language).long("learn", name).splitlines()[0].removeprefix("# ")


def expect_chapter(visitor: Page, name: str) -> None:
    expect(visitor.locator(".st-key-chapter_text h1")).to_have_text(heading(name))
    wait_run(visitor)


def press(visitor: Page, way: str, key: str) -> None:
    """Press a key, once the page listens to it."""
    button = visitor.locator(f".st-key-chapter_{way} button")
    expect(button).to_have_attribute("aria-keyshortcuts", key)
    visitor.keyboard.press(key)


def foretell(visitor: Page, name: str) -> None:
    visitor.locator(f".st-key-guess_{name} button").click()
    expect(visitor.locator(".answered")).to_be_visible()
    wait_run(visitor)


def test_from_the_first_chapter_to_the_last_by_the_keyboard(page: OpenPage) -> None:
    visitor = page("/learn?lang=en&sample=7b")
    expect_chapter(visitor, NAMES[0])
    for name in NAMES[1:]:
        press(visitor, "next", "ArrowRight")
        expect_chapter(visitor, name)
        expect(visitor).to_have_url(re.compile(f"[?&]chapter={name}(&|$)"))
    for name, _ in reversed(list(pairwise(NAMES))):
        press(visitor, "back", "ArrowLeft")
        expect_chapter(visitor, name)
    ticks = visitor.locator(".st-key-view_menu button", has_text=re.compile("^✓"))
    expect(ticks).to_have_count(len(NAMES) - 1)
    # The arrows of a pen, of a bar and of a field are theirs.
    visitor.get_by_role("application", name=re.compile("^Canvas")).focus()
    visitor.keyboard.press("ArrowRight")
    visitor.keyboard.press("Escape")
    expect_chapter(visitor, NAMES[0])


def test_a_chapter_comes_back_after_a_reload_and_leads_further(page: OpenPage) -> None:
    visitor = page("/learn?chapter=sparse&lang=en&sample=3a")
    expect_chapter(visitor, "sparse")
    foretell(visitor, "some")
    visitor.reload()
    wait_run(visitor)
    expect_chapter(visitor, "sparse")
    visitor.locator(".st-key-further button").click()
    expect(visitor.locator(".st-key-lanes_side")).to_be_visible()
    expect(visitor).to_have_url(
        re.compile(r"/compare\?model=shallow&lang=en&sample=3a&view=sparsity$")
    )


def test_the_drawing_goes_through_all_chapters(page: OpenPage) -> None:
    """What is drawn in one is in the figures of the next; each follows the pen."""
    visitor = page("/learn?chapter=bend&lang=en&sample=7b")
    expect_chapter(visitor, "bend")
    foretell(visitor, "worse")
    for name in ("shallow", "deep"):
        expect_lane(visitor, name, sample_digit("7b"))
    visitor.locator(".st-key-clear button").click()
    expect(visitor.locator(".beside .blank")).to_have_count(2)
    wait_run(visitor)
    draw(visitor, [(90, 70), (190, 70), (120, 220)])
    expect(visitor.locator(".beside .blank")).to_have_count(0)
    drawn = visitor.locator("[data-model=deep] [data-live=mse]").inner_text()
    visitor.locator(".st-key-chapter_next button").click()
    expect_chapter(visitor, "compress")
    visitor.locator(".st-key-chapter_back button").click()
    expect_chapter(visitor, "bend")
    assert visitor.locator("[data-model=deep] [data-live=mse]").inner_text() == drawn


def expect_lane(visitor: Page, name: str, digit: np.ndarray) -> None:
    """The lane of a model has the error that the library finds."""
    mse = float(ae.evaluation.mse(digit[None], ae.load(name).reconstruct(digit[None]))[0])
    lane = visitor.locator(f"[data-model={name}] [data-live=mse]")
    expect(lane).to_have_text(translator("en").number(mse, 4))


def test_points_take_the_canvas_room(page: OpenPage) -> None:
    visitor = page("/learn?chapter=pca&lang=en&sample=7b")
    expect_chapter(visitor, "pca")
    canvas = visitor.locator(".st-key-canvas_side")
    expect(visitor.locator(".simulation")).to_be_visible()
    expect(canvas.locator(".st-key-canvas_box")).to_have_count(0)
    expect(visitor.locator(".simulation")).to_have_attribute("data-epoch", "0")
    visitor.locator(".simulation .step").click()
    expect(visitor.locator(".simulation")).to_have_attribute("data-epoch", "1")
    visitor.locator(".st-key-figure_side").get_by_text("Your digit", exact=True).first.click()
    expect(canvas).to_be_visible()
    expect_lane(visitor, "linear", sample_digit("7b"))
    expect(visitor).to_have_url(re.compile("parts=pca_what:digit"))
    # What is trained goes on behind it.
    visitor.locator(".st-key-figure_side").get_by_text("Points", exact=True).first.click()
    expect(visitor.locator(".simulation")).to_have_attribute("data-epoch", "1")


def test_who_leaves_at_once_takes_the_last_line_along(page: OpenPage) -> None:
    visitor = page("/learn?chapter=sparse&lang=en&sample=7b")
    expect_chapter(visitor, "sparse")
    visitor.locator(".st-key-clear button").click()
    wait_run(visitor)
    x, y = place(visitor)
    visitor.mouse.move(x + 90, y + 70)
    visitor.mouse.down()
    visitor.mouse.move(x + 150, y + 200, steps=5)
    visitor.mouse.up()
    visitor.locator(".st-key-further button").click()
    expect(visitor.locator(".st-key-lanes_side")).to_be_visible()
    expect(visitor).to_have_url(re.compile(r"drawing=A[\w-]{6}"))


@pytest.mark.parametrize("name", NAMES)
def test_one_screen_and_nothing_cut(name: str, page: OpenPage) -> None:
    """On a desk text, canvas and figure are in sight at once; on a phone nothing stands out."""
    visitor = page(f"/learn?chapter={name}&lang=pt&sample=7b", viewport=(1440, 900))
    expect(visitor.locator(".st-key-chapter_text h1")).to_have_text(heading(name, "pt"))
    wait_run(visitor)
    screenshot(visitor, f"learn-{name}-pt")
    question = visitor.locator(".st-key-question").bounding_box()
    following = visitor.locator(".st-key-chapters button").last.bounding_box()
    assert question and following
    assert question["y"] + question["height"] < 900
    assert following["y"] + following["height"] <= 900
    visitor.set_viewport_size({"width": 390, "height": 844})
    visitor.wait_for_function(
        "document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth", timeout=5000
    )
    screenshot(visitor, f"learn-{name}-pt-phone")
