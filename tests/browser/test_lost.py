"""The server is restarted while somebody draws: what is on their canvas stays the drawing."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.test_draw import ONE, bars, choose, draw, expect_bars, press, sample
from tests.conftest import free_port, serve, wait_run, watched_page


def test_a_restarted_server_goes_on_with_what_is_on_the_canvas(browser: Browser) -> None:
    port = free_port()
    with watched_page(browser, viewport={"width": 1440, "height": 900}) as page:
        with serve("lost-1", port=port) as url:
            page.goto(f"{url}/?lang=en")
            page.locator(".code-bars[data-revision]").wait_for()
            sample(page, 3)
            draw(page, ONE)
            draw(page, ONE[::-1])
            press(page, "Undo")
            page.get_by_text("Centre and scale it").click()
            wait_run(page)
            # Then a run of the whole page: by itself Streamlit would ask for nothing afterwards.
            choose(page, "Deep")
            before = bars(page)
        with serve("lost-2", port=port):
            toast = page.locator("[data-testid=stToast]")
            expect(toast).to_contain_text("What was on your canvas is here", timeout=60_000)
            wait_run(page)
            expect_bars(page, before)
            expect(page.get_by_role("switch", name="Centre and scale it")).not_to_be_checked()
            expect(page.get_by_role("radio", name="Deep")).to_be_checked()
            expect(page.get_by_role("button", name="Undo")).to_be_disabled()
            # The next stroke lands on it, and can be taken back.
            draw(page, [(40, 40), (240, 40)])
            press(page, "Undo")
            expect_bars(page, before)
