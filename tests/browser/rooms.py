"""What the tests of rooms share: a projector, a crowd of phones, and somebody who listens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, expect
from websockets.sync.client import ClientConnection, connect

import ae
from ae.arrays import Float32
from hub import protocol
from ui.text import translator

DRAWINGS = [ae.strokes.encode_strokes(strokes, 1) for strokes in ae.samples.SAMPLES.values()]

# A canvas as numbers in [0, 1], ink is 1.
INK = """(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  return [...data.filter((_, i) => i % 4 === 0)].map((value) => value / 255);
}"""

# The same of a part of the wall, in which all pictures are on one canvas: n x n places of it.
PART = """(box, n) => {
  const board = box.closest(".stage").querySelector(".board");
  const [around, { left, top, width }] = [board, box].map((e) => e.getBoundingClientRect());
  const data = board.getContext("2d").getImageData(
    left - around.left, top - around.top, width, width);
  const at = (i) => Math.floor(((i + 0.5) * data.width) / n);
  return Array.from({ length: n * n }, (_, i) =>
    data.data[4 * (at(Math.floor(i / n)) * data.width + at(i % n))] / 255);
}"""
SIDE = 224


def ink(canvas: Locator) -> np.ndarray:
    return np.array(canvas.evaluate(INK))


def expect_ink(canvas: Locator, expected: np.ndarray) -> None:
    """Wait until it shows this; decoded pixels are right to 0.01."""
    _wait_for_ink(canvas, f"({INK})(element)", expected)


def expect_on_wall(box: Locator, expected: np.ndarray) -> None:
    """Wait until this is painted there."""
    _wait_for_ink(box, f"({PART})(element, 28)", expected)


def _wait_for_ink(element: Locator, pixels: str, expected: np.ndarray) -> None:
    element.page.wait_for_function(
        f"""([element, expected]) =>
          {pixels}.every((value, i) => Math.abs(value - expected[i]) < 0.02)""",
        arg=[element.element_handle(), expected.ravel().tolist()],
    )


def drawn_on_wall(box: Locator) -> np.ndarray:
    """What is painted there, (SIDE * SIDE,)."""
    return np.array(box.evaluate(PART, SIDE))


def digit_of(strokes: str) -> Float32:
    """What the network sees of a drawing, (28, 28)."""
    return ae.drawing.from_strokes(ae.strokes.decode_strokes(strokes), 1)


class Projector:
    """The Room page."""

    def __init__(self, page: Page, language: str = "en") -> None:
        self.page = page
        self._ = translator(language).gettext
        self.host = page.locator(".room")
        self.tiles = page.locator(".stage [data-id]")
        self.line = page.locator(".live .line")

    def open(self) -> str:
        """Open a room; gives its code."""
        self.page.locator(".begin .open").click()
        self.expect_state("live")
        return self.code

    @property
    def code(self) -> str:
        return self.page.locator(".invite .code").inner_text()

    @property
    def speaker(self) -> str:
        """The token that this tab keeps."""
        kept = self.page.evaluate("sessionStorage['gargalo.watched']")
        token: str = json.loads(kept)["token"]
        return token

    def expect_state(self, state: str) -> None:
        expect(self.host).to_have_attribute("data-state", state, timeout=15_000)

    def expect_counts(self, name: str, number: int, words: str) -> None:
        expect(self.page.locator(f".counts .{name}")).to_have_text(f"{number}{self._(words)}")

    def tile(self, name: str) -> Locator:
        return self.page.locator(f".stage [data-id][aria-label='{name}']")

    def expect_tile(self, name: str, model: str, strokes: str) -> None:
        """It shows what `ae` makes of the drawing."""
        expected = ae.load(model).reconstruct(digit_of(strokes)[None])
        expect(self.tile(name)).to_be_visible()
        expect_on_wall(self.tile(name).locator(".pixels"), expected)

    def press(self, control: str) -> None:
        self.page.locator(f".controls .{control}").click()

    def answer(self, yes: bool = True) -> None:
        self.page.locator(".yes" if yes else ".no").click()


class Watcher:
    """A socket beside a projector, which hears what that hears."""

    def __init__(self, socket: ClientConnection, code: str, token: str) -> None:
        self._socket = socket
        self._known: dict[Any, dict[str, Any]] = {}
        self.say("watch", room=code, token=token)
        self.until(lambda known: "settings" in known)

    def say(self, say: str, **fields: object) -> None:
        self._socket.send(json.dumps({"say": say, **fields}))

    def until(self, is_so: Callable[[dict[Any, dict[str, Any]]], bool]) -> None:
        """Listen until this is so of what is known: messages by their names, digits by ids."""
        while not is_so(self._known):
            for message in json.loads(self._socket.recv(timeout=10)):
                protocol.check(message, "hub")
                if message["say"] == "gone":
                    self._known.pop(message["id"], None)
                else:
                    self._known[message.get("id", message["say"])] = message

    def digit(self, name: str, seq: int = 1) -> dict[str, Any]:
        """Wait for a drawing of this name, and give it."""

        def found() -> list[dict[str, Any]]:
            return [m for m in self._known.values() if m.get("name") == name and m["seq"] == seq]

        self.until(lambda _: bool(found()))
        return found()[0]


def _socket(server: str) -> ClientConnection:
    address = f"{server.replace('http', 'ws', 1)}/join/socket"
    return connect(address, origin=server, proxy=None)  # type: ignore[arg-type]


@contextmanager
def watching(server: str, projector: Projector) -> Iterator[Watcher]:
    with _socket(server) as socket:
        yield Watcher(socket, projector.code, projector.speaker)


def crowd(server: str, code: str, drawings: list[str]) -> dict[str, str]:
    """Let as many phones come, draw and go; gives what each has drawn, by its name."""

    def phone(strokes: str) -> str:
        with _socket(server) as socket:
            said: list[dict[str, Any]] = []

            def heard(say: str) -> dict[str, Any]:
                while True:
                    for message in said:
                        if message["say"] == say:
                            return message
                    said.extend(json.loads(socket.recv(timeout=20)))

            socket.send(json.dumps({"say": "join", "room": code, "lang": "en"}))
            name: str = heard("joined")["name"]
            socket.send(json.dumps({"say": "draw", "strokes": strokes}))
            heard("drawn")
            return name

    with ThreadPoolExecutor(8) as threads:
        names = threads.map(phone, drawings)
        return dict(zip(names, drawings, strict=True))
