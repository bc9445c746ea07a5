"""ui.components.download in Chromium, in an app of its own (download_app.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Download, Locator, Page, expect

from tests.conftest import serve_alone, wait_run, watched_page

CONTENT = {
    "Small": b"small",
    "Large": bytes(range(256)) * 35_000,
    "Slow": b"slow",
    "Late": b"slow",
    "Hidden": b"slow",
}
FOCUSED = """() => {
  let focused = document.activeElement;
  while (focused?.shadowRoot) focused = focused.shadowRoot.activeElement;
  return focused?.textContent;
}"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small app."""
    with serve_alone("download", tmp_path_factory.mktemp("download"), themed=True) as url:
        yield url


@pytest.fixture
def opened(browser: Browser, app: str) -> Iterator[Callable[..., tuple[Page, list[Download]]]]:
    """Open the app for a visitor; gives the page and the files that came."""
    with ExitStack() as tabs:

        def open_page(query: str = "") -> tuple[Page, list[Download]]:
            page, came = tabs.enter_context(watched_page(browser)), []
            page.on("download", lambda download: came.append(download))
            page.goto(f"{app}/{query}")
            expect(button(page, "Small")).to_be_visible()
            return page, came

        yield open_page


def button(page: Page, label: str) -> Locator:
    return page.get_by_role("button", name=label, exact=True)


def expect_came(page: Page, came: list[Download], *labels: str) -> None:
    """Exactly these files came, whatever the server does after."""
    for _ in range(300):
        if len(came) >= len(labels):
            break
        page.wait_for_timeout(50)
    button(page, "Run").click()
    wait_run(page)
    assert [file.path().read_bytes() for file in came] == [CONTENT[label] for label in labels]
    assert [file.suggested_filename.split(".")[0] for file in came] == [
        label.lower() for label in labels
    ]


def test_a_file_comes_to_whoever_has_closed_its_popover(opened: Callable[..., object]) -> None:
    page, came = opened()
    button(page, "More").click()
    button(page, "Hidden").click()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    expect_came(page, came, "Hidden")


def test_each_file_comes_once_and_the_focus_stays(opened: Callable[..., object]) -> None:
    page, came = opened()
    button(page, "Large").click()
    expect_came(page, came, "Large")
    button(page, "Small").dblclick()
    expect_came(page, came, "Large", "Small")
    # One after the other, however fast they are asked for, and by the keyboard.
    button(page, "Large").click()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    for _ in range(200):
        if len(came) == 4:
            break
        page.wait_for_timeout(50)
    assert page.evaluate(FOCUSED) == "Small"
    expect_came(page, came, "Large", "Small", "Large", "Small")


def test_what_takes_long_and_what_fails_is_said(opened: Callable[..., object]) -> None:
    page, came = opened()
    status = page.locator("[role=status]")
    expect(status).to_have_text("")
    button(page, "Slow").click()
    expect(button(page, "Slow")).to_have_attribute("aria-busy", "true")
    expect(status).to_have_text("Making it")
    expect(button(page, "Slow")).to_have_attribute("aria-busy", "false")
    expect(status).to_have_text("")
    button(page, "Broken").click()
    expect(status).to_have_text("It cannot be made")
    button(page, "Late").click()
    expect(status).to_have_text("It is late")
    wait_run(page)
    button(page, "Small").click()  # it goes on
    expect(status).to_have_text("")
    expect_came(page, came, "Slow", "Small")


def test_two_tabs_at_once_get_their_own(opened: Callable[..., object]) -> None:
    tabs = [opened() for _ in range(2)]
    for label, (page, _) in zip(("Slow", "Large"), tabs, strict=True):
        button(page, label).click()
    for label, (page, came) in zip(("Slow", "Large"), tabs, strict=True):
        expect_came(page, came, label)


def test_a_file_that_was_overtaken_is_asked_for_again(opened: Callable[..., object]) -> None:
    page, came = opened("?hurry=1")
    button(page, "Small").click()
    expect_came(page, came, "Small")
