"""The tutorial's claims: numbers against MNIST by other means, verdicts against the numbers.

What is measured again starts from the arrays in the weights files, and goes through them with a few
lines of NumPy: no figure that ships, and nothing of `ae.evaluation`, `ae.facts` or `ae.atlas`. How
the net of today's default rate was trained is not tried again: its file says it, and is measured.
"""

from __future__ import annotations

import doctest
import json
import re
import shlex
import shutil
import string
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

import ae
from ae import checked, claims, compression, plans, simulations, weights
from ae.claims import CLAIMS, Claim, Figure, Verdict
from ae.cli import main
from ae.cli.parser import build_parser
from ae.compression import pictures
from ae.mnist import Mnist

ROOT = Path(__file__).parents[2]
NAMES = [claim.name for claim in CLAIMS]
each = pytest.mark.parametrize("claim", CLAIMS, ids=NAMES)
Values = dict[str, float]


@cache
def values(name: str) -> Values:
    (claim,) = (claim for claim in CLAIMS if claim.name == name)
    return {key: figure.value for key, figure in claim.numbers().items()}


# The table


def test_fourteen_claims_stand_in_the_order_of_the_chapters() -> None:
    assert len(set(NAMES)) == len(CLAIMS) == 14
    chapters = [claims.of(chapter) for chapter in claims.CHAPTERS]
    assert all(chapters)
    assert sum(chapters, ()) == CLAIMS
    with pytest.raises(ValueError, match="no chapter is called 'end'; there are copy, squeeze"):
        claims.of("end")


@each
def test_each_placeholder_has_a_number_and_each_number_a_placeholder(claim: Claim) -> None:
    numbers = claim.numbers()
    placeholders = {name for _, name, _, _ in string.Formatter().parse(claim.measured) if name}
    assert numbers.keys() == placeholders
    assert all(np.isfinite(figure.value) for figure in numbers.values())
    with pytest.raises(TypeError):
        numbers["another"] = Figure(1)  # type: ignore[index]


@each
def test_each_command_is_one(claim: Claim) -> None:
    words = shlex.split(claim.command)
    assert words[:3] == ["python", "-m", "ae"]
    arguments = build_parser().parse_args(words[3:])
    if arguments.command == "claims":
        assert arguments.name == claim.name


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (Figure(139776), "139,776"),
        (Figure(24.5, 1), "24.5"),
        (Figure(0.188, 1, percent=True), "18.8%"),
        (Figure(0.5, percent=True), "50%"),
    ],
)
def test_figures_in_english(figure: Figure, text: str) -> None:
    assert str(figure) == f"{figure}" == text


# A number that changes may change a verdict: name -> what must be so for the one that is given.
GROUNDS: dict[str, tuple[Verdict, Callable[[Values], bool]]] = {
    "halves": (Verdict.HOLDS, lambda n: n["encoder"] + n["decoder"] == n["whole"]),
    "resemble": (Verdict.HOLDS, lambda n: n["own"] == n["first"] == 10),
    "fewer": (Verdict.HOLDS_IF, lambda n: n["times"] == 24.5 and n["bytes"] < 7),
    "rate": (Verdict.HOLDS_IF, lambda n: n["trained"] < n["mean"] / 2 < n["untrained"] / 4),
    "cross_entropy": (Verdict.HOLDS_IF, lambda n: n["floor"] > n["left"] > 0),
    "almost_pca": (Verdict.HOLDS_IF, lambda n: n["linear"] > 0.99 and n["shallow"] < 0.75),
    "zeros": (Verdict.HOLDS, lambda n: n["sparse"] > 3 * n["shallow"]),
    "cost": (
        Verdict.HOLDS_IF,
        lambda n: (
            n["more_tutorial"] < 0.2 < 0.5 < n["more_best"]
            and n["zeros_tutorial"] < n["zeros_best"] / 2
        ),
    ),
    "deeper": (
        Verdict.HOLDS_IF,
        lambda n: n["deep_best"] < n["shallow_best"] and n["deep_tutorial"] > n["shallow_tutorial"],
    ),
    "bends": (Verdict.HOLDS, lambda n: n["shallow"] < 1e-5 and n["deep"] > 0.25),
    "curve": (Verdict.HOLDS, lambda n: n["curved"] < n["pca"] / 10),
    "pictures": (Verdict.HOLDS_IF, lambda n: n["bytes"] < 784 < n["decoder"] and n["digits"] > 1),
    "files": (Verdict.DOES_NOT_HOLD, lambda n: n["mse"] > n["png"] == 0),
    "invents": (
        Verdict.HOLDS,
        lambda n: n["vae"] > 0.4 * n["rolls"] and n["plain"] < 0.1 * n["rolls"],
    ),
}


@each
def test_the_verdict_follows_from_the_numbers(claim: Claim) -> None:
    verdict, holds = GROUNDS[claim.name]
    assert claim.verdict is verdict
    assert holds(values(claim.name))


# Against MNIST


@cache
def arrays(file: str) -> dict[str, np.ndarray]:
    return safetensors.numpy.load_file(checked.FOLDER / f"{file}.safetensors")


def layers(file: str, half: str) -> list[tuple[np.ndarray, np.ndarray]]:
    count = sum(re.fullmatch(rf"{half}\.\d\.bias", name) is not None for name in arrays(file))
    return [
        tuple(arrays(file)[f"{half}.{i}.{part}"].astype(float) for part in ("weights", "bias"))
        for i in range(count)
    ]


def encoded(file: str, x: np.ndarray) -> np.ndarray:
    a = x.reshape(len(x), 784).astype(float)
    for W, b in layers(file, "encoder"):
        a = np.maximum(a @ W + b, 0)
    return a


def before_sigmoid(file: str, z: np.ndarray) -> np.ndarray:
    *hidden, (W, b) = layers(file, "decoder")
    for V, c in hidden:
        z = np.maximum(z @ V + c, 0)
    return z @ W + b


def drawn(file: str, z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-before_sigmoid(file, z)))


def cross_entropy(x: np.ndarray, y: np.ndarray) -> float:
    x, y = x.reshape(len(x), 784).astype(float), np.clip(y, 1e-12, 1 - 1e-12)
    return float(-(x * np.log(y) + (1 - x) * np.log1p(-y)).mean())


def copied(file: str, x: np.ndarray) -> np.ndarray:
    return drawn(file, encoded(file, x))


def squared(file: str, x: np.ndarray) -> float:
    return float(((copied(file, x) - x.reshape(len(x), 784)) ** 2).mean())


def zeros(file: str, x: np.ndarray) -> float:
    return float((encoded(file, x) == 0).mean())


@pytest.fixture(scope="module")
def components(mnist: Mnist) -> np.ndarray:
    """The 100 directions in which MNIST's training digits vary most, (784, 100)."""
    x = mnist.x_train.reshape(-1, 784)
    centred = x - x.mean(axis=0, dtype=float).astype(np.float32)
    return np.linalg.eigh((centred.T @ centred).astype(float))[1][:, ::-1][:, :100]


def test_the_halves_share_no_weight(mnist: Mnist) -> None:
    sizes = {
        half: sum(a.size for pair in layers("tutorial/shallow", half) for a in pair)
        for half in ("encoder", "decoder")
    }
    numbers = values("halves")
    assert sizes == {"encoder": numbers["encoder"], "decoder": numbers["decoder"]}
    model = ae.load("shallow", recipe="tutorial")
    arrays_of = [layer.weights for layer in (*model.encoder, *model.decoder)]
    assert not np.shares_memory(*arrays_of)
    # And each works without the other.
    codes = model.encode(mnist.x_test[:5])
    np.testing.assert_allclose(codes, encoded("tutorial/shallow", mnist.x_test[:5]), atol=1e-4)
    pictures_of = model.decode(codes).reshape(5, 784)
    np.testing.assert_allclose(pictures_of, drawn("tutorial/shallow", codes), atol=1e-5)


def test_the_first_ten_are_nearest_to_themselves_by_their_pixels(mnist: Mnist) -> None:
    copies, x = copied("shallow", mnist.x_test[:10]), mnist.x_test[:5000].reshape(-1, 784)
    nearest = [int(((x - copy) ** 2).sum(axis=1).argmin()) for copy in copies]
    numbers = values("resemble")
    assert sum(i == at for i, at in enumerate(nearest)) == numbers["own"]
    assert numbers["others"] == len(x) - 1


def test_numbers_and_bytes_are_counted(mnist: Mnist) -> None:
    digit = mnist.x_test[:1]
    code = ae.load("shallow", recipe="tutorial").encode(digit)
    grey = np.rint(255 * digit).astype(np.uint8)
    assert np.array_equal(grey / np.float32(255), digit), "a pixel does not fit into a byte"
    numbers = values("fewer")
    assert numbers["times"] == digit.size / code.size
    assert numbers["bytes"] == grey.nbytes / code.nbytes
    assert numbers["size"] == code.itemsize


def of_rate(x: np.ndarray, train: np.ndarray) -> Values:
    mean = np.broadcast_to(train.reshape(-1, 784).mean(axis=0, dtype=float), (len(x), 784))
    return {
        "then": 1.0,
        "trained": cross_entropy(x, copied("tutorial/shallow", x)),
        "now": 0.001,
        "untrained": cross_entropy(x, copied("tutorial/default_rate", x)),
        "mean": cross_entropy(x, mean),
    }


def of_cross_entropy(x: np.ndarray, _: np.ndarray) -> Values:
    floor = cross_entropy(x, x.reshape(-1, 784).astype(float))
    bce = cross_entropy(x, copied("tutorial/shallow", x))
    return {"floor": floor, "bce": bce, "left": bce - floor}


def of_zeros(x: np.ndarray, _: np.ndarray) -> Values:
    return {name: zeros(f"tutorial/{name}", x) for name in ("sparse", "shallow")}


def of_cost(x: np.ndarray, _: np.ndarray) -> Values:
    found = {}
    for recipe, folder in (("tutorial", "tutorial/"), ("best", "")):
        found[f"zeros_{recipe}"] = zeros(f"{folder}sparse", x)
        ratio = squared(f"{folder}sparse", x) / squared(f"{folder}shallow", x)
        found[f"more_{recipe}"] = ratio - 1
    return found


def of_deeper(x: np.ndarray, _: np.ndarray) -> Values:
    return {
        f"{name}_{recipe}": cross_entropy(x, copied(f"{folder}{name}", x))
        for name in ("deep", "shallow")
        for recipe, folder in (("tutorial", "tutorial/"), ("best", ""))
    }


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("rate", of_rate),
        ("cross_entropy", of_cross_entropy),
        ("zeros", of_zeros),
        ("cost", of_cost),
        ("deeper", of_deeper),
    ],
)
def test_errors_and_zeros_are_those_of_mnist(name: str, measure: Callable, mnist: Mnist) -> None:
    # The mean of float32 errors, and a code that one machine makes 0 and another a hair more.
    assert values(name) == pytest.approx(measure(mnist.x_test, mnist.x_train), rel=1e-3)


def test_the_overlap_is_that_with_mnist_s_own_components(
    mnist: Mnist, components: np.ndarray
) -> None:
    """By projectors: the trace of their product is the sum of the squared cosines."""
    ours = components[:, :32]
    for key, file in (("linear", "linear"), ("shallow", "tutorial/shallow")):
        ((rows, _),) = layers(file, "decoder")
        theirs = np.linalg.qr(rows.T)[0]
        overlap = np.trace(ours @ ours.T @ theirs @ theirs.T) / 32
        assert values("almost_pca")[key] == pytest.approx(overlap, abs=1e-3)


def test_how_far_the_deep_net_bends_is_measured_on_unrounded_codes(mnist: Mnist) -> None:
    numbers = values("bends")
    pairs = int(numbers["pairs"])
    for name in ("shallow", "deep"):
        z = encoded(name, mnist.x_test[: 2 * pairs])
        shares = []
        for one, other in zip(z[:pairs], z[pairs:], strict=True):
            left, middle, right = before_sigmoid(name, np.stack([one, (one + other) / 2, other]))
            expected = (left + right) / 2
            shares.append(np.linalg.norm(middle - expected) / np.linalg.norm(left - expected))
        assert numbers[name] == pytest.approx(np.mean(shares), rel=0.01, abs=1e-5)


def test_a_made_up_decoder_bends_by_what_can_be_worked_out() -> None:
    """ReLU of -1 and 1, halfway 0 instead of 1/2: as far off as either end is."""
    relu = ae.model.Dense(np.eye(1, dtype=np.float32), np.zeros(1, np.float32), "relu")
    last = ae.model.Dense(np.ones((1, 784), np.float32), np.zeros(784, np.float32), "sigmoid")
    ends = np.array([[-1], [1]], np.float32)
    for decoder, share in (((relu, last), 1.0), ((last,), 0.0)):
        model = ae.Autoencoder("made up", (relu,), decoder)
        assert claims.bend(model, ends) == share


def test_the_half_circle_is_squeezed_again() -> None:
    made = simulations.SIMULATIONS["half_circle"]
    points = made.points().astype(float)
    weakest = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)[-1] ** 2 / len(points)
    arguments = build_parser().parse_args(shlex.split(claims.of("bend")[-1].command)[3:])
    curved = simulations.Training(made.start("curved", arguments.seed), made.points())
    curved.run()
    numbers = values("curve")
    assert numbers == pytest.approx({"pca": weakest, "curved": curved.loss, "starts": 20}, rel=0.02)


def test_bytes_and_errors_of_compressed_digits_are_measured_again(mnist: Mnist) -> None:
    """On some of the digits: searching for the codes of all takes minutes."""
    model = ae.load("shallow")
    prior = compression.prior_of(model)
    x, sheet = mnist.x_test[::10], mnist.x_test[:2500]

    def squeezed(bits: float) -> tuple[float, float]:
        small = compression.compress(model, prior, x, int(bits))
        back = compression.decompress(small, model, prior)
        return len(small.to_bytes()) / len(x), float(((x - back) ** 2).mean())

    numbers = values("pictures")
    size, error = squeezed(numbers["bits"])
    assert numbers["bytes"] == pytest.approx(size, rel=0.05)
    parts = [*model.decoder_arrays().values(), *asdict(prior).values()]
    assert numbers["decoder"] == sum(4 * part.size for part in parts)
    sheets = []
    for format, quality in pictures.variants():
        written = pictures.encode(sheet, format, quality)
        if ((written.pictures - sheet) ** 2).mean() <= error:
            sheets.append(written.bytes / len(sheet))
    assert numbers["digits"] == pytest.approx(numbers["decoder"] / (min(sheets) - size), rel=0.05)

    numbers = values("files")
    assert numbers["mse"] == pytest.approx(squeezed(numbers["bits"])[1], rel=0.05)
    assert numbers["png"] == ((pictures.encode(sheet, "PNG", None).pictures - sheet) ** 2).mean()


def test_what_is_rolled_is_near_mnist_s_own_digits(mnist: Mnist, components: np.ndarray) -> None:
    numbers = values("invents")
    rolls = int(numbers["rolls"])

    def projected(x: np.ndarray) -> np.ndarray:
        return x.reshape(len(x), 784) @ components

    def distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.array([np.sqrt(((b - row) ** 2).sum(axis=1).min()) for row in a])

    known = projected(mnist.x_test[:5000])
    # A third of the others: half of them are as near as this to one that is known.
    near = np.median(distances(projected(mnist.x_test[5000::3]), known))
    normal = np.random.default_rng(0).standard_normal((rolls, 32), np.float32)
    low, high = np.percentile(encoded("shallow", mnist.x_test), (5, 95), axis=0)
    usual = np.random.default_rng(0).uniform(low, high, (rolls, 32))
    for key, file, codes in (("vae", "vae", normal), ("plain", "shallow", usual)):
        count = (distances(projected(drawn(file, codes)), known) <= near).sum()
        assert numbers[key] == pytest.approx(count, abs=0.03 * rolls)


# What ships for it alone


def test_the_net_of_today_s_default_rate_says_how_it_was_made() -> None:
    model = weights.load_own(checked.FOLDER / claims.DEFAULT_RATE)
    plan = plans.preset("default_rate", "shallow")
    made = model.metadata.net
    assert made is not None
    assert (made.recipe, made.seed, made.encoder) == (plan.recipe, plan.seed, (784, 32))
    trained = ae.load("shallow", recipe="tutorial").metadata
    assert trained.net is not None
    assert made.recipe.learning_rate == trained.net.recipe.learning_rate / 1000
    assert model.metadata.data == trained.data
    assert (model.metadata.tested, model.metadata.epochs) == (10_000, 50)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the weights, in the place of those that ship."""
    copied = Path(shutil.copytree(checked.FOLDER, tmp_path / "copied"))
    monkeypatch.setattr(checked, "FOLDER", copied)
    return copied


def test_what_was_measured_on_other_weights_is_not_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in ("shallow", "tutorial/shallow"):
        path = folder / f"{file}.safetensors"
        tensors, header = checked.read(path, folder)
        checked.save(path, tensors, {**header, "seed": 1}, root=folder)
    refused = set()
    for claim in CLAIMS:
        try:
            claim.numbers()
        except ae.WeightsError as fault:
            assert str(fault).startswith(f"what {claim.name} needs was measured on other weights;")
            refused.add(claim.name)
    assert refused == {"resemble", "almost_pca", "bends", "pictures", "files"}
    assert main(["claims"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_file_that_is_missing_is_named(folder: Path) -> None:
    (folder / claims.DEFAULT_RATE).unlink()
    with pytest.raises(ae.WeightsError, match=r"default_rate\.safetensors is missing .*git check"):
        values.__wrapped__("rate")


# What is printed


def test_the_document_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--markdown"]) == 0
    ships = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    again = "write it again with: python -m ae claims --markdown > docs/claims.md"
    assert capsys.readouterr().out == ships, again
    assert ships.count("\n| ") == 2 + len(CLAIMS)


def test_the_table_is_aligned_and_says_it_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims"]) == 0
    text = capsys.readouterr().out
    head, *lines = text.splitlines()
    at = head.index("verdict")
    verdicts = [line[at:].split("  ")[0] for line in lines if line[0] != " "]
    assert verdicts == [claim.verdict.value.lower() for claim in CLAIMS]
    told = re.sub(r"\s+", " ", " ".join(line[at + 20 :] for line in lines))
    for claim in CLAIMS:
        measured = claim.measured.format(**claim.numbers())
        assert f"{claim.claim} {measured} {claim.command}" in told


def test_one_claim_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "zeros", "--json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert record["numbers"] == values("zeros")
    assert (record["name"], record["chapter"], record["verdict"]) == ("zeros", "sparse", "holds")
    (claim,) = (claim for claim in CLAIMS if claim.name == "zeros")
    assert record["measured"] == claim.measured.format(**claim.numbers())


def test_the_example_in_the_module_is_right() -> None:
    assert doctest.testmod(claims, raise_on_error=True).attempted == 3
