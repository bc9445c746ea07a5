"""Digits and codes as files: pictures, ``.npy``, ``.npz`` and ``.csv``; nothing else is opened.

What is read comes from anywhere, so each kind is bounded before it is decoded, no kind can run
code, and whatever is wrong becomes a ``ValueError`` of one sentence that begins with the file's
name.
"""

from __future__ import annotations

import csv
import io
import math
import sys
import textwrap
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from ae import atomic, drawing
from ae.arrays import PIXELS, SIDE, Float32, as_codes, as_pictures
from ae.images import PICTURES, open_picture

PIPE = "-"
"""Instead of a file's name: standard input, or CSV on standard output."""

ARRAYS = (".csv", ".npy", ".npz")

# All of MNIST as bytes, the largest thing of this size that anyone would encode, has 55 MB.
MAX_BYTES = 64_000_000
MAX_MEMBERS = 64  # of an .npz
MAX_LINE = 100_000  # characters of a CSV; a digit in full float64 digits needs 20,000
TILES = 10  # digits side by side in a picture of many

_MAGIC = (
    (b"\x93NUMPY", ".npy"),
    (b"PK\x03\x04", ".npz"),
    (b"PK\x05\x06", ".npz"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"RIFF", ".webp"),
    (b"BM", ".bmp"),
)


def read_digits(source: str, *, normalise: bool = True) -> Float32:
    """Read digits from a file.

    Parameters
    ----------
    source : name of a picture, which is one digit, or of an array of shape (n, 28, 28), (n, 784),
        (28, 28) or (784,): floats in [0, 1], ink is 1, or uint8, which is divided by 255. A CSV
        has 784 columns, or 28 columns and 28 rows; where all its numbers are whole and some are
        above 1, it counts as uint8. An ``.npz`` holds one array, or one called ``digits``.
        ``"-"`` is standard input, whose kind is known by its first bytes.
    normalise : bring a picture into MNIST's normal form (see ``ae.drawing``), or merely resize
        it. Arrays are taken as they are.

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
    raw, kind, name = _fetch(source, (*PICTURES, *ARRAYS))
    try:
        if kind in PICTURES:
            return drawing.from_image(open_picture(raw), normalise=normalise)[None]
        return _as_digits(_array(raw, kind, "digits"), from_text=kind == ".csv")
    except drawing.EmptyDrawing as fault:
        raise drawing.EmptyDrawing(f"{name}: {fault}") from fault
    except ValueError as fault:
        raise ValueError(f"{name}: {fault}") from fault


def read_codes(source: str, size: int) -> Float32:
    """Read codes from a file.

    Parameters
    ----------
    source : name of an array of floats of shape (n, size) or (size,); an ``.npz`` holds one
        array, or one called ``codes``. ``"-"`` is standard input.
    size : numbers per code.

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
    raw, kind, name = _fetch(source, ARRAYS)
    try:
        codes = _as_float32(_array(raw, kind, "codes"))
        if codes.size == 0:
            raise ValueError("no codes in it")
        return as_codes(codes[None] if codes.shape == (size,) else codes, size)
    except ValueError as fault:
        raise ValueError(f"{name}: {fault}") from fault


def check_target(target: str, *, pictures: bool) -> None:
    """Refuse, before any work is done, to write to a name that says no kind of ours.

    Parameters
    ----------
    pictures : whether what will be written can be a ``.png``, as digits can and codes cannot.

    Raises
    ------
    ValueError
        The ending is none of those that can be written.
    """
    allowed = (*ARRAYS, ".png") if pictures else ARRAYS
    if target != PIPE and Path(target).suffix.lower() not in allowed:
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


def write_codes(target: str, codes: Float32) -> None:
    """Write codes, (n, units), to a file, or with ``"-"`` as CSV to standard output."""
    check_target(target, pictures=False)
    _write_array(target, codes, [f"u{i}" for i in range(codes.shape[1])], "codes")


# Reading: bytes first, bounded, then the one decoder that the kind names.


def _fetch(source: str, allowed: Sequence[str]) -> tuple[bytes, str, str]:
    """Read a file or standard input: bytes, kind, and the name by which to call it."""
    if source == PIPE:
        name = "standard input"
        raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        kind = next((kind for magic, kind in _MAGIC if raw.startswith(magic)), ".csv")
    else:
        name, kind = source, Path(source).suffix.lower()
    if kind not in allowed:
        what = "a picture" if kind in PICTURES else "a kind of file that is not read here"
        raise ValueError(f"{name}: {what}, expected {_listing(allowed)}")
    if source != PIPE:
        with Path(source).open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    if not raw:
        raise ValueError(f"{name}: nothing in it")
    if len(raw) > MAX_BYTES:
        raise ValueError(f"{name}: more than {MAX_BYTES // 10**6} MB")
    return raw, kind, name


def _listing(kinds: Sequence[str]) -> str:
    return f"{', '.join(kinds[:-1])} or {kinds[-1]}"


def _array(raw: bytes, kind: str, wanted: str) -> npt.NDArray[Any]:
    readers: Mapping[str, Callable[[], npt.NDArray[Any]]] = {
        ".npy": lambda: _npy(raw),
        ".npz": lambda: _npz(raw, wanted),
        ".csv": lambda: _csv(raw),
    }
    return readers[kind]()


def _npy(raw: bytes) -> npt.NDArray[Any]:
    """Read an array, once its header claims no more than there is.

    NumPy itself allocates what the header claims before it looks how much there is.
    """
    stream = io.BytesIO(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a header that Python 2 wrote is read all right
            major, _ = np.lib.format.read_magic(stream)
            read_header = np.lib.format.read_array_header_1_0
            if major > 1:
                read_header = np.lib.format.read_array_header_2_0
            shape, _, dtype = read_header(stream)
    except Exception as fault:  # The header is a Python literal: a bad one raises all sorts.
        raise ValueError(f"not an array that NumPy saved ({_one_line(fault)})") from fault
    if dtype.hasobject:
        raise ValueError("Python objects in it, which could run code, expected numbers")
    there = len(raw) - stream.tell()
    # To Python True is a whole number, to NumPy it is none.
    sane = all(type(n) is int and 0 <= n <= MAX_BYTES for n in shape)
    if not sane or math.prod(shape) * dtype.itemsize != there:
        raise ValueError(f"truncated or damaged: {there:,} bytes for shape {_one_line(shape)}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        array: npt.NDArray[Any] = np.load(io.BytesIO(raw), allow_pickle=False)
    return array


def _npz(raw: bytes, wanted: str) -> npt.NDArray[Any]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            members = {info.filename.removesuffix(".npy"): info for info in file.infolist()}
            if len(file.infolist()) > MAX_MEMBERS:
                raise ValueError(f"more than {MAX_MEMBERS} arrays in it")
            if sum(info.file_size for info in members.values()) > MAX_BYTES:
                raise ValueError(f"unpacked, it has more than {MAX_BYTES // 10**6} MB")
            if wanted not in members and len(members) != 1:
                names = ", ".join(sorted(members)) or "nothing"
                raise ValueError(
                    f"{_one_line(names)} in it, expected one array, or one called {wanted!r}"
                )
            info = members.get(wanted, next(iter(members.values())))
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError("packed in a way that NumPy never uses")
            # read() without a size would inflate all, and compare with the directory afterwards.
            with file.open(info) as member:
                unpacked = member.read(info.file_size)
    except ValueError:
        raise
    except Exception as fault:  # BadZipFile, zlib.error, EOFError, RuntimeError (a password) …
        raise ValueError(f"not an archive that NumPy saved ({_one_line(fault)})") from fault
    return _npy(unpacked)


def _csv(raw: bytes) -> Float32:
    """Numbers separated by commas, a digit or code to a line -> (rows, columns)."""
    lines = _Lines(raw)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="loadtxt: input contained no data")
            table: Float32 = np.loadtxt(
                lines, np.float32, comments=None, delimiter=",", ndmin=2, encoding=None
            )
    except UnicodeDecodeError as fault:
        raise ValueError(f"not CSV text ({_one_line(fault)})") from fault
    except ValueError as fault:
        # NumPy counts rows from 0 in one sentence and from 1 in another, and without the header.
        what, _, _ = str(fault).partition(" at row ")
        raise ValueError(f"line {lines.number}: {_one_line(what)}") from fault
    infinite = np.argwhere(~np.isfinite(table))
    if len(infinite):
        row, column = infinite[0]
        where = f"row {row + 1}, column {column + 1}"
        raise ValueError(f"{where}: {table[row, column]} is not a finite number")
    return table


class _Lines:
    """The lines of a CSV, none of them too long, without blank ones and a header.

    Attributes
    ----------
    number : of the last line that was read, from 1.
    """

    def __init__(self, raw: bytes) -> None:
        self.number = 0
        self._text = io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig")

    def __iter__(self) -> Iterator[str]:
        first = True
        while line := self._text.readline(MAX_LINE):
            self.number += 1
            if len(line) == MAX_LINE:
                raise ValueError(f"{MAX_LINE:,} characters or more")
            if not line.strip():
                continue
            # A header's names are for people.
            if not first or any(map(_is_number, line.split(","))):
                yield line
            first = False


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _as_digits(array: npt.NDArray[Any], *, from_text: bool) -> Float32:
    if array.size == 0:
        raise ValueError("no digits in it")
    # Text has no uint8: 0 and 255 in a CSV can only be meant as one.
    if from_text and array.max() > 1 and _are_bytes(array):
        array = array.astype(np.uint8)
    if array.dtype == np.uint8:
        array = array / np.float32(255)
    digits = _as_float32(array)
    digits = as_pictures(digits[None] if digits.shape in ((SIDE, SIDE), (PIXELS,)) else digits)
    return digits.reshape(-1, SIDE, SIDE)


def _are_bytes(array: npt.NDArray[Any]) -> bool:
    return bool((array >= 0).all() and (array <= 255).all() and (array == np.floor(array)).all())


def _as_float32(array: npt.NDArray[Any]) -> Float32:
    if array.dtype.kind != "f":
        raise ValueError(f"dtype {array.dtype}, expected floats (or, for digits, uint8)")
    # Beyond float32 lies infinity, which the range check that follows refuses in words.
    with np.errstate(over="ignore"):
        return array.astype(np.float32)


def _one_line(what: object) -> str:
    """Put a library's message, of any length and shape, into a sentence of ours."""
    return textwrap.shorten(str(what) or type(what).__name__, 120, placeholder="…")


# Writing: the whole file as bytes in memory, then one step.


def _write_array(target: str, array: Float32, header: list[str], name: str) -> None:
    if target == PIPE:
        _write_csv(sys.stdout, array, header)
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
