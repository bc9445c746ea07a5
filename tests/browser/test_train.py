"""The Train page in Chromium, with real trainings: TensorFlow in a child of the server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from ae import weights
from tests.browser.test_draw import SIZES
from tests.conftest import screenshot, wait_run

Opener = Callable[..., Page]
SECONDS = 90_000  # ms; two cores, shared with another worker


def begin(page: Page, preset: str | None = None) -> None:
    if preset:
        page.get_by_text(preset, exact=True).click()
        wait_run(page)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Stop, and keep")).to_be_visible(timeout=20_000)


def finish(page: Page, outcome: str = "Done.") -> None:
    expect(page.locator(".outcome")).to_contain_text(outcome, timeout=SECONDS)
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    wait_run(page)


def words(page: Page) -> str:
    return page.locator(".film p").inner_text()


def own_model(page: Page) -> Locator:
    """Where the page leads to a model of one's own, if there is one."""
    return page.get_by_role("button", name="Draw with it")


def give(page: Page, path: Path) -> None:
    page.get_by_role("button", name="Open a saved model").click()
    # Who closes the popover now would end the upload: first see what comes of it.
    page.locator("input[type=file]").set_input_files(path)


def test_train_scrub_use_keep_and_bring_back(page: Opener, tmp_path: Path) -> None:
    visitor = page("/train")
    expect(visitor.locator(".film .pairs > div")).to_have_count(11)
    expect(own_model(visitor)).to_have_count(0)
    begin(visitor)
    expect(visitor.locator(".film p")).to_contain_text("squared error", timeout=SECONDS)
    screenshot(visitor, "train-running-en")
    finish(visitor)
    screenshot(visitor, "train-done-en")

    # The time line, by the keyboard: from the end to the start and back.
    assert re.match(
        r"after 2 of 2 epochs · squared error 0\.0\d+ · \d+ dead units?", words(visitor)
    )
    last = visitor.locator(".film .pairs i").nth(1).get_attribute("style")
    visitor.locator(".film input").press("Home")
    assert words(visitor).startswith("before it learns")
    assert visitor.locator(".film .pairs i").nth(1).get_attribute("style") != last
    visitor.locator(".film input").press("End")
    assert visitor.locator(".film .pairs i").nth(1).get_attribute("style") == last

    # The files.
    with visitor.expect_download() as got:
        visitor.get_by_role("button", name="(safetensors)").click()
    mine = tmp_path / got.value.suggested_filename
    got.value.save_as(mine)
    model = weights.load_own(mine)
    assert model.metadata.test.bce <= 0.14 or model.metadata.data.name == "samples"
    with visitor.expect_download() as got:
        visitor.get_by_role("button", name="The history (CSV)").click()
    history = got.value.path().read_text().splitlines()
    assert history[0] == "epoch,loss,validation_loss,dead_units" and len(history) == 3
    keras = visitor.get_by_role("button", name="(.keras)")
    with visitor.expect_download(timeout=SECONDS) as got:
        keras.click()
        expect(visitor.locator(".download [role=status]")).to_have_text("Starting TensorFlow …")
    assert got.value.path().read_bytes()[:2] == b"PK"

    # Meanwhile, somebody else: what is no such file changes nothing.
    stranger = page("/train")
    expect(own_model(stranger)).to_have_count(0)
    altered = bytearray(mine.read_bytes())
    altered[-400:] = np.full(100, np.nan, np.float32).tobytes()
    bad = tmp_path / "altered.safetensors"
    bad.write_bytes(altered)
    give(stranger, bad)
    expect(stranger.get_by_text("This is not a model that this page made")).to_be_visible()
    stranger.reload()
    wait_run(stranger)
    huge = tmp_path / "huge.safetensors"
    huge.write_bytes(bytes(21_000_000))
    give(stranger, huge)
    expect(stranger.get_by_text("File must be 20.0MB or smaller").first).to_be_attached()
    expect(own_model(stranger)).to_have_count(0)
    stranger.reload()
    wait_run(stranger)

    # Who has the file can go on with it.
    give(stranger, mine)
    expect(own_model(stranger)).to_be_visible()
    stranger.keyboard.press("Escape")
    stranger.get_by_text("Go on from ").click()
    wait_run(stranger)
    begin(stranger)

    # While that starts: the model on the other pages.
    visitor.get_by_role("button", name="Draw with it").click()
    expect(visitor.get_by_role("radio", name="Shallow, 32 numbers")).to_be_checked()
    expect(visitor.locator("img[data-live=survives]")).to_have_count(1)
    visitor.get_by_role("link", name="Compare").click()
    expect(visitor.locator('tr[data-model="mine"]')).to_be_visible()
    screenshot(visitor, "compare-with-my-model")

    # It begins where the other had ended, not with noise.
    expect(stranger.locator(".film p")).to_contain_text("squared error", timeout=SECONDS)
    stranger.get_by_role("button", name="Stop, and keep").click()
    finish(stranger, "Stopped. The trained model is now one of yours, on every page.")
    stranger.locator(".film input").press("Home")
    assert float(re.search(r"squared error (0\.\d+)", words(stranger))[1]) < 0.03


@pytest.mark.parametrize("language", ["en", "pt"])
def test_nothing_is_cut_or_wider_than_the_screen(page: Opener, language: str) -> None:
    visitor = page(f"/train?lang={language}")
    expect(visitor.locator(".film .pairs > div")).to_have_count(11)
    for width, height in SIZES:
        visitor.set_viewport_size({"width": width, "height": height})
        visitor.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
        button = visitor.locator(".st-key-begin button").bounding_box()
        assert button and button["y"] + button["height"] <= height, "the first screen shows it"
        screenshot(visitor, f"train-{width}-{language}")


def test_the_keyboard_keeps_its_place_and_what_was_opened_stays_open(page: Opener) -> None:
    visitor = page("/train")
    recipe = visitor.get_by_role("radiogroup", name="Recipe").get_by_role("radio")
    recipe.first.focus()
    for i in (1, 2):
        visitor.keyboard.press("ArrowDown")
        wait_run(visitor)
        expect(recipe.nth(i)).to_be_checked()
        expect(recipe.nth(i)).to_be_focused()
    families = visitor.get_by_role("radiogroup", name="Start from").get_by_role("radio")
    families.filter(has_text="Deep").click()
    wait_run(visitor)
    expect(families.filter(has_text="Deep")).to_be_focused()
    visitor.get_by_text("Change the net and the recipe").click()
    layers = visitor.get_by_label("Layers of the encoder")
    layers.focus()
    visitor.keyboard.press("ArrowDown")
    wait_run(visitor)
    expect(layers).to_have_value("2")
    expect(layers).to_be_focused()
    expect(families.filter(has_text="Deep")).not_to_be_checked()
    width = visitor.get_by_label("Width of layer 1")
    width.fill("99999")
    width.press("Enter")
    expect(visitor.locator(".refused")).to_have_text("Only 2 to 512.")
    expect(width).to_have_value("128")
    expect(width).to_be_focused()
    for language, epochs in (("PT", "Épocas"), ("EN", "Epochs")) * 2:
        visitor.get_by_role("radio", name=language, exact=True).click()
        wait_run(visitor)
        expect(visitor.get_by_label(epochs, exact=True)).to_be_visible()
        expect(visitor.get_by_role("radiogroup").nth(1).get_by_role("radio").nth(2)).to_be_checked()


@pytest.mark.parametrize("code", [2, 32])
def test_the_map_of_codes_moves_and_the_end_is_told_on_another_page(
    page: Opener, code: int
) -> None:
    visitor = page("/train")
    canvas = visitor.locator(".film canvas")
    expect(visitor.locator(".film figcaption")).to_contain_text("will move while it trains")
    if code == 2:
        visitor.get_by_text("Change the net and the recipe").click()
        visitor.get_by_label("Numbers in the code").fill("2")
        visitor.get_by_label("Numbers in the code").press("Enter")
        wait_run(visitor)
    painted = """canvas => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const colours = {};
        for (let i = 0; i < data.length; i += 4) {
            if (data[i + 3] === 255) colours[data.slice(i, i + 3).join()] = true;
        }
        return [Object.keys(colours).length, data.reduce((a, b, i) => (a * 31 + b) % 1e9, 7)];
    }"""
    begin(visitor)
    expect(canvas).to_have_attribute("data-moment", re.compile(r" 0$"), timeout=SECONDS)
    colours, at_first = canvas.evaluate(painted)
    assert colours > 10, "each digit has its own"
    way = "their two numbers" if code == 2 else "32 numbers, laid flat by PCA"
    expect(canvas).to_have_accessible_name(re.compile(f"Map of the codes.*digits.*{way}"))
    # Its first steps are tiny.
    barely = re.compile(r" 0(\.0\d*)?$")
    expect(canvas).not_to_have_attribute("data-moment", barely, timeout=SECONDS)
    assert canvas.evaluate(painted)[1] != at_first

    # Elsewhere, while it goes on.
    visitor.get_by_role("link", name="Draw", exact=True).click()
    expect(visitor.get_by_role("radio", name="Shallow", exact=True)).to_be_checked()
    told = visitor.locator(".st-key-ended")
    expect(told.locator(".outcome")).to_have_text("Your training has ended.", timeout=SECONDS)
    expect(visitor.locator("#told")).to_have_text("Your training has ended.")
    expect(visitor.get_by_role("radio", name="Shallow", exact=True)).to_be_checked()
    screenshot(visitor, f"train-ended-{code}")
    if code == 2:
        told.get_by_role("button", name="Use it").click()
        expect(visitor.get_by_role("radio", name=", 2 numbers")).to_be_checked()
        expect(told.locator(".outcome")).to_have_count(0)
        visitor.get_by_role("link", name="Train", exact=True).click()
    else:
        told.get_by_role("button", name="See it").click()

    # Back there: the map follows the time line, which has at least a dozen moments.
    expect(visitor.locator(".film p")).to_contain_text("after 2 of 2 epochs", timeout=SECONDS)
    expect(told.locator(".outcome")).to_have_count(0)
    expect(canvas).to_have_attribute("data-moment", re.compile(r" 2$"))
    assert int(visitor.locator(".film input").get_attribute("max")) >= 11
    expect(visitor.locator(".film .dead")).to_have_text(
        re.compile(rf"Dead units, layer by layer: \d+ of {code} in the code\.")
    )
    visitor.locator(".film input").press("Home")
    expect(canvas).to_have_attribute("data-moment", re.compile(r" 0$"))
    visitor.set_viewport_size({"width": 390, "height": 844})
    visitor.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    box = canvas.bounding_box()
    assert box and box["width"] == pytest.approx(box["height"], abs=1) and box["width"] > 300
    screenshot(visitor, f"train-map-390-{code}")
