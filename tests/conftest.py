"""What all tests share: the data sets, the running app, Chromium."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

# Two workers share two cores. BLAS threads of one that wait for the other's do so busily, and a
# product of matrices takes several times as long. NumPy reads this when it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

    from ae.mnist import Mnist

ROOT = Path(__file__).parent.parent
ARTEFACTS = ROOT / "artefacts"

# No deadline per example: on two shared cores a stall is not the code's fault.
settings.register_profile("gargalo", deadline=None)
settings.load_profile("gargalo")


# Each visitor of the Train page would start a TensorFlow ahead; a test that wants one says so.
os.environ.setdefault("GARGALO_TRAINING_SPARE_SECONDS", "0")


@pytest.fixture(scope="session", autouse=True)
def _keras_is_left_alone() -> Iterator[None]:
    """Streamlit clears Keras after each script run, if another test has loaded it: 30 to 60 ms."""
    from streamlit.runtime.scriptrunner import script_runner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(script_runner, "_clean_problem_modules", lambda: None)
        yield


# The data sets: found once and put into the environment, so that a subprocess finds them too.


def _export(variable: str, *candidates: Path) -> None:
    if not os.environ.get(variable):
        path = next((path for path in candidates if path.is_file()), None)
        if path:
            os.environ[variable] = str(path.resolve())


_keras = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
_beside = ROOT.parent / "shared" / "data"
_export("AE_MNIST", _keras / "datasets" / "mnist.npz", _beside / "mnist.npz")
_export("AE_PEN_DIGITS", _beside / "pen_digits.json.gz")


def _data_file(variable: str, name: str) -> Path:
    path = os.environ.get(variable)
    if not path:
        pytest.skip(f"{name} is not at hand: put its path into the environment variable {variable}")
    return Path(path)


@pytest.fixture(scope="session")
def mnist() -> Mnist:
    """The 70,000 digits; the test is skipped where they are not at hand."""
    path = _data_file("AE_MNIST", "MNIST (mnist.npz)")
    from ae import mnist

    return mnist.load(path)


@dataclass(frozen=True)
class PenDigit:
    """A digit that somebody wrote on a tablet: strokes of (k, 2) points, y downwards, any unit."""

    digit: int
    strokes: list[np.ndarray]


@pytest.fixture(scope="session")
def pen_digits() -> list[PenDigit]:
    """600 digits, 60 of each; the test is skipped where they are not at hand."""
    path = _data_file("AE_PEN_DIGITS", "the pen digits (pen_digits.json.gz)")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [
            PenDigit(entry["digit"], [np.array(stroke, float) for stroke in entry["strokes"]])
            for entry in json.load(file)
        ]


# The browser tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests in Chromium and run them last.

    A mistake in `ae` then shows before a browser starts; and from its start to the end of the
    session Playwright keeps an event loop running in this thread, where `asyncio.run` refuses to
    start another. Where the browser, the server and another worker share two cores, an answer now
    and then comes later than any patience: such a test gets a second try, which the summary names.
    """
    for item in items:
        if Path(__file__).parent / "browser" in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def free_port() -> int:
    """Give a port on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Serve the app with its hub, as `make run` does; gives its address.

    Its log must hold no error when the session ends.
    """
    with serve("server", "asgi.py") as url:
        yield url


@contextmanager
def serve(
    name: str,
    script: str = "app.py",
    folder: Path = ROOT,
    base: str = "",
    port: int | None = None,
) -> Iterator[str]:
    """Start a server, with its log in artefacts/; gives its address.

    Parameters
    ----------
    script : in ``folder``, whose ``static/`` is served; the app itself, or a small one of a test's.
    base : the path below which it is served.
    port : a free one unless given.
    """
    ARTEFACTS.mkdir(exist_ok=True)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    log = ARTEFACTS / f"{name}-{worker}.log"
    port = port or free_port()
    url = f"http://127.0.0.1:{port}/{base}".rstrip("/")
    command = [sys.executable, "-m", "streamlit", "run", script]
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.baseUrlPath": base,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.enableStaticServing": "true",
        "browser.gatherUsageStats": "false",
    }
    command += [f"--{name}={value}" for name, value in options.items()]
    with log.open("wb") as file:
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=file, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_healthy(url, process, log)
            yield url
            assert process.poll() is None, f"the server died:\n{log.read_text()}"
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    text = log.read_text(encoding="utf-8", errors="replace")
    assert not re.search(r"Traceback|Error", text), f"the server's log holds an error:\n{text}"


@contextmanager
def serve_alone(name: str, folder: Path, *, base: str = "", themed: bool = False) -> Iterator[str]:
    """Serve ``tests/browser/<name>_app.py``, a small app around one component.

    Parameters
    ----------
    folder : an empty one, because Streamlit serves the ``static/`` that lies beside the script.
    themed : with the app's own settings and colours.
    """
    shutil.copy(ROOT / "tests" / "browser" / f"{name}_app.py", folder / "app.py")
    for part in ("static", ".streamlit") if themed else ("static",):
        shutil.copytree(ROOT / part, folder / part)
    with serve(name, "app.py", folder, base) as url:
        yield url


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert process.poll() is None, f"the server did not start:\n{log.read_text()}"
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            pass
        time.sleep(0.1)
    pytest.fail(f"the server was not healthy after 30 s:\n{log.read_text()}")


@contextmanager
def watched_page(browser: Browser, **options: Any) -> Iterator[Page]:
    """Open a page of a small app of a test's own, in which no script may fail."""
    page = browser.new_page(**options)
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.set_default_timeout(15_000)
    yield page
    page.context.close()
    assert failed == []


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start what drives the browsers."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Start the system's Chromium."""
    with launch_chromium(playwright) as chromium:
        yield chromium


@contextmanager
def launch_chromium(playwright: Playwright) -> Iterator[Browser]:
    """Start the system's Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail("no Chromium: install it or put its path into CHROMIUM (`make test` does)")
    # No sandbox, because CI runs as root; the rest keeps Chromium from calling its maker.
    flags = [
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
    ]
    chromium = playwright.chromium.launch(
        executable_path=path, headless=True, args=[f"--{flag}" for flag in flags]
    )
    yield chromium
    chromium.close()


@pytest.fixture
def page(
    server: str, browser: Browser, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Open pages of the app: ``page("/?lang=pt", viewport=(390, 844), touch=True)``.

    Each call is a new visitor. The test fails when a console shows an error; when it fails for
    another reason, what the visitors saw is kept in artefacts/.
    """
    opened: list[Page] = []
    complaints: list[str] = []

    def open_page(
        path: str = "/",
        *,
        viewport: tuple[int, int] = (1440, 900),
        color_scheme: Literal["light", "dark"] = "light",
        locale: str = "en-US",
        touch: bool = False,
        **options: Any,
    ) -> Page:
        context = browser.new_context(
            base_url=server,
            viewport={"width": viewport[0], "height": viewport[1]},
            color_scheme=color_scheme,
            locale=locale,
            has_touch=touch,
            is_mobile=touch,
            **options,
        )
        page = context.new_page()
        opened.append(page)
        page.on(
            "console",
            lambda message: (
                complaints.append(f"{message.text} ({message.location.get('url', '')})")
                if message.type == "error"
                and not _LOOKED_FOR.search(message.location.get("url", ""))
                else None
            ),
        )
        page.on(
            "pageerror",
            lambda error: (
                None if str(error) == _DISPOSED else complaints.append(f"uncaught: {error}")
            ),
        )
        page.goto(path)
        wait_run(page)
        return page

    yield open_page
    if request.session.testsfailed > request.node.stash.get(_FAILED_BEFORE, 0):
        for i, page in enumerate(opened):
            screenshot(page, f"failed-{request.node.name}-{i}")
    for page in opened:
        page.context.close()
    assert complaints == [], "the browser's console shows errors"


# 2026-11-23, streamlit-drawable-canvas 0.13: of several samples chosen within a fraction of a
# second, Streamlit may overtake one. The canvas then makes itself anew while the old one still
# loads, and the old one stumbles. The new one shows the right drawing, as a test asserts.
_DISPOSED = "Cannot read properties of undefined (reading 'clearRect')"

# 2026-11-25, Streamlit 1.67: at a page's address its client looks for the server below the page
# first ("/compare/_stcore/health"), and then one level up, where it is.
_LOOKED_FOR = re.compile(r"/\w+/_stcore/(health|host-config)$")

_FAILED_BEFORE = pytest.StashKey[int]()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let `page` see whether the test itself failed."""
    item.stash[_FAILED_BEFORE] = item.session.testsfailed


def wait_run(page: Page) -> None:
    """Wait until the script has run after what was just done.

    The canvas waits 200 ms before it sends; only then does a run begin that one could wait for.
    """
    page.wait_for_timeout(260)
    page.locator(
        "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
    ).wait_for(state="attached")


def screenshot(page: Page, name: str) -> Path:
    """Keep what the visitor sees as artefacts/<name>.png."""
    ARTEFACTS.mkdir(exist_ok=True)
    path = ARTEFACTS / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name)}.png"
    page.screenshot(path=path)
    return path
