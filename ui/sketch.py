"""The drawing and its code's edits, with undo and redo, and what the canvas knows of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from ui.edits import Edits
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


class Step(NamedTuple):
    """What undo and redo go to: a drawing, and the changes to its code as ``Edits`` has them."""

    drawing: Drawing
    values: dict[int, float]
    keep: int | None


@dataclass
class Sketch:
    """What is on the canvas, what was there before, and what was put aside.

    Attributes
    ----------
    drawing : what is on the canvas now.
    edits : what the visitor has changed in its code; another drawing begins as `begins` says.
    loaded : what the canvas was given by Python, and keeps drawing on.
    loads : how often Python has changed the drawing; the canvas reloads when it rises.
    canvas_key : names the canvas's widget.
    revision : rises with every new drawing.
    past, future : what undo and redo go to, the nearest last.
    aside : number -> drawing that was put aside; the oldest goes first.
    problem : one sentence on what went wrong with the last drawing or upload, untranslated.
    choosing : whether the visitor chooses a part of the photo that is on the canvas.
    prepared : a drawing, on stage, that stands where the canvas is until somebody draws. To the
        canvas itself it is none, so that the first stroke takes its place.
    begins : the changes to its code with which another drawing begins, as ``Edits.show`` has them.
    beside : what the tools beside the canvas show of all this; None until they are there.
    hear_edits : takes the edits that came from the browser and were not heard yet.
    """

    drawing: Drawing = field(default_factory=Drawing)
    edits: Edits = field(default_factory=Edits)
    loaded: Drawing = field(init=False)
    loads: int = 0
    canvas_key: str = field(default_factory=_canvas_key)
    revision: int = 0
    past: list[Step] = field(default_factory=list)
    future: list[Step] = field(default_factory=list)
    aside: dict[int, Drawing] = field(default_factory=dict)
    problem: str | None = None
    choosing: bool = False
    prepared: Drawing | None = None
    begins: tuple[dict[int, float], int | None] = field(default_factory=lambda: ({}, None))
    beside: tuple[object, ...] | None = None
    hear_edits: Callable[[], None] = lambda: None
    _heard: tuple[Stroke, ...] | None = None

    def __post_init__(self) -> None:
        self.loaded = self.on_canvas
        self.edits.on_step = self._remember

    @property
    def photo(self) -> Photo | None:
        """The photo that is on the canvas."""
        return _photo(self.drawing)

    @property
    def waits(self) -> bool:
        """Does a prepared drawing stand where the canvas is?"""
        return self.drawing is self.prepared and self.drawing.picture is None

    @property
    def on_canvas(self) -> Drawing:
        """What the canvas itself has."""
        return Drawing() if self.waits else self.drawing

    def succeeded(self, drawing: Drawing, edits: Edits) -> Sketch:
        """Begin anew on the same canvas, with nothing to undo."""
        revision = self.revision + 1
        return Sketch(drawing, edits, self.loads, self.canvas_key, revision, _heard=self._heard)

    def put(self, drawing: Drawing) -> None:
        """Replace the drawing from Python's side: a sample, an upload, an empty canvas."""
        self._draw(drawing)
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
                self._draw(Drawing(drawn, picture=self.drawing.picture))

    def undo(self) -> None:
        """Go one step back; samples, uploads, clearing and edits are steps like any stroke."""
        if self.past:
            self.future.append(self._now())
            self._go(self.past.pop())

    def redo(self) -> None:
        """Take an undo back."""
        if self.future:
            self.past.append(self._now())
            self._go(self.future.pop())

    def forget_edits(self) -> None:
        """Make all edits undone, here and in every step: another model has other codes."""
        self.past, self.future = map(self._unedited, (self.past, self.future))
        self.edits.show({}, None)

    def reload(self) -> None:
        """Make the canvas show the drawing as Python knows it."""
        self.loaded = self.on_canvas
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

    def _now(self) -> Step:
        return Step(self.drawing, self.edits.values, self.edits.keep)

    def _remember(self) -> None:
        """Keep what is there, before a step."""
        self.past = [*self.past, self._now()][-_UNDO_STEPS:]
        while self._too_much():
            self.past.pop(0)
        self.future = []

    def _too_much(self) -> bool:
        drawings = {id(step.drawing): step.drawing for step in self.past}.values()
        photos = {id(photo.raw) for photo in map(_photo, drawings) if photo}
        return len(photos) > _PHOTOS or sum(one.points for one in drawings) > _UNDO_POINTS

    def _unedited(self, steps: Iterable[Step]) -> list[Step]:
        """Leave out the edits, and the steps that were nothing else; the nearest is the last."""
        drawings = [*(step.drawing for step in steps), self.drawing]
        return [Step(one, {}, None) for one, nearer in pairwise(drawings) if one is not nearer]

    def _draw(self, drawing: Drawing) -> None:
        self._remember()
        self._show(drawing)
        self.edits.show(*self.begins)

    def _go(self, step: Step) -> None:
        if step.drawing is not self.drawing:
            self._show(step.drawing)
            self.reload()
        self.edits.show(step.values, step.keep)

    def _show(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.revision += 1
        self.problem = None
        self.choosing = self.choosing and self.photo is not None


def _photo(drawing: Drawing) -> Photo | None:
    return drawing.picture.photo if drawing.picture else None
