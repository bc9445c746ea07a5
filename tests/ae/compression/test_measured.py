"""The table: measured on a few digits here, and what ships against MNIST where it is at hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

import ae
from ae import checked, compression, evaluation
from ae.compression import coding, measured, pictures, prior, search
from ae.compression.measured import Picture, Rung, Table
from ae.mnist import Mnist
from tests.ae.compression.conftest import with_prior


@pytest.fixture(scope="module")
def shipped() -> Table:
    return measured.load()


SEARCHED = tuple(name for name in ae.MODELS if name != "wide")

# What ships


def test_every_model_at_every_number_of_bits_and_every_format(shipped: Table) -> None:
    rungs = {(r.model, r.bits, r.optimised) for r in shipped.rungs}
    assert rungs == {(m, b, o) for m in SEARCHED for b in range(1, 9) for o in (True, False)}
    assert len(shipped.rungs) == len(rungs) and shipped.decoders.keys() == set(SEARCHED)
    for name in ae.MODELS:
        small = measured.decoder_bytes(*with_prior(name)) <= measured.LARGEST
        assert (name in SEARCHED) == small
    assert [(p.format, p.quality) for p in shipped.pictures] == pictures.variants()
    assert shipped.digits == 10_000
    assert (checked.FOLDER / measured.FILE).stat().st_size < 100_000


def test_real_bytes_are_what_the_codes_hold(shipped: Table) -> None:
    """Of all digits in one file, its head included; a few bytes of it go to no digit."""
    for rung in shipped.rungs:
        assert rung.ideal <= rung.bytes <= 1.03 * rung.ideal + 60 / shipped.digits
        assert rung.alone == pytest.approx(rung.code + 27 + len(rung.model))


def test_what_is_searched_for_is_better_than_what_is_rounded(shipped: Table) -> None:
    """At as many bytes: between the rungs of the one, no rung of the other has a smaller error."""
    for name in SEARCHED:
        found, rounded = (
            np.log([(r.bytes, r.mse) for r in shipped.ladder(name, optimised=o)])
            for o in (True, False)
        )
        at = rounded[2:, 0].clip(found[0, 0], found[-1, 0])
        assert np.all(np.interp(at, *found.T) < rounded[2:, 1] + np.log(1.02)), name


def test_first_figures_are_beaten(shipped: Table) -> None:
    """Uniform steps and a histogram for each unit: 18.1 bytes at 0.0057, by deep at 5 bits."""
    deep, vae, pca = (shipped.ladder(name) for name in ("deep", "vae", "pca"))
    assert min(r.bytes for r in deep if r.mse <= 0.0057) < 14
    assert min(r.bytes for r in (*deep, *vae) if r.mse <= 0.006) < 8
    assert min(r.bytes for r in pca if r.mse <= 0.0154) < 10  # it took 18.4


def test_the_decoder_pays_off_where_it_says(shipped: Table) -> None:
    for rung in shipped.rungs:
        digits = shipped.pays_off(rung)
        sheets = [p.bytes for p in shipped.pictures if p.mse <= rung.mse]
        if digits is None:
            assert rung.bytes >= min(sheets)
            continue
        for n, enough in ((digits, True), (digits - 1, False)):
            ours = shipped.decoders[rung.model] + n * rung.bytes
            assert (ours <= n * min(sheets) + 1e-6) is enough


def test_decoders_weigh_what_they_hold(shipped: Table) -> None:
    layers = 32 * 64 + 64 + 64 * 128 + 128 + 128 * 784 + 784
    mixture = 16 * (1 + 32 + 32 * 33 // 2) + 3 * 32
    assert shipped.decoders["deep"] == 4 * (layers + mixture)


# Against MNIST


@pytest.mark.parametrize("name", ["deep", "vae", "sparse", "pca"])
def test_rounded_rungs_are_what_mnist_gives(name: str, shipped: Table, mnist: Mnist) -> None:
    model, known = with_prior(name)
    (rung,) = (r for r in shipped.ladder(name, optimised=False) if r.bits == 5)
    small = compression.compress(model, known, mnist.x_test, 5, optimise=False)
    y = compression.decompress(small, model, known)
    assert len(small.to_bytes()) / 10_000 == pytest.approx(rung.bytes, rel=1e-3)
    assert evaluation.mse(mnist.x_test, y).mean() == pytest.approx(rung.mse, rel=1e-3)


def test_a_searched_rung_is_what_mnist_gives(shipped: Table, mnist: Mnist) -> None:
    model, known = with_prior("pca")
    (rung,) = (r for r in shipped.ladder("pca") if r.bits == 4)
    symbols = search.encode(model, known, mnist.x_test, 4)
    assert coding.cost(symbols, known, 4).mean() / 8 == pytest.approx(rung.ideal, rel=5e-3)
    y = model.decode(known.grid(4).values(symbols))
    assert evaluation.mse(mnist.x_test, y).mean() == pytest.approx(rung.mse, rel=5e-3)


def test_sheets_are_what_pillow_writes(shipped: Table, mnist: Mnist) -> None:
    for format, quality in (("PNG", None), ("JPEG", 5)):
        (told,) = (p for p in shipped.pictures if (p.format, p.quality) == (format, quality))
        files = [
            pictures.encode(mnist.x_test[i : i + 2500], format, quality)
            for i in range(0, 10_000, 2500)
        ]
        assert sum(file.bytes for file in files) / 10_000 == pytest.approx(told.bytes, rel=0.02)
        back = np.concatenate([file.pictures for file in files])
        assert evaluation.mse(mnist.x_test, back).mean() == pytest.approx(told.mse, abs=1e-4)


# On data of the test's own


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of everything that ships, but for two models and the tutorial's."""
    copied = Path(shutil.copytree(checked.FOLDER, tmp_path / "copied"))
    for name in ae.MODELS:
        if name not in ("vae2", "pca"):
            (copied / f"{name}.safetensors").unlink()
    return copied


def test_produce_measures_what_load_then_gives(
    folder: Path, digits: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = np.zeros(len(digits), np.uint8)
    data = Mnist(digits, labels, digits, labels, sha256="ab")
    monkeypatch.setattr(measured, "MAX_BITS", 2)
    monkeypatch.setattr(measured, "ALONE", 3)
    monkeypatch.setattr(pictures, "FORMATS", {"PNG": pictures.FORMATS["PNG"]})
    said: list[str] = []
    assert measured.produce(data, folder, say=said.append) == folder / measured.FILE
    table = measured.load(folder)
    assert table.digits == len(digits) and table.decoders.keys() == {"vae2", "pca"}
    assert [(r.model, r.bits, r.optimised) for r in table.rungs] == [
        (name, bits, optimised)
        for name in ("vae2", "pca")
        for optimised in (True, False)
        for bits in (1, 2)
    ]
    assert len(said) == len(table.rungs) + 1
    rung = table.ladder("pca")[1]
    model, known = with_prior("pca")
    small = compression.compress(model, known, digits, 2)
    assert rung.bytes == pytest.approx(len(small.to_bytes()) / len(digits))
    y = compression.decompress(small, model, known)
    assert rung.mse == pytest.approx(evaluation.mse(digits, y).mean(), rel=1e-5)
    (png,) = table.pictures
    assert png.mse < 1e-5 and png.alone > png.bytes
    # What is there already is not measured again, unless its weights are others.
    tensors, header = checked.read(folder / "pca.safetensors", folder)
    checked.save(folder / "pca.safetensors", tensors, {**header, "seed": 1})
    said.clear()
    measured.produce(data, folder, say=said.append)
    assert measured.load(folder) == table
    assert len(said) == 4 and all(line.startswith("pca at") for line in said)


def test_what_was_measured_on_other_weights_is_left_out(tmp_path: Path) -> None:
    copied = Path(shutil.copytree(checked.FOLDER, tmp_path / "copied"))
    path = copied / "shallow.safetensors"
    tensors, header = checked.read(path, copied)
    checked.save(path, tensors, {**header, "seed": 1})
    table = measured.load(copied)
    assert {r.model for r in table.rungs} == table.decoders.keys() == {*SEARCHED} - {"shallow"}


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def replace_by_priors(path: Path) -> None:
    checked.save(path, *checked.read(path.with_name(prior.FILE), path.parent))


def another_row(path: Path) -> None:
    _, header = checked.read(path, path.parent)
    checked.save(path, {}, {**header, "table": {**header["table"], "rungs": [{"model": "pca"}]}})


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (Path.unlink, "is missing or cannot be read"),
        (truncate, "is truncated or was altered"),
        (replace_by_priors, "is no table of compression"),
        (another_row, "is no table of compression"),
    ],
)
def test_what_is_damaged_is_refused(
    folder: Path, damage: Callable[[Path], object], says: str
) -> None:
    damage(folder / measured.FILE)
    with pytest.raises(ae.WeightsError) as caught:
        measured.load(folder)
    assert says in str(caught.value)
    assert str(caught.value).endswith(f"evaluate --compression --folder {folder}")


def test_a_decoder_that_never_pays_off() -> None:
    rung = Rung(
        model="pca", bits=5, optimised=True, bytes=10, ideal=10, alone=40, code=10, mse=0.01
    )
    sheet = Picture(format="WebP", quality=0, alone=90, alone_mse=0.01, bytes=30, mse=0.005)
    table = Table(
        rungs=(rung,),
        pictures=(sheet, replace(sheet, quality=5, bytes=12, mse=0.02)),
        decoders=MappingProxyType({"pca": 1000}),
        digits=1,
        sha256="",
    )
    assert table.pays_off(rung) == 50  # the smaller sheet loses more
    assert table.pays_off(replace(rung, mse=0.02)) == 500
    assert table.pays_off(replace(rung, bytes=30.0)) is None
