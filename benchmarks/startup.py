"""From `streamlit run` to the first complete Draw page, and what the server's process holds.

The clock starts just before the process is made. As soon as the server answers, Chromium, already
running but with an empty cache, opens the page; complete means that the canvas, the pictures and
32 bars have been painted. In the last run 50 drawings follow. That no deep-learning framework is in
the process is read from its memory maps.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

from _browser import Visit, chromium
from _report import Row, count, median, parser, publish, run, say
from _server import FRAMEWORKS, MB, OURS, App, Memory, keras_app, serve
from playwright.sync_api import Browser

DRAWINGS = 50


@dataclass(frozen=True)
class Measured:
    """One app: each start, and the last server's memory."""

    healthy: list[float]  # seconds
    complete: list[float]  # seconds
    opened: Memory
    drawn: Memory
    frameworks: list[str]


def main() -> None:
    arguments = _arguments()
    with chromium() as browser:
        ours = _measure(browser, OURS, arguments.runs, arguments.drawings)
        keras = None
        if arguments.keras:
            with keras_app() as app:
                keras = _measure(browser, app, arguments.runs, arguments.drawings)
    _publish(ours, keras, arguments)


def _arguments() -> argparse.Namespace:
    made = parser(__doc__)
    made.add_argument("--runs", type=count, default=5, help="starts of the server (default: 5)")
    made.add_argument(
        "--drawings",
        type=count,
        default=DRAWINGS,
        help=f"strokes after the last start (default: {DRAWINGS})",
    )
    return made.parse_args()


def _measure(browser: Browser, app: App, runs: int, drawings: int) -> Measured:
    healthy, complete = [], []
    for i in range(runs):
        say(f"{app.title}: start {i + 1} of {runs}")
        with serve(app) as server:
            healthy.append(time.perf_counter() - server.started)
            with Visit(browser, app, server.url) as visit:
                complete.append(time.perf_counter() - server.started)
                if i < runs - 1:
                    continue
                opened = server.memory()
                say(f"{app.title}: {drawings} drawings")
                visit.prepare()
                for n in range(drawings):
                    if n % 4 == 0:
                        visit.clear()
                    visit.draw()
                return Measured(healthy, complete, opened, server.memory(), server.frameworks())
    raise AssertionError("there is at least one run")


def _publish(ours: Measured, keras: Measured | None, arguments: argparse.Namespace) -> None:
    rows = [
        Row(
            "start of the process → server answers, median",
            median(ours.healthy),
            keras and median(keras.healthy),
            unit="s",
            digits=2,
        ),
        Row(
            "start of the process → complete page, median",
            median(ours.complete),
            keras and median(keras.complete),
            unit="s",
            target=4,
            digits=2,
        ),
        Row(
            "the same, slowest run",
            max(ours.complete),
            keras and max(keras.complete),
            unit="s",
            digits=2,
        ),
        Row(
            "server's memory at the complete page",
            ours.opened.resident / MB,
            keras and keras.opened.resident / MB,
            unit="MB",
        ),
        Row(
            f"after {arguments.drawings} drawings",
            ours.drawn.resident / MB,
            keras and keras.drawn.resident / MB,
            unit="MB",
        ),
        Row(
            "at the peak",
            ours.drawn.peak / MB,
            keras and keras.drawn.peak / MB,
            unit="MB",
            target=190,
        ),
        Row(
            "deep-learning frameworks in the process",
            len(ours.frameworks),
            keras and len(keras.frameworks),
            unit="",
            target=0,
        ),
    ]
    notes = [
        f"{arguments.runs} starts of each. Of the memory after the drawings,"
        f" {ours.drawn.own / MB:.0f} MB are the process's own; the rest is mapped from files.",
        f"Searched for in the memory maps: {', '.join(FRAMEWORKS)}."
        + (f" On the Keras page: {', '.join(keras.frameworks)}." if keras else ""),
    ]
    publish(rows, notes, markdown=arguments.markdown)


if __name__ == "__main__":
    run(main)
