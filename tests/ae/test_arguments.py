"""What takes codes, measures and counts refuses what is none, in words as the models do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest

import ae
from ae import atlas, evaluation, facts, generation, latent
from ae.arrays import MAX_CODE
from ae.facts import CodeFacts
from ae.model import Autoencoder


def normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(3).normal(0, 1, shape).astype(np.float32)


CODES, DIGITS = normal(20, 3), np.arange(20).astype(np.uint8) % 10
NEAREST, DISTANCES = latent.neighbours(CODES, normal(4, 3), 5)
MAP = replace(atlas.code_map(CODES), umap=normal(20, 2))
RANDOM = np.random.default_rng(0)


class Call(NamedTuple):
    """A function with good arguments; of the arrays among them, what the complaint calls them."""

    function: Callable[..., Any]
    good: dict[str, Any]
    names: Mapping[str, str] = MappingProxyType({})


def sample(mean: Any, covariance: Any, least: Any, most: Any, n: Any, random: Any) -> Any:
    told = dict.fromkeys(CodeFacts.__dataclass_fields__)
    told |= {"mean": mean, "covariance": covariance, "least": least, "most": most}
    return generation.gaussian(CodeFacts(**told), n, random)


def spread(percentiles: Any, n: Any, random: Any) -> Any:
    model = ae.load("shallow")
    assert isinstance(model, Autoencoder)
    statistics = replace(model.statistics, code_percentiles=percentiles)
    return generation.uniform(statistics, n, random)


AVERAGED = {"values": MAP.umap, "nearest": NEAREST, "distances": DISTANCES}
FACTS = {"mean": CODES[0], "covariance": np.eye(3, dtype=np.float32), "least": -(CODES[0] ** 2)}
CALLS = {
    "neighbours": Call(latent.neighbours, {"codes": CODES, "z": CODES[:2], "k": 5}, {"z": "codes"}),
    "nearest_pair": Call(latent.nearest_pair, {"codes": CODES}),
    "votes": Call(latent.votes, {"digits": DIGITS, "nearest": NEAREST}),
    "inverse_distance": Call(latent.inverse_distance, AVERAGED),
    "principal_plane": Call(latent.principal_plane, {"codes": CODES}),
    "interpolate": Call(latent.interpolate, {"a": CODES[0], "b": CODES[1], "steps": 3}),
    "prior_sheet": Call(latent.prior_sheet, {"size": 3}),
    "place": Call(MAP.place, {"z": CODES, "digits": DIGITS}, {"z": "codes"}),
    "project": Call(MAP.project, {"z": CODES}, {"z": "codes"}),
    "divergence": Call(
        evaluation.divergence,
        {"mean": CODES, "log_variance": CODES},
        {"log_variance": "log-variance"},
    ),
    "principal_angles": Call(
        facts.principal_angles, {"a": normal(2, 28, 28), "b": normal(3, 28, 28)}
    ),
    "uniform": Call(
        spread,
        {"percentiles": np.sort(normal(3, 4), axis=0), "n": 2, "random": RANDOM},
        {"percentiles": "code percentiles"},
    ),
    "gaussian": Call(sample, FACTS | {"most": CODES[0] ** 2, "n": 2, "random": RANDOM}),
    "prior": Call(generation.prior, {"units": 2, "n": 3, "temperature": 1.0, "random": RANDOM}),
    "between": Call(generation.between, {"a": CODES, "b": -CODES}),
}


def bad(value: Any) -> dict[str, Any]:
    """What is none, of what is good."""
    if isinstance(value, np.ndarray):
        last = value.copy()
        if value.dtype == np.float32:
            last.flat[-1] = np.nan
            extremes = {}
            for name, extreme in (("infinity", np.inf), ("huge", 2 * MAX_CODE)):
                extremes[name] = value.copy()
                extremes[name].flat[-1] = extreme
            worse = {"NaN": last, **extremes, "double": value.astype(np.float64)}
        elif value.dtype == np.uint8:  # digits
            worse = {"whole": value.astype(np.int64)}
        else:
            last.flat[-1] = 20
            worse = {"beyond": last, "below": last - 30, "float": value.astype(np.float32)}
        return {**worse, "a dimension more": value[None], "list": value.tolist(), "nothing": None}
    if isinstance(value, np.random.Generator):
        return {"nothing": None, "a seed": 0}
    if isinstance(value, float):
        return {"NaN": np.nan, "infinity": np.inf, "below": -1.0, "text": "1", "nothing": None}
    return {"below": -1, "half": 1.5, "text": "3", "nothing": None, "truth": True}


WRONG = [
    (name, argument, kind)
    for name, call in CALLS.items()
    for argument, value in call.good.items()
    for kind in bad(value)
    # Any shape will do there; it is ``b`` that then has another one.
    if (name, argument, kind) != ("interpolate", "a", "a dimension more")
]


@pytest.mark.parametrize("name", CALLS)
def test_what_is_good_is_taken(name: str) -> None:
    given = CALLS[name].function(**CALLS[name].good)
    for array in given if isinstance(given, tuple) else (given,):
        assert np.isfinite(array).all()


@pytest.mark.parametrize(("name", "argument", "kind"), WRONG)
def test_what_is_none_is_refused_in_words(name: str, argument: str, kind: str) -> None:
    call = CALLS[name]
    wrong = call.good | {argument: bad(call.good[argument])[kind]}
    with pytest.raises(ValueError) as caught:
        call.function(**wrong)
    sentence = str(caught.value)
    assert sentence.startswith(f"{call.names.get(argument, argument)}: ")
    assert "expected" in sentence and "\n" not in sentence


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: latent.neighbours(CODES, CODES, 21), "a whole number from 1 to 20"),
        (lambda: latent.neighbours(CODES, normal(2, 4), 5), "codes: got shape (2, 4)"),
        (lambda: latent.principal_plane(CODES[:1]), "number of codes: got 1"),
        (lambda: latent.nearest_pair(CODES[:1]), "number of codes: got 1"),
        (lambda: latent.sheet([CODES[0]] * 5, 3), "corners: got 5, expected 3 or 4"),
        (lambda: latent.interpolate(CODES[0], CODES, 3), "b: got shape (20, 3)"),
        (
            lambda: facts.principal_angles(normal(0, 28, 28), normal(2, 28, 28)),
            "pictures in a: got 0",
        ),
        (
            lambda: evaluation.divergence(CODES, CODES * 0 + 81),
            "log-variance: got values from 81 to 81",
        ),
        (lambda: MAP.place(CODES[0], DIGITS), "at most 1e+09 in size; for one code use z[None]"),
        (
            lambda: spread(np.flip(np.sort(normal(3, 4), axis=0), 0), 1, RANDOM),
            "the 5th to be at most",
        ),
    ],
)
def test_what_does_not_belong_together(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        call()
    assert words in str(caught.value)
