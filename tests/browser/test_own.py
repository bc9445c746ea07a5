"""A visitor's own models in Chromium: compared under the moving pen, renamed, replaced, removed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import ae
from ae import weights
from tests.browser.test_draw import SIZES, button, place
from tests.browser.test_live import draw_and_look, expect_lanes, wait_for_weights
from tests.conftest import screenshot, wait_run
from tests.pages.test_train import own_model
from ui import names
from ui.text import translator

Opener = Callable[..., Page]
DEEP = (128, 64)
OWN = "[class*=st-key-own_] [role=radio]"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Five nets of different layers; no two of them make the same of a digit."""
    folder = tmp_path_factory.mktemp("own")
    layers = (DEEP, (20, 10), (30,), (40, 20), DEEP)
    return [
        own_model(folder / f"{seed}.safetensors", seed, hidden=hidden)
        for seed, hidden in enumerate(layers)
    ]


def give(page: Page, *paths: Path, words: Callable[[str], str] = str) -> None:
    for number, path in enumerate(paths, 1):
        page.get_by_role("button", name=words("Open a saved model")).click()
        # Who closes the popover now would end the upload: first see what comes of it.
        page.locator("input[type=file]").set_input_files(path)
        here = page.locator(".st-key-make_room") if number > 4 else page.locator(OWN)
        expect(here).to_have_count(1 if number > 4 else number)
        wait_run(page)
        page.keyboard.press("Escape")


def models(page: Page) -> list[str]:
    return [title.replace("\u2060", "") for title in page.locator(OWN).all_inner_texts()]


def rename(page: Page, title: str) -> None:
    page.get_by_role("button", name="Rename or remove").click()
    field = page.get_by_role("textbox", name="Name")
    field.fill(title)
    field.press("Enter")
    wait_run(page)
    page.keyboard.press("Escape")


def test_two_are_renamed_and_compared_under_the_pen(page: Opener, files: list[Path]) -> None:
    visitor, sent = page("/train"), list[Any]()
    give(visitor, *files[:2])
    assert models(visitor) == ["Deep, 5 numbers", "My model, 5 numbers"]
    title = "<i>Zé</i> **2** :smile:"
    rename(visitor, title)
    assert models(visitor) == ["Deep, 5 numbers", title]
    visitor.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(data)))
    # By an address, as after a break: they are still the visitor's.
    visitor.goto(re.sub(r"/train.*", "/compare?lanes=deep", visitor.url))
    place(visitor)
    wait_run(visitor)
    button(visitor, "Clear").click()
    wait_run(visitor)
    expect(visitor.locator("tr[data-model=mine2] th")).to_contain_text(title)
    pill = visitor.locator(".st-key-lanes button").last
    assert pill.inner_text().replace("\u2060", "") == title
    own = {name: weights.load_own(file) for name, file in zip(names.IDS, files[:2], strict=False)}
    compared = {"deep": ae.load("deep"), **own}
    for name in compared:
        wait_for_weights(visitor, name)
    draw_and_look(visitor, sent, lambda: expect_lanes(visitor, compared))


def test_the_fifth_takes_the_place_that_the_visitor_says(page: Opener, files: list[Path]) -> None:
    visitor = page("/train")
    give(visitor, *files)
    question = visitor.get_by_role("radiogroup", name="Only 4 models are kept.")
    expect(question.get_by_role("radio")).to_have_count(4)
    expect(button(visitor, "Replace it")).to_be_disabled()
    expect(visitor.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    # With the keyboard.
    question.get_by_role("radio").first.focus()
    visitor.keyboard.press("Space")
    wait_run(visitor)
    button(visitor, "Replace it").click()
    expect(question).to_have_count(0)
    assert models(visitor) == [
        "My model, 5 numbers",
        "My model, 5 numbers (3)",
        "My model, 5 numbers (4)",
        "Deep, 5 numbers",
    ]
    visitor.get_by_role("radio", name="My model, 5 numbers (3)").click()
    wait_run(visitor)
    visitor.get_by_role("button", name="Draw with it").click()
    expect(visitor.locator(".st-key-model [role=radio][aria-checked=true]")).to_have_text(
        "My model, 5 numbers (3)"
    )
    visitor.get_by_role("link", name="Train").click()
    visitor.get_by_role("button", name="Rename or remove").click()
    visitor.get_by_role("button", name="Remove My model, 5 numbers (3)").click()
    wait_run(visitor)
    expect(visitor.get_by_text("The model that you looked at has been removed.")).to_be_visible()
    assert len(models(visitor)) == 3


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(
    page: Opener, files: list[Path], language: str, scheme: str
) -> None:
    visitor = page(f"/train?lang={language}", color_scheme=scheme)
    _ = translator(language).gettext
    give(visitor, *files, words=_)
    for width, height in SIZES:
        visitor.set_viewport_size({"width": width, "height": height})
        visitor.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
        visitor.locator(".st-key-use").scroll_into_view_if_needed()
        screenshot(visitor, f"own-{width}-{language}-{scheme}")
    visitor.get_by_role("link", name=_("Compare")).click()
    expect(visitor.locator("tr[data-model=mine4]")).to_be_attached()
    for width, height in SIZES:
        visitor.set_viewport_size({"width": width, "height": height})
        visitor.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
        screenshot(visitor, f"own-compare-{width}-{language}-{scheme}")
