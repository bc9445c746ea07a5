"""Arrays as files have them: ``.npy``, ``.npz``, MNIST's own IDX, and ``.gz`` around a file.

Bytes in, one array out, of whatever type and shape. They come from anywhere: each kind is bounded
before it is decoded, none can run code, and whatever is wrong is a ``ValueError`` of one sentence.
"""

from __future__ import annotations

import gzip
import io
import math
import struct
import textwrap
import warnings
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

# MNIST's training digits as CSV, the largest file that people have of it, have 110 MB.
MAX_BYTES = 128_000_000
MAX_MEMBERS = 64  # of an .npz
MAX_AXES = 4  # of an IDX file
_HEADER = 12_000  # bytes of a member, in which its shape stands

# https://www.nist.gov/itl/products-and-services/emnist-dataset and yann.lecun.com/exdb/mnist: two
# zeros, the type, the number of axes, the length of each, and the numbers, all big-endian.
_IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def gunzip(raw: bytes) -> bytes:
    """Unpack a ``.gz``, at most ``MAX_BYTES``."""
    try:
        with gzip.open(io.BytesIO(raw)) as file:
            unpacked = file.read(MAX_BYTES + 1)
    except Exception as fault:  # BadGzipFile, which is an OSError, zlib.error, EOFError …
        raise ValueError(f"not a .gz, or damaged ({one_line(fault)})") from fault
    if len(unpacked) > MAX_BYTES:
        raise ValueError(f"unpacked, it has more than {MAX_BYTES // 10**6} MB")
    return unpacked


def npy(raw: bytes) -> Array:
    """Read an array that ``np.save`` wrote, once its header claims no more than there is.

    NumPy itself allocates what the header claims before it looks how much there is.
    """
    stream = io.BytesIO(raw)
    shape, dtype = _npy_header(stream)
    if dtype.hasobject:
        raise ValueError("Python objects in it, which could run code, expected numbers")
    _check_size(shape, dtype, len(raw) - stream.tell())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        array: Array = np.load(io.BytesIO(raw), allow_pickle=False)
    return array


def npz(
    raw: bytes,
    wanted: str,
    member: str | None,
    fits: Callable[[tuple[int, ...]], bool],
    tell: Callable[[str], None],
) -> Array:
    """Read one array out of an ``.npz``.

    Parameters
    ----------
    wanted : the name that an archive of ours has for it, which counts among several.
    member : the name that was asked for, which alone counts.
    fits : whether an array of such a shape can be meant; counts where names do not tell.
    tell : is told which array was chosen by its shape.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            members = {info.filename.removesuffix(".npy"): info for info in file.infolist()}
            if len(file.infolist()) > MAX_MEMBERS:
                raise ValueError(f"more than {MAX_MEMBERS} arrays in it")
            if sum(info.file_size for info in file.infolist()) > MAX_BYTES:
                raise ValueError(f"unpacked, it has more than {MAX_BYTES // 10**6} MB")
            if any(
                info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
                for info in members.values()
            ):
                raise ValueError("packed in a way that NumPy never uses")
            chosen = member or _choose(file, members, wanted, fits, tell)
            if chosen not in members:
                names = one_line(", ".join(members)) or "nothing"
                asked = f"no array called {one_line(chosen)!r}" if member else "several arrays"
                raise ValueError(f"{asked} in it ({names}): choose one as in FILE.npz:NAME")
            # read() without a size would inflate all, and compare with the directory afterwards.
            with file.open(members[chosen]) as packed:
                unpacked = packed.read(members[chosen].file_size)
    except ValueError:
        raise
    except Exception as fault:  # BadZipFile, zlib.error, EOFError, RuntimeError (a password) …
        raise ValueError(f"not an archive that NumPy saved ({one_line(fault)})") from fault
    return npy(unpacked)


def idx(raw: bytes) -> Array:
    """Read an array in MNIST's original format, as ``train-images-idx3-ubyte`` is."""
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] not in _IDX_TYPES or raw[3] > MAX_AXES:
        raise ValueError("not a file in MNIST's IDX format")
    start = 4 + 4 * raw[3]
    if len(raw) < start:
        raise ValueError("truncated in its header")
    shape = struct.unpack_from(f">{raw[3]}I", raw, 4)
    dtype = np.dtype(_IDX_TYPES[raw[2]])
    _check_size(shape, dtype, len(raw) - start)
    return np.frombuffer(raw, dtype, offset=start).reshape(shape)


def one_line(what: object) -> str:
    """Put a library's message, or a file's own words, into a sentence of ours."""
    text = str(what) or type(what).__name__
    printable = "".join(c if c.isprintable() or c.isspace() else "\ufffd" for c in text[:1000])
    return textwrap.shorten(printable, 120, placeholder="…")


def _npy_header(stream: io.BytesIO) -> tuple[tuple[int, ...], np.dtype[Any]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a header that Python 2 wrote is read all right
            major, _ = np.lib.format.read_magic(stream)
            read_header = np.lib.format.read_array_header_1_0
            if major > 1:
                read_header = np.lib.format.read_array_header_2_0
            shape, _, dtype = read_header(stream)
    except Exception as fault:  # The header is a Python literal: a bad one raises all sorts.
        raise ValueError(f"not an array that NumPy saved ({one_line(fault)})") from fault
    return shape, dtype


def _check_size(shape: tuple[int, ...], dtype: np.dtype[Any], there: int) -> None:
    # To Python True is a whole number, to NumPy it is none.
    sane = all(type(n) is int and 0 <= n <= MAX_BYTES for n in shape)
    if not sane or math.prod(shape) * dtype.itemsize != there:
        raise ValueError(f"truncated or damaged: {there:,} bytes for shape {one_line(shape)}")


def _choose(
    file: zipfile.ZipFile,
    members: Mapping[str, zipfile.ZipInfo],
    wanted: str,
    fits: Callable[[tuple[int, ...]], bool],
    tell: Callable[[str], None],
) -> str:
    """Name the one array that can be meant, else ``wanted``, whether it is there or not."""
    if wanted in members:
        return wanted
    if len(members) == 1:
        return next(iter(members))
    fitting = [name for name, info in members.items() if _has_shape(file, info, fits)]
    if len(fitting) != 1:
        return wanted
    tell(f"{one_line(fitting[0])} is read, the only array of {wanted} in it")
    return fitting[0]


def _has_shape(
    file: zipfile.ZipFile, info: zipfile.ZipInfo, fits: Callable[[tuple[int, ...]], bool]
) -> bool:
    with file.open(info) as packed:
        head = packed.read(_HEADER)
    try:
        shape, _ = _npy_header(io.BytesIO(head))
    except ValueError:
        return False
    return fits(shape)
