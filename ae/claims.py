"""THE table of what the tutorial says, each claim beside what was measured of it.

Gargalo grew out of "Construindo Autoencoders" (2017): Keras in R, MNIST, three nets. Its claims are
told here in one sentence each. No number is written down here: all come from what ships, or are
computed from it at each call, in some milliseconds. ``python -m ae claims`` prints the table, and
the command beside a claim measures its numbers again.

>>> from ae import claims
>>> claim = claims.of("sparse")[0]
>>> claim.measured.format(**claim.numbers())
"With the tutorial's recipe, 18.8% of the sparse net's numbers are zero, and 4.6% of the shallow's."
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple, final

import numpy as np

from ae import atlas, checked, facts, generation, simulations, weights
from ae.arrays import Float32
from ae.checked import WeightsError
from ae.compression import measured as compression_table
from ae.families import N_
from ae.metadata import Errors, Metadata
from ae.model import Autoencoder, through

CHAPTERS = ("copy", "squeeze", "learn", "pca", "sparse", "bend", "compress", "invent")

DEFAULT_RATE = "tutorial/default_rate.safetensors"
"""The tutorial's shallow net, trained at what Keras has made of Adadelta's rate since."""
DEFAULT_RATE_COMMAND = "train mine --like shallow --preset default_rate --out /tmp/weights"
"""Makes that file, as ``mine.safetensors``."""

_FIRST = 10  # test digits that the tutorial shows
_PAIRS = 500  # of test digits, between which the deep net bends
_ROLLS = 200  # codes by chance


class Verdict(Enum):
    """What became of a claim; the value is an English source string."""

    HOLDS = N_("Holds")
    HOLDS_IF = N_("Holds on a condition")
    DOES_NOT_HOLD = N_("Does not hold")


class Figure(NamedTuple):
    """A number in a sentence; ``str`` writes it in English.

    Attributes
    ----------
    value : a share from 0 to 1 where it is shown as per cent.
    digits : decimals to show. percent : or a plain number.
    """

    value: float
    digits: int = 0
    percent: bool = False

    def __str__(self) -> str:
        return f"{self.value:,.{self.digits}{'%' if self.percent else 'f'}}"


Numbers = Mapping[str, Figure]


@final
@dataclass(frozen=True, kw_only=True)
class Claim:
    """One row of the table.

    Attributes
    ----------
    name : as in the command line.
    chapter : one of `CHAPTERS`.
    claim : what the tutorial says; an English source string, which the screen translates.
    verdict : of a condition, `measured` says which.
    measured : what was found; an English source string with a placeholder for each of `numbers`.
    command : measures the numbers again.
    measure : gives the numbers, or stumbles over what was measured on other weights.
    """

    name: str
    chapter: str
    claim: str
    verdict: Verdict
    measured: str
    command: str
    measure: Callable[[], Numbers]

    def numbers(self) -> Numbers:
        """Give the numbers of `measured`, by their placeholders.

        Raises
        ------
        WeightsError
            A file that ships is missing or damaged, or tells of other weights than are there now.
        """
        try:
            return MappingProxyType(dict(self.measure()))
        except LookupError as missing:
            raise WeightsError(
                f"what {self.name} needs was measured on other weights; measure again with:"
                " python -m ae evaluate --facts --atlas --compression"
            ) from missing


def of(chapter: str) -> tuple[Claim, ...]:
    """Give a chapter's claims; raises ``ValueError`` if there is no such chapter."""
    if chapter not in CHAPTERS:
        raise ValueError(f"no chapter is called {chapter!r}; there are {', '.join(CHAPTERS)}")
    return tuple(claim for claim in CLAIMS if claim.chapter == chapter)


# What gives the numbers


def _halves() -> Numbers:
    model = _net("shallow", "tutorial")
    encoder, decoder = (
        sum(layer.weights.size + layer.bias.size for layer in half)
        for half in (model.encoder, model.decoder)
    )
    whole = model.metadata.parameters
    return {"encoder": Figure(encoder), "decoder": Figure(decoder), "whole": Figure(whole)}


def _resemble() -> Numbers:
    shipped = atlas.load()
    codes = shipped.maps["shallow"].codes[:_FIRST]
    nearest, _ = shipped.nearest(_net("shallow").decode(codes), facts.load().ladder.pca)
    own = int((nearest == np.arange(_FIRST)).sum())
    return {"own": Figure(own), "first": Figure(_FIRST), "others": Figure(len(shipped.digits) - 1)}


def _fewer() -> Numbers:
    model = _net("shallow", "tutorial")
    pixels, code = model.widths[0], model.code_size
    size = model.encoder[-1].bias.itemsize  # of each number of the code
    return {
        "times": Figure(pixels / code, 1),
        "size": Figure(size),
        "bytes": Figure(pixels / (code * size), 1),
    }


def _rate() -> Numbers:
    then, now = _net("shallow", "tutorial").metadata, _at_default_rate()
    assert then.net is not None
    assert now.net is not None
    return {
        "then": Figure(then.net.recipe.learning_rate),
        "trained": Figure(then.test.bce, 3),
        "now": Figure(now.net.recipe.learning_rate, 3),
        "untrained": Figure(now.test.bce, 3),
        "mean": Figure(facts.load().table["mean"]["bce"], 3),
    }


def _cross_entropy() -> Numbers:
    bce, floor = _errors("shallow", "tutorial").bce, facts.load().table["floor"]["bce"]
    return {"floor": Figure(floor, 3), "bce": Figure(bce, 3), "left": Figure(bce - floor, 3)}


def _almost_pca() -> Numbers:
    angles = facts.load().angles
    return {
        "linear": Figure(facts.overlap(angles["linear", "best"]), 2),
        "shallow": Figure(facts.overlap(angles["shallow", "tutorial"]), 2),
    }


def _zeros() -> Numbers:
    return {name: _percent(_errors(name, "tutorial").zeros, 1) for name in ("sparse", "shallow")}


def _cost() -> Numbers:
    numbers = {}
    for recipe in ("tutorial", "best"):
        sparse, shallow = (_errors(name, recipe) for name in ("sparse", "shallow"))
        numbers[f"zeros_{recipe}"] = _percent(sparse.zeros)
        numbers[f"more_{recipe}"] = _percent(sparse.mse / shallow.mse - 1)
    return numbers


def _deeper() -> Numbers:
    return {
        f"{name}_{recipe}": Figure(_errors(name, recipe).bce, 3)
        for name in ("deep", "shallow")
        for recipe in ("tutorial", "best")
    }


def _bends() -> Numbers:
    maps = atlas.load().maps
    shares = {
        name: bend(_net(name), maps[name].codes[: 2 * _PAIRS]) for name in ("shallow", "deep")
    }
    return {name: _percent(share) for name, share in shares.items()} | {"pairs": Figure(_PAIRS)}


def _curve() -> Numbers:
    made = simulations.SIMULATIONS["half_circle"]
    points = made.points()
    line = simulations.PCA.fit(points, made.code_size)
    return {
        "pca": Figure(simulations.Result.of(line, points, made).error, 4),
        "curved": Figure(made.best, 4),
        "starts": Figure(simulations.SEEDS),
    }


def _pictures() -> Numbers:
    table = compression_table.load()
    rung = table.ladder("shallow")[4]
    digits = table.pays_off(rung)
    assert digits is not None
    return {
        "bits": Figure(rung.bits),
        "bytes": Figure(rung.bytes, 1),
        "decoder": Figure(table.decoders["shallow"]),
        "digits": Figure(digits),
    }


def _files() -> Numbers:
    table = compression_table.load()
    rung = table.ladder("shallow")[-1]
    png = next(picture for picture in table.pictures if picture.quality is None)
    return {"bits": Figure(rung.bits), "mse": Figure(rung.mse, 4), "png": Figure(png.mse, 4)}


def _invents() -> Numbers:
    shipped, pca = atlas.load(), facts.load().ladder.pca

    def near(name: str) -> Figure:
        model = _net(name)
        codes = generation.by_chance(model, _ROLLS, np.random.default_rng(0))
        return Figure(shipped.near(model.decode(codes), pca))

    return {"rolls": Figure(_ROLLS), "vae": near("vae"), "plain": near("shallow")}


def bend(model: Autoencoder, codes: Float32) -> float:
    """Measure how far a decoder is from linear, before its last activation.

    A linear one draws halfway between two codes what is halfway between their pictures.

    Parameters
    ----------
    codes : float32 array of shape (2n, units); the first n are paired with the others.

    Returns
    -------
    How far it misses that, as a share of the way from there to either picture: the pairs' mean, 0
    (but for rounding) of a decoder of one layer.
    """
    half = len(codes) // 2
    a, b = codes[:half], codes[half:]

    def logits(z: Float32) -> Float32:
        *before, last = model.decoder
        return last.logits(through(before, z)[-1] if before else z)

    ends = logits(a), logits(b)
    middle = generation.between(*ends)
    missed = np.linalg.norm(logits(generation.between(a, b)) - middle, axis=1)
    return float((missed / np.linalg.norm(ends[0] - middle, axis=1)).mean())


def _net(name: str, recipe: str = "best") -> Autoencoder:
    model = weights.load(name, recipe=recipe)
    assert isinstance(model, Autoencoder)
    return model


def _errors(name: str, recipe: str) -> Errors:
    return weights.load(name, recipe=recipe).metadata.test


def _at_default_rate() -> Metadata:
    root = checked.FOLDER
    return checked.load(
        root / DEFAULT_RATE,
        root,
        lambda _, header: Metadata.parse(header),
        what="weights file of ours",
        command=DEFAULT_RATE_COMMAND,
    )


def _percent(share: float, digits: int = 0) -> Figure:
    return Figure(share, digits, percent=True)


# fmt: off
CLAIMS: tuple[Claim, ...] = (
    Claim(
        name="halves", chapter="copy",
        claim=N_("The encoder and the decoder can be used apart."),
        verdict=Verdict.HOLDS,
        measured=N_(
            "The encoder has {encoder} weights and the decoder {decoder}. Together that is all"
            " {whole} of the net: the two share none."
        ),
        command="python -m ae claims halves", measure=_halves,
    ),
    Claim(
        name="resemble", chapter="copy",
        claim=N_("The first ten test digits come back looking like the originals."),
        verdict=Verdict.HOLDS,
        measured=N_(
            "Of these {first}, the shallow net draws {own} nearer to their own original than to"
            " any of {others} other test digits."
        ),
        command="python -m ae claims resemble", measure=_resemble,
    ),
    Claim(
        name="fewer", chapter="squeeze",
        claim=N_("784 pixels become 32 numbers: 24.5 times less."),
        verdict=Verdict.HOLDS_IF,
        measured=N_(
            "Counted in numbers it is {times} times less. Counted in bytes, 1 for a pixel and"
            " {size} for a number, it is {bytes} times less."
        ),
        command="python -m ae claims fewer", measure=_fewer,
    ),
    Claim(
        name="rate", chapter="learn",
        claim=N_("Adadelta trains the net in 50 epochs."),
        verdict=Verdict.HOLDS_IF,
        measured=N_(
            "With the learning rate of 2017 ({then}) the cross-entropy ends at {trained}; with"
            " Keras's default of today ({now}) at {untrained}. To draw the average digit each time"
            " gives {mean}."
        ),
        command=f"python -m ae {DEFAULT_RATE_COMMAND}", measure=_rate,
    ),
    Claim(
        name="cross_entropy", chapter="learn",
        claim=N_("The cross-entropy says how far a copy is from the original."),
        verdict=Verdict.HOLDS_IF,
        measured=N_(
            "Subtract {floor} first: pixels are grey, so even a perfect copy has that much. Of the"
            " {bce} of the tutorial's net, {left} is left."
        ),
        command="python -m ae evaluate", measure=_cross_entropy,
    ),
    Claim(
        name="almost_pca", chapter="pca",
        claim=N_("What the net learns is almost PCA."),
        verdict=Verdict.HOLDS_IF,
        measured=N_(
            "The overlap with PCA's space is {linear} for a linear net that learns from the"
            " squared error, but {shallow} for the tutorial's net, with ReLU and sigmoid. In equal"
            " spaces it is 1."
        ),
        command="python -m ae evaluate --facts", measure=_almost_pca,
    ),
    Claim(
        name="zeros", chapter="sparse",
        claim=N_("The sparse net has more zeros in its codes."),
        verdict=Verdict.HOLDS,
        measured=N_(
            "With the tutorial's recipe, {sparse} of the sparse net's numbers are zero, and"
            " {shallow} of the shallow's."
        ),
        command="python -m ae evaluate", measure=_zeros,
    ),
    Claim(
        name="cost", chapter="sparse",
        claim=N_("Being sparse costs little error."),
        verdict=Verdict.HOLDS_IF,
        measured=N_(
            "With the tutorial's recipe {zeros_tutorial} of the numbers are zero, and the squared"
            " error is {more_tutorial} larger than the shallow net's. With the thorough recipe it"
            " is {zeros_best}, and {more_best} larger."
        ),
        command="python -m ae evaluate", measure=_cost,
    ),
    Claim(
        name="deeper", chapter="bend",
        claim=N_("The deep net copies better than the shallow one."),
        verdict=Verdict.HOLDS_IF,
        measured=N_(
            "With the thorough recipe its cross-entropy is {deep_best} against the shallow net's"
            " {shallow_best}. With the tutorial's it is worse: {deep_tutorial} against"
            " {shallow_tutorial}."
        ),
        command="python -m ae evaluate", measure=_deeper,
    ),
    Claim(
        name="bends", chapter="bend",
        claim=N_("The deep net is no longer linear."),
        verdict=Verdict.HOLDS,
        measured=N_(
            "Halfway between two codes, a linear decoder draws halfway between both pictures."
            " Before the sigmoid, the shallow net misses that by {shallow} of the way to either,"
            " and the deep net by {deep} ({pairs} pairs of test digits)."
        ),
        command="python -m ae claims bends", measure=_bends,
    ),
    Claim(
        name="curve", chapter="bend",
        claim=N_("Where data lie on a curve, a net that bends beats PCA."),
        verdict=Verdict.HOLDS,
        measured=N_(
            "On a half circle, squeezed to one number, the squared error of PCA is {pca}, and"
            " that of the net {curved}, from the best of {starts} starts."
        ),
        command="python -m ae simulate half_circle --seed 6", measure=_curve,
    ),
    Claim(
        name="pictures", chapter="compress",
        claim=N_("An autoencoder can compress pictures."),
        verdict=Verdict.HOLDS_IF,
        measured=N_(
            "With at most {bits} bits for a number, the shallow net's codes take {bytes} bytes a"
            " digit, and its decoder {decoder}. From {digits} digits on, both together are smaller"
            " than picture files with the same error."
        ),
        command="python -m ae evaluate --compression", measure=_pictures,
    ),
    Claim(
        name="files", chapter="compress",
        claim=N_("An autoencoder can even compress files."),
        verdict=Verdict.DOES_NOT_HOLD,
        measured=N_(
            "A file must come back exactly. With at most {bits} bits for a number, the shallow"
            " net's copies of test digits still have a squared error of {mse}; those of PNG"
            " have {png}."
        ),
        command="python -m ae evaluate --compression", measure=_files,
    ),
    Claim(
        name="invents", chapter="invent",
        claim=N_("A variational autoencoder draws new digits, which a plain one cannot."),
        verdict=Verdict.HOLDS,
        measured=N_(
            "Of {rolls} codes rolled by chance, the VAE draws {vae} near a test digit, and the"
            " shallow net {plain}. Of digits that people wrote, half lie that near to another."
        ),
        command="python -m ae claims invents", measure=_invents,
    ),
)
# fmt: on
