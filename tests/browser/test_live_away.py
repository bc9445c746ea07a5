"""What follows a finger, and what follows the pen while the server is away; `ae` is the oracle."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

import ae
from tests.browser.test_draw import SEVEN, button, place, wait_for_chart
from tests.browser.test_live import WATCH, expect_draw, points
from tests.conftest import wait_run, watched_page

OpenPage = Callable[..., Page]


def clear(page: Page) -> None:
    wait_for_chart(page)
    wait_run(page)
    button(page, "Clear").click()
    wait_run(page)


def test_a_finger_is_followed_and_one_sentence_comes_afterwards(page: OpenPage) -> None:
    visitor = page("/?model=deep", viewport=(390, 844), touch=True)
    clear(visitor)
    model, line = ae.load("deep"), points(SEVEN[0])
    finger = visitor.context.new_cdp_session(visitor)
    left, top = place(visitor)
    invitation = visitor.locator(".draw-here")

    def put(kind: str, *places: tuple[float, float]) -> None:
        at = [{"x": left + x, "y": top + y, "id": i} for i, (x, y) in enumerate(places)]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    # A pinch: its first finger draws until the second one comes, which takes the line back.
    expect(invitation).to_be_visible()
    put("touchStart", line[0])
    expect(invitation).to_be_hidden()
    put("touchStart", line[0], (200, 200))
    expect(invitation).to_be_visible()
    put("touchEnd")
    wait_run(visitor)

    visitor.evaluate(WATCH)
    put("touchStart", line[0])
    expect(invitation).to_be_hidden()
    for i, at in enumerate(line[1:], 2):
        put("touchMove", at)
        if i in (len(line) // 2, len(line)):
            expect_draw(visitor, model)
    assert visitor.evaluate("window.said") == []
    put("touchEnd")
    expect_draw(visitor, model)
    expect(visitor.locator(".pixels + canvas")).to_have_count(0)
    wait_run(visitor)
    expect_draw(visitor, model)
    (sentence,) = visitor.evaluate("window.said")
    assert sentence == visitor.locator("#told").text_content() != ""


# The page's websockets, so that a test can close them.
SOCKETS = """() => {
  window.sockets = [];
  window.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address);
      window.sockets.push(this);
    }
  };
}"""


def test_a_line_goes_on_without_the_server_which_gets_it_later(
    browser: Browser, server: str
) -> None:
    with watched_page(browser, viewport={"width": 1440, "height": 900}) as visitor:
        visitor.add_init_script(f"({SOCKETS})()")
        visitor.goto(f"{server}/?model=deep&lang=en")
        clear(visitor)
        model, line = ae.load("deep"), points(SEVEN[0])
        left, top = place(visitor)
        visitor.evaluate(WATCH)
        visitor.mouse.move(left + line[0][0], top + line[0][1])
        visitor.mouse.down()
        for i, (x, y) in enumerate(line[1:]):
            visitor.mouse.move(left + x, top + y)
            if i == len(line) // 2:
                visitor.context.set_offline(True)
                visitor.evaluate("window.sockets.forEach((socket) => socket.close())")
                lost = visitor.locator("[data-test-connection-state=CONNECTED]")
                expect(lost).to_have_count(0)
        expect_draw(visitor, model)
        visitor.mouse.up()
        visitor.wait_for_timeout(500)  # the canvas has tried to send it
        expect_draw(visitor, model)
        expect(visitor.locator(".pixels + canvas")).not_to_have_count(0)
        visitor.context.set_offline(False)
        expect(visitor.locator(".pixels + canvas")).to_have_count(0, timeout=30_000)
        wait_run(visitor)
        expect_draw(visitor, model)
