"""The Train page in Chromium, with two visitors who train at the same time.

It is not in test_train.py so that two workers can share what takes longest.
"""

from __future__ import annotations

import signal

import psutil
from playwright.sync_api import expect

from tests.browser.test_train import SECONDS, Opener, begin, finish
from tests.conftest import screenshot, wait_run


def trainings() -> list[psutil.Process]:
    """Give the trainings that run now on this worker's server, and not on another's."""
    ours = {process.pid for process in psutil.Process().children()}
    return [
        process
        for process in psutil.process_iter(["ppid", "cmdline"])
        if process.info["ppid"] in ours
        and (process.info["cmdline"] or [])[1:3] == ["-m", "ae.training.worker"]
    ]


def test_two_visitors_who_leaves_and_whose_child_is_killed(page: Opener) -> None:
    visitor, other = page("/train?lang=en"), page("/train?lang=pt")
    begin(visitor, "The tutorial of 2017")
    (child,) = trainings()
    other.get_by_text("O tutorial de 2017", exact=True).click()
    wait_run(other)
    other.get_by_role("button", name="Treinar", exact=True).click()

    expect(visitor.locator(".film p")).to_contain_text("squared error", timeout=SECONDS)
    visitor.get_by_role("link", name="Draw", exact=True).click()
    expect(visitor.locator("img[data-live=survives]")).to_have_count(1)
    visitor.get_by_role("link", name="Train").click()
    expect(visitor.get_by_role("button", name="Stop, and keep")).to_be_visible()
    # Another tab of the same browser, after the first was closed.
    context = visitor.context
    visitor.goto("about:blank")
    again = context.new_page()
    again.goto("/train")
    wait_run(again)
    expect(again.get_by_text("of 50").first).to_be_visible()

    expect(other.locator(".film p")).to_contain_text("erro quadrático", timeout=SECONDS)
    screenshot(other, "train-running-pt")
    child.send_signal(signal.SIGKILL)
    finish(again, "The server stopped it. The trained model is now one of yours, on every page")
    expect(again.get_by_role("button", name="Draw with it")).to_be_visible()
    # The other visitor's goes on, until they stop it.
    other.get_by_role("button", name="Parar e guardar").click()
    expect(other.locator(".outcome")).to_contain_text("Interrompido.", timeout=SECONDS)
