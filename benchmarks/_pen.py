"""A pen that is moved in Chromium by the clock, as a hand moves it; `probe.js` sees what follows.

Playwright's own mouse sends a move when the page has heard the one before, which is once a frame.
These moves are sent every 8 ms whatever the page does, as a mouse reports them.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from _browser import (
    COMPLETE,
    LIMIT,
    PROBE,
    TWO_FRAMES,
    VISITOR,
    WATCH_FRAMES,
    first_line,
    frame_areas,
    how_to_launch,
)
from _server import MeasurementError
from playwright.async_api import Browser, Error, Page, async_playwright

PACE = 0.008  # seconds from move to move
MOVES = 100  # of a stroke: 0.8 s
REST = 1500  # ms after a stroke, for what comes late
_IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


@dataclass(frozen=True)
class Line:
    """What the page did while one line was drawn; milliseconds by the browser's clock.

    Attributes
    ----------
    heard : moves that the page heard; the browser joins those of one frame.
    shown : of each move that a frame showed, the time from the event to the frame's end.
    frames : that were painted, per second.
    sent : messages to the server.
    changed : largest difference, of a pixel from 0 to 1, between the line's last picture and what
        the server said of it; None where no picture follows the pen.
    """

    heard: int
    shown: Sequence[float]
    frames: float
    sent: int
    changed: float | None


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start the system's Chromium, which paints in software."""
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(**how_to_launch())
        except Error as fault:
            raise MeasurementError(f"Chromium did not start: {first_line(fault)}") from None
        yield browser
        await browser.close()


async def draw(
    browser: Browser, url: str, areas: dict[str, str], moves: int
) -> tuple[list[Line], dict[str, Any]]:
    """Draw lines over samples until the page has heard so many moves.

    Gives the lines, and how many frames showed something blank or out of its place, by name.
    """
    context = await browser.new_context(**VISITOR)
    await context.add_init_script(PROBE)
    page = await context.new_page()
    page.set_default_timeout(LIMIT)
    try:
        await page.goto(url)
        await page.wait_for_function(COMPLETE, arg=areas, polling="raf")
        await page.wait_for_timeout(REST)
        await page.evaluate("probe.follow()")
        pen, dice = await context.new_cdp_session(page), random.Random(0)
        await _draw(page, pen, dice)  # the first one compiles the page's scripts
        await page.evaluate(WATCH_FRAMES, frame_areas(areas))
        lines: list[Line] = []
        while sum(line.heard for line in lines) < moves:
            lines.append(await _draw(page, pen, dice))
        return lines, await page.evaluate("probe.counted")
    except Error as fault:
        raise MeasurementError(first_line(fault)) from None
    finally:
        await context.close()


async def _draw(page: Page, pen: Any, dice: random.Random) -> Line:
    await page.locator(".st-key-sample_7 button:visible").click()
    await _rest(page)
    points = await _curve(page, dice)
    await page.evaluate("probe.drawn()")  # forget the click
    await _mouse(pen, "mousePressed", points[0], 1)
    pending, due = [], time.perf_counter()
    for point in points:
        pending.append(asyncio.create_task(_mouse(pen, "mouseMoved", point, 1)))
        due += PACE
        await asyncio.sleep(max(due - time.perf_counter(), 0))
    await asyncio.gather(*pending)
    await page.evaluate(TWO_FRAMES)
    before = await page.evaluate("probe.ink()")
    await _mouse(pen, "mouseReleased", points[-1], 0)
    await _rest(page)
    (seen,) = await page.evaluate("probe.drawn()")
    after = await page.evaluate("probe.ink()")
    seconds = (seen["moves"][-1] - seen["begun"]) / 1000
    return Line(
        heard=len(seen["moves"]),
        shown=seen["shown"],
        frames=seen["frames"] / seconds,
        sent=seen["sent"],
        changed=float(np.abs(np.subtract(after, before)).max() / 255) if after else None,
    )


async def _mouse(pen: Any, kind: str, point: tuple[float, float], buttons: int) -> None:
    x, y = point
    event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1}
    await pen.send("Input.dispatchMouseEvent", event)


async def _rest(page: Page) -> None:
    """Wait until the server has said its word and nothing moves."""
    await page.wait_for_timeout(REST)
    await page.locator(_IDLE).wait_for(state="attached")
    await page.wait_for_function("probe.confirmed()")


async def _curve(page: Page, dice: random.Random) -> list[tuple[float, float]]:
    """Give a loop on the canvas, never twice the same, in steps of a few pixels."""
    box = await page.locator("canvas.upper-canvas").bounding_box()
    if box is None:
        raise MeasurementError("the canvas is not visible")
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    wide, high = (dice.uniform(60, 120) for _ in range(2))
    start, twist = dice.uniform(0, math.tau), dice.uniform(0.6, 1.6)
    angles = (start + math.tau * i / MOVES for i in range(MOVES + 1))
    return [
        (round(middle[0] + wide * math.cos(a)), round(middle[1] + high * math.sin(twist * a)))
        for a in angles
    ]
