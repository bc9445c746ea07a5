"""`compress`, `decompress` and the table of `evaluate --compression`."""

from __future__ import annotations

import io
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

import ae
from ae import checked, compression, drawing, samples, weights
from ae.cli import main
from ae.compression import Compressed, measured, pictures
from ae.mnist import Mnist
from tests.ae.compression.conftest import with_prior
from tests.pages.test_train import own_model

DIGITS = np.stack([drawing.from_strokes(samples.SAMPLES[name]) for name in ("0a", "1a", "7b")])

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command beside three digits; give what it says, or complains of with code 2."""
    np.save(tmp_path / "x.npy", DIGITS)
    monkeypatch.chdir(tmp_path)

    def run(line: str, code: int = 0) -> str:
        assert main(line.split()) == code
        printed = capsys.readouterr()
        if code == 0:
            assert printed.err == ""
            return printed.out
        assert printed.out == ""
        assert printed.err.startswith("ae: ") and printed.err.count("\n") == 1, printed.err
        return printed.err.removeprefix("ae: ").rstrip("\n")

    return run


@pytest.mark.parametrize("name", ["shallow", "deep", "vae2", "pca"])
def test_there_and_back(name: str, run: Run) -> None:
    said = run(f"compress x.npy -o x.gargalo --model {name} --bits 6")
    run("decompress x.gargalo -o y.npy")
    model, prior = with_prior(name)
    small = compression.compress(model, prior, DIGITS, 6)
    y = compression.decompress(small, model, prior)
    raw = Path("x.gargalo").read_bytes()
    assert raw == small.to_bytes()
    assert_array_equal(np.load("y.npy"), y)
    error = np.square(y - DIGITS).mean()
    size = len(raw)
    each = size / 3
    assert said == f"x.gargalo: 3 digits in {size} bytes, {each:.1f} each; MSE {error:.4f}\n"


def test_five_bits_unless_one_says_otherwise_and_a_guess_if_asked_for(run: Run) -> None:
    run("compress x.npy -o x.gargalo --model pca --fast")
    small = Compressed.from_bytes(Path("x.gargalo").read_bytes())
    model, prior = with_prior("pca")
    grid = prior.grid(5)
    assert small.bits == 5
    codes = compression.codes(small, model, prior)
    assert_array_equal(codes, grid.values(grid.round(model.encode(DIGITS))))


def test_a_picture_and_a_pipe(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(np.rint(DIGITS[2] * 255).astype(np.uint8)).save("7.png")
    run("compress 7.png -o 7.gargalo --model deep")
    raw = io.BytesIO(Path("7.gargalo").read_bytes())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw))
    header, line = run("decompress -").splitlines()
    assert len(header.split(",")) == len(line.split(",")) == 784
    run("decompress 7.gargalo -o again.png")
    again = np.array(Image.open("again.png"))
    assert_array_equal(again.ravel(), np.rint(np.array(line.split(","), np.float32) * 255))


def test_the_tutorials_decoder_is_found_by_itself(run: Run) -> None:
    run("compress x.npy -o x.gargalo --model deep --recipe tutorial")
    run("decompress x.gargalo -o y.npy")
    model = ae.load("deep", recipe="tutorial")
    prior = compression.prior_of(model)
    small = Compressed.from_bytes(Path("x.gargalo").read_bytes())
    assert_array_equal(np.load("y.npy"), compression.decompress(small, model, prior))


def test_a_model_of_ones_own_is_given_again(run: Run) -> None:
    own_model(Path("my-net.safetensors"))
    run("compress x.npy -o x.gargalo --model my-net.safetensors")
    said = run("decompress x.gargalo -o y.npy", 2)
    assert said == "x.gargalo: made with my-net: give its file with --model"
    assert not Path("y.npy").exists()
    run("decompress x.gargalo -o y.npy --model my-net.safetensors")
    assert np.load("y.npy").shape == (3, 28, 28)
    own_model(Path("other.safetensors"), seed=1)
    said = run("decompress x.gargalo -o z.npy --model other.safetensors", 2)
    assert said == "x.gargalo: made with another my-net than this one"


def test_a_name_that_a_file_cannot_have_becomes_mine(run: Run) -> None:
    own_model(Path("meu-codificador-é-este.safetensors"))
    run("compress x.npy -o x.gargalo --model meu-codificador-é-este.safetensors")
    assert Compressed.from_bytes(Path("x.gargalo").read_bytes()).model == "mine"


def test_other_weights_of_the_same_name_are_refused(run: Run) -> None:
    run("compress x.npy -o x.gargalo --model vae2")
    copied = Path(shutil.copytree(checked.FOLDER, "w"))
    tensors, header = checked.read(copied / "vae2.safetensors", copied)
    moved = {**tensors, "decoder.0.bias": tensors["decoder.0.bias"] + np.float32(0.1)}
    checked.save(copied / "vae2.safetensors", moved, header)
    said = run("decompress x.gargalo -o y.npy --folder w", 2)
    assert said == "x.gargalo: made with another vae2 than this one"
    assert weights.load("vae2", folder="w").name == "vae2"  # nothing else is wrong with it


def test_damage_is_one_sentence_and_no_file(run: Run) -> None:
    run("compress x.npy -o x.gargalo --model pca --bits 3")
    raw = Path("x.gargalo").read_bytes()
    damaged = [raw[:length] for length in range(0, len(raw), 5)]
    damaged += [raw[:i] + bytes([raw[i] ^ 1]) + raw[i + 1 :] for i in range(0, len(raw), 5)]
    for broken in damaged:
        Path("broken.gargalo").write_bytes(broken)
        said = run("decompress broken.gargalo -o y.npy", 2)
        assert re.match(r"broken\.gargalo: (nothing in it|truncated|no file of|version)", said)
    assert not Path("y.npy").exists()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("compress x.npy", "-o"),
        ("compress x.npy -o x.npy", "x.npy: compressed digits are written as .gargalo"),
        ("compress x.npy -o -", "-: compressed digits are written as .gargalo"),
        ("compress x.npy -o no/x.gargalo", "no/x.gargalo: No such file or directory"),
        ("compress x.npy -o x.gargalo --bits 9", "9 is not from 1 to 8"),
        ("compress x.npy -o x.gargalo --bits 0", "0 is not from 1"),
        ("compress x.npy -o x.gargalo --bits 2.5", "invalid whole number value: '2.5'"),
        ("compress x.npy -o x.gargalo --model nobody", "'nobody'"),
        ("compress x.npy -o x.gargalo --model pca --recipe best", "pca has no recipe"),
        ("compress no.npy -o x.gargalo", "no.npy: No such file or directory"),
        ("decompress x.npy", "x.npy: a kind of file that is not read here, expected .gargalo"),
        ("decompress no.gargalo -o y.npy", "no.gargalo: No such file or directory"),
        ("decompress no.gargalo -o y.jpg", "y.jpg: digits are written as .csv, .npy, .npz or .png"),
    ],
)
def test_bad_usage(line: str, says: str, run: Run) -> None:
    assert says in run(line, 2)
    assert [path.name for path in Path().iterdir()] == ["x.npy"]


def test_what_takes_long_says_how_far_it_is(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr("time.monotonic", lambda: 0.6 * next(clock))
    np.save("many.npy", np.tile(DIGITS, (50, 1, 1)))
    assert main(["compress", "many.npy", "-o", "x.gargalo", "--model", "vae2"]) == 0
    told = capsys.readouterr().err
    assert told == "Searching for codes:  85%\rSearching for codes: 100%\n"


def test_evaluate_measures_and_prints_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = np.zeros(3, np.uint8)
    few = Mnist(DIGITS, labels, DIGITS, labels, sha256="0" * 64)
    monkeypatch.setattr("ae.mnist.load", lambda path=None, on_share=None: few)
    monkeypatch.setattr(measured, "MAX_BITS", 1)
    monkeypatch.setattr(pictures, "FORMATS", {"WebP": pictures.FORMATS["WebP"]})
    folder = Path(shutil.copytree(checked.FOLDER, tmp_path / "w"))
    for name in ae.MODELS:
        if name != "pca":
            (folder / f"{name}.safetensors").unlink()
    assert main(["evaluate", "--compression", "--folder", str(folder)]) == 0
    printed = capsys.readouterr()
    assert "pca at 1 bits: " in printed.err and "WebP at quality 0" in printed.err
    table = measured.load(folder)
    rows = [re.split(r" *\| *", line)[1:-1] for line in printed.out.splitlines()]
    searched, rounded = ([f"{r.bytes:.1f}, {r.mse:.4f}"] for r in table.rungs)
    sheet = table.pictures[0]
    assert [row[1:] for row in rows if row[:1] == ["1"]] == [searched, rounded]
    (told,) = (row for row in rows if row[:1] == ["WebP 0"])
    assert told[1:3] == [f"{sheet.bytes:.1f}", f"{sheet.mse:.4f}"]
