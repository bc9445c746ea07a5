"""What is wrong with a weights file is found before it is used, and said in one sentence.

Each fault is made in a copy of the repository's files. Where a fault is not one of bytes, the
copy's ``SHA256SUMS`` is brought up to date, so that only the check in question can find it.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors
import safetensors.numpy
from numpy.testing import assert_array_equal

import ae
from ae import checked, weights
from ae.checked import MAX_BYTES, SUMS, WeightsError
from ae.families import TUTORIAL
from ae.metadata import Metadata
from ae.weights import MODELS

Tensors = dict[str, np.ndarray]
Header = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the repository's weights."""
    return Path(shutil.copytree(checked.FOLDER, tmp_path / "copied"))


def refusal(folder: Path, name: str, recipe: str = "best") -> str:
    """Give the sentence with which a file is refused; all others must still load."""
    with pytest.raises(WeightsError) as caught:
        ae.load(name, recipe=recipe, folder=folder)
    sentence = str(caught.value)
    assert sentence.startswith(str(weights.locate(name, recipe, folder)))
    tutorial = " --recipe tutorial" if recipe == "tutorial" else ""
    assert sentence.endswith(
        f"make it again with: python -m ae train {name}{tutorial} --out {folder}"
    )
    assert "\n" not in sentence and ". " not in sentence
    for other in MODELS:
        if other != name or recipe != "best":
            ae.load(other, folder=folder)
    return sentence


def list_sums(folder: Path) -> dict[str, str]:
    """Read the list as `sha256sum -c` does."""
    lines = (folder / SUMS).read_text().splitlines()
    matches = [re.fullmatch(r"([0-9a-f]{64})  (\S+)", line) for line in lines]
    assert all(matches)
    return {match[2]: match[1] for match in matches if match}


def vouch(folder: Path, path: Path) -> None:
    """Bring the list up to date, as someone would who forged a file."""
    sums = list_sums(folder)
    sums[path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / SUMS).write_text("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)))


def forge(folder: Path, name: str, edit: Callable[[Tensors, Header], None]) -> None:
    """Change what a file holds, and vouch for it."""
    path = folder / f"{name}.safetensors"
    tensors = safetensors.numpy.load_file(path)
    with safetensors.safe_open(path, framework="numpy") as file:
        header = json.loads(file.metadata()["facts"])
    edit(tensors, header)
    safetensors.numpy.save_file(tensors, path, {"facts": json.dumps(header)})
    vouch(folder, path)


# The repository's own files


def test_each_model_has_a_file_and_each_file_is_listed() -> None:
    listed = list_sums(checked.FOLDER)
    files = {
        p.relative_to(checked.FOLDER).as_posix() for p in checked.FOLDER.rglob("*.safetensors")
    }
    assert listed.keys() == files
    assert files >= {f"{name}.safetensors" for name in MODELS}
    tutorial = [name for name, family in ae.FAMILIES.items() if "tutorial" in family.recipes]
    assert files >= {f"tutorial/{name}.safetensors" for name in tutorial}
    for name, digest in listed.items():
        assert hashlib.sha256((checked.FOLDER / name).read_bytes()).hexdigest() == digest


def test_a_copy_loads_from_any_kind_of_path(folder: Path) -> None:
    for given in (folder, str(folder)):
        assert ae.load("deep", folder=given).metadata == ae.load("deep").metadata


def test_of_the_repository_s_own_files_the_sentence_says_what_git_can_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checked, "FOLDER", folder)
    (folder / "deep.safetensors").unlink()
    (folder / "tutorial" / "sparse.safetensors").unlink()
    with pytest.raises(WeightsError) as of_best:
        ae.load("deep")
    assert str(of_best.value) == (
        f"{folder / 'deep.safetensors'} is missing or cannot be read; restore it with: "
        f"git checkout -- copied/deep.safetensors copied/{SUMS} (or python -m ae train deep)"
    )
    with pytest.raises(WeightsError) as of_tutorial:
        ae.load("sparse", recipe="tutorial")
    assert str(of_tutorial.value).endswith(
        f"git checkout -- copied/tutorial/sparse.safetensors copied/{SUMS} "
        "(or python -m ae train sparse --recipe tutorial)"
    )


def test_in_an_installed_package_there_is_no_git(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checked, "FOLDER", folder)
    monkeypatch.setattr(checked, "INSTALLED", True)
    (folder / "deep.safetensors").unlink()
    with pytest.raises(WeightsError) as caught:
        ae.load("deep")
    assert str(caught.value) == (
        f"{folder / 'deep.safetensors'} is missing or cannot be read; "
        "reinstall the package gargalo, which has it"
    )


def test_what_ships_stands_in_the_package_or_in_the_repository(tmp_path: Path) -> None:
    """Asked of a copy of the package, as a wheel installs it."""
    package = Path(ae.__file__).parent
    shutil.copytree(package, tmp_path / "ae", ignore=shutil.ignore_patterns("_weights"))
    question = "from ae import checked; print(checked.FOLDER)"

    def answer() -> str:
        done = subprocess.run(
            [sys.executable, "-c", question], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert answer() == str(tmp_path / "weights")
    (tmp_path / "ae" / "_weights").mkdir()
    assert answer() == str(tmp_path / "ae" / "_weights")


# Missing, unlisted, not a file


@pytest.mark.parametrize("name", MODELS)
def test_missing(folder: Path, name: str) -> None:
    (folder / f"{name}.safetensors").unlink()
    assert "is missing or cannot be read" in refusal(folder, name)


def test_missing_tutorial(folder: Path) -> None:
    (folder / "tutorial" / "deep.safetensors").unlink()
    assert "is missing or cannot be read" in refusal(folder, "deep", "tutorial")


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="missing"):
        ae.load("deep", folder=tmp_path / "nowhere")


def test_a_folder_in_the_file_s_place(folder: Path) -> None:
    path = folder / "deep.safetensors"
    path.unlink()
    path.mkdir()
    assert "is missing or cannot be read" in refusal(folder, "deep")


def test_unlisted(folder: Path) -> None:
    kept = [line for line in (folder / SUMS).read_text().splitlines() if "pca" not in line]
    (folder / SUMS).write_text("\n".join(kept))
    assert f"is not listed in {folder / SUMS}" in refusal(folder, "pca")


@pytest.mark.parametrize("content", [None, b"", b"\x00\xff\xfe", b"deep.safetensors\n" * 3])
def test_without_a_list_nothing_loads(folder: Path, content: bytes | None) -> None:
    (folder / SUMS).unlink()
    if content is not None:
        (folder / SUMS).write_bytes(content)
    for name in MODELS:
        with pytest.raises(WeightsError, match=f"{name}.safetensors is not listed in .*{SUMS}; "):
            ae.load(name, folder=folder)


def test_a_list_with_another_s_hash(folder: Path) -> None:
    sums = (folder / SUMS).read_text()
    listed = list_sums(folder)
    wrong = sums.replace(listed["deep.safetensors"], listed["pca.safetensors"])
    (folder / SUMS).write_text(wrong)
    assert "is truncated or was altered" in refusal(folder, "deep")


# Truncated, altered


@pytest.mark.parametrize("share", [0, 1e-5, 0.001, 0.5, 0.999999])
def test_truncated(folder: Path, share: float) -> None:
    path = folder / "shallow.safetensors"
    raw = path.read_bytes()
    path.write_bytes(raw[: int(share * len(raw))])
    assert "is truncated or was altered" in refusal(folder, "shallow")


def test_longer_than_it_was(folder: Path) -> None:
    with (folder / "shallow.safetensors").open("ab") as file:
        file.write(b"\x00")
    assert "is truncated or was altered" in refusal(folder, "shallow")


def test_any_single_bit(folder: Path) -> None:
    """In the header's length, in the header, in the arrays: no flip of one bit is let through."""
    path = folder / "pca.safetensors"
    raw = path.read_bytes()
    rng = np.random.default_rng(0)
    places = [*range(8), *rng.integers(8, 1500, 90), *rng.integers(1500, len(raw), 102), -1]
    with path.open("r+b") as file:
        for place in places:
            at = int(place) % len(raw)
            file.seek(at)
            file.write(bytes([raw[at] ^ 1 << int(rng.integers(8))]))
            file.flush()
            with pytest.raises(WeightsError, match="is truncated or was altered"):
                ae.load("pca", folder=folder)
            file.seek(at)
            file.write(raw[at : at + 1])
    ae.load("pca", folder=folder)


def test_huge(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused by its size, before it fills the memory of a server."""
    path = folder / "deep.safetensors"
    with path.open("r+b") as file:
        file.truncate(MAX_BYTES + 1)  # a hole: it takes no room on the disk
    vouch(folder, path)
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: b"" if self == path else read(self))
    assert f"is too large for weights ({MAX_BYTES + 1:,} bytes)" in refusal(folder, "deep")


# Vouched for, and yet wrong


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 8,
        b"\xff" * 8,
        b"\x02" + b"\x00" * 7 + b"{}",
        b"\x02" + b"\x00" * 7 + b"[]",
        b"\x06" + b"\x00" * 7 + b"\xff" * 6,
        pickle.dumps({"encoder.0.weights": np.zeros((784, 32), np.float32)}),
        b"PK\x03\x04" + b"\x00" * 100,
    ],
    ids=["empty", "no header", "endless", "no facts", "list", "not text", "pickle", "zip"],
)
def test_another_kind_of_file(folder: Path, raw: bytes) -> None:
    path = folder / "shallow.safetensors"
    path.write_bytes(raw)
    vouch(folder, path)
    assert "is not a weights file of ours" in refusal(folder, "shallow")


@pytest.mark.parametrize("share", [0.001, 0.5, 0.999999])
def test_truncated_and_vouched_for(folder: Path, share: float) -> None:
    path = folder / "shallow.safetensors"
    raw = path.read_bytes()
    path.write_bytes(raw[: int(share * len(raw))])
    vouch(folder, path)
    assert "is not a weights file of ours" in refusal(folder, "shallow")


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {},
        {"other": "{}"},
        {"facts": ""},
        {"facts": "{family: shallow"},
        {"facts": "null"},
        {"facts": "7"},
        {"facts": '"shallow"'},
        {"facts": '["family", "shallow"]'},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["shallow", "pca"])
def test_a_header_that_is_none(folder: Path, name: str, metadata: dict[str, str] | None) -> None:
    path = folder / f"{name}.safetensors"
    safetensors.numpy.save_file(safetensors.numpy.load_file(path), path, metadata)
    vouch(folder, path)
    assert "is not a weights file of ours" in refusal(folder, name)


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("shallow", "family", "sparse"),
        ("pca", "family", "deep"),
        ("deep", "activations", [["relu", "relu", "linear"], ["relu", "relu", "sigmoid"]]),
        ("deep", "recipe", {"name": "tutorial", **asdict(TUTORIAL)}),
    ],
)
def test_metadata_of_another_model(folder: Path, name: str, key: str, value: Any) -> None:
    def edit(tensors: Tensors, header: Header) -> None:
        header[key] = value

    forge(folder, name, edit)
    assert f"does not fit {name}: it says {key} " in refusal(folder, name)


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("shallow", "family", None),
        ("pca", "family", None),
        ("deep", "family", ["deep"]),
        ("deep", "activations", None),
        ("deep", "recipe", None),
        ("deep", "recipe", "best"),
        ("deep", "recipe", {"name": "tutorial"}),
    ],
)
def test_metadata_that_is_none(folder: Path, name: str, key: str, value: Any) -> None:
    def edit(tensors: Tensors, header: Header) -> None:
        if value is None:
            del header[key]
        else:
            header[key] = value

    forge(folder, name, edit)
    assert f"does not say what its {key} is" in refusal(folder, name)


def test_a_net_without_a_word_of_its_layers(folder: Path) -> None:
    def edit(tensors: Tensors, header: Header) -> None:
        for key in ("encoder", "decoder", "activations", "recipe"):
            del header[key]

    forge(folder, "deep", edit)
    assert "does not fit deep: it says recipe None, expected 'best'" in refusal(folder, "deep")


@pytest.mark.parametrize(
    ("source", "name"),
    [("shallow", "sparse"), ("tutorial/deep", "deep"), ("pca", "shallow"), ("deep", "pca")],
)
def test_one_model_s_file_under_another_s_name(folder: Path, source: str, name: str) -> None:
    """The first two have the right arrays in the right shapes, and another net's numbers."""
    path = folder / f"{name}.safetensors"
    shutil.copyfile(folder / f"{source}.safetensors", path)
    vouch(folder, path)
    assert f"does not fit {name}: it says " in refusal(folder, name)


def damage(key: str, value: float) -> Callable[[Tensors, Header], None]:
    def edit(tensors: Tensors, header: Header) -> None:
        tensors[key] = tensors[key].copy()
        tensors[key].flat[-1] = value

    return edit


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("shallow", "encoder.0.weights"),
        ("deep", "decoder.2.bias"),
        ("sparse", "statistics.mse_percentiles"),
        ("pca", "components"),
        ("pca", "mean"),
    ],
)
def test_numbers_that_are_none(folder: Path, name: str, key: str, value: float) -> None:
    forge(folder, name, damage(key, value))
    assert f"{key} holds NaN or infinity" in refusal(folder, name)


@pytest.mark.parametrize("dtype", ["float16", "float64", "int32", "bool"])
@pytest.mark.parametrize(("name", "key"), [("deep", "encoder.1.weights"), ("pca", "components")])
def test_wrong_dtype(folder: Path, name: str, key: str, dtype: str) -> None:
    def edit(tensors: Tensors, header: Header) -> None:
        tensors[key] = tensors[key].astype(dtype)

    forge(folder, name, edit)
    sentence = refusal(folder, name)
    assert f"{key} is {dtype} of shape" in sentence and "expected float32 of shape" in sentence


def test_a_dtype_that_numpy_has_not(folder: Path) -> None:
    header = {
        "__metadata__": {"facts": "{}"},
        "mean": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]},
    }
    text = json.dumps(header).encode()
    path = folder / "pca.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"\x00" * 4)
    vouch(folder, path)
    assert "is not a weights file of ours" in refusal(folder, "pca")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("shallow", "decoder.0.bias"),
        ("deep", "encoder.2.weights"),
        ("sparse", "statistics.active"),
        ("pca", "components"),
        ("pca", "mean"),
    ],
)
def test_an_array_too_few(folder: Path, name: str, key: str) -> None:
    def edit(tensors: Tensors, header: Header) -> None:
        del tensors[key]

    forge(folder, name, edit)
    assert f"{key} is nothing, expected float32 of shape" in refusal(folder, name)


@pytest.mark.parametrize("name", ["shallow", "pca"])
@pytest.mark.parametrize("key", ["encoder.1.weights", "a", "zzz"])
def test_an_array_too_many(folder: Path, name: str, key: str) -> None:
    def edit(tensors: Tensors, header: Header) -> None:
        tensors[key] = np.zeros((2, 3), np.float32)

    forge(folder, name, edit)
    assert f"{key} is float32 of shape (2, 3), expected nothing" in refusal(folder, name)


@pytest.mark.parametrize(
    ("name", "key", "shape"),
    [
        ("shallow", "encoder.0.weights", (32, 784)),
        ("shallow", "encoder.0.bias", (1, 32)),
        ("shallow", "decoder.0.bias", ()),
        ("deep", "encoder.1.weights", (64, 128)),
        ("deep", "statistics.bce_percentiles", (100,)),
        ("pca", "components", (784, 32)),
        ("pca", "components", (784,)),
        ("pca", "components", ()),
        ("pca", "components", (31, 784)),
        ("pca", "components", (0, 784)),
        ("pca", "mean", (28, 28)),
    ],
)
def test_wrong_shape(folder: Path, name: str, key: str, shape: tuple[int, ...]) -> None:
    def edit(tensors: Tensors, header: Header) -> None:
        tensors[key] = np.zeros(shape, np.float32)

    forge(folder, name, edit)
    assert f"does not fit {name}: " in refusal(folder, name)


# Saving


def content(path: Path) -> tuple[Tensors, Header]:
    with safetensors.safe_open(path, framework="numpy") as file:
        return safetensors.numpy.load_file(path), json.loads(file.metadata()["facts"])


@pytest.mark.parametrize("name", MODELS)
def test_what_is_saved_is_what_loads(tmp_path: Path, name: str) -> None:
    model, (tensors, header) = ae.load(name), content(weights.locate(name))
    checked.save(weights.locate(name, folder=tmp_path), tensors, header)
    again = ae.load(name, folder=tmp_path)
    assert again.metadata == model.metadata == Metadata.parse(header)
    assert_array_equal(again.atoms(), model.atoms())
    assert_array_equal(again.statistics.mse_percentiles, model.statistics.mse_percentiles)
    x = np.random.default_rng(0).random((3, 28, 28), np.float32)
    assert_array_equal(again.reconstruct(x), model.reconstruct(x))


@pytest.mark.parametrize("name", ["fresh", "tutorial"])  # the second is a sub-folder's name too
def test_each_saved_file_is_listed_once_and_none_is_forgotten(tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    for recipe in ("best", "tutorial", "best"):
        path = weights.locate("shallow", recipe, root)
        checked.save(path, *content(weights.locate("shallow", recipe)), root=root)
    assert list_sums(root).keys() == {"shallow.safetensors", "tutorial/shallow.safetensors"}
    for recipe in ("best", "tutorial"):
        assert ae.load("shallow", recipe=recipe, folder=root).metadata.net.recipe_name == recipe
    files = sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
    assert files == [SUMS, "shallow.safetensors", "tutorial/shallow.safetensors"], "no leavings"


def test_arrays_in_any_order_of_memory(tmp_path: Path) -> None:
    tensors, header = content(weights.locate("shallow"))
    turned = {key: np.asfortranarray(array) for key, array in tensors.items()}
    checked.save(tmp_path / "shallow.safetensors", turned, header)
    assert_array_equal(ae.load("shallow", folder=tmp_path).atoms(), ae.load("shallow").atoms())


@pytest.mark.parametrize("dies_in", ["write_bytes", "replace"])
def test_a_save_that_dies_leaves_the_old_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    tensors, header = content(folder / "shallow.safetensors")
    before = ae.load("shallow", folder=folder).atoms()
    write = Path.write_bytes

    def die(path: Path, *arguments: Any) -> None:
        if dies_in == "write_bytes":
            write(path, arguments[0][: len(arguments[0]) // 2])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, dies_in, die)
    damage("decoder.0.weights", 0.5)(tensors, header)
    with pytest.raises(KeyboardInterrupt):
        checked.save(folder / "shallow.safetensors", tensors, header)
    assert_array_equal(ae.load("shallow", folder=folder).atoms(), before)


def test_a_save_that_dies_before_the_list_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new file is then one that nobody vouches for; saving again mends it."""
    tensors, header = content(folder / "shallow.safetensors")
    damage("decoder.0.weights", 0.5)(tensors, header)
    replace = Path.replace

    def die(path: Path, target: Path) -> Path:
        if target.name == SUMS:
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            checked.save(folder / "shallow.safetensors", tensors, header)
    assert "is truncated or was altered" in refusal(folder, "shallow")
    checked.save(folder / "shallow.safetensors", tensors, header)
    assert ae.load("shallow", folder=folder).atoms()[-1, -1, -1] == pytest.approx(0.5)
