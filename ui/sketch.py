"""The visitor's drawing, with undo and redo, and what the canvas in the browser knows of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from ui.strokes import Drawing, Photo, Stroke

_UNDO_STEPS = 50
# Together; a point takes 112 bytes, so that is 8 MB.
_UNDO_POINTS = 75_000
_PHOTOS = 3  # that undo goes back to: each has some hundred kilobytes
_ASIDE = 4
CANVAS = "canvas_"  # how the key of a canvas begins


def _canvas_key() -> str:
    # Nobody knows it before there is a canvas, so nobody can have sent a state for it.
    return f"{CANVAS}{secrets.token_hex(4)}"


@dataclass
class Sketch:
    """What is on the canvas, what was there before, and what was put aside.

    Attributes
    ----------
    drawing : what is on the canvas now.
    loaded : what the canvas was given by Python, and keeps drawing on.
    loads : how often Python has changed the drawing; the canvas reloads when it rises.
    canvas_key : names the canvas's widget.
    revision : rises with every new drawing.
    past, future : what undo and redo go to, the nearest last.
    aside : number -> drawing that was put aside; the oldest goes first.
    problem : one sentence on what went wrong with the last drawing or upload, untranslated.
    choosing : whether the visitor chooses a part of the photo that is on the canvas.
    on_change : is called when another drawing has taken this one's place.
    """

    drawing: Drawing = field(default_factory=Drawing)
    loaded: Drawing = field(init=False)
    loads: int = 0
    canvas_key: str = field(default_factory=_canvas_key)
    revision: int = 0
    past: list[Drawing] = field(default_factory=list)
    future: list[Drawing] = field(default_factory=list)
    aside: dict[int, Drawing] = field(default_factory=dict)
    problem: str | None = None
    choosing: bool = False
    on_change: Callable[[], None] = lambda: None
    _heard: tuple[Stroke, ...] | None = None

    def __post_init__(self) -> None:
        self.loaded = self.drawing

    @property
    def photo(self) -> Photo | None:
        """The photo that is on the canvas."""
        return _photo(self.drawing)

    def put(self, drawing: Drawing) -> None:
        """Replace the drawing from Python's side: a sample, an upload, an empty canvas."""
        self._step(drawing)
        self.reload()

    def clear(self) -> None:
        """Empty the canvas."""
        self.put(Drawing())

    def hear(self, drawn: tuple[Stroke, ...] | None) -> None:
        """Take what the canvas sent: all strokes, or None if none of them is the visitor's.

        Streamlit hands over the last message at every run. Heard once, it is no news, and may be
        older than what Python has put on the canvas since.
        """
        if drawn != self._heard:
            self._heard = drawn
            if drawn is not None:
                self._step(Drawing(drawn, picture=self.drawing.picture))

    def undo(self) -> None:
        """Go one step back; samples, uploads and clearing are steps like any stroke."""
        if self.past:
            self.future.append(self.drawing)
            self._show(self.past.pop())
            self.reload()

    def redo(self) -> None:
        """Take an undo back."""
        if self.future:
            self.past.append(self.drawing)
            self._show(self.future.pop())
            self.reload()

    def reload(self) -> None:
        """Make the canvas show the drawing as Python knows it."""
        self.loaded = self.drawing
        self.loads += 1

    def remount(self) -> None:
        """Throw the canvas away and begin a new one: its state in the session is unusable."""
        self.canvas_key = _canvas_key()
        self._heard = None

    def turn_page(self) -> None:
        """Begin a page: it has a canvas of its own, and what the last one said is old."""
        self.remount()
        self.problem = None
        self.choosing = False

    def put_aside(self) -> None:
        """Remember the drawing, beside what is drawn next."""
        # Empty it may be if the click comes before the browser knows that it is.
        if not self.drawing.empty and self.drawing not in self.aside.values():
            aside = {**self.aside, max(self.aside, default=0) + 1: self.drawing}
            self.aside = dict(list(aside.items())[-_ASIDE:])

    def _step(self, drawing: Drawing) -> None:
        self.past = [*self.past, self.drawing][-_UNDO_STEPS:]
        while self._too_much():
            self.past.pop(0)
        self.future = []
        self._show(drawing)

    def _too_much(self) -> bool:
        photos = {id(photo.raw) for photo in map(_photo, self.past) if photo}
        return len(photos) > _PHOTOS or sum(step.points for step in self.past) > _UNDO_POINTS

    def _show(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.revision += 1
        self.problem = None
        self.choosing = self.choosing and self.photo is not None
        self.on_change()


def _photo(drawing: Drawing) -> Photo | None:
    return drawing.picture.photo if drawing.picture else None
