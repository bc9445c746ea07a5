"""Chromium, Firefox and WebKit behind the few verbs that a test of all three needs.

Playwright drives the Chromium and the Firefox that the system has. For WebKit it has only builds
of its own, so there Selenium speaks to WebKitGTK's driver. A tab knows a page by what can be asked
of it in JavaScript, and acts on it with real pointers and keys alone.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests.conftest import launch_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright
    from selenium.webdriver.remote.webdriver import WebDriver

WIDTH, HEIGHT = 1280, 900
PATIENCE = 20  # seconds; two cores, shared with another worker

Points = Sequence[tuple[float, float]]


class Engine(Protocol):
    """What each of the three can do."""

    def goto(self, url: str) -> None:
        """Open an address."""

    def run(self, script: str, *values: Any) -> Any:
        """Give what a JavaScript function returns for these values."""

    def drag(self, points: Points) -> None:
        """Move to the first point, press, pass the others, let go. Pixels of the window."""

    def hover(self, x: float, y: float) -> None:
        """Rest the pointer there."""

    def choose_file(self, css: str, path: Path) -> None:
        """Give a file to an input."""

    def download(self, press: Callable[[], None]) -> bytes:
        """Press something, and wait for the file that comes of it."""


class PlaywrightEngine:
    def __init__(self, page: Page) -> None:
        self.page = page

    def goto(self, url: str) -> None:
        self.page.goto(url)

    def run(self, script: str, *values: Any) -> Any:
        return self.page.evaluate(f"values => ({script})(...values)", list(values))

    def drag(self, points: Points) -> None:
        self.hover(*points[0])
        self.page.mouse.down()
        for x, y in points[1:]:
            self.page.mouse.move(x, y, steps=4)
        self.page.mouse.up()

    def hover(self, x: float, y: float) -> None:
        self.page.mouse.move(x, y)

    def choose_file(self, css: str, path: Path) -> None:
        self.page.locator(css).last.set_input_files(path)

    def download(self, press: Callable[[], None]) -> bytes:
        with self.page.expect_download() as got:
            press()
        return got.value.path().read_bytes()


class FirefoxEngine(PlaywrightEngine):
    """It saves what a page has made itself without an event that Playwright knows."""

    def __init__(self, page: Page, folder: Path) -> None:
        super().__init__(page)
        self.folder = folder

    def download(self, press: Callable[[], None]) -> bytes:
        return _arrived(self.folder, press)


class SeleniumEngine:
    def __init__(self, driver: WebDriver, folder: Path) -> None:
        self.driver, self.folder = driver, folder

    def goto(self, url: str) -> None:
        self.driver.get(url)

    def run(self, script: str, *values: Any) -> Any:
        return self.driver.execute_script(f"return ({script})(...arguments)", *values)

    def drag(self, points: Points) -> None:
        actions = self._pointer()
        pointer = actions.pointer_action
        pointer.move_to_location(*map(round, points[0]))
        pointer.pointer_down()
        for x, y in points[1:]:
            pointer.move_to_location(round(x), round(y))
        pointer.pointer_up()
        actions.perform()

    def hover(self, x: float, y: float) -> None:
        actions = self._pointer()
        actions.pointer_action.move_to_location(round(x), round(y))
        actions.perform()

    def choose_file(self, css: str, path: Path) -> None:
        self.driver.execute_script(f"{LOOK} return $(arguments[0])", css).send_keys(str(path))

    def download(self, press: Callable[[], None]) -> bytes:
        return _arrived(self.folder, press)

    def _pointer(self) -> Any:
        from selenium.webdriver.common.actions.action_builder import ActionBuilder

        return ActionBuilder(self.driver, duration=40)


class Tab:
    """One visitor's page in one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def open(self, url: str) -> None:
        self.engine.goto(url)
        self.settle()

    def ask(self, script: str, *values: Any) -> Any:
        """Give what a JavaScript function returns; ``$`` and ``$$`` find elements for it."""
        return self.engine.run(f"(...values) => {{ {LOOK} return ({script})(...values) }}", *values)

    def until(self, script: str, *values: Any, seconds: float = PATIENCE) -> Any:
        """Wait until a JavaScript function returns something true, and give it."""
        return _until(lambda: self.ask(script, *values), f"{script} {values}", seconds)

    def settle(self) -> None:
        """Wait until the server has answered all that was done."""
        time.sleep(0.3)  # the canvas waits 200 ms before it sends; there is nothing to wait for yet
        self.until(_AT_REST)

    def place(self, css: str, words: str = "") -> tuple[float, float, float, float]:
        """Left, top, width and height of the first visible element with these words, in sight."""
        left, top, width, height = self.until(_PLACE, css, words)
        return left, top, width, height

    def shows(self, css: str) -> bool:
        """Tell whether an element is visible now."""
        return self.ask(_PLACE, css, "") is not None

    def click(self, css: str, words: str = "") -> None:
        self.settle()
        left, top, width, height = self.place(css, words)
        self.engine.drag([(left + width / 2, top + height / 2)])

    def hover(self, css: str, across: float, down: float, script: str) -> None:
        """Move over a place of an element until a function returns something true.

        A pointer that rests is not told of what is laid below it later, so it moves to and fro.
        """
        steps = itertools.cycle((0, 2))

        def moved() -> Any:
            left, top, width, height = self.place(css)
            self.engine.hover(left + across * width + next(steps), top + down * height)
            return self.ask(script)

        _until(moved, script)

    def draw(self, css: str, points: Points) -> None:
        """Press, move and let go on an element, at pixels from its corner."""
        left, top, _, _ = self.place(css)
        self.engine.drag([(left + x, top + y) for x, y in points])

    def choose_file(self, css: str, path: Path) -> None:
        self.until("css => $(css) !== undefined", css)
        self.engine.choose_file(css, path)

    def download(self, css: str, words: str) -> bytes:
        """Click, and give the file that comes."""
        return self.engine.download(lambda: self.click(css, words))


def _arrived(folder: Path, press: Callable[[], None]) -> bytes:
    """Press something, and wait for a file in a folder."""
    before = set(folder.iterdir())
    press()

    def whole() -> Path | None:
        new = set(folder.glob("gargalo*")) - before
        # Until it is whole, it is beside an empty one, or has another name.
        parts = {path for path in new if path.suffix in (".part", ".wkdownload")}
        return next((path for path in new - parts if not parts and path.stat().st_size), None)

    return _until(whole, f"file in {folder}").read_bytes()


def _until(give: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := give():
            return found
        time.sleep(0.05)
    pytest.fail(f"after {seconds:g} s there was still no {what}")


_AT_REST = """() => $$(
  "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
).length"""

# Components draw in shadow roots, into which a selector alone does not see.
LOOK = """
const $$ = css => {
  const roots = [document];
  for (const root of roots) {
    for (const { shadowRoot } of root.querySelectorAll("*")) if (shadowRoot) roots.push(shadowRoot);
  }
  return roots.flatMap(root => [...root.querySelectorAll(css)]);
};
const $ = css => $$(css)[0];
"""

_PLACE = """(css, words) => {
  const seen = element => element.getClientRects().length > 0;
  const named = element => (element.getAttribute("aria-label") ?? "") + " " + element.innerText;
  const element = $$(css).find(
    element => seen(element) && (!words || named(element).includes(words)));
  if (!element) return null;
  const { top, bottom } = element.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) element.scrollIntoView({ block: "center" });
  const box = element.getBoundingClientRect();
  return [box.left, box.top, box.width, box.height];
}"""


# How each is started. What cannot be had skips its tests, and says why.


@contextmanager
def chromium(playwright: Playwright, _folder: Path) -> Iterator[Tab]:
    with launch_chromium(playwright) as browser, _page(browser) as page:
        yield Tab(PlaywrightEngine(page))


@contextmanager
def firefox(playwright: Playwright, folder: Path) -> Iterator[Tab]:
    path = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
    if path is None:
        pytest.skip("no Firefox: `make engines` installs it, or put its path into FIREFOX")
    # WebDriver BiDi is what an unchanged Firefox speaks; Playwright's own protocol needs its build.
    browser = playwright.firefox.launch(
        executable_path=path, channel="moz-firefox", downloads_path=folder
    )
    with _page(browser) as page:
        yield Tab(FirefoxEngine(page, folder))
    browser.close()


@contextmanager
def webkit(_playwright: Playwright, folder: Path) -> Iterator[Tab]:
    driver = shutil.which("WebKitWebDriver")
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"))
    if driver is None or not browsers or shutil.which("Xvfb") is None:
        pytest.skip("no WebKit: `make engines` installs WebKitGTK, its driver and Xvfb")
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service

    warnings.filterwarnings("ignore", "setting remote_server_addr", DeprecationWarning)
    options = Options()
    options.binary_location = str(browsers[-1])
    options.add_argument("--automation")
    with _screen() as display:
        environment = os.environ | {
            "DISPLAY": display,
            "GDK_BACKEND": "x11",
            "NO_AT_BRIDGE": "1",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "LANG": "C.UTF-8",
            "HOME": str(folder),  # where it saves
        }
        web = webdriver.WebKitGTK(options=options, service=Service(driver, env=environment))
        try:
            inner = "return [innerWidth, innerHeight]"
            web.set_window_size(WIDTH, HEIGHT)
            width, height = web.execute_script(inner)  # without the window's own bars
            web.set_window_size(2 * WIDTH - width, 2 * HEIGHT - height)
            yield Tab(SeleniumEngine(web, folder))
        finally:
            web.quit()


ENGINES = {"chromium": chromium, "firefox": firefox, "webkit": webkit}


@contextmanager
def _page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-US")
    yield context.new_page()
    context.close()


@contextmanager
def _screen() -> Iterator[str]:
    """A display that nobody sees; gives its name."""
    read, write = os.pipe()
    size = f"{WIDTH + 200}x{HEIGHT + 300}x24"
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}"
    finally:
        process.terminate()
        process.wait()
