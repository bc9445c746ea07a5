"""Does every download give its file, while twenty others draw?

Twenty visitors without browsers send a drawing every few seconds, all the time. Meanwhile ten
others draw something, ask for the code as CSV, and look for what came at once, or some time later:
so long a browser may be busy. What came must be the code of this visitor's drawing: the very bars
that the page showed them. Then a visitor in Chromium clicks on the button and saves the file.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from _browser import Visit, chromium
from _client import Visitor
from _report import Row, count, median, p95, parser, publish, run, say
from _server import OURS, MeasurementError, serve
from playwright.sync_api import Error

import ae
from ui import strokes

PAUSES = (0.0, 0.1, 0.3, 1.0)  # seconds
FILE = "gargalo-shallow.csv"
GUESTS = 10  # who download at the same time
TOLERANCE = 1e-4  # the bars carry five significant digits
LIMIT = 10_000  # ms, for a download in Chromium


@dataclass
class Tally:
    """What became of the downloads that were asked for together."""

    good: int = 0
    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def main() -> None:
    arguments = _arguments()
    tallies = {}
    with serve(OURS) as server, _others(server.url, arguments) as drawn:
        for pause in PAUSES:
            say(f"{arguments.downloads} downloads, looked for after {pause:g} s")
            tallies[pause] = asyncio.run(_ask(server.url, arguments.downloads, pause))
        say(f"{arguments.clicks} downloads in Chromium")
        clicked = _click(server.url, arguments.clicks)
        others = len(drawn)
        faults = [fault for answer in drawn for fault in answer.faults] + server.complaints()
    rows = [
        Row(
            f"of {arguments.downloads} downloads, looked for after {pause:g} s: lost",
            arguments.downloads - tally.good,
            unit="",
            target=0,
        )
        for pause, tally in tallies.items()
    ]
    rows += [
        Row(
            f"of {arguments.clicks} downloads in Chromium: lost",
            arguments.clicks - clicked.good,
            unit="",
            target=0,
        ),
        Row("asked → there, median", 1e3 * median(tallies[0.0].seconds)),
        Row("asked → there, p95", 1e3 * p95(tallies[0.0].seconds)),
        Row("clicked → saved in Chromium, median", 1e3 * median(clicked.seconds)),
        Row("errors that the others read", len(faults), unit="", target=0),
    ]
    notes = [f"{arguments.visitors} others drew every {arguments.every:g} s: {others} drawings."]
    for tally in (*tallies.values(), clicked):
        faults += tally.faults
    if faults:
        notes.append(f"First error: {faults[0]}")
    publish(rows, notes, markdown=arguments.markdown)


def _arguments() -> argparse.Namespace:
    options = parser(__doc__, keras=False)
    options.add_argument("--visitors", type=count, default=20, help="who draw (default: 20)")
    options.add_argument("--every", type=float, default=3.0, help="seconds a drawing (default: 3)")
    options.add_argument(
        "--downloads", type=count, default=200, help="for each pause (default: 200)"
    )
    options.add_argument("--clicks", type=count, default=40, help="in Chromium (default: 40)")
    return options.parse_args()


def _objects(name: str) -> list[dict[str, Any]]:
    return strokes.to_fabric(strokes.sample(name).strokes)


@contextmanager
def _others(url: str, arguments: argparse.Namespace) -> Iterator[list[Any]]:
    """Let the others draw until the block ends; gives their answers."""
    over, answers = threading.Event(), []

    async def draw(phase: float, names: Sequence[str]) -> None:
        visitor = Visitor(url)
        await visitor.open()
        await asyncio.sleep(phase)
        while not over.is_set():
            began = time.perf_counter()
            answers.append(await visitor.draw(_objects(random.choice(names))))
            await asyncio.sleep(max(arguments.every - (time.perf_counter() - began), 0))
        await visitor.close()

    async def draw_together() -> None:
        dice, names = random.Random(0), list(ae.samples.SAMPLES)
        phases = [dice.uniform(0, arguments.every) for _ in range(arguments.visitors)]
        await asyncio.gather(*(draw(phase, names) for phase in phases))

    thread = threading.Thread(target=asyncio.run, args=(draw_together(),))
    thread.start()
    try:
        while len(answers) < arguments.visitors and thread.is_alive():
            time.sleep(0.1)
        yield answers
        if not thread.is_alive():
            raise MeasurementError("the others could not draw to the end")
    finally:
        over.set()
        thread.join()


async def _ask(url: str, downloads: int, pause: float) -> Tally:
    tally = Tally()

    async def guest(name: str, times: int) -> None:
        visitor = Visitor(url)
        await visitor.open()
        bars = (await visitor.draw(_objects(name))).code
        for _ in range(times):
            answer = await visitor.download(FILE, pause)
            tally.seconds.append(answer.seconds)
            tally.faults += answer.faults
            tally.good += bars is not None and _is_code(answer.file, bars)
        await visitor.close()

    shares = [len(range(i, downloads, GUESTS)) for i in range(GUESTS)]
    await asyncio.gather(*(guest(f"{i}a", times) for i, times in enumerate(shares)))
    return tally


def _click(url: str, clicks: int) -> Tally:
    """Draw and download in Chromium; each time something else."""
    tally = Tally()
    with chromium() as browser, Visit(browser, OURS, url) as visit:
        for _ in range(clicks):
            visit.prepare()
            visit.draw()
            page = visit.page
            bars = page.evaluate("document.querySelector('.js-plotly-plot').data[0].y")
            page.get_by_role("button", name="Download").click()
            button = page.get_by_role("button", name="The code (CSV)")
            button.wait_for()
            began = time.perf_counter()
            try:
                with page.expect_download(timeout=LIMIT) as download:
                    button.click()
                content = download.value.path().read_bytes()
            except Error as fault:
                tally.faults.append(str(fault).splitlines()[0])
            else:
                tally.seconds.append(time.perf_counter() - began)
                tally.good += _is_code(content, np.array(bars))
            page.keyboard.press("Escape")
            visit.clear()
    if not tally.seconds:
        raise MeasurementError("no download in Chromium gave its file")
    return tally


def _is_code(content: bytes, bars: np.ndarray) -> bool:
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    code = [float(row["code"]) for row in rows]
    return len(code) == len(bars) and np.allclose(code, bars, TOLERANCE, TOLERANCE)


if __name__ == "__main__":
    run(main)
