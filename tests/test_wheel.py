"""What `pip install` gives: `ae` alone, with its weights, in an environment that has nothing else.

The documents' Python runs there, from an empty folder, so that what a newcomer copies works.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Mapping
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

import pytest

import ae

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    path.relative_to(ROOT).as_posix()
    for path in [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]
    if "```python\n" in path.read_text(encoding="utf-8")
]


def run(*command: str | Path, cwd: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done


def build(kind: str, source: Path, into: Path) -> Path:
    """Build with the installed hatchling: what is tested here needs no network."""
    run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", into, cwd=source)
    (path,) = into.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return path


def contents(wheel: Path) -> Mapping[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the wheel, and what it asks for, in it."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    executable = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    # This environment's pip installs into the other; the pins are those that everything is tested
    # with, and lie in pip's cache.
    pip = (sys.executable, "-m", "pip", "--python", executable)
    options = ("--quiet", "--no-compile", "--constraint", ROOT / "requirements.txt")
    done = run(*pip, "install", *options, wheel, cwd=folder, check=False)
    if "connection broken" in done.stderr:
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
    return executable


def test_the_wheel_holds_the_library_and_its_weights_alone(wheel: Path) -> None:
    names = set(contents(wheel))
    weights = {path.relative_to(ROOT / "weights") for path in (ROOT / "weights").rglob("*.*")}
    assert {name.split("/")[0] for name in names} == {"ae", f"gargalo-{ae.__version__}.dist-info"}
    assert {"ae/__init__.py", "ae/__main__.py", "ae/py.typed", "ae/samples.json"} <= names
    assert {f"ae/_weights/{path.as_posix()}" for path in weights} <= names
    assert "ae/_weights/SHA256SUMS" in names


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (info,) = {name.split("/")[0] for name in archive.namelist()} - {"ae"}
        distribution: Distribution = PathDistribution(zipfile.Path(archive, f"{info}/"))
        metadata = distribution.metadata
    assert metadata["Name"] == "gargalo" and metadata["License-Expression"] == "MIT"
    assert metadata["Version"] == ae.__version__
    assert metadata.get_all("Provides-Extra") == ["cluster", "train"]
    asked = {line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line}
    serving = {"constriction", "numpy", "pillow", "pooch", "safetensors", "scipy"}
    assert {re.split(r"[<>=!~; ]", line)[0] for line in asked} == serving


def test_a_source_distribution_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(build("sdist", ROOT, tmp_path)) as archive:
        archive.extractall(tmp_path, filter="data")
    again = build("wheel", tmp_path / f"gargalo-{ae.__version__}", tmp_path)
    assert contents(again) == contents(wheel)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_documents_python_runs(document: str, python: Path, tmp_path: Path) -> None:
    """All of its blocks in one process, as the cells of a notebook."""
    text = (ROOT / document).read_text(encoding="utf-8")
    cells = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    run(python, "-W", "error", "-c", "\n".join(cells), cwd=tmp_path)


def test_the_command_line_works(python: Path, tmp_path: Path) -> None:
    drawing = "ae.drawing.from_strokes(ae.samples.SAMPLES['7b'])"
    picture = f"Image.fromarray(((1 - {drawing}) * 255).astype('uint8')).resize((280, 280))"
    run(python, "-c", f"import ae; from PIL import Image; {picture}.save('7.png')", cwd=tmp_path)
    encoded = run(python, "-m", "ae", "encode", "7.png", cwd=tmp_path).stdout
    header, code = encoded.splitlines()
    assert len(header.split(",")) == len(code.split(",")) == 32
    assert any(float(number) for number in code.split(","))


@pytest.mark.parametrize("package", ["streamlit", "plotly", "tensorflow", "keras", "rich"])
def test_serving_installs_no_screen_and_no_training(package: str, python: Path) -> None:
    done = run(python, "-c", f"import {package}", cwd=python.parent, check=False)
    assert f"No module named '{package}'" in done.stderr


def test_training_says_which_extra_it_needs(python: Path, tmp_path: Path) -> None:
    done = run(
        python, "-m", "ae", "export", "deep", "--to", "deep.keras", cwd=tmp_path, check=False
    )
    assert done.returncode == 2
    assert "keras is not installed" in done.stderr and ".[train]" in done.stderr


def test_nothing_writes_into_the_package(python: Path, tmp_path: Path) -> None:
    for command, option in (("train shallow", "--out"), ("evaluate --write", "--folder")):
        done = run(python, "-m", "ae", *command.split(), cwd=tmp_path, check=False)
        assert done.returncode == 2 and option in done.stderr, command
