"""The rings hold: `ae` knows no screen, charts know no Streamlit, the server knows no TensorFlow.

Twice over: in fresh processes, by what is really loaded, and in the sources, by what is written
there (an import in a function that no test calls is loaded by nobody, and still wrong).
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCREEN = {"streamlit", "streamlit_drawable_canvas"}
TRAINING = {"tensorflow", "keras"}

# Ring -> which of our own folders it may import. A page imports no other page.
MAY_IMPORT = {
    "ae": {"ae"},
    "ui": {"ae", "ui"},
    "pages": {"ae", "ui"},
    "app.py": {"ae", "ui"},
}
OURS = {"ae", "ui", "pages", "app", "tests", "benchmarks"}


def modules(ring: str) -> list[str]:
    """Every module of a ring, by its dotted name; not `__main__`, which is run, not imported."""
    paths = (path.relative_to(ROOT) for path in sorted((ROOT / ring).rglob("*.py")))
    names = (".".join(path.with_suffix("").parts) for path in paths if path.stem != "__main__")
    return [name.removesuffix(".__init__") for name in names]


def sources() -> list[Path]:
    found = [path for ring in MAY_IMPORT for path in sorted((ROOT / ring).rglob("*.py"))]
    return [path.relative_to(ROOT) for path in [*found, ROOT / "app.py"] if path.exists()]


def loaded_by(statement: str, suspects: set[str]) -> set[str]:
    """Which of the suspects a fresh interpreter has loaded after this statement."""
    probe = f"import json, sys\n{statement}\nprint(json.dumps([*sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return suspects & set(json.loads(done.stdout))


def imports(tree: ast.AST, package: str, *, at_import: bool = True) -> Iterator[tuple[str, bool]]:
    """Each imported module, absolute, and whether importing the file imports it."""
    for node in ast.iter_child_nodes(tree):
        inside = at_import
        match node:
            case ast.Import(names=names):
                yield from ((alias.name, at_import) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=0):
                # `from pages import draw`: only with its names is it a module's full name.
                yield from ((f"{module}.{alias.name}", at_import) for alias in names)
            case ast.ImportFrom(module=module, level=level):
                base = package.split(".")[: len(package.split(".")) - level + 1]
                yield ".".join([*base, *([module] if module else [])]), at_import
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name, at_import
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                inside = False
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                inside = False
        yield from imports(node, package, at_import=inside)


def violations(path: Path, source: str) -> list[str]:
    """What a file of a ring imports and must not."""
    ring = path.parts[0]
    bad = []
    for name, _ in imports(ast.parse(source), ".".join(path.parts[:-1])):
        top = name.split(".")[0]
        if top in OURS - MAY_IMPORT[ring]:
            bad.append(f"{path} imports {name}: {ring} may import only {MAY_IMPORT[ring]}")
        if top in SCREEN | {"plotly"} and ring == "ae":
            bad.append(f"{path} imports {name}: ae is arrays in, arrays out")
        if top in SCREEN and path == Path("ui/figures.py"):
            bad.append(f"{path} imports {name}: a figure is made without a screen")
        if top in TRAINING and path.parts[:2] != ("ae", "training"):
            bad.append(f"{path} imports {name}: only ae/training may")
    return bad


# What trains imports Keras, at the top of the module.
WITH_KERAS = {"ae.training.nets", "ae.training.fit", "ae.training.produce"}


@pytest.mark.parametrize("module", sorted({*modules("ae")} - WITH_KERAS))
def test_importing_the_core_brings_in_no_screen_and_no_tensorflow(module: str) -> None:
    assert loaded_by(f"import {module}", SCREEN | TRAINING | {"plotly"}) == set()


def test_the_core_is_complete() -> None:
    """Or else the test above passes over a module that was moved away from it."""
    named = {"drawing", "evaluation", "families", "mnist", "pca", "weights", "cli", "training"}
    assert set(modules("ae")) >= {"ae"} | {f"ae.{name}" for name in named} | WITH_KERAS


@pytest.mark.parametrize("module", ["ui.figures", "ui.text"])
def test_importing_figures_and_text_brings_in_no_streamlit(module: str) -> None:
    assert loaded_by(f"import {module}", SCREEN | TRAINING) == set()


def test_the_text_does_without_babel() -> None:
    """Its locales cost the server 6 MB; ui/text.py says what is done instead."""
    statement = "from ui.text import translator; translator('pt').number(1.5, 1)"
    assert loaded_by(statement, {"babel"}) == set()


@pytest.mark.parametrize("path", sources(), ids=str)
def test_each_file_imports_only_what_is_inside_its_ring(path: Path) -> None:
    assert violations(path, (ROOT / path).read_text(encoding="utf-8")) == []


def test_the_sources_of_each_ring_are_read() -> None:
    assert {path.parts[0] for path in sources()} == set(MAY_IMPORT)


def test_a_fresh_process_shows_what_it_loaded() -> None:
    assert loaded_by("import plotly", SCREEN | {"plotly"}) == {"plotly"}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("ae/model.py", "import streamlit as st"),
        ("ae/model.py", "def show():\n    from plotly import graph_objects"),
        ("ae/model.py", "import ui.text"),
        ("ae/model.py", "from ui import text"),
        ("ae/model.py", "def f():\n    import numpy, keras"),
        ("ae/cli/commands.py", "class Nets:\n    from tensorflow import data"),
        ("ui/figures.py", "def f():\n    import streamlit"),
        ("ui/state.py", "from pages.draw import page"),
        ("ui/state.py", "import importlib\nimportlib.import_module('app')"),
        ("ui/models.py", "def f():\n    import keras"),
        ("pages/draw/page.py", "import pages.compare"),
        ("pages/draw/page.py", "from ..compare import page"),
        ("app.py", "import tensorflow"),
    ],
)
def test_a_wrong_import_is_seen(path: str, source: str) -> None:
    assert len(violations(Path(path), source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("ae/model.py", "from ae import families\nfrom . import arrays\nimport numpy"),
        ("ae/training/nets.py", "import keras"),
        ("ui/figures.py", "import plotly.graph_objects as go\nfrom ae.model import Autoencoder"),
        ("ui/canvas.py", "import streamlit as st\nfrom ui.text import Text"),
        ("pages/draw/page.py", "import streamlit as st\nfrom ui import figures"),
    ],
)
def test_a_right_import_is_let_through(path: str, source: str) -> None:
    assert violations(Path(path), source) == []
