"""What a visitor drew, and how it travels to the canvas and back.

The canvas speaks Fabric.js's JSON. It arrives from a browser, so anything may arrive: every field
is checked here before the rest of the app sees it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

import ae
from ae.arrays import Float32
from ae.ink import Region
from ae.pieces import Doubt
from ui import pictures

SIDE = 280  # px; the canvas fits a phone of 320 px
PEN = 20  # px; on 280 px about what MNIST's pen is on 28
MAX_STROKES = 500
MAX_POINTS = 20_000
_FAR = 10_000.0  # px

# Some time after it was given strokes, the canvas reports them as if they had been drawn; by then
# Python may have put others on it. A property that Fabric carries along and that paints nothing
# without a dash pattern tells ours from the visitor's, and says which load they came with.
_MARK = "strokeDashOffset"

# What the canvas says of an uploaded picture under the strokes.
_FIT = {"naturalWidth", "naturalHeight", "scaleX", "scaleY", "offsetX", "offsetY"}

# How much a curve's start, control point and end weigh at a quarter of the way, …, at its end.
_t = np.linspace(0, 1, 5, dtype=np.float32)[1:, None, None]
_BEZIER = (1 - _t) ** 2, 2 * _t * (1 - _t), _t**2

Point = tuple[float, float]  # canvas px, y downwards; a pen may leave the canvas
Stroke = tuple[Point, ...]


class DrawingError(ValueError):
    """What the browser sent is not a drawing."""


@dataclass(frozen=True, eq=False)
class Photo:
    """What a picture was read from, to read another part of it.

    Attributes
    ----------
    raw : the file as it came.
    view : uint8 array of shape (h, w), the brightness of all of it, small.
    region : the part that was read; None is all of it.
    marked : ``view`` with the ink that was found in colour, as JPEG.
    doubt : why this may not be one digit.
    """

    raw: bytes
    view: npt.NDArray[np.uint8]
    region: Region | None
    marked: bytes
    doubt: Doubt | None


@dataclass(frozen=True, eq=False)
class Picture:
    """An uploaded picture, boiled down to what the app needs of it.

    Attributes
    ----------
    canvas : uint8 array of shape (SIDE, SIDE), white ink on black, to stand under the strokes.
    normal, plain : float32 arrays of shape (28, 28): MNIST's normal form, and the plain resize.
    raw : it is no photo in which ink would have to be found, but the very pixels; strokes go onto
        them as they are.
    photo : what it was read from, where that is a photo.
    """

    canvas: npt.NDArray[np.uint8]
    normal: Float32
    plain: Float32
    raw: bool = False
    photo: Photo | None = None


@dataclass(frozen=True)
class Drawing:
    """Strokes, on an uploaded picture if there is one.

    Attributes
    ----------
    sample : names where they came from.
    written : the text in the link that they came from.
    """

    strokes: tuple[Stroke, ...] = ()
    picture: Picture | None = None
    sample: str | None = None
    written: str | None = field(default=None, compare=False)

    @property
    def empty(self) -> bool:
        """Is there nothing to see?"""
        return not self.strokes and self.picture is None

    @cached_property
    def points(self) -> int:
        """How many points its strokes have."""
        return sum(map(len, self.strokes))

    @cached_property
    def in_link(self) -> str | None:
        """How it stands in a link; None where it is too much for one, or a picture."""
        if self.written or self.picture:
            return self.written
        try:
            return ae.strokes.encode_strokes([smooth(stroke) for stroke in self.strokes], SIDE)
        except ValueError:
            return None


def sample(name: str) -> Drawing:
    """Put one of the shipped samples on the canvas, or one of those that are no digits."""
    if name in ae.out_of_distribution.PICTURES:
        digit = ae.out_of_distribution.PICTURES[name]
        canvas = pictures.grey(digit).repeat(SIDE // 28, axis=0).repeat(SIDE // 28, axis=1)
        return Drawing(picture=Picture(canvas, normal=digit, plain=digit, raw=True), sample=name)
    strokes = {**ae.samples.SAMPLES, **ae.out_of_distribution.STROKES}[name]
    # In double precision, or rounding to tenths would not survive the way to the canvas and back.
    doubles = (stroke.astype(np.float64) for stroke in strokes)
    points = (np.round(stroke * SIDE, 1).tolist() for stroke in doubles)
    return Drawing(tuple(tuple((x, y) for x, y in stroke) for stroke in points), sample=name)


def from_link(text: str) -> Drawing:
    """Read strokes out of a link.

    Raises
    ------
    ValueError
        Nobody wrote such a text; anybody may send it.
    """
    lines = ae.strokes.decode_strokes(text, SIDE)
    return Drawing(tuple(map(_unbent, lines)), written=text)


def _unbent(line: npt.NDArray[np.float64]) -> Stroke:
    """Give the points of a stroke that the pencil leaves as straight as this line (k, 2) is."""
    # Between a point and itself lies that point, through which the curve must then go.
    twice = np.repeat(line, 2, axis=0)[1:-1] if len(line) > 1 else line
    return tuple((x, y) for x, y in twice.tolist())


def digit(drawing: Drawing, *, normalise: bool = True) -> Float32:
    """Make the (28, 28) float32 digit in [0, 1] that the network gets.

    Raises
    ------
    ae.EmptyDrawing
        Nothing was drawn, or all of it off the canvas.
    """
    if drawing.picture is None:
        return _inked(drawing, normalise=normalise)
    if not drawing.strokes:
        return drawing.picture.normal if normalise else drawing.picture.plain
    if drawing.picture.raw:
        try:
            return np.maximum(drawing.picture.normal, _inked(drawing, normalise=False))
        except ae.EmptyDrawing:  # the pen was beside the picture
            return drawing.picture.normal
    return ae.drawing.from_image(_composite(drawing), normalise=normalise)


def _inked(drawing: Drawing, *, normalise: bool) -> Float32:
    lines = [smooth(stroke) for stroke in drawing.strokes]
    return ae.drawing.from_strokes(lines, size=SIDE, normalise=normalise)


@lru_cache(maxsize=64)
def sample_digit(name: str) -> Float32:
    """Give a sample, digit or not, in MNIST's normal form, (28, 28), read-only: all share it."""
    pixels = digit(sample(name)).copy()
    pixels.setflags(write=False)
    return pixels


def ten_samples() -> Float32:
    """Give a sample of each digit, 0 to 9, in MNIST's normal form: (10, 28, 28)."""
    return np.stack([sample_digit(f"{digit}a") for digit in range(10)])


def smooth(stroke: Stroke) -> Float32:
    """Bend a stroke as Fabric's pencil does: (k, 2) points -> (m, 2) points on the drawn line.

    The pencil joins the midpoints of the mouse's positions by quadratic Bézier curves whose
    control points are the positions themselves.
    """
    points = np.asarray(stroke, np.float32)
    if len(points) < 3:
        return points
    middles = (points[1:-2] + points[2:-1]) / 2
    starts = np.vstack([points[:1], middles])
    ends = np.vstack([middles, points[-2:-1] / 2 + points[-1:] / 2])
    controls = points[1:-1]
    start, control, end = _BEZIER
    curve = start * starts + control * controls + end * ends  # (4, k - 2, 2)
    return np.vstack([points[:1], curve.transpose(1, 0, 2).reshape(-1, 2), points[-1:]])


def to_fabric(strokes: Sequence[Stroke], load: int = 1) -> list[dict[str, Any]]:
    """Write strokes as the Path objects that Fabric's own pencil would have left, but marked.

    Parameters
    ----------
    load : how often the canvas was given something, this time included; 1 or more.
    """
    return [
        {
            "type": "Path",
            "path": list(_commands(stroke)),
            "fill": None,
            "stroke": "#fff",
            "strokeWidth": PEN,
            "strokeLineCap": "round",
            "strokeLineJoin": "round",
            _MARK: load,
        }
        for stroke in strokes
    ]


def to_svg(stroke: Stroke) -> str:
    """Write a stroke as the data of an SVG path, as Fabric paints it."""
    return " ".join(str(part) for command in _commands(stroke) for part in command)


def _commands(stroke: Stroke) -> Iterator[list[str | float]]:
    (x, y), last = stroke[0], stroke[-1]
    yield ["M", x, y]
    for (x, y), (next_x, next_y) in pairwise(stroke[1:]):
        yield ["Q", x, y, round((x + next_x) / 2, 2), round((y + next_y) / 2, 2)]
    # A line of no length is not painted, even with round caps: a dot needs a hair of it.
    yield ["L", last[0] + (0.001 if len(stroke) == 1 else 0), last[1]]


def from_canvas(state: object, load: int = 1) -> tuple[Stroke, ...] | None:
    """Read the widget's whole state: all strokes, or None if it is no news.

    No news is what holds no stroke of the visitor's, and what was drawn on an older load: the
    visitor pressed Undo while the canvas was still waiting to send. ``st_canvas`` takes the rest of
    the state on trust and would fail on it, so that is checked too.

    Raises
    ------
    DrawingError
        It is not what the canvas sends.
    """
    message = _message(state)
    strokes = from_fabric(message)
    marks = set(_marks(message))
    return strokes if 0 in marks and marks <= {0, load} else None


def on_canvas(state: object) -> tuple[Stroke, ...]:
    """Read all strokes out of the widget's whole state, whoever drew them.

    Raises
    ------
    DrawingError
        It is not what the canvas sends.
    """
    return from_fabric(_message(state))


def _message(state: object) -> Any:
    """Take the drawing out of the widget's whole state, unchecked."""
    if not isinstance(state, Mapping) or not isinstance(state.get("drawing"), Mapping):
        raise DrawingError("expected the canvas's state")
    fit = state.get("backgroundFit")
    if fit is not None and not (isinstance(fit, Mapping) and fit.keys() >= _FIT):
        raise DrawingError("expected the background's place")
    return state["drawing"].get("raw")


def _marks(message: Mapping[str, Any]) -> Iterator[float]:
    """Say with which load each stroke came; 0 for the visitor's own."""
    for item in message["objects"]:
        mark = item.get(_MARK) or 0
        if type(mark) not in (int, float):
            raise DrawingError("expected a number as a stroke's mark")
        yield mark


def from_fabric(message: object) -> tuple[Stroke, ...]:
    """Read the strokes out of the canvas's JSON.

    Raises
    ------
    DrawingError
        It is not a drawing, or more than the canvas can hold.
    """
    objects = message.get("objects") if isinstance(message, dict) else None
    if not isinstance(objects, list) or len(objects) > MAX_STROKES:
        raise DrawingError(f"expected a list of at most {MAX_STROKES} strokes")
    strokes = tuple(_stroke(item) for item in objects)
    if sum(map(len, strokes)) > MAX_POINTS:
        raise DrawingError(f"expected at most {MAX_POINTS} points")
    return strokes


def _stroke(item: object) -> Stroke:
    path = item.get("path") if isinstance(item, dict) else None
    if not isinstance(path, list) or not 1 <= len(path) <= MAX_POINTS:
        raise DrawingError("expected a pencil stroke")
    points = [_point(command) for command in path]
    # A dot is a move and a line to the same place.
    return tuple(points[:1] if len(set(points)) == 1 else points)


def _point(command: object) -> Point:
    """Take the mouse's own position: the end of M and L, the control point of Q."""
    if not isinstance(command, list) or len(command) < 3 or command[0] not in ("M", "L", "Q"):
        raise DrawingError("expected the commands M, L and Q")
    x, y = command[1:3]
    for value in (x, y):
        # bool is an int; JSON as Python reads it has NaN, Infinity and integers of any length.
        if type(value) not in (int, float) or not -math.inf < value < math.inf:
            raise DrawingError("expected finite coordinates")
    return _bounded(x), _bounded(y)


def _bounded(value: float) -> float:
    """Round to tenths, no farther off the canvas than any screen reaches."""
    # A pen that leaves the canvas goes on sending. Its way outside is kept, so that what comes back
    # to the canvas is what it sent; `ae.drawing.from_strokes` leaves out what nobody sees.
    return round(min(max(value, -_FAR), _FAR), 1)


def _composite(drawing: Drawing) -> npt.NDArray[np.uint8]:
    """Paint the strokes over the picture, as the canvas shows them."""
    from PIL import Image, ImageDraw

    assert drawing.picture is not None
    image = Image.fromarray(drawing.picture.canvas)
    pen = ImageDraw.Draw(image)
    for stroke in drawing.strokes:
        line = [(float(x), float(y)) for x, y in smooth(stroke)]
        pen.line(line, fill=255, width=PEN, joint="curve")
        for x, y in line:
            pen.circle((x, y), PEN / 2, fill=255)
    return np.asarray(image)
