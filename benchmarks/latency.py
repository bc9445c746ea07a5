"""From the end of a stroke to the last repaint, in Chromium, stroke by stroke.

The strokes are drawn with real mouse moves on the app as it is served in production. Three times
are taken, by the browser's clock: from the lifting of the pen until the canvas sends; from there
until bars and pictures (on the Compare page: all lanes; on Explore: the star, in its place) have
been painted for the last time; and both together. A repaint ends with the second animation frame
after the last change of the page's nodes (or the last picture's load event), with no other change
in the 300 ms that follow. Every fourth stroke is followed by the Clear button, which is not
counted.

`--live` asks instead what the page shows while the line is still drawn, on all pages: how long it
is from each move of the pen to the end of the frame that shows it, and whether the server's answer
changes what was seen.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import _pen
from _browser import AREAS, Stroke, Visit, chromium
from _report import Row, count, median, p95, parser, publish, publish_grid, run, say
from _server import OURS, App, MeasurementError, keras_app, serve
from playwright.sync_api import Browser

from pages.compare.views import VIEWS

STROKES_PER_DRAWING = 4
WARM_UP = 2  # strokes; the first ones compile the page's scripts
WATCHED_STROKES = 12
# Page -> median and 95th percentile from the sending to the last repaint, in ms.
TARGETS = {"draw": (120, 200), "compare": (250, None), "explore": (150, None)}

# What follows the pen: name -> page and query.
LIVE = {
    "Draw, shallow": ("draw", "?model=shallow"),
    "Draw, deep": ("draw", "?model=deep"),
    "Draw, vae": ("draw", "?model=vae"),
    "Compare, five lanes": ("compare", "?lanes=pca,shallow,sparse,deep,vae"),
    "Explore, map": ("explore", ""),
}

Statistic = Callable[[Sequence[float]], float]


@dataclass(frozen=True)
class Measured:
    """One app: its strokes, and what the frames showed."""

    strokes: list[Stroke]
    frames: dict[str, Any]


def main() -> None:
    arguments = _arguments()
    if arguments.live:
        asyncio.run(_follow(arguments))
        return
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
    options.add_argument("--live", action="store_true", help="measure what follows the pen")
    options.add_argument(
        "--moves", type=count, default=300, help="of the pen on each page, with --live"
    )
    return options.parse_args()


async def _follow(arguments: argparse.Namespace) -> None:
    grid, still = {}, []
    with serve(OURS) as server:
        async with _pen.chromium() as browser:
            for name, (page, query) in LIVE.items():
                say(f"{name}: {arguments.moves} moves of the pen")
                url = f"{server.url}/{'' if page == 'draw' else page}{query}"
                seen = await _pen.draw(browser, url, AREAS[page], arguments.moves)
                if any(line.shown for line in seen[0]):
                    grid[name] = _live_rows(*seen)
                else:
                    still.append(
                        f"{name} does not follow the pen: nothing of it was painted while"
                        " a line was drawn."
                    )
        complaints = server.complaints()
    if complaints:
        raise MeasurementError(f"the server's log holds an error: {complaints[0]}")
    if not grid:
        raise MeasurementError(" ".join(still))
    publish_grid("", grid, still, markdown=arguments.markdown)


def _live_rows(lines: Sequence[_pen.Line], frames: dict[str, Any]) -> list[Row]:
    shown = [time for line in lines for time in line.shown]
    heard = sum(line.heard for line in lines)
    changes = [line.changed for line in lines if line.changed is not None]
    wrong = sum(frames[name] for name in ("no_bars", "no_pictures", "jumped", "dimmed"))
    rate = median([line.frames for line in lines])
    return [
        Row("moves", heard, unit=""),
        Row("move → frame painted, median", median(shown), target=17, digits=1),
        Row("p95", p95(shown), target=34, digits=1),
        Row("not shown", heard - len(shown), unit="", target=0),
        Row("frames a second", rate, unit="", target=50, more=True),
        Row("messages", sum(line.sent for line in lines), unit="", target=0),
        Row("pixel's change", max(changes, default=float("nan")), unit="", target=0.01, digits=3),
        Row("frames blank or moved", wrong, unit="", target=0),
    ]


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
