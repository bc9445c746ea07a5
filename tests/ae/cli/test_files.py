"""Digits and codes as files: what is written is read back, and what could do harm is refused."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from ae import drawing, samples
from ae.cli import containers, files
from ae.images import PICTURES

SEVEN = drawing.from_strokes(samples.SAMPLES["7b"])


@pytest.fixture
def digits() -> np.ndarray:
    return np.random.default_rng(0).random((23, 28, 28), dtype=np.float32)


@pytest.fixture
def codes() -> np.ndarray:
    # Twelve powers of ten: the shortest text must still read back as the same float32.
    rng = np.random.default_rng(1)
    spread = rng.normal(size=(5, 32)) * 10.0 ** rng.integers(-6, 6, (5, 32))
    return spread.astype(np.float32)


@pytest.mark.parametrize("name", ["x.csv", "x.npy", "x.npz", "-"])
def test_what_is_written_reads_back_as_the_same_bits_without_a_word(
    name: str,
    tmp_path: Path,
    digits: np.ndarray,
    codes: np.ndarray,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    def back(write: Callable, read: Callable, array: np.ndarray, *size: int) -> None:
        monkeypatch.setattr(sys, "stdout", pipe := io.StringIO())
        write(name, array)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(pipe.getvalue().encode())))
        assert_array_equal(read(name, *size, tell=pytest.fail), array, strict=True)

    for some in (digits, np.round(digits), digits[:1] * 0):
        back(files.write_digits, files.read_digits, some)
    for some in (codes, np.round(codes), np.arange(64, dtype=np.float32).reshape(2, 32)):
        back(files.write_codes, files.read_codes, some, 32)
    for units in (1, 2):
        back(files.write_codes, files.read_codes, np.eye(2, units, dtype=np.float32), units)
    assert [path.name for path in tmp_path.iterdir()] == [name] * (name != "-")


@pytest.mark.parametrize("shape", [(23, 28, 28), (23, 784), (28, 28), (784,)])
@pytest.mark.parametrize("dtype", ["float16", "float64", ">f4", "uint8"])
def test_digits_of_any_shape_and_precision(
    shape: tuple[int, ...], dtype: str, tmp_path: Path, digits: np.ndarray
) -> None:
    scale = 255 if dtype == "uint8" else 1
    saved = (digits.ravel()[: np.prod(shape)].reshape(shape, order="A") * scale).astype(dtype)
    np.save(tmp_path / "x.npy", np.asfortranarray(saved))
    read = files.read_digits(str(tmp_path / "x.npy"))
    assert read.dtype == np.float32
    wanted = (saved.astype(np.float32) / np.float32(scale)).reshape(-1, 28, 28)
    assert_array_equal(read, wanted)


def test_text_from_0_to_255_counts_as_bytes(tmp_path: Path) -> None:
    whole = np.arange(784) % 256
    (tmp_path / "x.csv").write_text(",".join(map(str, whole)))
    read = files.read_digits(str(tmp_path / "x.csv"))
    assert_array_equal(read, (whole / np.float32(255)).reshape(1, 28, 28).astype(np.float32))


def test_text_of_28_lines_is_one_digit(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "x.csv", SEVEN, delimiter=",")
    assert_array_equal(files.read_digits(str(tmp_path / "x.csv")), SEVEN[None])


def test_text_as_a_spreadsheet_writes_it(tmp_path: Path) -> None:
    line = ",".join(["0.5"] * 32)
    header = ",".join(f'"u{i}"' for i in range(32))
    raw = f"\ufeff{header}\r\n\r\n{line}\r\n{line}\r\n".encode()
    (tmp_path / "z.csv").write_bytes(raw)
    assert_array_equal(files.read_codes(str(tmp_path / "z.csv"), 32), np.full((2, 32), 0.5))


def test_an_archive_of_several_arrays_is_read_by_name(tmp_path: Path, digits: np.ndarray) -> None:
    path = str(tmp_path / "x.npz")
    np.savez(path, other=np.zeros(3), digits=digits, codes=np.ones((2, 32)))
    assert_array_equal(files.read_digits(path), digits)
    assert_array_equal(files.read_codes(path, 32), np.ones((2, 32)))


@pytest.mark.parametrize("kind", PICTURES)
def test_every_kind_of_picture_is_read(kind: str, tmp_path: Path) -> None:
    large = np.kron(np.rint(SEVEN * 255).astype(np.uint8), np.ones((8, 8), np.uint8))
    Image.fromarray(large).save(path := tmp_path / f"7{kind}")
    read = files.read_digits(str(path))
    assert read.shape == (1, 28, 28) and read.dtype == np.float32
    plain = files.read_digits(str(path), normalise=False)
    with Image.open(path) as picture:
        assert_array_equal(read[0], drawing.from_image(picture))
        assert_array_equal(plain[0], drawing.from_image(picture, normalise=False))


def test_one_digit_is_one_picture_and_many_are_rows_of_ten(
    tmp_path: Path, digits: np.ndarray
) -> None:
    files.write_digits(str(tmp_path / "1.png"), digits[:1])
    with Image.open(tmp_path / "1.png") as picture:
        assert picture.mode == "L"
        assert_array_equal(np.array(picture), np.rint(digits[0] * 255))
    files.write_digits(str(tmp_path / "23.png"), digits)
    with Image.open(tmp_path / "23.png") as picture:
        grid = np.array(picture)
    assert grid.shape == (3 * 28, 10 * 28)
    for i, digit in enumerate(digits):
        row, column = divmod(i, 10)
        tile = grid[row * 28 : row * 28 + 28, column * 28 : column * 28 + 28]
        assert_array_equal(tile, np.rint(digit * 255))
    assert not grid[56:, 84:].any()


@pytest.mark.parametrize("kind", [*PICTURES, *files.ARRAYS])
def test_standard_input_is_known_by_its_first_bytes(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"7{kind}"
    if kind in PICTURES:
        Image.fromarray(np.rint(SEVEN * 255).astype(np.uint8)).save(path)
    else:
        files.write_digits(str(path), SEVEN[None])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert_array_equal(files.read_digits("-"), files.read_digits(str(path)))


def test_limits_are_checked_before_anything_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "large.npy", np.zeros((2, 784)))
    monkeypatch.setattr(containers, "MAX_BYTES", 10_000)
    with pytest.raises(ValueError, match=r"large.npy: more than"):
        files.read_digits(str(tmp_path / "large.npy"))
    np.savez_compressed(tmp_path / "bomb.npz", digits=np.zeros((100, 784)))
    assert (tmp_path / "bomb.npz").stat().st_size < 10_000
    with pytest.raises(ValueError, match=r"bomb.npz: unpacked, it has more than"):
        files.read_digits(str(tmp_path / "bomb.npz"))


def test_an_archive_that_lies_about_its_size_is_not_unpacked(tmp_path: Path) -> None:
    npy = io.BytesIO()
    np.save(npy, np.zeros((3, 784), np.float32))
    true = npy.getbuffer().nbytes
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("digits.npy", npy.getvalue())
    raw = (tmp_path / "x.npz").read_bytes()
    assert raw.count(true.to_bytes(4, "little")) == 2  # the member's header, and the directory
    smaller = (true // 2).to_bytes(4, "little")
    (tmp_path / "x.npz").write_bytes(raw.replace(true.to_bytes(4, "little"), smaller))
    with pytest.raises(ValueError, match=r"x.npz: "):
        files.read_digits(str(tmp_path / "x.npz"))


def test_a_huge_picture_is_refused_by_its_header(tmp_path: Path) -> None:
    # 1-bit and black: 400 million pixels, on which Pillow's own alarm goes off, in 50 kB.
    Image.new("1", (20_000, 3_001)).save(path := tmp_path / "x.png")
    with pytest.raises(ValueError, match="20000x3001 pixels, at most 60,000,000"):
        files.read_digits(str(path))
    Image.new("1", (20_000, 5_000)).save(path)
    with pytest.raises(ValueError, match="too many pixels"):
        files.read_digits(str(path))


def test_a_blank_picture_is_an_empty_drawing(tmp_path: Path) -> None:
    Image.new("L", (50, 50)).save(tmp_path / "x.png")
    with pytest.raises(drawing.EmptyDrawing, match=r"x.png: "):
        files.read_digits(str(tmp_path / "x.png"))


def test_a_picture_says_what_it_is_by_its_bytes_not_by_its_name(tmp_path: Path) -> None:
    Image.fromarray(np.rint(SEVEN * 255).astype(np.uint8)).save(tmp_path / "x.tiff")
    (tmp_path / "x.tiff").rename(tmp_path / "x.png")
    with pytest.raises(ValueError, match=r"x.png: is not a picture of a kind"):
        files.read_digits(str(tmp_path / "x.png"))


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.npy").write_bytes(b"old")

    def full(self: Path, raw: bytes) -> int:
        with self.open("wb") as file:
            file.write(raw[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match=r"No space .*x.npy'"):
        files.write_codes(str(tmp_path / "x.npy"), np.zeros((1, 32), np.float32))
    assert [path.name for path in tmp_path.iterdir()] == ["x.npy"]
    assert (tmp_path / "x.npy").read_bytes() == b"old"
