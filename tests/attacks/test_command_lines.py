"""500 command lines, with files, streams and words from anybody.

Promised: a result and exit code 0, or exit code 2, one line that says why, nothing on standard
output, and no file that was not there, nor one that has changed. Nothing else comes out of
``main()`` but the end that ``--help`` asks for.
"""

from __future__ import annotations

import gzip
import io
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import IO, Any

import numpy as np
import pytest

import ae
from ae import checked, compression, training
from ae.cli import main
from ae.mnist import Mnist
from ae.model import Autoencoder
from ae.training import keras_file
from tests.ae.cli.test_meaning import LABELLED, SEEDS, csv, idx, npy, npz
from tests.ae.cli.test_streams import Full
from tests.attacks import test_pictures
from tests.attacks.mischief import WORDS, flip, seeds
from tests.pages.test_train import own_model

VISITORS, LINES = 10, 50


def small(digits: np.ndarray) -> bytes:
    """Compress digits with PCA."""
    model = ae.load("pca")
    return compression.compress(model, compression.prior_of(model), digits, 5).to_bytes()


GOOD = {
    **{f"codes{ending}": raw for ending, raw in SEEDS.items()},
    "digits.npy": npy(np.eye(3, 784, dtype=np.float32)),
    "digits.npz": npz(digits=np.eye(3, 784, dtype=np.float32), y=np.arange(3)),
    "digits.csv": csv(LABELLED),
    "t10k-images-idx3-ubyte": idx(np.eye(2, 784, dtype=np.uint8).reshape(2, 28, 28)),
    "digits.npy.gz": gzip.compress(npy(np.eye(3, 784, dtype=np.float32))),
    "7.png": test_pictures.WHOLE["PNG"],
    "7.jpg": test_pictures.WHOLE["JPEG"],
    "7.bmp": test_pictures.WHOLE["BMP"],
    "small.gargalo": small(np.eye(3, 784, dtype=np.float32)),
}
TARGETS = ("kept.npy", "new.csv", "new.npz", "new.png", "new.keras", "-", "new", "no/new.npy", ".")
MODELS = (*ae.MODELS, "mine.safetensors", "spoilt.safetensors", "all", "mine")

OPTIONS: dict[str, tuple[str, ...]] = {
    "-o": TARGETS,
    "--to": TARGETS,
    "--out": ("out", ".", "-", "kept.npy"),
    "--folder": ("weights", "no", "kept.npy"),
    "--model": MODELS,
    "--recipe": ("best", "tutorial"),
    "--raw": (),
    "--bits": ("5", "8", "0", "many"),
    "--fast": (),
    "--data": ("digits.npz", "no.npz", "-"),
    "--json": (),
    "--epochs": ("1", "0", "-1"),
    "--seed": ("0", "4294967296"),
    "--events": ("-", "file"),
    "--like": tuple(ae.FAMILIES),
    "--preset": ("seconds", "ours", "slow"),
    "--layers": ("128,64", "none", ",", "1" * 400),
    "--code": ("2", "0", "785", "1e3"),
    "--digits": ("5000", "0"),
    "--start": ("mine.safetensors", "spoilt.safetensors", "no"),
    "--or-samples": (),
    "--loss": ("mse", "bce"),
    "--learning-rate": ("1e-3", "nan", "1e999", "0"),
    "--batch-size": ("256", "0"),
    "--l1": ("1e-4", "-1"),
    "--max-row-norm": ("none", "5", "inf"),
    "--seeds": ("2", "0", "1e3"),
    "--points": ("9", "1", "x"),
    "--data-seed": ("1", "-1"),
    "--help": (),
}
ALONE = ("-o", "--to", "--model", "--raw", "--seeds", "--points", "--data-seed")  # not of `train`
OF = {
    "encode": ("-o", "--model", "--recipe", "--raw", "--folder"),
    "decode": ("-o", "--model", "--recipe", "--folder"),
    "reconstruct": ("-o", "--model", "--recipe", "--raw", "--folder"),
    "compress": ("-o", "--model", "--recipe", "--raw", "--folder", "--bits", "--fast"),
    "decompress": ("-o", "--model", "--folder"),
    "evaluate": ("--data", "--folder", "--json"),
    "export": ("--to", "--recipe", "--folder"),
    "simulate": ("--seed", "--seeds", "--epochs", "--points", "--data-seed", "--json"),
    "train": tuple(name for name in OPTIONS if name not in ALONE),
}


def line(dice: Random) -> list[str]:
    """Write a command line: mostly a right one, with something wrong in it now and then."""
    command = dice.choice((*OF, "encode", "decode", "reconstruct"))
    words = [command]
    if command in ("export", "train"):
        words.append(dice.choice(MODELS))
    elif command == "simulate":
        words.append(dice.choice((*ae.simulations.SIMULATIONS, "no")))
    elif command != "evaluate":
        begins = {"decode": "codes", "decompress": "small"}.get(command, ("digits", "t10k", "7"))
        fit = [name for name in GOOD if name.startswith(begins)]
        words.append(dice.choice((*fit, *fit, *GOOD, *["spoilt"] * 8, "-", "no", "digits.npz:y")))
    if command == "export":
        words += ["--to", "new.keras"]
    if command == "compress":
        words += ["-o", "new.gargalo"]
    for name in dice.sample(OF[command], dice.randint(0, min(3, len(OF[command])))):
        values = OPTIONS[name]
        words += [name, dice.choice((values[0], values[0], *values))] if values else [name]
    if dice.random() < 0.25:
        at = dice.randrange(len(words) + 1)
        words[at : at + dice.randint(0, 1)] = [dice.choice((*WORDS, *OPTIONS))]
    return words


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files, weights of its own and a few digits of MNIST; nothing is trained."""
    folder = tmp_path / "a" / "b" / "c"
    folder.mkdir(parents=True)
    for name, raw in GOOD.items():
        (folder / name).write_bytes(raw)
    (folder / "kept.npy").write_bytes(b"kept")
    own_model(folder / "mine.safetensors")
    shutil.copytree(checked.FOLDER, folder / "weights")
    monkeypatch.setattr(checked, "FOLDER", folder / "weights")
    digits = np.random.default_rng(0).random((20, 28, 28), np.float32)
    few = Mnist(digits, np.zeros(20, np.uint8), digits, np.zeros(20, np.uint8), "0" * 64)

    def load(path: Any = None, on_share: Any = None) -> Mnist:
        if path not in (None, "digits.npz"):
            raise ValueError(f"{path}: not MNIST")
        return few

    def start() -> None:
        raise ValueError("a training would begin")

    def write(model: Autoencoder, target: Path) -> None:
        target.write_bytes(b"keras")

    monkeypatch.setattr("ae.mnist.load", load)
    monkeypatch.setattr(training, "start", start)
    monkeypatch.setattr(keras_file, "write", write)
    monkeypatch.chdir(folder)
    return folder


def _stream(dice: Random) -> IO[str] | None:
    """Make standard output: mostly sane, in this or that encoding; else closed, full, or none."""
    sane = io.TextIOWrapper(io.BytesIO(), dice.choice(("utf-8", "ascii")), write_through=True)
    if dice.random() < 0.9:
        return sane
    if dice.random() < 0.5:
        sane.close()
    return dice.choice((sane, None, Full()))


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    def put(**streams: object) -> None:
        for name, stream in streams.items():
            monkeypatch.setattr(sys, name, stream)

    yield put
    monkeypatch.undo()


@pytest.mark.parametrize("seed", seeds(VISITORS))
def test_any_line_is_a_result_or_one_complaint(
    seed: int, place: Path, streams: Callable[..., None]
) -> None:
    dice = Random(seed)
    weights = (place / "mine.safetensors").read_bytes()
    done = 0
    for _ in range(LINES):
        words = line(dice)
        spoilt = flip(GOOD[dice.choice(sorted(GOOD))], dice)
        if dice.random() < 0.3:
            spoilt = test_pictures.with_damaged_exif(dice)
        if "spoilt" in words:
            endings = (*SEEDS, ".png", ".jpg", ".gargalo")
            words[words.index("spoilt")] = name = "spoilt" + dice.choice(endings)
            (place / name).write_bytes(spoilt)
        (place / "spoilt.safetensors").write_bytes(flip(weights, dice))
        before = _files(place.parents[2])

        stdin = io.TextIOWrapper(io.BytesIO(dice.choice((spoilt, *GOOD.values(), b""))))
        out, err = _stream(dice), io.TextIOWrapper(io.BytesIO(), "ascii", "backslashreplace")
        streams(stdin=dice.choice((stdin, stdin, None)), stdout=out, stderr=err)
        try:
            code = main(words)
        except SystemExit as end:
            assert end.code == 0 and {"-h", "--help"} & set(words)
            continue
        done += code == 0
        told = err.buffer.getvalue().decode().splitlines()
        printed = out.buffer.getvalue() if hasattr(out, "buffer") and not out.closed else b""
        assert all(text.isprintable() for text in told), words
        complaints = [text for text in told if text.startswith("ae: ")]
        if code == 0:
            assert complaints == [], words
            if words[0] in ("encode", "decode", "reconstruct", "decompress") and printed:
                table = np.loadtxt(io.BytesIO(printed), delimiter=",", skiprows=1)
                assert np.isfinite(table).all()
        else:
            assert code == 2 and complaints == told[-1:], (words, told)
            assert printed == b"" or "--events" in words, words
            assert _files(place.parents[2]) == before, words
        for path in _files(place).keys() - before.keys():
            path.unlink()
        (place / "kept.npy").write_bytes(b"kept")
    assert LINES / 10 < done < LINES * 4 / 5, "or else the attack is blunt"
    streams(stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO())
    assert main(["encode", "7.png", "-o", "new.npy"]) == 0
