"""The Compare page in Chromium: mouse, finger, keyboard, projector and phone."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

import ae
from ae import facts
from pages.compare import views
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
    listen,
    new_drawing,
    painted,
    pixels,
    place,
    press,
    sample,
    sample_digit,
    touch,
)
from tests.conftest import screenshot, serve, wait_run
from ui import pictures, state, strokes

VIEWS = [view.name for view in views.VIEWS]
OpenPage = Callable[..., Page]


@pytest.fixture
def open_compare(page: OpenPage) -> OpenPage:
    """Open the page as a new visitor, by its address."""

    def open_page(query: str = "", **options: Any) -> Page:
        visitor = page(f"/compare{query}", **options)
        wait_for_lanes(visitor)
        return visitor

    return open_page


def wait_for_lanes(page: Page) -> None:
    expect(page.locator("table[data-revision]")).to_be_visible()
    expect(canvas(page)).to_be_visible()
    wait_run(page)


def lane(page: Page, name: str) -> Locator:
    return page.locator(f"tr[data-model={name}]")


def view(page: Page, title: str) -> None:
    """Open one of the views below the lanes."""
    page.locator(".st-key-view_menu").get_by_text(title, exact=True).click()
    wait_run(page)


def expect_lanes(page: Page, digit: np.ndarray, tolerance: int = 1) -> None:
    """Every lane shows what the library makes of this digit."""
    assert np.abs(pixels(page.locator("tr.own img")) - pictures.grey(digit)).max() <= tolerance
    for name in state.FIRST_LANES:
        reconstruction = ae.load(name).reconstruct(digit[None])[0]
        survives, changed = (pixels(image) for image in lane(page, name).locator("img").all())
        assert np.abs(survives - pictures.grey(reconstruction)).max() <= tolerance
        assert (
            np.abs(changed - pictures.signed(reconstruction - digit).astype(int)).max()
            <= 2 * tolerance
        )


def test_the_drawing_goes_from_page_to_page(page: OpenPage) -> None:
    visitor = page("/?model=deep")
    expect(visitor.locator(".code-bars")).to_have_attribute("data-revision", re.compile("."))
    overheard = listen(visitor)
    press(visitor, "Clear")
    draw(visitor, *SEVEN)
    paths = overheard()
    visitor.get_by_role("link", name=ENGLISH("Compare")).click()
    wait_for_lanes(visitor)
    digit = ae.drawing.from_strokes([painted(path) for path in paths], size=strokes.SIDE)
    expect_lanes(visitor, digit, tolerance=30)  # painted() is no exact copy of what Fabric paints
    assert address(visitor).keys() == {"model", "lang", "drawing"}

    before = pixels(lane(visitor, "deep").locator("img").first)
    draw(visitor, ONE)  # on this page
    assert np.abs(pixels(lane(visitor, "deep").locator("img").first) - before).max() > 50
    press(visitor, "Undo")
    assert (pixels(lane(visitor, "deep").locator("img").first) == before).all()
    visitor.go_back()
    expect(visitor.locator(".code-bars")).to_have_attribute("data-revision", re.compile("."))
    wait_run(visitor)
    assert (pixels(visitor.locator("img[data-live=survives]")) == before).all()


def test_samples_clear_and_lanes(open_compare: OpenPage) -> None:
    visitor = open_compare("?sample=7b")
    expect_lanes(visitor, sample_digit("7b"))
    sample(visitor, 3)
    expect_lanes(visitor, sample_digit("3a"))
    box = visitor.locator("table[data-revision]").bounding_box()
    press(visitor, "Clear")
    expect(visitor.locator("table[data-revision] img")).to_have_count(0)
    assert visitor.locator("table[data-revision]").bounding_box() == box  # nothing jumps
    press(visitor, "Undo")
    pills = visitor.locator(f".st-key-{state.LANES}")
    for name in ("Shallow", "Linear", "PCA"):
        pills.get_by_text(name, exact=True).click()
    wait_run(visitor)
    rows = visitor.locator("tr[data-model]")
    expect(rows).to_have_count(2)
    names = [row.get_attribute("data-model") for row in rows.all()]
    assert names == ["sparse", "deep"]


def test_a_link_to_the_page_works_on_a_server_that_has_just_started(browser: Browser) -> None:
    """Streamlit would say "Page not found" to the first visitor; see pages/README.md."""
    with serve("cold") as url:
        for _visitor in range(2):
            context = browser.new_context(viewport={"width": 1280, "height": 720})
            visitor = context.new_page()
            visitor.goto(f"{url}/compare?lang=pt&view=table&sample=3b")
            wait_for_lanes(visitor)
            expect(visitor.get_by_role("dialog")).to_have_count(0)
            expect(visitor.locator(".brand")).to_be_visible()  # the frame is there
            expect_lanes(visitor, sample_digit("3b"))
            assert address(visitor)["view"] == "table" and address(visitor)["lang"] == "pt"
            context.close()


def test_atoms_by_mouse_and_keyboard(open_compare: OpenPage) -> None:
    visitor = open_compare("?view=atoms&model=sparse&sample=7b")
    visitor.locator(".atoms").scroll_into_view_if_needed()
    group = visitor.locator(".atoms section").first
    small, words = group.get_by_role("radio"), group.locator("p")
    expect(small).to_have_count(32)
    order = np.argsort(-facts.load().codes["sparse", "best"].size, kind="stable")

    def expect_chosen(i: int) -> None:
        expect(words).to_contain_text(re.compile(rf"^Unit {order[i] + 1}\n"))
        expect(small.nth(i)).to_have_attribute("aria-checked", "true")
        expect(group.locator("[aria-checked=true]")).to_have_count(1)
        assert group.locator(".large").get_attribute("aria-label") == words.text_content()
        style = "element => element.style.backgroundPosition"
        assert group.locator(".large").evaluate(style) == small.nth(i).evaluate(style)

    expect_chosen(0)
    small.nth(12).hover()
    expect_chosen(12)
    small.nth(5).click()
    expect_chosen(5)
    for key, there in (("ArrowRight", 6), ("ArrowDown", 14), ("ArrowLeft", 13), ("Home", 0)):
        visitor.keyboard.press(key)
        expect_chosen(there)
    visitor.keyboard.press("ArrowUp")  # nothing is there
    expect_chosen(0)
    code = ae.load("sparse").encode(sample_digit("7b")[None])[0]
    expect(words).to_contain_text(f"in your digit {code[order[0]]:.2f}")
    # A new drawing changes the words, and not what is chosen.
    small.nth(3).click()
    with new_drawing(visitor):
        visitor.locator(".st-key-sample_3 button:visible").click()
    expect_chosen(3)
    code = ae.load("sparse").encode(sample_digit("3a")[None])[0]
    expect(words).to_contain_text(f"in your digit {code[order[3]]:.2f}")
    choose(visitor, ae.FAMILIES["deep"].title)
    expect(group.locator("h2")).to_have_text("Deep")


def test_the_ladder_in_place(open_compare: OpenPage) -> None:
    visitor = open_compare("?view=ladder&sample=7b")
    charts = visitor.locator(".plot")
    expect(charts).to_have_count(2)
    expect(charts.first.locator(".scatterlayer .trace")).to_have_count(5)
    own = charts.nth(1)
    expect(own.locator(".scatterlayer .trace")).to_have_count(6)  # and the mark
    expect(own).to_have_attribute("aria-label", re.compile(r"with 32: 0\.\d{4}"))
    element = own.element_handle()
    curve = "host => host.querySelector('.js-plotly-plot').data[0].y"
    before = own.evaluate(curve)
    sample(visitor, 3)
    visitor.wait_for_function(
        f"([host, old]) => ({curve})(host)[40] !== old", arg=[element, before[40]]
    )
    digit = sample_digit("3a")
    steps = facts.load().ladder.pca.ladder(digit)
    wanted = np.square(steps - digit).mean(axis=(1, 2))
    assert own.evaluate(curve) == pytest.approx(wanted, rel=1e-3)
    assert element.evaluate("host => host.isConnected")  # the same chart, not a new one


def test_strangers(open_compare: OpenPage) -> None:
    visitor = open_compare("?view=strangers")
    for name in ("smiley", "noise", "letter_a"):
        with new_drawing(visitor):
            visitor.locator(f".st-key-stranger_{name} button").click()
        expect_lanes(visitor, strokes.sample_digit(name))
        assert address(visitor)["sample"] == name
    # They can be drawn on like anything else, and undone.
    draw(visitor, ONE)
    assert (
        np.abs(
            pixels(visitor.locator("tr.own img")) - pictures.grey(strokes.sample_digit("letter_a"))
        ).max()
        > 50
    )
    press(visitor, "Undo")
    expect_lanes(visitor, strokes.sample_digit("letter_a"))


def test_the_files(open_compare: OpenPage) -> None:
    visitor = open_compare("?view=table&sample=8a")
    with visitor.expect_download() as downloading:
        button(visitor, ENGLISH("The table (CSV)")).click()
    rows = list(csv.DictReader(io.StringIO(downloading.value.path().read_text())))
    assert {row["name"] for row in rows} == {"floor", "mean", *state.COMPARED}
    button(visitor, ENGLISH("Download")).click()
    with visitor.expect_download() as downloading:
        button(visitor, ENGLISH("The pictures (PNG)")).click()
    with Image.open(downloading.value.path()) as image:
        seen = np.asarray(image.convert("L"))[3 : 28 * 6 : 6, 3 : 28 * 6 : 6].astype(int)
    assert np.abs(seen - pictures.grey(sample_digit("8a"))).max() <= 1


MEASURE = """() => {
  const {scrollWidth, clientWidth} = document.querySelector("[data-testid=stMain]");
  return scrollWidth - clientWidth;
}"""


def test_a_finger_on_a_phone(open_compare: OpenPage) -> None:
    visitor = open_compare("?lang=pt", viewport=(390, 844), touch=True)
    finger = visitor.context.new_cdp_session(visitor)
    tops = [canvas(visitor).bounding_box()["y"]]
    for name in state.FIRST_LANES:
        card = lane(visitor, name)
        box = card.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
        tops.append(box["y"])
        for image in card.locator("img").all():
            assert image.bounding_box()["width"] >= 80
    assert tops == sorted(tops)
    assert visitor.evaluate(MEASURE) <= 0
    with new_drawing(visitor):
        visitor.get_by_role("button", name=PORTUGUESE("Clear")).tap()
    x, y = place(visitor)
    with new_drawing(visitor):
        touch(finger, *[(x + 140, y + 240 - 10 * i) for i in range(21)])
    expect(lane(visitor, "deep").locator("img")).to_have_count(2)
    visitor.locator(".st-key-view_menu").get_by_text(PORTUGUESE("Unit by unit")).tap()
    wait_run(visitor)
    atom = visitor.locator(".atoms section").nth(1).get_by_role("radio").nth(9)
    atom.scroll_into_view_if_needed()
    atom.tap()
    expect(atom).to_have_attribute("aria-checked", "true")


@pytest.mark.parametrize("language", ["en", "pt"])
def test_every_view_fits_every_screen(language: str, open_compare: OpenPage) -> None:
    """No view is wider than the screen; a picture of each is kept, of a projector and a phone."""
    visitor = open_compare(f"?lang={language}&model=deep")
    pills = visitor.locator(".st-key-view_menu button")
    expect(pills).to_have_count(len(VIEWS))
    for i, name in enumerate(VIEWS):
        visitor.set_viewport_size({"width": 1440, "height": 900})
        pills.nth(i).click()
        wait_run(visitor)
        # From the widest to the narrowest: what does not shrink along stands out.
        for width, height in SIZES:
            visitor.set_viewport_size({"width": width, "height": height})
            visitor.wait_for_function(f"({MEASURE})() <= 0")
            if width in (1280, 390):
                pills.nth(i).evaluate("pill => pill.scrollIntoView()")
                screenshot(visitor, f"compare-{name}-{language}-{width}")
    for image in visitor.locator("img").all():
        assert image.get_attribute("alt")


def test_the_lanes_fit_a_projector_in_both_themes(open_compare: OpenPage) -> None:
    visitor = open_compare("?sample=0a", color_scheme="dark", viewport=(1280, 720))
    for scheme in ("dark", "light"):
        visitor.emulate_media(color_scheme=scheme)
        visitor.wait_for_timeout(300)
        for name in state.FIRST_LANES:
            box = lane(visitor, name).bounding_box()
            assert box and box["y"] + box["height"] <= 720
        # The bars have the theme's colour, and are seen on its ground.
        colours = (
            lane(visitor, "deep")
            .locator(".small-bars i")
            .first.evaluate(
                """bar => [getComputedStyle(bar).backgroundColor,
                       getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor]"""
            )
        )
        assert colours[0] != colours[1] and colours[0] != "rgba(0, 0, 0, 0)"
        screenshot(visitor, f"compare-{scheme}-1280")
