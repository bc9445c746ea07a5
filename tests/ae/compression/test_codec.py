"""Digits to bytes and back: one contract for every model, PCA included."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tracemalloc
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import ae
from ae import compression, evaluation, weights
from ae.compression import coding, search
from ae.compression.container import Compressed, check_of
from tests.ae.compression.conftest import with_prior
from tests.pages.test_train import own_model

ROOT = Path(__file__).parents[3]
SIMD = "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"

every_model = pytest.mark.parametrize("name", ae.MODELS)


@every_model
@pytest.mark.parametrize("bits", [1, 4, 8])
@pytest.mark.parametrize("optimise", [True, False])
def test_what_is_drawn_is_what_the_decoder_draws_of_the_codes(
    name: str, bits: int, optimise: bool, digits: np.ndarray
) -> None:
    model, prior = with_prior(name)
    small = compression.compress(model, prior, digits, bits, optimise=optimise)
    again = Compressed.from_bytes(small.to_bytes())
    sent = search.encode(model, prior, digits, bits, optimise=optimise)
    codes = compression.codes(again, model, prior)
    assert_array_equal(codes, prior.grid(bits).values(sent))
    assert_array_equal(compression.decompress(again, model, prior), model.decode(codes))
    assert (again.model, again.bits, again.count) == (name, bits, len(digits))


@every_model
def test_more_bits_cost_more_and_lose_less(name: str, digits: np.ndarray) -> None:
    model, prior = with_prior(name)
    sizes, errors = [], []
    for bits in (3, 5, 7):
        small = compression.compress(model, prior, digits, bits)
        sizes.append(len(small.payload))
        y = compression.decompress(small, model, prior)
        errors.append(evaluation.mse(digits, y).mean())
    assert sizes == sorted(sizes) and errors == sorted(errors, reverse=True)


@every_model
def test_the_search_finds_better_codes_than_the_encoder(name: str, digits: np.ndarray) -> None:
    model, prior = with_prior(name)
    found, guessed = (
        compression.decompress(
            compression.compress(model, prior, digits, 6, optimise=optimise), model, prior
        )
        for optimise in (True, False)
    )
    found, guessed = (evaluation.mse(digits, y).mean() for y in (found, guessed))
    assert found < (0.98 if model.code_size == 2 else 0.85) * guessed


@pytest.mark.parametrize("n", [1, 70])
def test_a_digit_is_compressed_the_same_whatever_stands_beside_it(
    n: int, digits: np.ndarray
) -> None:
    model, prior = with_prior("shallow")
    many = np.concatenate([digits, digits, digits])[:n]
    symbols = search.encode(model, prior, many, 5)
    each = np.concatenate([search.encode(model, prior, digit[None], 5) for digit in many])
    # A product of other shapes is summed in another order: a tie may fall on the other side.
    assert (symbols != each).mean() < 0.001


def test_progress_goes_up_to_one(digits: np.ndarray) -> None:
    model, prior = with_prior("vae2")
    shares: list[float] = []
    many = np.concatenate([digits, digits, digits])
    compression.compress(model, prior, many, 3, on_share=shares.append)
    assert len(shares) == 2 and shares == sorted(shares) and shares[-1] == 1


def test_many_digits_take_little_memory(digits: np.ndarray, monkeypatch: Any) -> None:
    """The slopes of all at once would take 100 MB."""
    monkeypatch.setattr(coding, "BLOCK", 100)
    model, prior = with_prior("vae")
    many = np.resize(digits, (1000, 28, 28))
    tracemalloc.start()
    small = compression.compress(model, prior, many, 5)
    compressing = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    pictures = compression.decompress(small, model, prior)
    decompressing = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert compressing < 25e6 and decompressing < 2.5 * pictures.nbytes
    blocks = [model.decode(c) for c in np.split(compression.codes(small, model, prior), 10)]
    assert_array_equal(pictures, np.concatenate(blocks))


# A model that nobody measured


def test_a_recipe_without_a_prior_of_its_own(digits: np.ndarray) -> None:
    model = ae.load("deep", recipe="tutorial")
    prior = compression.prior_of(model)
    small = compression.compress(model, prior, digits, 5)
    found, guessed = compression.decompress(small, model, prior), model.reconstruct(digits)
    assert len(small.payload) < 22 * len(digits)
    assert evaluation.mse(digits, found).mean() < evaluation.mse(digits, guessed).mean()
    assert not compression.fits(small, *with_prior("deep"))


@pytest.mark.parametrize("make", [{}, {"scale": 1e6}, {"scale": 0}, {"bias": -1e6}])
def test_a_net_of_ones_own_however_odd(
    make: dict[str, Any], digits: np.ndarray, tmp_path: Path
) -> None:
    model = weights.load_own(own_model(tmp_path / "mine.safetensors", **make))
    prior = compression.prior_of(model)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for bits in (1, 8):
            small = compression.compress(model, prior, digits, bits)
            assert np.isfinite(compression.decompress(small, model, prior)).all()


# What is refused


def test_another_model_is_refused(digits: np.ndarray) -> None:
    small = compression.compress(*with_prior("deep"), digits, 5)
    with pytest.raises(compression.WrongModel, match="made with another deep than this one"):
        compression.decompress(small, *with_prior("denoising"))


def test_another_prior_is_refused(digits: np.ndarray) -> None:
    model, prior = with_prior("deep")
    small = compression.compress(model, prior, digits, 5)
    for name in ("low", "effect", "share", "centre", "spread"):
        other = replace(prior, **{name: getattr(prior, name) * np.float32(1.001)})
        with pytest.raises(compression.WrongModel):
            compression.codes(small, model, other)


def test_codes_that_are_not_those_that_were_written(digits: np.ndarray) -> None:
    """As where arithmetic differs: the bytes are whole, and say something else."""
    model, prior = with_prior("pca")
    small = compression.compress(model, prior, digits, 5)
    others = coding.encode(search.encode(model, prior, digits[::-1], 5), prior, 5)
    with pytest.raises(ValueError, match="the codes in it are not those that were written"):
        compression.decompress(replace(small, payload=others), model, prior)


@pytest.mark.parametrize("bits", [0, 9, 2.5, "5", True])
def test_bits_that_are_none(bits: Any, digits: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"bits: got .*, expected a whole number from 1 to 8"):
        compression.compress(*with_prior("pca"), digits, bits)


def test_no_digits_and_too_many(monkeypatch: pytest.MonkeyPatch, digits: np.ndarray) -> None:
    with pytest.raises(ValueError, match="got 0, expected 1 to 100,000"):
        compression.compress(*with_prior("pca"), digits[:0], 5)
    monkeypatch.setattr("ae.compression.codec.MAX_DIGITS", 32)
    with pytest.raises(ValueError, match="got 33, expected 1 to 32"):
        compression.compress(*with_prior("pca"), digits, 5)


@pytest.mark.parametrize("name", ["", "ção", "m" * 33])
def test_names_that_a_file_cannot_have(name: str, digits: np.ndarray) -> None:
    with pytest.raises(ValueError, match="name: got"):
        compression.compress(*with_prior("pca"), digits, 5, name=name)


# One digit


@every_model
def test_one_digit(name: str, digits: np.ndarray) -> None:
    model, prior = with_prior(name)
    one = compression.squeeze(model, prior, digits[0], 5)
    small = compression.compress(model, prior, digits[:1], 5)
    assert (one.payload, one.file) == (small.payload, len(small.to_bytes()))
    assert_array_equal(one.code, compression.codes(small, model, prior)[0])
    assert_array_equal(one.picture, model.decode(one.code[None])[0])
    assert_array_equal(prior.grid(5).values(one.symbols), one.code)
    assert np.all((one.symbols >= 0) & (one.symbols < one.levels))
    assert check_of(one.symbols[None]) == small.check
    assert one.mse == pytest.approx(np.square(one.picture - digits[0]).mean(), rel=1e-5)


# A file that was written once can be read for good


def test_an_old_file_is_still_read(digits: np.ndarray) -> None:
    """If this fails, the format changed: count its version up, and keep reading the old one."""
    raw = (Path(__file__).parent / "samples-by-deep-at-5-bits.gargalo").read_bytes()
    model, prior = with_prior("deep")
    small = Compressed.from_bytes(raw)
    assert (small.model, small.bits, small.count) == ("deep", 5, len(digits))
    y = compression.decompress(small, model, prior)
    assert evaluation.mse(digits, y).mean() < 0.012


def test_another_machine_reads_it_too(digits: np.ndarray) -> None:
    """NumPy and OpenBLAS as on a CPU of twenty years ago: sums and exponentials come out others."""
    script = """
import numpy as np
from pathlib import Path
import ae
from ae import compression

small = compression.Compressed.from_bytes(Path(FILE).read_bytes())
model = ae.load("deep")
codes = compression.codes(small, model, compression.prior_of(model))
x = np.random.default_rng(0).normal(0, 1, (64, 784))
print(codes.tobytes().hex(), (x @ x.T + np.exp(x[:, :64])).tobytes().hex())
"""
    file = Path(__file__).parent / "samples-by-deep-at-5-bits.gargalo"
    said = [
        subprocess.run(
            [sys.executable, "-c", script.replace("FILE", repr(str(file)))],
            cwd=ROOT,
            env=os.environ | machine,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for machine in ({}, {"NPY_DISABLE_CPU_FEATURES": SIMD, "OPENBLAS_CORETYPE": "Prescott"})
    ]
    assert said[0][0] == said[1][0]
    if platform.machine() == "x86_64":
        assert said[0][1] != said[1][1], "or else this is the same machine"
