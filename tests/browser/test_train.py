"""The Train page in Chromium, with real trainings: TensorFlow in a child of the server."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from playwright.sync_api import Page, expect

from ae import weights
from tests.conftest import screenshot, wait_run

Opener = Callable[..., Page]
SECONDS = 90_000  # ms; two cores, shared with another worker


def begin(page: Page, preset: str | None = None) -> None:
    if preset:
        page.get_by_text(preset, exact=True).click()
        wait_run(page)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Stop, and keep")).to_be_visible(timeout=20_000)


def finish(page: Page, said: str = "Done.") -> None:
    expect(page.locator(".outcome")).to_contain_text(said, timeout=SECONDS)
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    wait_run(page)


def words(page: Page) -> str:
    return page.locator(".film p").inner_text()


def model_names(page: Page) -> list[str]:
    frame = page.get_by_role("radiogroup", name="Model").get_by_role("radio")
    return frame.all_inner_texts()


def children() -> list[psutil.Process]:
    """Give the trainings that run now, whichever server they belong to."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if (process.info["cmdline"] or [])[1:5] == ["-m", "ae", "train", "-"]
    ]


def give(page: Page, path: Path) -> None:
    page.get_by_role("button", name="Bring a model back").click()
    # Who closes the popover now would end the upload: first see what comes of it.
    page.locator("input[type=file]").set_input_files(path)


def test_train_scrub_use_keep_and_bring_back(page: Opener, tmp_path: Path) -> None:
    visitor = page("/train")
    expect(visitor.locator(".film .pairs > div")).to_have_count(11)
    assert "My model" not in model_names(visitor)
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
        visitor.get_by_role("button", name="My model (safetensors)").click()
    mine = tmp_path / got.value.suggested_filename
    got.value.save_as(mine)
    model = weights.load_own(mine)
    assert model.facts["test"]["bce"] <= 0.14 or model.facts["data"]["name"] == "samples"
    with visitor.expect_download() as got:
        visitor.get_by_role("button", name="The history (CSV)").click()
    history = got.value.path().read_text().splitlines()
    assert history[0] == "epoch,loss,validation_loss,dead_units" and len(history) == 3
    visitor.get_by_role("button", name="Make the .keras file").click()
    with visitor.expect_download(timeout=SECONDS) as got:
        visitor.get_by_role("button", name="My model (.keras)").click(timeout=SECONDS)
    assert got.value.path().read_bytes()[:2] == b"PK"

    # On the other pages, for this visitor alone.
    visitor.get_by_role("link", name="Draw with it").click()
    expect(visitor.get_by_role("radio", name="My model")).to_be_checked()
    expect(visitor.locator(".pictures img")).to_have_count(3)
    visitor.get_by_role("link", name="Compare").click()
    expect(visitor.locator('tr[data-model="mine"]')).to_be_visible()
    screenshot(visitor, "compare-with-my-model")
    stranger = page("/train")
    assert "My model" not in model_names(stranger)

    # What is no such file changes nothing; a stranger who has the file can go on with it.
    raw = mine.read_bytes()
    altered = bytearray(raw)
    altered[-400:] = np.full(100, np.nan, np.float32).tobytes()
    bad = {
        "truncated": raw[: len(raw) // 2],
        "altered": bytes(altered),
        "foreign": (weights.FOLDER / "shallow.safetensors").read_bytes(),
    }
    for name, content in bad.items():
        path = tmp_path / f"{name}.safetensors"
        path.write_bytes(content)
        give(stranger, path)
        expect(stranger.get_by_text("This is not a model that this page made")).to_be_visible()
        stranger.reload()
        wait_run(stranger)
    huge = tmp_path / "huge.safetensors"
    huge.write_bytes(bytes(21_000_000))
    give(stranger, huge)
    expect(stranger.get_by_text("File must be 20.0MB or smaller").first).to_be_attached()
    assert "My model" not in model_names(stranger)
    stranger.reload()
    wait_run(stranger)
    give(stranger, mine)
    expect(stranger.get_by_role("radio", name="My model")).to_be_visible()
    stranger.keyboard.press("Escape")
    stranger.get_by_text("Go on from my model").click()
    wait_run(stranger)
    begin(stranger)
    # It begins where the other had ended, not with noise.
    expect(stranger.locator(".film p")).to_contain_text("squared error", timeout=SECONDS)
    stranger.get_by_role("button", name="Stop, and keep").click()
    finish(stranger, "Stopped.")
    stranger.locator(".film input").press("Home")
    assert float(re.search(r"squared error (0\.\d+)", words(stranger))[1]) < 0.03


def test_leave_come_back_and_stop(page: Opener) -> None:
    visitor = page("/train?lang=en")
    begin(visitor, "The tutorial, 2017")
    expect(visitor.locator(".film p")).to_contain_text("squared error", timeout=SECONDS)
    visitor.get_by_role("link", name="Draw", exact=True).click()
    expect(visitor.locator(".pictures img")).to_have_count(3)
    visitor.get_by_role("link", name="Train").click()
    expect(visitor.get_by_role("button", name="Stop, and keep")).to_be_visible()
    # Another tab of the same browser, after the first was closed.
    context = visitor.context
    visitor.goto("about:blank")
    again = context.new_page()
    again.goto("/train")
    wait_run(again)
    expect(again.get_by_text("of 50 ·").first).to_be_visible()
    again.get_by_role("button", name="Stop, and keep").click()
    finish(again, "Stopped. What it has learnt is “My model” on every page now.")
    expect(again.get_by_role("radio", name="My model")).to_be_visible()


def test_two_visitors_and_a_killed_child(page: Opener) -> None:
    before = {process.pid for process in children()}
    first, second = page("/train"), page("/train?lang=pt")
    begin(first, "The tutorial, 2017")
    expect(first.locator(".film p")).to_contain_text("squared error", timeout=SECONDS)
    (child,) = (process for process in children() if process.pid not in before)
    second.get_by_role("button", name="Treinar", exact=True).click()
    expect(second.locator(".film p")).to_contain_text("erro quadrático", timeout=SECONDS)
    screenshot(second, "train-running-pt")
    child.send_signal(signal.SIGKILL)
    finish(first, "It was stopped from outside. What it has learnt is “My model”")
    expect(first.get_by_role("radio", name="My model")).to_be_visible()
    # The other visitor's goes on.
    expect(second.locator(".outcome")).to_contain_text("Pronto.", timeout=SECONDS)


@pytest.mark.parametrize(
    ("width", "height", "language"),
    [(1440, 900, "en"), (1280, 720, "pt"), (1024, 768, "pt"), (390, 844, "pt"), (390, 844, "en")],
)
def test_nothing_is_cut_or_wider_than_the_screen(
    page: Opener, width: int, height: int, language: str
) -> None:
    visitor = page(f"/train?lang={language}", viewport=(width, height), touch=width < 500)
    expect(visitor.locator(".film .pairs > div")).to_have_count(11)
    screenshot(visitor, f"train-{width}-{language}")
    wide = visitor.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    button = visitor.locator(".st-key-begin button").bounding_box()
    assert button and button["y"] + button["height"] <= height, "the first screen shows the button"
