"""The Train page: how soon there are digits, how fast it trains, and what other visitors feel.

All in one run, with MNIST from $AE_MNIST or Keras's cache. The preset "ten seconds" is clicked in
Chromium, once at once and once when the page has been open for a while (the server then has a
child that has started TensorFlow). The same plan is trained by a plain Keras script, the one that
the page shows, and as the page trains it; both give the seconds of `fit` alone, and the child's own
memory is read while it waits and while it trains. At last somebody draws, first alone and then
while two other visitors train.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psutil
from _browser import Visit, chromium
from _report import Row, count, median, parser, publish, run, say
from _server import MB, OURS, ROOT, MeasurementError, Server, serve
from playwright.sync_api import Browser, Page

from ae import keras_scripts, mnist, plans, weights
from ui.limits import Limits
from ui.trainings import Office

OPEN_BEFORE = 20_000  # ms that a visitor reads before the click
PATIENCE = 120_000  # ms
FIRST, DONE, LEGIBLE, RATIO, STROKE = 6, 20, 0.14, 1.15, 2.0


def main() -> None:
    arguments = _arguments()
    if not mnist.at_hand():
        raise MeasurementError("MNIST is not at hand: name its file in AE_MNIST")
    rows: list[Row] = []
    with chromium() as browser:
        for title, wait in (("at once", 0), ("page open for 20 s", OPEN_BEFORE)):
            with serve(OURS) as server:
                say(f"ten seconds, {title}")
                first, done, bce = _ten_seconds(browser, server, wait)
            rows += [
                Row(f"click → first picture, {title}", first, unit="s", target=FIRST, digits=1),
                Row(f"click → done, {title}", done, unit="s", target=DONE, digits=1),
                Row(f"test cross-entropy, {title}", bce, unit="", target=LEGIBLE, digits=4),
            ]
        plan = replace(
            plans.preset("seconds", "shallow"),
            recipe=replace(plans.preset("seconds", "shallow").recipe, epochs=arguments.epochs),
        )
        ratios = []
        for i in range(arguments.pairs):
            say(f"plain script and page, {i + 1} of {arguments.pairs}")
            plain = _plain(plan)
            seconds, waiting, most = _office(plan)
            ratios.append(seconds / plain)
        rows.append(
            Row(
                "seconds of fit, training of the page / plain script, median",
                median(ratios),
                unit="",
                target=RATIO,
                digits=2,
            )
        )
        rows += [
            Row("the child's own memory, waiting", waiting / MB, unit="MB"),
            Row("… at most while it trains", most / MB, unit="MB"),
        ]
        with serve(OURS) as server:
            quiet = _strokes(browser, server, arguments.strokes)
            tabs = [_begin(browser, server) for _ in range(2)]
            say("two visitors train")
            for tab in tabs:
                tab.locator(".film p", has_text="squared error").wait_for(timeout=PATIENCE)
                tab.goto(
                    "about:blank"
                )  # they look elsewhere: their browsers are not ours to measure
            busy = _strokes(browser, server, arguments.strokes)
    rows += [
        Row("canvas sends → last repaint, nobody trains, median", quiet),
        Row("canvas sends → last repaint, two train, median", busy),
        Row("… two / nobody", busy / quiet, unit="", target=STROKE, digits=2),
    ]
    notes = [
        f"{arguments.pairs} pairs of {arguments.epochs} epochs, ratios"
        f" {', '.join(f'{ratio:.2f}' for ratio in ratios)}; {arguments.strokes} strokes each.",
    ]
    publish(rows, notes, markdown=arguments.markdown)


def _arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--pairs", type=count, default=3, help="of trainings (default: 3)")
    options.add_argument("--epochs", type=count, default=5, help="of each (default: 5)")
    options.add_argument("--strokes", type=count, default=16, help="to measure (default: 16)")
    return options.parse_args()


def _begin(browser: Browser, server: Server, wait: float = 0, preset: str = "Thorough") -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-US").new_page()
    page.goto(f"{server.url}/train")
    button = page.get_by_role("button", name="Train", exact=True)
    button.wait_for()
    page.get_by_text(preset, exact=True).click()
    page.wait_for_timeout(1000 + wait)
    button.click()
    return page


def _ten_seconds(browser: Browser, server: Server, wait: float) -> tuple[float, float, float]:
    """Give seconds from the click to the first picture and to the end, and the test's BCE."""
    page = _begin(browser, server, wait, "Ten seconds")
    started = time.perf_counter()
    # Not the noise of the net that has learnt nothing yet.
    page.locator(".film p", has_text="after").wait_for(timeout=PATIENCE)
    first = time.perf_counter() - started
    page.locator(".outcome", has_text="Done.").wait_for(timeout=PATIENCE)
    done = time.perf_counter() - started
    with page.expect_download() as got:
        page.get_by_role("button", name="(safetensors)").click()
    model = weights.read_own(got.value.path().read_bytes())
    page.context.close()
    return first, done, model.metadata.test.bce


def _plain(plan: plans.Plan) -> float:
    """Run the script that the page shows, with the data at hand; give the seconds of its fit."""
    load = 'np.load(os.environ["DATA"]).__getitem__'
    pairs = '((load("x_train"), load("y_train")), (load("x_test"), load("y_test")))'
    script = keras_scripts.keras_python(plan).replace("keras.datasets.mnist.load_data()", pairs)
    script = script.replace("x_train, x_train,", "x_train, x_train, verbose=0,")
    before, after = script.split("autoencoder.fit(")
    fit, after = after.split("\n)\n", 1)
    timed = (
        f"import os, time\nimport numpy as np\nload = {load}\n{before}"
        f"started = time.perf_counter()\nautoencoder.fit({fit}\n)\n"
        "print(time.perf_counter() - started)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plain.py"
        path.write_text(timed)
        environment = {**os.environ, "DATA": str(mnist.find()), "TF_CPP_MIN_LOG_LEVEL": "3"}
        done = subprocess.run(
            [sys.executable, str(path)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise MeasurementError(f"the plain script failed: {done.stderr.strip().splitlines()[-1]}")
    return float(done.stdout.split()[-1])


def _office(plan: plans.Plan) -> tuple[float, int, int]:
    """Train as the page does, and read each event; give the seconds of its fit.

    And the bytes of the child's own: when Keras has started and MNIST is loaded, and at most.
    """
    office = Office(Limits(spare_seconds=0))
    digits = mnist.load().x_test[:11]
    before = set(psutil.Process().children())
    training = office.submit("benchmark", plan, digits)
    (child,) = set(psutil.Process().children()) - before
    waiting = most = 0
    while not training.over:
        with contextlib.suppress(psutil.Error):
            most = max(most, child.memory_full_info().uss)
            waiting = waiting if training.data else most
        time.sleep(0.1)
    office.close()
    if training.outcome != "done":
        raise MeasurementError(f"the training ended otherwise: {training.outcome}")
    return training.seconds, waiting, most


def _strokes(browser: Browser, server: Server, strokes: int) -> float:
    with Visit(browser, OURS, server.url, "draw") as visit:
        visit.prepare()
        for _ in range(2):
            visit.draw()
        repaints = []
        for i in range(strokes):
            if i % 4 == 0:
                visit.clear()
            repaints.append(visit.draw().repainted)
    return median(repaints)


if __name__ == "__main__":
    run(main)
