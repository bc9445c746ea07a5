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
import warnings
import zipfile
from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from ae import drawing
from ae.arrays import PIXELS, SIDE, Float32, as_codes, as_pictures

PIPE = "-"
"""Instead of a file's name: standard input, or CSV on standard output."""

# Ending -> the only decoders of Pillow's that may look at the file.
PICTURES: Mapping[str, str] = MappingProxyType(
    {
        ".png": "PNG",
        ".jpg": "JPEG",
        ".jpeg": "JPEG",
        ".webp": "WEBP",
        ".gif": "GIF",
        ".bmp": "BMP",
    }
)
ARRAYS = (".csv", ".npy", ".npz")

# All of MNIST as bytes, the largest thing of this size that anyone would encode, has 55 MB.
MAX_BYTES = 64_000_000
MAX_PICTURE = 20_000_000  # pixels; a photograph of 5200x3900
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


class TooManyPixels(ValueError):  # noqa: N818 (reads as what it says, like EmptyDrawing)
    """The picture is larger than anyone needs for one digit."""


def open_picture(
    raw: bytes, formats: Collection[str] = frozenset(PICTURES.values())
) -> Image.Image:
    """Decode a picture that may come from anybody.

    Parameters
    ----------
    raw : the file's bytes.
    formats : Pillow's names of the formats that may be tried.

    Raises
    ------
    TooManyPixels
        The header says more than ``MAX_PICTURE`` pixels; nothing has been decoded then.
    ValueError
        Another format, or damaged.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(raw), formats=sorted(formats))
            # open() reads no more than the header; the pixels come with load().
            if math.prod(picture.size) > MAX_PICTURE:
                width, height = picture.size
                raise TooManyPixels(
                    f"has {width}x{height} pixels, at most {MAX_PICTURE:,} are read"
                )
            # A JPEG can be decoded at a fraction of its size, and nothing looks closer than this.
            picture.draft(None, (drawing.LOOK, drawing.LOOK))
            picture.load()
            return picture
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels(f"has too many pixels, at most {MAX_PICTURE:,} are read") from None
    except UnidentifiedImageError:
        raise ValueError("is not a picture of a kind that is read here") from None
    except ValueError:
        raise
    except Exception as fault:  # A decoder raises whatever it stumbles over: SyntaxError, OSError…
        raise ValueError(f"cannot be decoded ({_one_line(fault)})") from fault


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
        codes = as_codes(codes[None] if codes.shape == (size,) else codes, size)
        if len(codes) == 0:
            raise ValueError("no codes in it")
        return codes
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
        replace(Path(target), _png(digits))
    else:
        header = [f"p{i}" for i in range(PIXELS)]
        _write_array(target, digits, header, "digits")


def write_codes(target: str, codes: Float32) -> None:
    """Write codes, (n, units), to a file, or with ``"-"`` as CSV to standard output."""
    check_target(target, pictures=False)
    _write_array(target, codes, [f"u{i}" for i in range(codes.shape[1])], "codes")


def replace(path: Path, raw: bytes) -> None:
    """Write a file in one step: a run that dies leaves the old one, and no half of the new."""
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_bytes(raw)
        draft.replace(path)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(path)) from fault
    finally:
        draft.unlink(missing_ok=True)


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
    stream = io.BytesIO(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a header that Python 2 wrote is read all right
            major, _ = np.lib.format.read_magic(stream)
            header = np.lib.format.read_array_header_1_0
            if major > 1:
                header = np.lib.format.read_array_header_2_0
            shape, fortran, dtype = header(stream)
    except Exception as fault:  # The header is a Python literal: a bad one raises all sorts.
        raise ValueError(f"not an array that NumPy saved ({_one_line(fault)})") from fault
    if dtype.hasobject:
        raise ValueError("Python objects in it, which could run code, expected numbers")
    # NumPy itself would allocate what the header claims before it looks how much there is.
    body = raw[stream.tell() :]
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != len(body):
        raise ValueError(f"truncated or damaged: {len(body):,} bytes for shape {_short(shape)}")
    return np.frombuffer(body, dtype).reshape(shape, order="F" if fortran else "C")


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
    flat = array("f")  # lists of Python's floats would take 30 times the file
    columns = 0
    # Without quoting each line is a row, so that the longest row is bounded by the longest line.
    rows = csv.reader(_lines(raw), quoting=csv.QUOTE_NONE)
    try:
        for cells in rows:
            if not cells:
                continue
            if columns == 0:
                columns = len(cells)
                if all(_number(cell) is None for cell in cells):
                    continue  # a header: its names are for people
            if len(cells) != columns:
                raise ValueError(f"line {rows.line_num} has {len(cells)} columns, not {columns}")
            for cell in cells:
                number = _number(cell)
                if number is None or not math.isfinite(number):
                    raise ValueError(
                        f"line {rows.line_num}: {_short(cell)!r} is not a finite number"
                    )
                flat.append(number)
    except (csv.Error, UnicodeDecodeError) as fault:
        raise ValueError(f"not CSV text ({_one_line(fault)})") from fault
    return np.array(flat, np.float32).reshape(-1, max(columns, 1))


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _lines(raw: bytes) -> Iterator[str]:
    text = io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig")
    while line := text.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise ValueError(f"a line of {MAX_LINE:,} characters or more")
        yield line


def _as_digits(found: npt.NDArray[Any], *, from_text: bool) -> Float32:
    # Text has no uint8: 0 and 255 in a CSV can only be meant as one.
    if from_text and found.size and found.max() > 1 and _are_bytes(found):
        found = found.astype(np.uint8)
    if found.dtype == np.uint8:
        found = found / np.float32(255)
    digits = _as_float32(found)
    digits = as_pictures(digits[None] if digits.shape in ((SIDE, SIDE), (PIXELS,)) else digits)
    if len(digits) == 0:
        raise ValueError("no digits in it")
    return digits.reshape(-1, SIDE, SIDE)


def _are_bytes(found: npt.NDArray[Any]) -> bool:
    return bool((found >= 0).all() and (found <= 255).all() and (found == np.floor(found)).all())


def _as_float32(found: npt.NDArray[Any]) -> Float32:
    if found.dtype.kind != "f":
        raise ValueError(f"dtype {found.dtype}, expected floats (or, for digits, uint8)")
    # Beyond float32 lies infinity, which the range check that follows refuses in words.
    with np.errstate(over="ignore"):
        return found.astype(np.float32)


def _one_line(fault: object) -> str:
    """Put a library's message, of any length and shape, into a sentence of ours."""
    text = " ".join(str(fault).split()) or type(fault).__name__
    return _short(text, 120)


def _short(what: object, most: int = 20) -> str:
    text = str(what)
    return text if len(text) <= most else text[: most - 1] + "…"


# Writing: the whole file as bytes in memory, then one step.


def _write_array(target: str, found: Float32, header: list[str], name: str) -> None:
    kind = Path(target).suffix.lower()
    if target == PIPE or kind == ".csv":
        text = sys.stdout if target == PIPE else io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        # str of a NumPy scalar is the shortest text that reads back as the same float32.
        writer.writerows(map(str, row) for row in found.reshape(len(found), -1))
        if isinstance(text, io.StringIO):
            replace(Path(target), text.getvalue().encode())
        return
    raw = io.BytesIO()
    if kind == ".npy":
        np.save(raw, found)
    elif name == "digits":
        np.savez_compressed(raw, digits=found)
    else:
        np.savez_compressed(raw, codes=found)
    replace(Path(target), raw.getvalue())


def _png(digits: Float32) -> bytes:
    columns = min(TILES, len(digits))
    tiles = np.zeros((-(-len(digits) // columns) * columns, SIDE, SIDE), np.uint8)
    tiles[: len(digits)] = np.rint(digits * 255)
    # (rows, columns, 28, 28) -> (rows, 28, columns, 28) -> one picture
    picture = tiles.reshape(-1, columns, SIDE, SIDE).swapaxes(1, 2)
    raw = io.BytesIO()
    Image.fromarray(picture.reshape(-1, columns * SIDE)).save(raw, "PNG")
    return raw.getvalue()
