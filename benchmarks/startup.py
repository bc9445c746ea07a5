"""From `streamlit run` to the first complete Draw page, and what the server's process holds.

The clock starts just before the process is made. As soon as the server answers, Chromium, already
running but with an empty cache, opens the page; complete means that the canvas, the pictures and
32 bars have been painted. In the last run 50 drawings follow. That no deep-learning framework is in
the process is read from its memory maps.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from _browser import Visit, chromium
from _report import Row, count, median, parser, publish, run, say
from _server import FRAMEWORKS, MB, OURS, App, Memory, keras_app, serve
from playwright.sync_api import Browser

DRAWINGS = 50


@dataclass(frozen=True)
class Start:
    """One start of an app's server: seconds since the process was made, and its memory."""

    healthy: float
    complete: float
    opened: Memory
    drawn: Memory  # the same as `opened` where no drawings followed
    frameworks: list[str]


def main() -> None:
    arguments = _arguments()
    with chromium() as browser, keras_app() if arguments.keras else nullcontext() as keras:
        apps = [OURS, keras] if keras else [OURS]
        starts: dict[App, list[Start]] = {app: [] for app in apps}
        # In turn, so that what else the machine does slows both down alike.
        for i in range(arguments.runs):
            for app in apps:
                say(f"{app.title}: start {i + 1} of {arguments.runs}")
                last = i == arguments.runs - 1
                starts[app].append(_start(browser, app, arguments.drawings if last else 0))
    _publish(starts[OURS], starts[keras] if keras else None, arguments)


def _arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--runs", type=count, default=5, help="starts of the server (default: 5)")
    options.add_argument(
        "--drawings",
        type=count,
        default=DRAWINGS,
        help=f"strokes after the last start (default: {DRAWINGS})",
    )
    return options.parse_args()


def _start(browser: Browser, app: App, drawings: int) -> Start:
    with serve(app) as server:
        healthy = time.perf_counter() - server.started
        with Visit(browser, app, server.url) as visit:
            complete = time.perf_counter() - server.started
            opened = server.memory()
            if drawings:
                say(f"{app.title}: {drawings} drawings")
                visit.prepare()
            for i in range(drawings):
                if i % 4 == 0:
                    visit.clear()
                visit.draw()
            return Start(healthy, complete, opened, server.memory(), server.frameworks())


def _publish(ours: list[Start], keras: list[Start] | None, arguments: argparse.Namespace) -> None:
    def row(what: str, value: Callable[[list[Start]], float], **more: Any) -> Row:
        return Row(what, value(ours), keras and value(keras), **more)

    def seconds(what: str, value: Callable[[list[Start]], float], **more: Any) -> Row:
        return row(what, value, unit="s", digits=2, **more)

    rows = [
        seconds(
            "start of the process → server answers, median",
            lambda starts: median([start.healthy for start in starts]),
        ),
        seconds(
            "start of the process → complete page, median",
            lambda starts: median([start.complete for start in starts]),
            target=4,
        ),
        seconds("… slowest", lambda starts: max(start.complete for start in starts)),
        row(
            "server's memory at the complete page",
            lambda starts: starts[-1].opened.resident / MB,
            unit="MB",
        ),
        row(
            f"… after {arguments.drawings} drawings",
            lambda starts: starts[-1].drawn.resident / MB,
            unit="MB",
        ),
        row("… at the peak", lambda starts: starts[-1].drawn.peak / MB, unit="MB", target=190),
        row(
            "deep-learning frameworks in the process",
            lambda starts: len(starts[-1].frameworks),
            unit="",
            target=0,
        ),
    ]
    notes = [
        f"{arguments.runs} starts of each, in turn. Of our memory after the drawings,"
        f" {ours[-1].drawn.own / MB:.0f} MB are the process's own; the rest is mapped from files.",
        f"Searched for in the memory maps: {', '.join(FRAMEWORKS)}."
        + (f" Found on the Keras page: {', '.join(keras[-1].frameworks)}." if keras else ""),
    ]
    publish(rows, notes, markdown=arguments.markdown)


if __name__ == "__main__":
    run(main)
