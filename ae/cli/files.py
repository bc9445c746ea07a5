"""Digits and codes as files: pictures, arrays and tables of numbers; nothing else is opened.

Here a file's kind is found, and what is written is laid out. ``containers`` decodes arrays,
``tables`` text, and ``meaning`` says what the numbers are. What is read comes from anywhere, so
each kind is bounded before it is decoded, no kind can run code, and whatever is wrong becomes a
``ValueError`` of one sentence that begins with the file's name.
"""

from __future__ import annotations

import contextlib
import csv
import functools
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image

from ae import atomic, drawing
from ae.arrays import PIXELS, SIDE, Float32
from ae.cli import containers, meaning, streams, tables
from ae.cli.containers import Array
from ae.cli.meaning import Tell
from ae.compression import Compressed
from ae.compression.container import MAGIC, SUFFIX
from ae.images import HEIC, PICTURES, HeicPicture, open_picture

PIPE = "-"
"""Instead of a file's name: standard input, or CSV on standard output."""

ARRAYS = (".csv", ".npy", ".npz")
"""What is written, and read back to the same bit."""

TEXTS = (".csv", ".tsv", ".txt")
IDX, GZIP = ".idx", ".gz"
READ = (*ARRAYS, *TEXTS[1:], IDX)
"""What is read, besides pictures, also from inside a ``.gz``."""

TILES = 10  # digits side by side in a picture of many

_MAGIC = (
    (b"\x93NUMPY", ".npy"),
    (b"PK\x03\x04", ".npz"),
    (b"PK\x05\x06", ".npz"),
    (b"\x1f\x8b", GZIP),
    (b"\0\0", IDX),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"RIFF", ".webp"),
    (b"BM", ".bmp"),
    (MAGIC, SUFFIX),
)


def read_digits(source: str, *, normalise: bool = True, tell: Tell = lambda _: None) -> Float32:
    """Read digits from a file.

    Parameters
    ----------
    source : name of a picture, which is one digit, or of numbers: an array of shape (n, 28, 28),
        (n, 784), (28, 28) or (784,), with or without an axis for one channel, or text with 784
        numbers on each line, or 28 on each of 28. Ink is 1, on a scale from 0 to 1, or 255 where
        all numbers are whole and some are above 1. An ``.npz`` holds one array of digits, or one
        called ``digits``, or the source names one, as ``mnist.npz:x_test`` does. ``"-"`` is
        standard input, whose kind is known by its first bytes.
    normalise : bring a picture into MNIST's normal form (see ``ae.drawing``), or merely resize
        it. Arrays are taken as they are.
    tell : is told, in a sentence each, what was assumed that a file of ours does not need.

    Returns
    -------
    float32 array of shape (n, 28, 28), n >= 1, values in [0, 1].

    Raises
    ------
    ValueError
        Another kind of file, too large, damaged, or not digits.
    EmptyDrawing
        The picture shows nothing.
    OSError
        The file cannot be read.
    """
    file = _fetch(source, (*PICTURES, *READ))
    with file.named(tell) as note:
        if file.kind in PICTURES:
            return drawing.from_image(open_picture(file.raw), normalise=normalise)[None]
        if file.kind == ".csv":
            return meaning.digits_of_table(tables.read(file.raw), note)
        return meaning.digits_of_array(file.array("digits", meaning.fits_digits, note), note)


def read_codes(source: str, size: int, *, tell: Tell = lambda _: None) -> Float32:
    """Read codes from a file.

    Parameters
    ----------
    source : name of an array of shape (n, size) or (size,), or of text with a code on each line;
        an ``.npz`` holds one such array, or one called ``codes``, or the source names one, as
        ``file.npz:z`` does. ``"-"`` is standard input.
    size : numbers per code.
    tell : is told, in a sentence each, what was assumed that a file of ours does not need.

    Returns
    -------
    float32 array of shape (n, size), n >= 1, finite.

    Raises
    ------
    ValueError
        Another kind of file, too large, damaged, or not codes of this size.
    OSError
        The file cannot be read.
    """
    file = _fetch(source, READ)
    with file.named(tell) as note:
        if file.kind == ".csv":
            return meaning.codes_of_table(tables.read(file.raw), size, note)
        fits = functools.partial(meaning.fits_codes, size=size)
        return meaning.codes_of_array(file.array("codes", fits, note), size)


@contextlib.contextmanager
def compressed(source: str) -> Iterator[Compressed]:
    """Read compressed digits; whatever is then wrong with them is said of the file.

    Parameters
    ----------
    source : name of a ``.gargalo`` file, or ``"-"`` for standard input.

    Raises
    ------
    ValueError
        Another kind of file, too large, truncated or altered.
    OSError
        The file cannot be read.
    """
    file = _fetch(source, (SUFFIX,))
    with file.named():
        yield Compressed.from_bytes(file.raw)


def check_target(target: str, *, pictures: bool) -> None:
    """Refuse, before any work is done, to write to a name that says no kind of ours.

    Parameters
    ----------
    pictures : whether what will be written can be a ``.png``, as digits can and codes cannot.

    Raises
    ------
    ValueError
        The ending is none of those that can be written, or standard output is closed.
    """
    allowed = (*ARRAYS, ".png") if pictures else ARRAYS
    if target == PIPE:
        streams.check_output()
    elif Path(target).suffix.lower() not in allowed:
        what = "digits" if pictures else "codes"
        raise ValueError(f"{target}: {what} are written as {_listing(allowed)}")


def write_digits(target: str, digits: Float32) -> None:
    """Write digits to a file, whole or not at all.

    Parameters
    ----------
    target : a name whose ending says the kind, or ``"-"`` for CSV on standard output. A ``.png``
        of n > 1 digits has ten to a row and no gaps, so that 28x28 pixels can be cut out again.
    digits : float32 array of shape (n, 28, 28) in [0, 1].
    """
    check_target(target, pictures=True)
    if target.lower().endswith(".png"):
        atomic.write(Path(target), _png(digits))
    else:
        header = [f"p{i}" for i in range(PIXELS)]
        _write_array(target, digits, header, "digits")


def check_compressed(target: str) -> None:
    """Refuse to write compressed digits to a name that says another kind, or none."""
    if Path(target).suffix.lower() != SUFFIX:
        raise ValueError(f"{target}: compressed digits are written as {SUFFIX}")


def write_compressed(target: str, small: Compressed) -> int:
    """Write compressed digits to a file, whole or not at all; gives its bytes."""
    check_compressed(target)
    raw = small.to_bytes()
    atomic.write(Path(target), raw)
    return len(raw)


def write_codes(target: str, codes: Float32) -> None:
    """Write codes, (n, units), to a file, or with ``"-"`` as CSV to standard output."""
    check_target(target, pictures=False)
    _write_array(target, codes, [f"u{i}" for i in range(codes.shape[1])], "codes")


# Reading: bytes first, bounded, then the one decoder that the kind names.


@dataclass(frozen=True)
class _Source:
    """A file that has been read: how to call it, its bytes, its kind, the array asked for."""

    name: str
    raw: bytes
    kind: str
    member: str | None = None

    @contextlib.contextmanager
    def named(self, tell: Tell = lambda _: None) -> Iterator[Tell]:
        """Give a way to tell what is assumed, and put the name before that and any complaint.

        Of a file that is refused in the end, nothing else is told.
        """
        notes: list[str] = []
        try:
            yield notes.append
        except drawing.EmptyDrawing as fault:
            raise drawing.EmptyDrawing(f"{self.name}: {fault}") from fault
        except ValueError as fault:
            raise ValueError(f"{self.name}: {fault}") from fault
        for note in notes:
            tell(f"{self.name}: {note}")

    def array(self, wanted: str, fits: Callable[[tuple[int, ...]], bool], tell: Tell) -> Array:
        if self.kind == ".npz":
            return containers.npz(self.raw, wanted, self.member, fits, tell)
        return containers.npy(self.raw) if self.kind == ".npy" else containers.idx(self.raw)


def _fetch(source: str, allowed: Sequence[str]) -> _Source:
    """Read a file or standard input."""
    if source == PIPE:
        name, member = streams.INPUT, None
        raw = streams.read(containers.MAX_BYTES + 1)
        kind = _kind_of_bytes(raw)
    else:
        name = source
        path, member = _member(source)
        kind = _kind_of_name(path)
        _check_kind(name, kind, (*allowed, GZIP))
        with Path(path).open("rb") as file:
            raw = file.read(containers.MAX_BYTES + 1)
    if len(raw) > containers.MAX_BYTES:
        raise ValueError(f"{name}: more than {containers.MAX_BYTES // 10**6} MB")
    if kind == GZIP:
        try:
            raw = containers.gunzip(raw)
        except ValueError as fault:
            raise ValueError(f"{name}: {fault}") from fault
        inner = _kind_of_name(name[: -len(GZIP)])
        kind = inner if inner in allowed else _kind_of_bytes(raw)
    if not raw:
        raise ValueError(f"{name}: nothing in it")
    _check_kind(name, kind, allowed)
    return _Source(name, raw, kind, member)


def _member(source: str) -> tuple[str, str | None]:
    """Take ``mnist.npz:x_test`` apart, unless a file is called that."""
    path, colon, member = source.rpartition(":")
    if colon and path.lower().endswith(".npz") and not Path(source).exists():
        return path, member
    return source, None


def _kind_of_name(name: str) -> str:
    lower = name.lower()
    if lower.endswith("ubyte"):  # as MNIST's own files are called
        return IDX
    suffix = Path(lower).suffix
    return ".csv" if suffix in TEXTS else suffix


def _kind_of_bytes(raw: bytes) -> str:
    return next((kind for magic, kind in _MAGIC if raw.startswith(magic)), ".csv")


def _check_kind(name: str, kind: str, allowed: Sequence[str]) -> None:
    if kind in HEIC:
        raise ValueError(f"{name}: {HeicPicture()}")
    if kind not in allowed:
        what = "a picture" if kind in PICTURES else "a kind of file that is not read here"
        raise ValueError(f"{name}: {what}, expected {_listing(allowed)}")


def _listing(kinds: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(kinds[:-1]), kinds[-1])))


# Writing: the whole file as bytes in memory, then one step.


def _write_array(target: str, array: Float32, header: list[str], name: str) -> None:
    if target == PIPE:
        with streams.output() as out:
            _write_csv(out, array, header)
        return
    kind = Path(target).suffix.lower()
    if kind == ".csv":
        text = io.StringIO()
        _write_csv(text, array, header)
        atomic.write(Path(target), text.getvalue().encode())
        return
    raw = io.BytesIO()
    if kind == ".npy":
        np.save(raw, array)
    elif name == "digits":
        np.savez_compressed(raw, digits=array)
    else:
        np.savez_compressed(raw, codes=array)
    atomic.write(Path(target), raw.getvalue())


def _write_csv(text: IO[str], array: Float32, header: list[str]) -> None:
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    # str of a NumPy scalar is the shortest text that reads back as the same float32.
    writer.writerows(map(str, row) for row in array.reshape(len(array), -1))


def _png(digits: Float32) -> bytes:
    columns = min(TILES, len(digits))
    tiles = np.zeros((-(-len(digits) // columns) * columns, SIDE, SIDE), np.uint8)
    tiles[: len(digits)] = np.rint(digits * 255)
    # (rows, columns, 28, 28) -> (rows, 28, columns, 28) -> one picture
    picture = tiles.reshape(-1, columns, SIDE, SIDE).swapaxes(1, 2)
    raw = io.BytesIO()
    Image.fromarray(picture.reshape(-1, columns * SIDE)).save(raw, "PNG")
    return raw.getvalue()
