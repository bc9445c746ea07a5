"""A model of one's own: trained by a plan, told of by events, kept in a file that is checked."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA

from ae import augmentation, checked, events, plans, weights
from ae.checked import MAX_BYTES, WeightsError
from ae.cli import main
from ae.evaluation import dead_units, measure
from ae.jobs import Job
from ae.metadata import OWN_RECIPE, Data, Net
from ae.mnist import Mnist
from ae.model import Autoencoder
from ae.plans import Plan
from ae.training import worker
from ae.training.progress import Epoch, Kept, Reporter, Step
from tests.ae import lazy_training as training

ROOT = Path(__file__).parents[3]

BASE = plans.preset("seconds", "shallow")
TINY = replace(
    BASE,
    hidden=(24,),
    code_size=6,
    digits=560,
    seed=3,
    recipe=replace(BASE.recipe, learning_rate=3e-3, schedule="constant", epochs=3, batch_size=80),
)
STEPS = TINY.digits // TINY.recipe.batch_size

LINEAR = plans.preset("ours", "linear")
# One step of this is too far: after an epoch nothing is a number.
WILD = replace(
    LINEAR,
    digits=560,
    recipe=replace(
        LINEAR.recipe,
        optimizer="sgd",
        learning_rate=100.0,
        schedule="constant",
        epochs=2,
        batch_size=16,
    ),
)


@pytest.fixture(scope="module")
def data() -> Mnist:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(augmentation, "TRAIN", 600)
        patch.setattr(augmentation, "HELD_OUT", 100)
        return augmentation.load()


@dataclass
class Run:
    """A training, and what was told of it."""

    plan: Plan
    path: Path
    errors: Any = None
    told: list[Step | Epoch | Kept] = field(default_factory=list)
    there: list[Autoencoder] = field(default_factory=list)  # the file's, at each `Kept`

    def of(self, kind: type) -> list[Any]:
        return [thing for thing in self.told if type(thing) is kind]


def carry_out(plan: Plan, data: Mnist, out: Path, **options: Any) -> Run:
    """Train, look at every step, and load the file each time it is said to be there."""
    run = Run(plan, out / "mine.safetensors")

    def on_kept(kept: Kept) -> None:
        run.told.append(kept)
        run.there.append(weights.load_own(kept.path))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ae.training.progress.STEP_SECONDS", 0.0)
        patch.setattr("ae.training.produce._KEEP_SECONDS", 0.0)
        path, run.errors = training.carry_out(
            plan,
            data,
            out,
            on_epoch=run.told.append,
            on_step=run.told.append,
            on_kept=on_kept,
            **options,
        )
    assert path == run.path
    return run


@pytest.fixture(scope="module")
def own(data: Mnist, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return carry_out(TINY, data, tmp_path_factory.mktemp("own") / "new" / "folder")


@pytest.fixture(scope="module")
def raw(own: Run) -> bytes:
    return own.path.read_bytes()


# Carrying a plan out


def test_it_learns_and_the_file_is_what_was_learnt(own: Run, data: Mnist) -> None:
    model = weights.load_own(own.path)
    assert model.widths == (784, 24, 6, 24, 784)
    errors, statistics = measure(model, data.x_test)
    assert errors == own.errors
    assert_array_equal(model.statistics.mse_percentiles, statistics.mse_percentiles)
    assert (model.metadata.test, model.metadata.tested) == (errors, 100)
    assert model.metadata.data == Data(name="samples", sha256="", digits=560)
    assert model.metadata.epochs == 3
    assert model.metadata.net == Net.of(TINY.family, OWN_RECIPE, TINY.recipe, seed=3)
    assert plans.family_of(model.metadata) == TINY.family
    first, last = own.of(Kept)[0], own.of(Kept)[-1]
    assert last.errors.mse < 0.8 * first.errors.mse
    assert sorted(p.name for p in own.path.parent.iterdir()) == ["SHA256SUMS", "mine.safetensors"]


def test_the_file_is_there_from_the_first_step_on_and_always_whole(own: Run) -> None:
    kept = own.of(Kept)
    assert kept[0].passed == 0 and kept[-1].passed == 3
    assert [k.path for k in kept] == [own.path] * len(kept)
    assert len(own.there) == len(kept) >= 3 * STEPS
    for model, then in zip(own.there, kept, strict=True):
        assert model.metadata.epochs == then.passed
        assert model.metadata.test.mse == then.errors.mse
    assert np.abs(own.there[0].atoms() - own.there[1].atoms()).max() > 0


def test_the_order_of_what_is_told(own: Run) -> None:
    """A step, then what was kept of it; an epoch after its last step."""
    assert [type(thing) for thing in own.told[:2]] == [Step, Kept]
    before: Any = None
    for thing in own.told:
        if isinstance(thing, Kept):
            assert isinstance(before, Step) and thing.passed == before.passed
        elif isinstance(thing, Epoch):
            assert isinstance(before, Kept) and before.passed == thing.number
        before = thing
    steps = own.of(Step)
    assert np.isnan(steps[0].loss) and all(np.isfinite(step.loss) for step in steps[1:])
    assert (steps[0].digits, steps[-1].digits) == (0, 3 * 560)
    assert all(step.of == 3 for step in steps)
    assert np.all(np.diff([step.passed for step in steps]) >= 0)
    assert np.all(np.diff([step.seconds for step in steps]) > 0)


def test_what_is_told_can_come_in_this_order(own: Run) -> None:
    """Every step is looked at, so the last one of an epoch and its end are the same moment."""
    out = io.StringIO()
    report, tell = Reporter(out), {Step: "step", Kept: "kept", Epoch: "epoch"}
    for thing in own.told:
        getattr(report, tell[type(thing)])(thing)
    course, kept = events.Course(3), []
    for line in out.getvalue().encode().splitlines():
        event, fields = events.read(line)
        course.check(event, fields)
        if event == "kept":
            kept.append(fields)
    assert [fields["passed"] for fields in kept] == sorted({k.passed for k in own.of(Kept)})
    assert len(kept) == 1 + 3 * STEPS


def test_a_glance_is_of_the_digits_held_out(own: Run, data: Mnist) -> None:
    x = data.x_test
    for model, kept in zip(own.there, own.of(Kept), strict=True):
        assert kept.dead_units == dead_units(model, x)
        assert_array_equal(kept.digits, data.y_test)
        expected = PCA(2).fit_transform(model.encode(x))
        lengths = np.linalg.norm(kept.places, axis=1)
        assert_allclose(lengths, np.linalg.norm(expected, axis=1), atol=1e-3)


def test_what_is_over_in_a_moment_is_watched_too(
    data: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not each second, of which there is none, but by the share of the work."""
    monkeypatch.setattr("ae.training.progress.STEP_SECONDS", 0.0)
    monkeypatch.setattr("ae.training.produce._SOON", 0.0)
    monkeypatch.setattr("ae.training.produce._KEEP_SECONDS", 1e9)
    kept: list[Kept] = []
    plan = replace(TINY, recipe=replace(TINY.recipe, epochs=1, batch_size=16))
    training.carry_out(plan, data, tmp_path, on_kept=kept.append)
    passed = sorted({k.passed for k in kept})
    assert 12 <= len(passed) <= 17 and (passed[0], passed[-1]) == (0, 1)
    gaps = np.diff(passed)
    assert gaps[:4].sum() < gaps[-4:].sum(), "closer together in the beginning"


def test_an_epoch_tells_of_the_digits_held_out(own: Run, data: Mnist) -> None:
    epochs = own.of(Epoch)
    assert [(epoch.number, epoch.of) for epoch in epochs] == [(1, 3), (2, 3), (3, 3)]
    assert epochs[-1].validation_loss == pytest.approx(own.errors.bce, rel=1e-4)
    assert epochs[-1].validation_loss < epochs[0].validation_loss


def test_within_an_epoch_it_is_kept_at_most_once_a_second(data: Mnist, tmp_path: Path) -> None:
    kept: list[Kept] = []
    steps: list[Step] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ae.training.progress.STEP_SECONDS", 0.0)
        patch.setattr("ae.training.produce._KEEP_SECONDS", 1e9)
        training.carry_out(TINY, data, tmp_path, on_kept=kept.append, on_step=steps.append)
    assert len(steps) > 3 * STEPS
    assert all(k.passed % 1 == 0 for k in kept)
    assert {k.passed for k in kept} == {0, 1, 2, 3}


def test_it_goes_on_from_weights(own: Run, data: Mnist, tmp_path: Path) -> None:
    start = weights.tensors_of(weights.load_own(own.path))
    before = {name: array.copy() for name, array in start.items()}
    brief = replace(TINY, recipe=replace(TINY.recipe, epochs=1))
    further = carry_out(brief, data, tmp_path, start=start)
    assert further.of(Kept)[0].errors == own.errors
    assert further.of(Step)[1].loss < 0.7 * own.of(Step)[1].loss
    assert further.errors.bce < own.errors.bce
    for name, array in start.items():
        assert_array_equal(array, before[name])


# Divergence


@pytest.fixture
def once_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the weights after each epoch only, however fast this machine is."""
    monkeypatch.setattr("ae.training.progress.STEP_SECONDS", 1e9)


def test_divergence_leaves_the_last_finite_weights(
    once_an_epoch: None, data: Mnist, tmp_path: Path
) -> None:
    seen: list[Epoch] = []
    with pytest.raises(training.Diverged, match="the learning rate is too high") as caught:
        training.carry_out(WILD, data, tmp_path, on_epoch=seen.append)
    assert caught.value.passed == 0 and seen == []
    model = weights.load_own(tmp_path / "mine.safetensors")  # all finite, or it would not load
    assert model.metadata.epochs == 0
    assert_array_equal(
        model.encoder[0].weights, training.tensors(caught.value.nets)["encoder.0.weights"]
    )


def wild(out: Path) -> list[str]:
    return ["train", *WILD.arguments, "--out", str(out)]


def test_divergence_on_the_command_line(
    once_an_epoch: None,
    data: Mnist,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("ae.mnist.load", lambda path=None, on_share=None: data)
    assert main(wild(tmp_path)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.removeprefix("Starting TensorFlow …\n") == (
        "ae: the loss is no longer a number: the learning rate is too high; "
        "mine.safetensors has the weights of 0.00 epochs\n"
    )
    weights.load_own(tmp_path / "mine.safetensors")


def test_divergence_among_the_events(once_an_epoch: None, data: Mnist, tmp_path: Path) -> None:
    out = io.StringIO()
    report = Reporter(out)
    with pytest.raises(ValueError, match="no longer a number"), report.failures():
        worker.carry_out(Job(plan=WILD, out=tmp_path), report, data=data)
    told = [events.read(line.encode()) for line in out.getvalue().splitlines()]
    assert told[0] == ("data", {"name": "samples", "digits": 560, "held_out": 100})
    assert told[1][0] == "step" and told[1][1]["loss"] is None
    assert told[-1] == ("diverged", {"passed": 0.0})


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["mine", "--epochs", "301"], "epochs: got 301, expected 1 to 300"),
        (["mine", "--code", "1"], "code size: got 1, expected 2 to 128"),
        (["mine", "--start", "nowhere.safetensors"], "nowhere.safetensors is missing"),
        (["mine", "--code", "7", "--start", "{own}"], "784-24-6-24-784"),
        (["all"], "not of 'all'"),
    ],
)
def test_what_cannot_be_trained_is_told_too(
    argv: list[str],
    reason: str,
    own: Run,
    data: Mnist,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    words = [word.format(own=own.path) for word in argv]
    monkeypatch.setattr("ae.mnist.load", lambda path=None, on_share=None: data)
    assert main(["train", *words, "--out", str(tmp_path / "w"), "--events", "-"]) == 2
    out, complaint = capfd.readouterr()
    (line,) = out.splitlines()
    event, fields = events.read(line.encode())
    assert event == "failed" and fields["reason"] == "other"
    assert reason in fields["message"]
    assert complaint.removeprefix("Starting TensorFlow …\n") == f"ae: {fields['message']}\n"
    assert not (tmp_path / "w").exists()


# Nobody else writes to standard output

QUICK = ["--code", "4", "--digits", "500", "--epochs", "1", "--preset", "seconds", "--or-samples"]


def check_told(told: list[tuple[str, dict[str, Any]]], out: Path) -> None:
    names = [event for event, _ in told]
    assert set(names) == {"drawing", "data", "step", "kept", "epoch", "done"}
    assert [names.count(name) for name in ("data", "epoch", "done")] == [1, 1, 1]
    assert names.index("data") > max(i for i, name in enumerate(names) if name == "drawing")
    assert names[-1] == "done"
    last = dict(told)
    assert last["data"] == {"name": "samples", "digits": 500, "held_out": augmentation.HELD_OUT}
    assert last["done"]["file"] == str(out / "mine.safetensors")
    model = weights.load_own(last["done"]["file"])
    assert model.metadata.test.mse == last["done"]["mse"]
    assert model.code_size == 4


@pytest.fixture(scope="module")
def program() -> Iterator[subprocess.Popen[bytes]]:
    """Start a training that is not told yet what to train."""
    with subprocess.Popen(
        [sys.executable, "-m", "ae.training.worker"],
        cwd=ROOT,
        env=os.environ | {"AE_MNIST": "/nowhere/mnist.npz"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        yield process
        process.kill()


@pytest.mark.usefixtures("program")  # which starts its TensorFlow meanwhile
def test_events_alone_on_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AE_MNIST", "/nowhere/mnist.npz")
    monkeypatch.setattr(augmentation, "TRAIN", 600)
    monkeypatch.setattr(augmentation, "HELD_OUT", 100)
    assert main(["train", "mine", *QUICK, "--out", str(tmp_path), "--events", "-"]) == 0
    printed, complaints = capfd.readouterr()
    check_told([events.read(line.encode()) for line in printed.splitlines()], tmp_path)
    assert "it learns from varied samples instead" in complaints and "Traceback" not in complaints


def test_a_job_from_standard_input(program: subprocess.Popen[bytes], tmp_path: Path) -> None:
    assert events.read(program.stdout.readline()) == ("ready", {})
    recipe = replace(BASE.recipe, epochs=1)
    plan = replace(BASE, code_size=4, digits=500, recipe=recipe)
    program.stdin.write(Job(plan=plan, out=tmp_path, or_samples=True).to_line())
    program.stdin.flush()
    told = [events.read(line) for line in program.stdout]  # standard input stays open
    assert program.wait(60) == 0, program.stderr.read()
    check_told(told, tmp_path)


# With the file


# Keras 3.15.1 reads a variable in the way that NumPy 2.4 deprecates, when it saves (Nov 2026).
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_export(own: Run, data: Mnist, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "x.keras"
    assert main(["export", str(own.path), "--to", str(target)]) == 0
    assert capsys.readouterr().out.startswith(f"{target}: ")
    import keras

    net, model = keras.models.load_model(target), weights.load_own(own.path)
    flat = data.x_test.reshape(-1, 784)
    drawn = net.predict(flat, verbose=0)
    assert_allclose(drawn, model.reconstruct(flat).reshape(-1, 784), atol=1e-5)
    code = net.get_layer("encoder").predict(flat, verbose=0)
    assert_allclose(code, model.encode(flat), atol=1e-4)
    assert [path.name for path in tmp_path.iterdir()] == ["x.keras"]


def test_encode_and_decode(own: Run, data: Mnist, tmp_path: Path) -> None:
    paths = {name: str(tmp_path / name) for name in ("x.npy", "z.csv", "y.npy", "again.npy")}
    np.save(paths["x.npy"], data.x_test)
    mine = ["--model", str(own.path)]
    assert main(["encode", paths["x.npy"], "-o", paths["z.csv"], *mine]) == 0
    assert main(["decode", paths["z.csv"], "-o", paths["y.npy"], *mine]) == 0
    assert main(["reconstruct", paths["x.npy"], "-o", paths["again.npy"], *mine]) == 0
    wanted = weights.load_own(own.path).reconstruct(data.x_test)
    assert_array_equal(np.load(paths["again.npy"]), wanted)
    assert_allclose(np.load(paths["y.npy"]), wanted, atol=1e-6)


@pytest.mark.parametrize("command", ["encode", "export"])
def test_a_file_that_is_none_on_the_command_line(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.safetensors"
    np.save(tmp_path / "x.npy", np.zeros((1, 784), np.float32))
    argv = {
        "encode": ["encode", str(tmp_path / "x.npy"), "--model", str(path)],
        "export": ["export", str(path), "--to", str(tmp_path / "x.keras")],
    }[command]
    assert main(argv) == 2
    printed = capsys.readouterr()
    assert printed.err == f"ae: {path} is missing or cannot be read\n"
    path.write_bytes(b"PK\x03\x04")
    assert main(argv) == 2
    assert capsys.readouterr().err == f"ae: {path} is not a weights file of ours\n"


# A file comes from anybody


def refusal(raw: bytes) -> str:
    with pytest.raises(ValueError) as caught:
        weights.read_own(raw)
    sentence = str(caught.value)
    assert sentence and "\n" not in sentence and ". " not in sentence
    return sentence


def take_apart(raw: bytes) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    (length,) = struct.unpack_from("<Q", raw)
    header = json.loads(json.loads(raw[8 : 8 + length])["__metadata__"]["facts"])
    return {name: a.copy() for name, a in safetensors.numpy.load(raw).items()}, header


def put_together(tensors: dict[str, np.ndarray], header: dict[str, Any]) -> bytes:
    return safetensors.numpy.save(tensors, {"facts": json.dumps(header)})


def with_header(header: Any, body: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def test_apart_and_together_again(raw: bytes) -> None:
    weights.read_own(put_together(*take_apart(raw)))


@pytest.mark.parametrize("share", [0, 1e-5, 1e-4, 0.01, 0.1, 0.5, 0.9, 0.999999])
def test_truncated(raw: bytes, share: float) -> None:
    assert refusal(raw[: int(share * len(raw))]) == "is not a weights file of ours"


def test_longer_than_it_was(raw: bytes) -> None:
    assert refusal(raw + b"\x00") == "is not a weights file of ours"


def test_any_byte_of_the_header(raw: bytes) -> None:
    """Altered, it is refused or, where the byte is of no importance, a model with other header."""
    (length,) = struct.unpack_from("<Q", raw)
    rng = np.random.default_rng(0)
    refused = 0
    for at in [*range(8), *rng.integers(8, 8 + length, 150)]:
        altered = raw[:at] + bytes([raw[at] ^ 1 << int(rng.integers(8))]) + raw[at + 1 :]
        try:
            assert weights.read_own(altered).widths == (784, 24, 6, 24, 784)
        except ValueError as fault:
            assert str(fault)
            refused += 1
    assert refused > 60


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    "name", ["encoder.0.weights", "decoder.1.bias", "statistics.code_mean", "statistics.active"]
)
def test_numbers_that_are_none(raw: bytes, name: str, value: float) -> None:
    tensors, header = take_apart(raw)
    tensors[name].flat[-1] = value
    assert f"{name} holds NaN or infinity" in refusal(put_together(tensors, header))


def test_codes_too_large_to_decode(raw: bytes) -> None:
    """Each weight is finite, and what comes of them is not."""
    for factor in (1e37, 1e9):
        tensors, header = take_apart(raw)
        tensors["encoder.0.weights"] *= np.float32(factor)
        assert "gives codes too large to decode" in refusal(put_together(tensors, header))


def test_codes_that_are_no_numbers(raw: bytes) -> None:
    """Each weight is finite: infinity less infinity is not, and it is not too large either."""
    tensors, header = take_apart(raw)
    tensors["encoder.0.weights"][:] = 3e38
    tensors["encoder.1.weights"][::2], tensors["encoder.1.weights"][1::2] = 1, -1
    assert all(np.isfinite(array).all() for array in tensors.values())
    assert refusal(put_together(tensors, header)) == "gives codes too large to decode"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("code_percentiles", 1e7, "says what no picture gives"),
        ("code_percentiles", -1.0, "says what no picture gives"),  # of a ReLU
        ("code_mean", 1e7, "says what no picture gives"),
        ("active", 1.01, "says what no picture gives"),
        ("active", -0.01, "says what no picture gives"),
        ("bce_percentiles", 17.0, "says what no picture gives"),
        ("mse_percentiles", 1.1, "says what no picture gives"),
        ("mse_percentiles", 0.0, "does not sort its percentiles"),
        ("bce_percentiles", 0.0, "does not sort its percentiles"),
        ("code_percentiles", 0.0, "does not sort its percentiles"),
    ],
)
def test_what_is_usual_is_what_can_be(raw: bytes, name: str, value: float, words: str) -> None:
    tensors, header = take_apart(raw)
    array = tensors[f"statistics.{name}"]
    array[(-1,) if array.ndim == 1 else (-1, array[-1].argmax())] = value
    assert refusal(put_together(tensors, header)) == f"{words}: statistics.{name}"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("encoder", 1e30, "gives codes too large"), ("decoder", 3e38, "has weights too large")],
)
def test_a_weight_of_which_no_sample_knows(raw: bytes, name: str, value: float, words: str) -> None:
    """On the corner's pixel, and on the corner's ink."""
    tensors, header = take_apart(raw)
    tensors[f"{name}.0.weights"][0, 0] = value
    assert refusal(put_together(tensors, header)).startswith(words)


@pytest.mark.parametrize(
    "facts",
    [
        {"lists": [[]] * 20_000},
        {"deep": "[" * 60_000},
        {"versions": {str(i): "" for i in range(3_000)}},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_a_header_that_is_long(
    raw: bytes, facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is known and small comes through; and beyond 100 KB nothing is even parsed."""
    tensors, header = take_apart(raw)
    assert refusal(put_together(tensors, header | facts)).startswith(
        ("says more of itself", "does not say what its versions")
    )
    monkeypatch.setattr(safetensors.numpy, "load", lambda raw: pytest.fail("was parsed"))
    long = put_together(tensors, header | {"lists": [[]] * 1_000_000})
    assert refusal(long) == f"says too much of itself ({struct.unpack_from('<Q', long)[0]:,} bytes)"


@pytest.mark.parametrize("dtype", ["float16", "float64", "int32", "bool"])
def test_wrong_dtype(raw: bytes, dtype: str) -> None:
    tensors, header = take_apart(raw)
    tensors["encoder.0.bias"] = tensors["encoder.0.bias"].astype(dtype)
    assert f"encoder.0.bias is {dtype} of shape (24,)" in refusal(put_together(tensors, header))


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("encoder.0.weights", (24, 784)),
        ("encoder.1.bias", (7,)),
        ("decoder.0.bias", ()),
        ("decoder.1.weights", (0, 784)),
        ("statistics.bce_percentiles", (100,)),
        ("statistics.code_mean", (32,)),
    ],
)
def test_wrong_shape(raw: bytes, name: str, shape: tuple[int, ...]) -> None:
    tensors, header = take_apart(raw)
    tensors[name] = np.zeros(shape, np.float32)
    sentence = refusal(put_together(tensors, header))
    assert sentence.startswith("does not fit what it says of itself: ")
    assert f"{name} is float32 of shape {shape}" in sentence


@pytest.mark.parametrize("name", ["encoder.2.weights", "a", "zzz"])
def test_an_array_too_many(raw: bytes, name: str) -> None:
    tensors, header = take_apart(raw)
    tensors[name] = np.zeros((2, 3), np.float32)
    sentence = refusal(put_together(tensors, header))
    assert f"{name} is float32 of shape (2, 3), expected nothing" in sentence


def test_each_array_is_wanted(raw: bytes) -> None:
    for name in take_apart(raw)[0]:
        tensors, header = take_apart(raw)
        del tensors[name]
        assert f"{name} is nothing, expected" in refusal(put_together(tensors, header))


@pytest.mark.parametrize("encoder", [[784, 24, 7], [784, 25, 6], [784, 6], [784, 24, 24, 6]])
def test_other_widths_than_the_arrays(raw: bytes, encoder: list[int]) -> None:
    tensors, header = take_apart(raw)
    depth = len(encoder) - 1
    header["encoder"] = encoder
    header["activations"] = [["relu"] * depth, ["relu"] * (depth - 1) + ["sigmoid"]]
    sentence = refusal(put_together(tensors, header))
    assert sentence.startswith("does not fit what it says of itself: ")


@pytest.mark.parametrize("key", ["family", "encoder", "activations", "recipe", "test", "data"])
def test_each_part_is_wanted(raw: bytes, key: str) -> None:
    for wrong in (None, [], {}, "x", 3):
        tensors, header = take_apart(raw)
        header[key] = wrong
        refusal(put_together(tensors, header))
    del header[key]
    assert refusal(put_together(tensors, header)).startswith("does not say what ")


def test_a_file_from_before_noise_still_loads(raw: bytes) -> None:
    tensors, header = take_apart(raw)
    for setting in ("k", "split", "sees"):
        del header["recipe"][setting]
    model = weights.read_own(put_together(tensors, header))
    assert_array_equal(model.atoms(), weights.read_own(raw).atoms())
    assert model.metadata.net.recipe == TINY.recipe
    header["recipe"]["noise"] = False
    assert weights.read_own(put_together(tensors, header)).metadata.net.recipe == TINY.recipe
    header["recipe"]["noise"] = True
    assert "sees: " in refusal(put_together(tensors, header))


@pytest.mark.parametrize("figure", ["bce", "mse", "psnr", "zeros", "dead", "digits"])
@pytest.mark.parametrize(
    "value", [None, "0.1", np.nan, np.inf, True, [0.1], 10**400], ids=lambda value: str(value)[:8]
)
def test_what_was_measured_are_figures(raw: bytes, figure: str, value: Any) -> None:
    tensors, header = take_apart(raw)
    header["test"][figure] = value
    assert refusal(put_together(tensors, header)) == "does not say what was measured of it"


@pytest.mark.parametrize("name", weights.MODELS)
def test_a_model_that_ships_is_not_one_s_own(name: str) -> None:
    sentence = refusal(weights.locate(name).read_bytes())
    assert sentence == "is a model that ships, not one of your own"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 8,
        b"\xff" * 8,
        with_header({}),
        with_header([]),
        with_header({"__metadata__": {}}),
        with_header({"__metadata__": {"facts": "null"}}),
        with_header({"__metadata__": {"facts": "[1]"}}),
        with_header({"__metadata__": {"facts": "[" * 90_000}}),
        b"PK\x03\x04" + b"\x00" * 100,
    ],
    ids=lambda raw: f"{len(raw)} bytes",
)
def test_another_kind_of_file(raw: bytes) -> None:
    assert refusal(raw) == "is not a weights file of ours"


def test_too_large(raw: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused by its size, before it is parsed and, on a disk, before it is read."""
    monkeypatch.setattr(safetensors.numpy, "load", lambda raw: pytest.fail("was parsed"))
    words = f"is too large for weights ({MAX_BYTES + 1:,} bytes)"
    assert refusal(bytes(MAX_BYTES + 1)) == words
    path = tmp_path / "mine.safetensors"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # a hole: it takes no room on the disk
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("was read"))
    with pytest.raises(WeightsError) as caught:
        weights.load_own(path)
    assert str(caught.value) == f"{path} {words}"


@pytest.mark.parametrize("widths", [[784, 10**9, 6], [784, 513, 6], [784, 24, 10**18]])
def test_huge_widths_are_refused_before_anything_is_built(
    raw: bytes, widths: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in ((weights, "autoencoder"), (checked, "check"), (weights, "_family_shapes")):
        monkeypatch.setattr(module, name, lambda *_: pytest.fail("went on"))
    tensors, header = take_apart(raw)
    header["encoder"] = widths
    assert "expected 2 to " in refusal(put_together(tensors, header))


@pytest.mark.parametrize("shape", [[10**9, 10**9], [2**63, 2], [2**40, 2**40, 0], [1] * 80])
def test_a_header_that_claims_more_than_there_is(shape: list[int]) -> None:
    header = {
        "__metadata__": {"facts": "{}"},
        "encoder.0.weights": {"dtype": "F32", "shape": shape, "data_offsets": [0, 4]},
    }
    assert refusal(with_header(header, b"\x00" * 4)) == "is not a weights file of ours"


@settings(max_examples=80)
@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_it_is_a_value_error(raw: bytes) -> None:
    for content in (raw, struct.pack("<Q", len(raw)) + raw, with_header({"a": 1}, raw)):
        refusal(content)
