"""From the end of a stroke to the last repaint, in Chromium, stroke by stroke.

The strokes are drawn with real mouse moves on the app as it is served in production. Three times
are taken, by the browser's clock: from the lifting of the pen until the canvas sends; from there
until bars and pictures (on the Compare page: all lanes; on Explore: the star, in its place) have
been painted for the last time; and both together. A repaint ends with the second animation frame
after the last change of the page's nodes (or the last picture's load event), with no other change
in the 300 ms that follow. Every fourth stroke is followed by the Clear button, which is not
counted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from _browser import AREAS, Stroke, Visit, chromium
from _report import Row, count, median, p95, parser, publish, run, say
from _server import OURS, App, MeasurementError, keras_app, serve
from playwright.sync_api import Browser

from pages.compare.views import VIEWS

STROKES_PER_DRAWING = 4
WARM_UP = 2  # strokes; the first ones compile the page's scripts
WATCHED_STROKES = 12
# Page -> median and 95th percentile from the sending to the last repaint, in ms.
TARGETS = {"draw": (120, 200), "compare": (250, None), "explore": (150, None)}

Statistic = Callable[[Sequence[float]], float]


@dataclass(frozen=True)
class Measured:
    """One app: its strokes, and what the frames showed."""

    strokes: list[Stroke]
    frames: dict[str, Any]


def main() -> None:
    arguments = _arguments()
    if arguments.page != "draw" and arguments.keras:
        raise MeasurementError("the Keras page draws, and no more: add --no-keras")
    with chromium() as browser:
        ours = _measure(browser, OURS, arguments)
        keras = None
        if arguments.keras:
            with keras_app() as app:
                keras = _measure(browser, app, arguments)
    _publish(ours, keras, arguments)


def _arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--strokes", type=count, default=40, help="to measure (default: 40)")
    options.add_argument("--page", choices=AREAS, default="draw", help="default: draw")
    options.add_argument(
        "--view",
        choices=[view.name for view in VIEWS],
        default=VIEWS[0].name,
        help=f"open below Compare's lanes (default: {VIEWS[0].name})",
    )
    options.add_argument(
        "--frames",
        action="store_true",
        help=f"look at every frame of {WATCHED_STROKES} more strokes: was anything blank, did"
        " anything jump?",
    )
    return options.parse_args()


def _query(arguments: argparse.Namespace) -> str:
    return f"?view={arguments.view}" if arguments.page == "compare" else ""


def _measure(browser: Browser, app: App, arguments: argparse.Namespace) -> Measured:
    say(f"{app.title}: {arguments.strokes} strokes")
    page = arguments.page if app is OURS else ""
    with (
        serve(app) as server,
        Visit(browser, app, server.url, page, _query(arguments)) as visit,
    ):
        visit.prepare()
        for _ in range(WARM_UP):
            visit.draw()
        strokes = []
        for i in range(arguments.strokes):
            if i % STROKES_PER_DRAWING == 0:
                visit.clear()
            strokes.append(visit.draw())
        frames = {}
        if arguments.frames:
            say(f"{app.title}: every frame of {WATCHED_STROKES} strokes")
            visit.watch_frames()
            for _ in range(WATCHED_STROKES):
                visit.draw()
            frames = visit.frames()
        complaints = server.complaints()
        if complaints:
            raise MeasurementError(f"the server's log holds an error: {complaints[0]}")
    return Measured(strokes, frames)


def _publish(ours: Measured, keras: Measured | None, arguments: argparse.Namespace) -> None:
    def row(what: str, statistic: Statistic, name: str, target: float | None = None) -> Row:
        def value(measured: Measured) -> float:
            return statistic([getattr(stroke, name) for stroke in measured.strokes])

        return Row(what, value(ours), keras and value(keras), target=target)

    def alone(area: str) -> Row:
        def value(measured: Measured) -> float:
            return median([stroke.areas[area] for stroke in measured.strokes])

        return Row(f"… {area} alone, median", value(ours), keras and value(keras))

    middle, late = TARGETS[arguments.page]
    rows = [
        row("pen lifted → canvas sends, median", median, "waited"),
        row("canvas sends → last repaint, median", median, "repainted", middle),
        row("canvas sends → last repaint, p95", p95, "repainted", late),
        row("… of it until the page has the server's last message, median", median, "answered"),
        *map(alone, AREAS[arguments.page] if len(AREAS[arguments.page]) > 1 else ()),
        row("pen lifted → last repaint, median", median, "total"),
        row("pen lifted → last repaint, p95", p95, "total"),
    ]
    for name, what in _FRAMES.items() if ours.frames else ():
        theirs = keras and float(keras.frames[name])
        target = None if name == "frames" else 0.0
        rows.append(Row(what, ours.frames[name], theirs, unit="", target=target))
    some = ours.strokes[0]
    notes = [
        f"{len(ours.strokes)} strokes on each page. The canvas itself waits 200 ms before it sends."
        f" One stroke of ours sent {some.sent_bytes:,} bytes and brought {some.messages} messages.",
    ]
    publish(rows, notes, markdown=arguments.markdown)


_FRAMES = {
    "frames": f"frames seen in {WATCHED_STROKES} strokes",
    "no_bars": "… in which the chart had no bars",
    "no_pictures": "… in which a picture was missing or not yet decoded",
    "jumped": "… in which chart or pictures were not in their place",
    "dimmed": "… in which they were dimmed",
}


if __name__ == "__main__":
    run(main)
