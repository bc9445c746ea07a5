"""Arrays and tables as the world writes them: read where it is certain what they mean.

NumPy and pandas write the files, so that their habits and not our idea of them are what is read.
"""

from __future__ import annotations

import gzip
import io
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from ae import drawing, samples
from ae.cli import containers, files, tables

BYTES = np.stack(
    [np.rint(drawing.from_strokes(samples.SAMPLES[s]) * 255).astype(np.uint8) for s in ("7b", "3a")]
)
DIGITS = BYTES / np.float32(255)
PIXELS = pd.DataFrame(BYTES.reshape(2, 784))
KAGGLE = PIXELS.add_prefix("pixel")
LABELLED = KAGGLE.assign(label=[7, 3])[["label", *KAGGLE.columns]]
CODES = np.random.default_rng(0).normal(size=(4, 32)).astype(np.float32)
TABLE = pd.DataFrame(CODES)
UNITS = TABLE.add_prefix("u")


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[np.ndarray, list[str]]]:
    """Put bytes, or a text, into a file, and read it: digits, or codes of this size; the notes."""

    def put_and_read(
        raw: bytes | str, name: str = "x.csv", size: int | None = None
    ) -> tuple[np.ndarray, list[str]]:
        path, colon, member = str(tmp_path / name).partition(":")
        Path(path).write_bytes(raw.encode() if isinstance(raw, str) else raw)
        told: list[str] = []
        if size is None:
            array = files.read_digits(path + colon + member, tell=told.append)
        else:
            array = files.read_codes(path + colon + member, size, tell=told.append)
        assert all(note.startswith(f"{path}{colon}{member}: ") for note in told)
        return array, [note.removeprefix(f"{path}{colon}{member}: ") for note in told]

    return put_and_read


def csv(frame: pd.DataFrame, **how: object) -> bytes:
    frame.to_csv(raw := io.BytesIO(), **({"index": False} | how))
    return raw.getvalue()


def text(array: np.ndarray, **how: object) -> bytes:
    np.savetxt(raw := io.BytesIO(), array, **how)
    return raw.getvalue()


def npy(array: np.ndarray) -> bytes:
    np.save(raw := io.BytesIO(), array)
    return raw.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    np.savez_compressed(raw := io.BytesIO(), **arrays)
    return raw.getvalue()


def idx(array: np.ndarray, kind: int = 8) -> bytes:
    head = struct.pack(f">HBB{array.ndim}I", 0, kind, array.ndim, *array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


HEADER = "the first line, 0 to 31, is taken for column names"
HEADER_1 = "the first line, 1 to 32, is taken for column names"
INDEX = "column 1, which has no name, is left out"
COMMAS = "commas are taken for decimal points"


@pytest.mark.parametrize(
    ("raw", "name", "notes"),
    [
        (csv(TABLE), "x.csv", [HEADER]),
        (csv(TABLE.rename(columns=lambda i: i + 1)), "x.csv", [HEADER_1]),
        (csv(TABLE, index=True), "x.csv", [INDEX]),
        (csv(TABLE, index=True, header=False), "x.csv",
         ["the first column, 0 to 3, is taken for row numbers"]),
        (csv(UNITS), "x.csv", []),
        (csv(UNITS, index=True), "x.csv", [INDEX]),
        (csv(UNITS.assign(label="1"), index_label="id", index=True), "x.csv",
         ["column 'id' is left out", "column 'label' is left out"]),
        (csv(UNITS, sep=";", decimal=","), "x.csv", [COMMAS]),
        (csv(UNITS, sep=";", decimal=",", header=False), "x.csv", [COMMAS]),
        (csv(UNITS, sep=";"), "x.csv", []),
        (csv(UNITS, sep="\t", decimal=",", encoding="utf-16"), "x.txt", [COMMAS]),
        (csv(UNITS, sep=" ", decimal=","), "x.csv", [COMMAS]),
        (csv(UNITS, decimal=",", quoting=1), "x.csv", [COMMAS]),
        (csv(TABLE, sep="\t", index=True), "x.tsv", [INDEX]),
        (b"sep=;\n" + csv(UNITS, sep=";", lineterminator="\r\n"), "x.csv", []),
        (b"\xef\xbb\xbf" + csv(UNITS), "x.csv", []),
        (csv(UNITS.rename(columns={"u3": "código"}), encoding="cp1252"), "x.csv", []),
        (text(CODES), "x.txt", []),
        (text(CODES, header=" ".join(map(str, range(32)))), "x.csv", []),
        (text(CODES, delimiter=", "), "x.csv", []),
        (b"Codes of four digits\n" + text(CODES, delimiter=",", newline=",\n"), "x.csv", []),
        (gzip.compress(csv(UNITS)), "x.csv.gz", []),
        (npy(CODES.astype(">f8")), "x.npy", []),
        (npz(z=CODES, labels=np.arange(4)), "x.npz", ["z is read, the only array of codes in it"]),
        (npz(z=CODES, mean=CODES * 0), "x.npz:z", []),
        (gzip.compress(npy(CODES)), "x.npy.gz", []),
    ],
)  # fmt: skip
def test_codes(raw: bytes, name: str, notes: list[str], read: Callable) -> None:
    codes, told = read(raw, name, 32)
    assert told == notes
    assert_array_equal(codes, CODES, strict=True)


LABELS = "of 785 columns, whole numbers from 0 to 9, is taken for labels"
MANGLED = LABELLED.rename(columns=dict(zip(LABELLED, range(785), strict=True)))


@pytest.mark.parametrize(
    ("raw", "name", "notes"),
    [
        (csv(KAGGLE), "test.csv", []),
        (csv(LABELLED), "train.csv", ["column 'label' is left out"]),
        (csv(LABELLED, index=True), "train.csv", [INDEX, "column 'label' is left out"]),
        (csv(LABELLED, header=False), "mnist_train.csv", [f"the first {LABELS}"]),
        (csv(MANGLED), "x.csv", ["the first line, 0 to 784, is taken for column names",
                                 f"the first {LABELS}"]),
        (csv(LABELLED.rename(columns={"label": "rótulo"})), "x.csv", [f"the first {LABELS}"]),
        (csv(KAGGLE.assign(**{"class": [7, 3]})), "mnist_784.csv", ["column 'class' is left out"]),
        (csv(KAGGLE.assign(y=[7, 3]), header=False), "x.csv", [f"the last {LABELS}"]),
        (csv(PIXELS), "x.csv", ["the first line, 0 to 783, is taken for column names"]),
        (csv(PIXELS, index=True), "x.csv", [INDEX]),
        (csv(PIXELS / 255, sep=";", decimal=",", header=False), "x.csv", [COMMAS]),
        (text(DIGITS.reshape(2, 784)), "x.txt", []),
        (npy(BYTES[..., None]), "x.npy", []),
        (npy(BYTES[:, None]), "x.npy", []),
        (npy(BYTES.astype(np.int64)), "x.npy", []),
        (npy(BYTES.astype(np.float64)), "x.npy",
         ["float64 from 0 to 255, all whole, is taken for bytes, 0 to 255"]),
        (npz(x_train=BYTES[:1], y_train=np.arange(1), x_test=BYTES, y_test=np.arange(2)),
         "mnist.npz:x_test", []),
        (npz(x=BYTES, y=np.arange(2)), "x.npz", ["x is read, the only array of digits in it"]),
        (idx(BYTES), "t10k-images-idx3-ubyte", []),
        (idx(BYTES.astype(np.int16), 0x0B), "x.idx", []),
        (gzip.compress(idx(BYTES)), "train-images-idx3-ubyte.gz", []),
    ],
)  # fmt: skip
def test_digits(raw: bytes, name: str, notes: list[str], read: Callable) -> None:
    digits, told = read(raw, name)
    assert told == notes
    np.testing.assert_allclose(digits, DIGITS, rtol=1e-6, strict=True)


@pytest.mark.parametrize(
    "raw",
    [
        text(BYTES[0], fmt="%d"),
        text(DIGITS[0].ravel()),
        csv(pd.DataFrame(BYTES[0]), header=False),
        csv(pd.DataFrame(BYTES[0])),
        csv(pd.DataFrame(BYTES[0]), index=True),
    ],
)
def test_one_digit(raw: bytes, read: Callable) -> None:
    np.testing.assert_allclose(read(raw)[0], DIGITS[:1], rtol=1e-6, strict=True)


def test_a_picture_whose_first_line_counts_is_a_picture(read: Callable) -> None:
    counting = np.tile(np.arange(28), (28, 1))
    digits, told = read(text(counting, fmt="%d"))
    assert_array_equal(digits[0] * 255, counting)
    assert told == ["the largest number is 27, and 255 is taken for full ink"]


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, bool])
def test_0_and_1_are_no_ink_and_full_ink(dtype: type, read: Callable) -> None:
    digits, told = read(npy((BYTES > 127).astype(dtype)), "x.npy")
    assert_array_equal(digits, BYTES > 127)
    name = np.dtype(dtype).name
    said = [f"0 and 1 alone, as {name}, are taken for no ink and full ink"]
    assert told == ([] if dtype is bool else said)
    assert read(npy(BYTES * dtype(0)), "x.npy")[1] == []  # nothing is nothing on any scale


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("0,1\n", [[0, 1]]),
        ("0.0,1.0\n0.5,0.25\n", [[0, 1], [0.5, 0.25]]),
        ("1,0\n0,1\n", [[1, 0], [0, 1]]),
        (",0,1\n0,0.5,0.25\n", [[0.5, 0.25]]),
        ("x,y\n1,2\n", [[1, 2]]),
        ('"","V1","V2"\n"1",0.5,0.25\n', [[0.5, 0.25]]),  # R's write.csv
        ('"V1" "V2"\n"1" 0.5 0.25\n', [[0.5, 0.25]]),  # R's write.table
    ],
)
def test_codes_of_two(raw: str, wanted: list[list[float]], read: Callable) -> None:
    assert_array_equal(read(raw, size=2)[0], wanted)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("0,1\n0.5,0.25\n", "the first line, 0 to 1, may be a code or the numbers of columns: begin"
         " with a line of names, or write 0.0"),
        ("label,u0\n1,2\n", "2 columns, 'label' among them, expected 2 beside it"),
        ("0.5,up\n", "line 1, column 2: 'up' is not a number"),
        ("u0;u1\n\n0,5;0.25\n", "line 3: decimal points and decimal commas in one file"),
        ("# a\nu0,u1\n1,2\n\n1,\x1b[2J\n", "line 5, column 2: '\ufffd[2J' is not a number"),
        ("u0,u1\n1,nan\n", "line 2, column 2: 'nan' is not a finite number"),
        ("1,2\n1,2,3\n", "line 2 has 3 numbers, line 1 has 2: all must have as many"),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_refused_with_the_reason(
    raw: str, reason: str, read: Callable
) -> None:
    with pytest.raises(ValueError) as refusal:
        read(raw, size=2)
    assert reason in str(refusal.value)


# Whatever comes: numbers, or one sentence that begins with the file's name, within bounds.

SEEDS = {
    ".csv": csv(TABLE, index=True),
    ".tsv": csv(TABLE, sep="\t", decimal=",", quoting=1),
    ".txt": text(CODES),
    ".npy": npy(CODES),
    ".npz": npz(z=CODES, y=np.arange(4)),
    ".idx": idx(CODES, 0x0D),
    ".csv.gz": gzip.compress(csv(UNITS)),
}
LINES = st.text(st.sampled_from("01259.,;\t\n\r \"'#-+eEnaif\ufeff\0_x"), max_size=200)


@st.composite
def garbage(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw a name and bytes: at random, or what numbers are made of, or a damaged file."""
    name = "x" + draw(st.sampled_from(sorted(SEEDS)))
    how = draw(st.sampled_from(["damaged", "cut", "random", "text"]))
    raw = SEEDS[name[1:]]
    at = draw(st.integers(0, len(raw) - 1))
    if how == "damaged":
        return name, raw[:at] + draw(st.binary(max_size=3)) + raw[at + 1 :]
    if how == "cut":
        return name, raw[:at]
    if how == "random":
        return name, draw(st.binary(max_size=200))
    return name, draw(LINES).encode(draw(st.sampled_from(["utf-8", "utf-16", "utf-32"])))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(garbage(), st.sampled_from([None, 1, 2, 32]))
def test_garbage_is_numbers_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, file: tuple[str, bytes], size: int | None
) -> None:
    name, raw = file
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(raw)
    told: list[str] = []
    try:
        if size is None:
            array = files.read_digits(str(path), tell=told.append)
        else:
            array = files.read_codes(str(path), size, tell=told.append)
    except ValueError as refusal:
        assert str(refusal).startswith(f"{path}: ") and len(str(refusal).splitlines()) == 1
        assert not told and str(refusal).isprintable()
    else:
        assert array.dtype == np.float32 and np.isfinite(array).all() and len(array)


BOMB = bytes(20_000_000)


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("x.csv.gz", gzip.compress(BOMB), "unpacked, it has more than 1 MB"),
        ("x.npz", npz(codes=np.frombuffer(BOMB, np.uint8)), "unpacked, it has more than 1 MB"),
        ("x.csv", b"0" * 1_000_000, "line 1: 100,000 characters or more"),
        ("x.csv", b"\n" * 1_000_000, "more than 1,000 lines"),
        ("x.csv", b"0\n" * 500_000, "more than 1,000 lines"),
        ("x.csv", b'"0\n' * 300_000, "more than 1,000 lines"),
        ("x.txt", b"0 " * 500_000, "line 1: 100,000 characters or more"),
    ],
)
def test_what_is_large_is_refused_within_bounds(
    name: str, raw: bytes, reason: str, read: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "MAX_BYTES", 1_000_000)
    monkeypatch.setattr(tables, "MAX_LINES", 1_000)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=reason):
            read(raw, name, 32)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
