"""The Explore page in Chromium: mouse, finger, projector and phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image
from playwright.sync_api import Locator, Page, expect

import ae
from pages.explore import views
from tests.browser.test_draw import (
    ENGLISH,
    ONE,
    PORTUGUESE,
    SEVEN,
    SIZES,
    address,
    button,
    canvas,
    choose,
    draw,
    sample_digit,
)
from tests.conftest import screenshot, wait_run

VIEWS = [view.name for view in views.VIEWS]
OpenPage = Callable[..., Page]


@pytest.fixture
def open_explore(page: OpenPage) -> OpenPage:
    """Open the page as a new visitor, by its address."""

    def open_page(query: str = "", **options: Any) -> Page:
        visitor = page(f"/explore{query}", **options)
        expect(visitor.locator(".st-key-view_explore")).to_be_visible()
        expect(canvas(visitor)).to_be_visible()
        wait_run(visitor)
        return visitor

    return open_page


def view(page: Page, title: str) -> None:
    page.locator(".st-key-view_explore").get_by_text(title, exact=True).click()
    wait_run(page)


def segment(page: Page, title: str) -> None:
    page.locator(".st-key-explore_side").get_by_text(title, exact=True).click()
    wait_run(page)


def click(page: Page, name: str) -> None:
    button(page, name).click()
    wait_run(page)


def code_map(page: Page) -> Locator:
    return page.locator(".code-map")


def expect_star(page: Page, place: np.ndarray) -> None:
    """Wait until the star stands at this place of the map."""
    expect(code_map(page)).to_have_attribute("data-star", re.compile("."))
    page.wait_for_function(
        """([host, x, y]) => {
          const [left, top] = host.dataset.star.split(",").map(Number);
          return Math.hypot(left - x, top - y) < 1e-3 * (1 + Math.hypot(x, y));
        }""",
        arg=[code_map(page).element_handle(), *map(float, place)],
    )


@contextmanager
def redrawn(page: Page) -> Iterator[None]:
    """What is done inside gives the server another drawing; wait until the view shows it."""
    element = page.locator(".code-map, .slides").first
    before = element.get_attribute("data-revision")
    yield
    expect(element).not_to_have_attribute("data-revision", before or "")
    wait_run(page)


def shipped_map(name: str) -> ae.atlas.CodeMap:
    return ae.atlas.load().maps[name]


def placed(name: str, z: np.ndarray) -> np.ndarray:
    return shipped_map(name).place(z, ae.atlas.load().digits)[0]


def code(name: str, digit: np.ndarray) -> np.ndarray:
    return ae.load(name).encode(digit[None])


def test_the_star_follows_drawing_code_model_and_map(open_explore: OpenPage) -> None:
    visitor = open_explore("?sample=7b&model=deep")
    expect_star(visitor, placed("deep", code("deep", sample_digit("7b"))))
    click(visitor, "3")
    z = code("deep", sample_digit("3a"))
    expect_star(visitor, placed("deep", z))
    segment(visitor, ENGLISH("PCA: a flat shadow"))
    expect_star(visitor, shipped_map("deep").project(z)[0])

    # Who changes the code moves the star.
    bars = visitor.locator(".code-bars")
    bars.focus()
    visitor.keyboard.press("Home")
    visitor.locator(".st-key-unit_tools button:visible").first.click()
    z[0, 0] = 0
    expect_star(visitor, shipped_map("deep").project(z)[0])

    choose(visitor, ENGLISH("VAE-2"))
    expect_star(visitor, shipped_map("vae2").project(code("vae2", sample_digit("3a")))[0])
    # VAE-2's map has one view only; another model's is again the one that was chosen.
    chosen = {"model": "vae2", "lang": "en", "sample": "3a", "parts": "map_by:pca"}
    assert address(visitor) == chosen
    click(visitor, "Clear")
    expect(code_map(visitor)).to_have_attribute("data-star", "")
    expect(code_map(visitor)).to_contain_text(
        ENGLISH("Draw a digit: it becomes a star on the map.")
    )


def test_a_place_is_decoded_until_the_drawing_changes(open_explore: OpenPage) -> None:
    visitor = open_explore("?sample=7b&model=deep")
    expect_star(visitor, placed("deep", code("deep", sample_digit("7b"))))
    box = code_map(visitor).locator("canvas.map").bounding_box()
    assert box
    visitor.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(code_map(visitor)).to_have_attribute("data-pin", re.compile("."))
    words = visitor.locator(".code-map .words")
    visitor.mouse.move(5, 5)
    expect(words).to_have_text(re.compile("test digit|Nobody"))
    with redrawn(visitor):
        draw(visitor, ONE)
    expect(code_map(visitor)).to_have_attribute("data-pin", "")
    expect(words).to_have_text(ENGLISH("★ Your digit, decoded"))


def test_two_drawings_of_ones_own_are_morphed(open_explore: OpenPage) -> None:
    visitor = open_explore("?view=morph&model=vae")
    click(visitor, "Clear")
    expect(visitor.get_by_text(ENGLISH("Draw a digit, or start from another."))).to_be_visible()
    view(visitor, "The map")
    expect(visitor.locator(".code-bars")).to_have_attribute("data-revision", re.compile("."))
    draw(visitor, *SEVEN)
    view(visitor, "Morph")
    expect(visitor.locator(".slides")).to_be_visible()
    click(visitor, "Put my drawing aside")
    with redrawn(visitor):
        click(visitor, "0")
    choice = visitor.get_by_role("combobox", name="B")
    choice.click()
    visitor.get_by_role("option", name="Put aside 1").click()
    wait_run(visitor)
    slides = visitor.locator(".slides")
    expect(slides).to_have_attribute("data-at", "0")
    slider = slides.get_by_role("slider")
    slider.fill("40")
    expect(slides).to_have_attribute("data-at", "40")
    with redrawn(visitor):
        click(visitor, "4")
    expect(slides).to_have_attribute("data-at", "40")
    with visitor.expect_download() as downloading:
        button(visitor, "The animation (GIF)").click()
    with Image.open(downloading.value.path()) as film:
        assert film.is_animated
        first = np.asarray(film.convert("L"))[3 : 28 * 6 : 6, 3 : 28 * 6 : 6] / 255
    model = ae.load("vae")
    assert_allclose(first, model.reconstruct(sample_digit("4a")[None])[0], atol=0.05)

    segment(visitor, "4 digits")
    grid = visitor.locator(".sheet .grid")
    grid.focus()
    visitor.keyboard.press("Home")
    expect(visitor.locator(".sheet")).to_have_attribute("data-column", "0")


def test_new_digits_the_sheet_and_the_cost(open_explore: OpenPage) -> None:
    visitor = open_explore("?view=new")
    sheets = visitor.locator("img.sheet")
    expect(sheets).to_have_count(2)
    before = sheets.first.get_attribute("src")
    click(visitor, "Roll again")
    expect(sheets.first).not_to_have_attribute("src", before or "")
    seed = visitor.get_by_role("spinbutton", name="Seed")
    seed.focus()
    for value in ("2", "3"):  # by keyboard: the field keeps the focus
        visitor.keyboard.press("ArrowUp")
        expect(seed).to_have_value(value)
        wait_run(visitor)
    expect(seed).to_be_focused()
    segment(visitor, ENGLISH("All digits on one sheet"))
    box = visitor.locator(".sheet .grid").bounding_box()
    assert box
    visitor.mouse.move(box["x"] + 2, box["y"] + 2)
    expect(visitor.locator(".sheet")).to_have_attribute("data-row", "0")
    expect(visitor.locator(".sheet")).to_have_attribute("data-column", "0")
    expect(visitor.locator(".sheet p")).to_contain_text("−1.96")
    segment(visitor, ENGLISH("What each number costs"))
    expect(visitor.locator(".plot .trace.bars .point")).to_have_count(32)


def test_noise_is_cleaned(open_explore: OpenPage) -> None:
    visitor = open_explore("?view=noise&sample=8a")
    cards = visitor.locator(".cards img")
    expect(cards).to_have_count(2 + len(ae.FAMILIES))
    corrupted = cards.nth(1).get_attribute("src")
    click(visitor, "Roll again")
    expect(cards.nth(1)).not_to_have_attribute("src", corrupted or "")
    segment(visitor, ENGLISH("Covered"))
    expect(visitor.get_by_role("slider", name="Side of the box")).to_be_visible()
    expect(cards).to_have_count(2 + len(ae.FAMILIES))


def test_a_choice_is_kept_through_every_switch_of_the_language(open_explore: OpenPage) -> None:
    """The browser holds on to the words it showed, and they are none in the other language."""
    visitor = open_explore("?view=morph&model=vae&lang=en")
    side = visitor.locator(".st-key-explore_side")

    def switch(language: str) -> None:
        visitor.locator(".st-key-lang").get_by_text(language.upper(), exact=True).click()
        wait_run(visitor)

    def lists() -> list[str]:
        fields = visitor.locator(".st-key-explore_side [data-testid=stSelectbox] input").all()
        return [field.input_value() for field in fields]

    def chosen() -> list[str]:
        marked = side.locator("[role=radio][aria-checked=true]").all()
        return [choice.inner_text() for choice in marked]

    for name, wanted, key in (
        ("Morph", "Average 3", "B"),
        ("The map", "PCA: a flat shadow", None),
    ):
        view(visitor, name)
        if key:
            visitor.get_by_role("combobox", name=key, exact=True).click()
            visitor.get_by_role("option", name=wanted, exact=True).click()
            wait_run(visitor)
        elif wanted:
            segment(visitor, wanted)
        before = chosen(), lists()
        assert name in before[0] and (not wanted or wanted in (*before[0], *before[1]))
        for _time in range(2):
            switch("pt")
            now = [*chosen(), *lists()]
            assert PORTUGUESE(name) in now and not {name, wanted} & {*now}
            if wanted:
                stem, digit = re.fullmatch(r"(.*?)( \d)?", wanted).groups()
                source = "Average {digit}" if digit else stem
                assert PORTUGUESE(source).replace("{digit}", (digit or "").strip()) in now
            switch("en")
            assert (chosen(), lists()) == before
            expect(visitor.get_by_text("Traceback")).to_have_count(0)


MEASURE = """() => {
  const {scrollWidth, clientWidth} = document.querySelector("[data-testid=stMain]");
  return scrollWidth - clientWidth;
}"""


@pytest.mark.parametrize("language", ["en", "pt"])
def test_every_view_fits_every_screen(language: str, open_explore: OpenPage) -> None:
    """No view is wider than the screen; a picture of each is kept, of a projector and a phone."""
    visitor = open_explore(f"?lang={language}&model=vae")
    pills = visitor.locator(".st-key-view_explore button")
    expect(pills).to_have_count(len(VIEWS))
    for i, name in enumerate(VIEWS):
        visitor.set_viewport_size({"width": 1440, "height": 900})
        pills.nth(i).click()
        wait_run(visitor)
        for width, height in SIZES:
            visitor.set_viewport_size({"width": width, "height": height})
            visitor.wait_for_timeout(150)
            assert visitor.evaluate(MEASURE) <= 0, (name, width)
            if width in (1280, 390):
                pills.nth(i).evaluate("pill => pill.scrollIntoView()")
                screenshot(visitor, f"explore-{name}-{language}-{width}")
        for image in visitor.locator("img").all():
            assert image.get_attribute("alt")


def test_a_finger_on_a_phone(open_explore: OpenPage) -> None:
    visitor = open_explore("?lang=pt&sample=7b", viewport=(390, 844), touch=True)
    place = code_map(visitor).locator("canvas.map")
    expect(code_map(visitor)).to_have_attribute("data-view", re.compile("."))  # it listens
    place.scroll_into_view_if_needed()
    place.tap()
    expect(code_map(visitor)).to_have_attribute("data-pin", re.compile("."))
    view_of = visitor.locator(".st-key-view_explore")
    view_of.get_by_text(PORTUGUESE("Morph"), exact=True).tap()
    wait_run(visitor)
    stop = visitor.locator(".slides .strip button").nth(5)
    stop.scroll_into_view_if_needed()
    stop.tap()
    expect(visitor.locator(".slides")).to_have_attribute("data-at", "20")
