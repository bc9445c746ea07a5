"""Strokes as a short text, for a link: some 75 characters for a digit.

The text is base64url, without padding, of bytes: the version, the number of strokes, and of each
stroke the number of its points and the way from point to point, first x, then y, in pixels of a
canvas of 280. Numbers are varints as in Protocol Buffers, signed ones in zigzag.
static/strokes.js does the same.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt

Float64 = npt.NDArray[np.float64]

VERSION = 1
# Of the canvas in pixels, as in the app. Measured on 600 pen digits, as the app draws them: whole
# pixels and a tolerance of 1 take 84 characters (median), tenths and 0.7 take 144; the (28, 28)
# digit changes by 0.0024 and 0.0015 (mean of its pixels). Below 1, corners are kept that only the
# rounding has made: 0.7 takes 108 characters.
CANVAS = 280
TOLERANCE = 1.0
LONGEST = 600  # characters; links much longer are cut off by some programs
# As many dots always fit, however far apart they are.
MAX_STROKES = 64
# A pen may leave the canvas, but no farther than a side of it.
_LEAST, _MOST = -CANVAS, 2 * CANVAS

_CUT = "The drawing in the link is cut off."
_ALPHABET = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST}}}")


def encode_strokes(strokes: Sequence[npt.ArrayLike], size: float) -> str:
    """Write strokes as a text of at most `LONGEST` characters.

    Points lie on whole pixels of a canvas of `CANVAS` afterwards, and what is within `TOLERANCE`
    of the line between others is left out; if the text is too long so, within twice that, and so
    on. To write again what was read gives the same text.

    Parameters
    ----------
    strokes : arrays of shape (k, 2), points (x, y) with y downwards, in writing order. One point
        is a dot; a stroke without a point is none.
    size : side of the square canvas in the strokes' unit, from (0, 0) to (size, size). A point
        farther than that from the canvas is brought nearer.

    Raises
    ------
    ValueError
        Points of a wrong shape or not finite, more than `MAX_STROKES` strokes, or a size that is
        not positive.
    """
    if not 0 < size < float("inf"):
        raise ValueError(f"size: got {size}, expected a positive finite number")
    pixels = [_to_pixels(stroke, size) for stroke in strokes if len(np.atleast_1d(stroke))]
    if len(pixels) > MAX_STROKES:
        raise ValueError(f"got {len(pixels)} strokes, expected at most {MAX_STROKES}")
    tolerance = TOLERANCE
    while len(text := _write(_simplified(pixels, tolerance))) > LONGEST:
        tolerance *= 2
    return text


def decode_strokes(text: str, size: float = 1) -> list[Float64]:
    """Read strokes that `encode_strokes` wrote.

    Parameters
    ----------
    text : may come from anybody.
    size : side of the canvas in the unit that is wanted.

    Returns
    -------
    list of float64 arrays of shape (k, 2), points (x, y) with y downwards.

    Raises
    ------
    ValueError
        It is not such a text; the message is one sentence that does not repeat it.
    """
    return [line * (size / CANVAS) for line in _read(_bytes(text))]


def simplify(points: npt.ArrayLike, tolerance: float) -> Float64:
    """Leave out points that the line between others comes near to (Ramer 1972, Douglas-Peucker).

    Parameters
    ----------
    points : array of shape (k, 2), k > 0.
    tolerance : how far from the new line a point may be that is left out, in the points' unit. A
        line that ends so near to where it began, and never was farther, becomes a dot.

    Returns
    -------
    float64 array of shape (m, 2), m <= k: some of the points, the first one always among them.
    """
    line = np.asarray(points, np.float64)
    return line[sorted(_kept(line, tolerance))]


def _simplified(lines: Sequence[Float64], tolerance: float) -> list[Float64]:
    """Simplify lines, but stop soon after so many points that they cannot fit."""
    room = LONGEST // 2  # no point takes less than two characters
    simple = []
    for line in lines:
        kept = sorted(islice(_kept(line, tolerance), room))
        room -= len(kept)
        simple.append(line[kept])
    return simple


def _kept(line: Float64, tolerance: float) -> Iterator[int]:
    """Tell the points of a line (k, 2) that ``simplify`` keeps, in any order."""
    yield 0
    end, split = len(line) - 1, False
    pieces = [(0, end)]
    while pieces:
        first, last = pieces.pop()
        if last - first < 2:
            continue
        squared = _squared_distances(line[first + 1 : last], line[first], line[last])
        farthest = int(squared.argmax())
        if squared[farthest] > tolerance * tolerance:
            middle = first + 1 + farthest
            yield middle
            split = True
            pieces += [(first, middle), (middle, last)]
    x, y = line[end] - line[0]
    if split or x * x + y * y > tolerance * tolerance:
        yield end


def _squared_distances(points: Float64, start: Float64, end: Float64) -> Float64:
    """Square the distance of points (k, 2) from the line between two ends -> (k,)."""
    # The same operations in the same order as in static/strokes.js: both then leave out the same.
    x, y = (points - start).T
    along_x, along_y = end - start
    length = along_x * along_x + along_y * along_y
    share = np.clip((x * along_x + y * along_y) / (length or 1.0), 0, 1)
    beside_x, beside_y = x - share * along_x, y - share * along_y
    squared: Float64 = beside_x * beside_x + beside_y * beside_y
    return squared


def _to_pixels(stroke: npt.ArrayLike, size: float) -> Float64:
    points = np.asarray(stroke, np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"a stroke: got shape {points.shape}, expected (k, 2)")
    if not np.isfinite(points).all():
        raise ValueError("a stroke: got NaN or infinity, expected finite points")
    with np.errstate(over="ignore"):
        return np.clip(np.floor(points * (CANVAS / size) + 0.5), _LEAST, _MOST)


def _write(lines: Sequence[Float64]) -> str:
    written = bytearray([VERSION, *_varint(len(lines))])
    x = y = 0
    for line in lines:
        written += _varint(len(line))
        for to_x, to_y in line.astype(int).tolist():
            written += _varint(_zigzag(to_x - x)) + _varint(_zigzag(to_y - y))
            x, y = to_x, to_y
    return base64.urlsafe_b64encode(written).rstrip(b"=").decode()


def _zigzag(value: int) -> int:
    return 2 * value if value >= 0 else -2 * value - 1


def _varint(value: int) -> bytes:
    low, high = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _varint(high) if high else bytes([low])


def _bytes(text: str) -> bytes:
    if not _ALPHABET.fullmatch(text):
        raise ValueError(
            f"A drawing in a link is 1 to {LONGEST} letters, digits, hyphens and underscores."
        )
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError(_CUT) from error
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:  # bits that belong to no byte
        raise ValueError(_CUT)
    return raw


def _read(raw: bytes) -> list[Float64]:
    if raw[0] != VERSION:
        raise ValueError(f"The drawing in the link is not of version {VERSION}.")
    count, *numbers = _varints(raw[1:])
    if count > MAX_STROKES:
        raise ValueError(f"The drawing in the link has more than {MAX_STROKES} strokes.")
    lines, at, place = [], 0, np.zeros(2)
    for _ in range(count):
        points = numbers[at] if at < len(numbers) else 0
        steps = np.array(numbers[at + 1 : at + 1 + 2 * points])
        if not 0 < 2 * points == len(steps):
            raise ValueError(_CUT)
        line = place + np.where(steps % 2, -(steps + 1) // 2, steps // 2).reshape(-1, 2).cumsum(0)
        if line.min() < _LEAST or line.max() > _MOST:
            raise ValueError("The drawing in the link is off the canvas.")
        lines.append(line)
        at, place = at + 1 + len(steps), line[-1]
    if at < len(numbers):
        raise ValueError("The drawing in the link goes on after its end.")
    return lines


def _varints(raw: bytes) -> list[int]:
    """Read one or more numbers, of one or two bytes: no larger one is in a drawing."""
    numbers, low = [], None
    for byte in raw:
        if low is not None:
            numbers.append(low + (byte << 7))
            low = None
        elif byte < 0x80:
            numbers.append(byte)
        else:
            low = byte & 0x7F
    if low is not None or not numbers:
        raise ValueError(_CUT)
    return numbers
