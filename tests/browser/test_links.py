"""What is on the screen stands in the address: it is there again after F5, and in another tab."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.browser.test_draw import (
    ONE,
    PORTUGUESE,
    SEVEN,
    bars,
    button,
    draw,
    expect_bars,
    wait_for_chart,
)
from tests.conftest import wait_run

ALONE = "Only this computer can open it: the app runs here, for nobody else."

OpenPage = Callable[..., Page]


def said(page: Page) -> dict[str, str]:
    """What the address bar says."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_own_strokes_and_edits_are_there_again(page: OpenPage) -> None:
    visitor = page("/?lang=en&model=deep")
    wait_for_chart(visitor)
    button(visitor, "Clear").click()
    wait_run(visitor)
    draw(visitor, *SEVEN)
    visitor.get_by_text("Centre and scale it").click()
    wait_run(visitor)
    visitor.get_by_role("slider", name="Keep the largest").press("Home")
    expect(button(visitor, "Undo")).to_be_enabled()
    wait_run(visitor)
    address, before = visitor.url, bars(visitor)
    assert said(visitor).keys() == {"model", "lang", "drawing", "normal", "keep"}
    assert len(said(visitor)["drawing"]) < 100
    for again in (visitor, visitor.context.new_page()):
        again.goto(address)
        wait_for_chart(again)
        wait_run(again)
        expect_bars(again, before, tolerance=0.1)
        assert again.url == address
        expect(button(again, "Undo")).to_be_disabled()
        expect(again.get_by_role("switch", name="Centre and scale it")).not_to_be_checked()
    # It is a drawing like any other: the next stroke joins it, and undo takes it back.
    draw(again, ONE)
    assert said(again)["drawing"] != said(visitor)["drawing"] and "keep" not in said(again)
    button(again, "Undo").click()
    wait_run(again)
    expect(button(again, "Undo")).to_be_disabled()
    assert again.url == address


def test_the_page_is_found_by_its_name(page: OpenPage) -> None:
    visitor = page("/draw?sample=3&lang=en")
    wait_for_chart(visitor)
    wait_run(visitor)
    assert urlsplit(visitor.url).path == "/" and said(visitor)["sample"] == "3a"
    expect(visitor.get_by_role("dialog")).to_have_count(0)


def test_the_link_can_be_copied(page: OpenPage) -> None:
    visitor = page("/compare?lang=pt&model=vae&sample=7b", viewport=(1280, 720))
    wait_run(visitor)
    frame = visitor.locator(".st-key-frame").bounding_box()
    assert frame and frame["height"] < 70  # one row, in the longer of the languages
    button(visitor, PORTUGUESE("Share")).click()
    dialog = visitor.get_by_role("dialog")
    # The tests' server listens to this computer alone.
    expect(dialog.get_by_text(PORTUGUESE(ALONE))).to_be_visible()
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog.get_by_test_id("stCode").hover()
    dialog.get_by_role("button", name="Copy to clipboard").click()
    read = "navigator.clipboard.readText()"
    visitor.wait_for_function(f"{read}.then((text) => text.startsWith('http'))")
    assert visitor.evaluate(read) == visitor.url
