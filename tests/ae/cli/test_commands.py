"""The command line: what it prints and writes, and one sentence for whatever is wrong."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

import ae
from ae import drawing, samples
from ae.cli import files, main
from ae.metadata import Errors
from ae.mnist import Mnist

ROOT = Path(__file__).parents[3]
SEVEN = drawing.from_strokes(samples.SAMPLES["7b"])

Complaint = Callable[..., str]


@pytest.fixture
def complaint(capsys: pytest.CaptureFixture[str]) -> Complaint:
    """Run a command that must fail with code 2; give the one sentence it says."""

    def run(*argv: str | Path, code: int = 2) -> str:
        assert main(list(map(str, argv))) == code
        printed = capsys.readouterr()
        assert printed.out == ""
        # On the way to a training, TensorFlow may be said to start.
        last = printed.err.removeprefix("Starting TensorFlow …\n")
        assert last.startswith("ae: ") and last.count("\n") == 1, printed.err
        return last.removeprefix("ae: ").rstrip("\n")

    return run


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    Image.fromarray(np.rint(SEVEN * 255).astype(np.uint8)).save(path := tmp_path / "7.png")
    return path


# encode, decode, reconstruct


def test_encode_prints_a_header_and_the_code(
    seven: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["encode", str(seven), "--model", "deep"]) == 0
    header, line = capsys.readouterr().out.splitlines()
    assert header.split(",") == [f"u{i}" for i in range(32)]
    printed = np.array(line.split(","), np.float32)
    digit = drawing.from_image(Image.open(seven))[None]
    assert_array_equal(printed, ae.load("deep").encode(digit)[0])


@pytest.mark.parametrize("flag", ["--raw", "--no-normalise"])
def test_raw_takes_a_picture_in_mnists_form_as_it_is(
    flag: str, seven: Path, tmp_path: Path
) -> None:
    assert main(["encode", str(seven), flag, "-o", str(tmp_path / "z.npy")]) == 0
    digit = np.rint(SEVEN[None] * 255) / np.float32(255)
    assert_allclose(np.load(tmp_path / "z.npy"), ae.load("shallow").encode(digit), atol=1e-3)


@pytest.mark.parametrize("name", ae.MODELS)
def test_encode_then_decode_is_reconstruct(name: str, tmp_path: Path) -> None:
    x = np.random.default_rng(0).random((12, 784), dtype=np.float32)
    np.save(tmp_path / "x.npy", x)
    paths = {n: str(tmp_path / n) for n in ("x.npy", "z.csv", "y.npz", "again.npy")}
    assert main(["encode", paths["x.npy"], "-o", paths["z.csv"], "--model", name]) == 0
    assert main(["decode", paths["z.csv"], "-o", paths["y.npz"], "--model", name]) == 0
    assert main(["reconstruct", paths["x.npy"], "-o", paths["again.npy"], "--model", name]) == 0
    wanted = ae.load(name).reconstruct(x)
    assert_array_equal(np.load(paths["again.npy"]), wanted)
    with np.load(paths["y.npz"]) as file:
        assert_array_equal(file["digits"], wanted)


def test_the_tutorials_weights_and_another_folder(seven: Path, tmp_path: Path) -> None:
    tutorial = ["--recipe", "tutorial", "--folder", str(ROOT / "weights")]
    assert main(["encode", str(seven), *tutorial, "-o", str(tmp_path / "z.npy")]) == 0
    wanted = ae.load("shallow", recipe="tutorial").encode(files.read_digits(str(seven)))
    assert_array_equal(np.load(tmp_path / "z.npy"), wanted)


def test_a_pipe_and_no_tensorflow_in_it(seven: Path, tmp_path: Path) -> None:
    ours = f"{sys.executable} -X importtime -m ae"
    line = f"{ours} encode {seven} | {ours} decode - -o {tmp_path / 'again.png'}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "ae.cli.files" in done.stderr
    assert not re.search(r"\b(tensorflow|keras)\b", done.stderr)
    wanted = ae.load("shallow").reconstruct(files.read_digits(str(seven)))[0]
    assert_array_equal(np.array(Image.open(tmp_path / "again.png")), np.rint(wanted * 255))


def test_a_process_that_fails_and_one_whose_reader_leaves(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((300, 784), np.float32))
    line = f"""
        {sys.executable} -m ae encode nowhere.png; echo code $?
        {sys.executable} -m ae reconstruct {tmp_path}/x.npy | head -c 9; echo; echo ${{PIPESTATUS[0]}}
    """  # noqa: E501
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["code 2", "p0,p1,p2,", "0"]
    assert done.stderr == "ae: nowhere.png: No such file or directory\n"


# What is wrong is said


class Trap:
    """Sets off when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("exit 1",)


def npy(array: np.ndarray) -> bytes:
    np.save(raw := io.BytesIO(), array, allow_pickle=array.dtype.hasobject)
    return raw.getvalue()


def claiming(shape: str) -> bytes:
    """Give the header of an array of such a shape, and nothing behind it."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


def npz(**arrays: np.ndarray) -> bytes:
    np.savez_compressed(raw := io.BytesIO(), **arrays)
    return raw.getvalue()


def flipped(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :]


def png(picture: Image.Image) -> bytes:
    picture.save(raw := io.BytesIO(), "PNG")
    return raw.getvalue()


def text(*rows: list[object]) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in rows).encode()


ZEROS = np.zeros((2, 784), np.float32)
DRAWN = png(Image.fromarray(np.rint(np.kron(SEVEN, np.ones((9, 9))) * 255).astype(np.uint8)))
MALFORMED = {
    "empty.png": (b"", "nothing in it"),
    "empty.npy": (b"", "nothing in it"),
    "empty.npz": (b"", "nothing in it"),
    "empty.csv": (b"", "nothing in it"),
    "blank.png": (png(Image.new("L", (40, 40), 255)), "empty"),
    "truncated.png": (DRAWN[: len(DRAWN) // 2], "cannot be decoded"),
    "header.png": (DRAWN[:12], "not a picture"),
    "text.jpg": (b"hello", "not a picture"),
    "cut.npy": (npy(ZEROS)[:-1], "truncated"),
    "header.npy": (npy(ZEROS)[:20], "not an array that NumPy saved"),
    "claim.npy": (claiming("(1000000000000,)"), "0 bytes for shape"),
    "truth.npy": (claiming("(True, 784)"), "bytes for shape"),
    "absurd.npy": (claiming(f"(0, {2**70})"), "0 bytes for shape"),
    "negative.npy": (claiming("(-1, 784)"), "not an array|0 bytes for shape"),
    "pickled.npy": (npy(np.array([Trap()], object)), "Python objects"),
    "pickle.npy": (pickle.dumps(Trap()), "not an array that NumPy saved"),
    "shape.npy": (npy(np.zeros((2, 783), np.float32)), "(2, 783)"),
    "none.npy": (npy(np.zeros((0, 784), np.float32)), "no digits"),
    "integers.npy": (npy(np.full((2, 784), 256)), "all values are 256, expected"),
    "negative-integers.npy": (npy(np.eye(784, dtype=np.int8) * -1), "values from -1 to 0"),
    "colours.npy": (npy(np.zeros((2, 28, 28, 3))), "shape (2, 28, 28, 3), expected (n, 28, 28)"),
    "labels.npy": (npy(np.arange(9)), "shape (9,), which labels have"),
    "complex.npy": (npy(np.zeros((2, 784), complex)), "dtype complex128, expected numbers"),
    "strings.npy": (npy(np.array(["a"])), "<U1"),
    "just-beyond.npy": (npy(ZEROS + np.eye(2, 784) * 1.000001), "from 0 to 1.000001, expected"),
    "half-bytes.npy": (npy(np.eye(784) * 255 + 0.5), "values from 0.5 to 255.5, expected floats"),
    "scaled-bytes.npy": (npy(ZEROS + np.arange(784) / 3.0625), "from 0 to 255.67"),
    "one-odd.npy": (npy(ZEROS + 255 - np.eye(2, 784) / 2), "to 255, 254.5 among them"),
    "infinite.npy": (npy(np.full((1, 784), 1e300)), "all values are 1e+300"),
    "nan.npy": (npy(ZEROS * np.nan), "not a number (NaN) among"),
    "cut.npz": (npz(digits=ZEROS)[:-30], "not an archive"),
    "many.npz": (npz(**{f"a{i}": ZEROS[:0] for i in range(65)}), "more than 64 arrays"),
    "nameless.npz": (npz(a=ZEROS, b=ZEROS), "several arrays in it (a, b): choose one as in FILE"),
    "altered.npz": (npz(digits=ZEROS)[:-200] + bytes(200), "not an archive"),
    "flipped.npz": (flipped(npz(digits=ZEROS), at=150), "not an archive"),
    "pickled.npz": (npz(digits=np.array([Trap()], object)), "Python objects"),
    "nan.csv": (text([0] * 783 + ["nan"]), "line 1, column 784: 'nan' is not a finite number"),
    "word.csv": (text([0] * 784, [0] * 783 + ["x"]), "line 2, column 784: 'x' is not a number"),
    "ragged.csv": (
        text([0] * 784, [0] * 783),
        "line 2 has 783 numbers, line 1 has 784",
    ),
    "header.csv": (text([f"p{i}" for i in range(784)]), "no digits"),
    "columns.csv": (text([0] * 785), "785 numbers, of which none is surely a label"),
    "title.csv": (text([784], [0] * 784), "line 2 has 784 numbers, line 1 has 1"),
    "gap.csv": (text([0, "", *[0] * 782]), "line 1, column 2: nothing there, expected a number"),
    "beyond.csv": (text([*[0] * 783, "1.000001"]), "from 0 to 1.000001, expected"),
    "huge.csv": (text(["x"] * 784, ["1e999"] + [0] * 783), "line 2, column 1: '1e999' is not a f"),
    "mixed.csv": (b"0,5;" * 783 + b"0.5", "line 1: decimal points and decimal commas in one"),
    "counted.csv": (text(range(784)), "the first line, 0 to 783, counts the columns, and nothing"),
    "binary.csv": (b"\xff\x00\xfe\x01", "not CSV text"),
    "names.csv": (text(["label", *[f"p{i}" for i in range(783)]], [0] * 784), "784 columns, 'lab"),
    "cut.csv.gz": (gzip.compress(text([0] * 784))[:-9], "not a .gz, or damaged"),
    "twice.csv.gz": (gzip.compress(gzip.compress(b"0")), "another|not CSV text|is not a number"),
    "cut-ubyte": (b"\0\0\x08\x03\0\0", "truncated in its header"),
    "claim.idx": (b"\0\0\x08\x01\xff\xff\xff\xff", "0 bytes for shape (4294967295,)"),
    "axes.idx": (b"\0\0\x08\xff" + bytes(1020), "not a file in MNIST's IDX format"),
    "line.csv": (b"0," * 60_000, "line 1: 100,000 characters or more"),
    "blank.csv": (b"\n\n\n", "no digits|expected"),
    "one.csv": (b"5", "1 line of 1 number, expected"),
    "phone.HEIC": (b"\0\0\0\x18ftypheic", "is in HEIC, which is not read here: save it as JPEG"),
    "script.py": (b"print()", "a kind of file that is not read here"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_digits(name: str, tmp_path: Path, complaint: Complaint) -> None:
    raw, reason = MALFORMED[name]
    (tmp_path / name).write_bytes(raw)
    sentence = complaint("encode", tmp_path / name)
    assert sentence.startswith(f"{tmp_path / name}: ")
    assert any(part in sentence for part in reason.split("|")), sentence


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("7.png", DRAWN, "a picture, expected .csv, .npy, .npz, .tsv, .txt, .idx or .gz"),
        ("z.npy", npy(np.zeros((3, 31))), "(3, 31)"),
        ("z.npy", npy(np.full((3, 32), 1e10)), "1e+10"),
        ("z.npy", npy(np.full((3, 32), 1_000_000_001.0)), "1000000001.0, expected at most 1e+09"),
        ("z.npy", npy(np.zeros((3, 32), bool)), "dtype bool, expected numbers"),
        ("z.npy", npy(ZEROS), "shape (2, 784), expected (n, 32) or (32,) (encode takes digits)"),
        ("z.npz", npz(codes=np.zeros((0, 32))), "no codes"),
        ("z.csv", text([1] * 31), "31 numbers in a line, expected 32"),
        ("z.csv", text([5, *[0.5] * 32]), "33 numbers in a line, expected 32"),
        ("z.csv", text(range(32)), "the first line, 0 to 31, counts the columns, and nothing"),
    ],
)
def test_malformed_codes(
    name: str, raw: bytes, reason: str, tmp_path: Path, complaint: Complaint
) -> None:
    (tmp_path / name).write_bytes(raw)
    assert reason in complaint("decode", tmp_path / name)


def test_nothing_on_standard_input(complaint: Complaint, monkeypatch: pytest.MonkeyPatch) -> None:
    for stdin, reason in ((io.StringIO(), "nothing in it"), (None, "closed")):
        monkeypatch.setattr(sys, "stdin", stdin)
        assert complaint("decode", "-") == f"standard input: {reason}"


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        ("", "COMMAND"),
        ("fly", "'fly'"),
        ("encode", "INPUT"),
        ("encode nowhere.png", "nowhere.png: No such file"),
        ("encode {here}", "kind of file"),
        ("reconstruct {here}", "kind of file"),
        ("encode {seven} --model nobody", "'nobody'"),
        ("encode {seven} -o code.png", "codes are written as .csv, .npy or .npz"),
        ("encode {seven} -o {here}/nowhere/z.npy", "nowhere/z.npy: No such file or directory"),
        ("reconstruct {seven} -o y.jpg", "digits are written as .csv, .npy, .npz or .png"),
        ("encode {seven} --folder {here}", "shallow.safetensors is missing"),
        ("encode {seven} --model pca --recipe tutorial", "pca has no recipe"),
        ("evaluate --data {here}/no.npz", "no.npz"),
        ("train nobody", "'nobody'"),
        ("train deep --epochs 0", "0 is not from 1"),
        ("train deep --epochs ten", "invalid whole number value: 'ten'"),
        ("train deep --seed -1", "-1 is not from 0"),
        ("train mine --max-row-norm inf", "--max-row-norm: inf is not a finite number"),
        ("train mine --max-row-norm nan", "--max-row-norm: nan is not a finite number"),
        ("train mine --max-row-norm -inf", "--max-row-norm"),
        ("train mine --max-row-norm wide", "invalid number value: 'wide'"),
        ("train mine --learning-rate inf", "inf is not a finite number"),
        ("train mine --l1 nan", "nan is not a finite number"),
        ("train mine --code-bias 1e999", "1e999 is not a finite number"),
        ("train mine --out -", "weights go to a folder, not to standard output"),
        ("train mine --layers wide", "invalid widths value: 'wide'"),
        ("train -", "invalid choice: '-'"),
        ("train pca --epochs 3", "no recipe and no epochs"),
        ("train deep --data {here}/no.npz", "no.npz"),
        ("export pca --to pca.keras", "no Keras net"),
        ("export deep --to deep.h5", ".keras"),
        ("export deep --to {here}/nowhere/deep.keras", "nowhere is no folder"),
        ("simulate", "NAME"),
        ("simulate circle", "'circle'"),
        ("simulate spiral --seed 1 --seeds 2", "not allowed with"),
        ("simulate spiral --seeds 0", "0 is not from 1"),
        ("simulate spiral --points 1", "1 is not from 2"),
        ("simulate spiral --epochs 0", "0 is not from 1"),
        ("claims everything", "'everything'"),
        ("claims zeros --markdown", "leave NAME out"),
        ("claims --json --markdown", "not allowed with"),
    ],
)
def test_bad_usage(
    argv: str, reason: str, seven: Path, tmp_path: Path, complaint: Complaint
) -> None:
    words = argv.format(here=tmp_path, seven=seven).split()
    assert reason in complaint(*words)
    assert [path.name for path in tmp_path.iterdir()] == ["7.png"]


@pytest.mark.parametrize(
    "command",
    [
        *("", "train", "sweep", "evaluate", "encode", "decode", "reconstruct"),
        *("compress", "decompress", "export", "simulate", "claims"),
    ],
)
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main([*command.split(), "--help"])
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 100
    if command in ("", "train"):
        assert all(word in text for word in (("exit codes", "130") if not command else ae.MODELS))


# train, evaluate, export


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Mnist:
    """In the place of MNIST: 300 digits, on which an epoch takes no time."""
    x = np.random.default_rng(0).random((300, 28, 28), dtype=np.float32) ** 4
    y = np.zeros(300, np.uint8)
    data = Mnist(x_train=x, y_train=y, x_test=x[:100], y_test=y[:100], sha256="0" * 64)
    monkeypatch.setattr("ae.mnist.load", lambda path=None, on_share=None: data)
    return data


# Keras 3.15.1 reads a variable in the way that NumPy 2.4 deprecates, when it saves (Nov 2026).
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_train_evaluate_export(
    few: Mnist, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "w")
    assert main(["train", "deep", "--epochs", "2", "--seed", "5", "--out", out]) == 0
    printed = capsys.readouterr()
    (line,) = printed.out.splitlines()
    assert line.startswith(f"{out}/deep.safetensors: BCE ")
    # "Starting TensorFlow" is said before, unless an earlier test has started it.
    assert [text.split(",")[0] for text in printed.err.splitlines()][-2:] == [
        "deep: epoch 1 of 2",
        "deep: epoch 2 of 2",
    ]
    model = ae.load("deep", folder=out)
    assert model.metadata.net.seed == 5 and model.metadata.net.recipe.epochs == 2

    assert main(["evaluate", "--folder", out, "--json"]) == 0
    printed = capsys.readouterr()
    record = json.loads(printed.out)
    others = ", ".join(name for name in ae.MODELS if name != "deep")
    assert printed.err == f"Not there: {others}.\n"
    assert [(m["name"], m["recipe"], m["file"]) for m in record["models"]] == [
        ("deep", "best", "deep.safetensors")
    ]
    assert record["models"][0]["bce"] == pytest.approx(model.metadata.test.bce, abs=1e-6)
    assert f"BCE {record['models'][0]['bce']:.4f}" in line

    target = tmp_path / "deep.keras"
    assert main(["export", "deep", "--folder", out, "--to", str(target)]) == 0
    assert str(target) in capsys.readouterr().out
    import keras

    net = keras.models.load_model(target)
    flat = few.x_test.reshape(-1, 784)
    assert_allclose(
        net.predict(flat, verbose=0), model.reconstruct(flat).reshape(-1, 784), atol=1e-5
    )
    code = net.get_layer("encoder").predict(flat, verbose=0)
    assert_allclose(code, model.encode(flat), atol=1e-4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep.keras", "w"]


def test_all_is_every_family_and_pca(
    few: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = []

    def produce(name: str, data: Mnist, **options: object) -> tuple[Path, Errors]:
        trained.append((name, options["recipe"]))
        return tmp_path / name, Errors(bce=0, mse=0, psnr=0, zeros=0, dead=0)

    monkeypatch.setattr("ae.training.produce.produce", produce)
    assert main(["train", "all", "--out", str(tmp_path)]) == 0
    assert trained == [(name, "best") for name in ae.MODELS]
    trained.clear()
    assert main(["train", "all", "--recipe", "tutorial", "--out", str(tmp_path)]) == 0
    families = [name for name, family in ae.FAMILIES.items() if "tutorial" in family.recipes]
    assert trained == [(name, "tutorial") for name in families] and len(families) == 3


def test_ctrl_c_leaves_nothing(
    few: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, complaint: Complaint
) -> None:
    def pressed(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("ae.cli.progress.say", pressed)
    sentence = complaint("train", "shallow", "--epochs", "3", "--out", tmp_path / "w", code=130)
    assert sentence == "interrupted: shallow was not written"
    assert not list((tmp_path / "w").iterdir())


def test_a_long_training_says_ten_lines(capsys: pytest.CaptureFixture[str]) -> None:
    from ae.cli import progress
    from ae.training.progress import Epoch

    with progress.of_one("deep") as on_epoch:
        for number in range(1, 251):
            on_epoch(Epoch(number, 250, 0.2, 0.1, 2.0 * number))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[3] == "deep: epoch 100 of 250, loss 0.2000, validation 0.1000, 300 s left"


# simulate


@pytest.mark.parametrize("name", ae.simulations.SIMULATIONS)
def test_simulate_prints_what_the_library_measures(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--seed", "3", "--epochs", "40", "--points", "50", "--data-seed", "2"]
    assert main(["simulate", name, *options]) == 0
    table = capsys.readouterr().out
    assert main(["simulate", name, *options, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)

    made = ae.simulations.SIMULATIONS[name]
    points = made.points(50, 2)
    assert_array_equal(np.array(record["points"], np.float32), points)
    measured = ae.simulations.squeeze(made, points, seed=3, epochs=40)
    assert list(record["results"]) == list(measured) == ["pca", "linear", "curved"]
    for line, (way, result) in zip(table.splitlines()[1:4], measured.items(), strict=True):
        assert record["results"][way]["errors"] == pytest.approx(result.errors.tolist())
        figures = result.error, result.errors.max(), result.from_truth
        assert line.split()[-3:] == [f"{figure:.5f}" for figure in figures]
    numbers = "1 number" if made.code_size == 1 else "2 numbers"
    assert f"50 points in {made.dimensions} dimensions, squeezed to {numbers} each." in table


def test_simulate_tries_starts(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["simulate", "half_circle", "--seeds", "3", "--epochs", "20"]
    assert main(argv) == 0
    printed = capsys.readouterr()
    assert printed.err.replace("\r", "\n").splitlines() == [f"Start {n} of 3" for n in (1, 2, 3)]
    assert main([*argv, "--json"]) == 0
    starts = json.loads(capsys.readouterr().out)["starts"]
    made = ae.simulations.SIMULATIONS["half_circle"]
    losses = list(ae.simulations.last_losses(made, made.points(), 3, 20))
    assert starts["errors"] == losses
    assert starts["converge"] == ae.simulations.converge(losses)
    assert starts["share"] == sum(starts["converge"]) / 3
    assert f"{sum(starts['converge'])} of 3 starts converge" in printed.out
