"""The rings hold where import-linter cannot look: in a fresh process, and in what is no package.

`make lint` holds the contracts in pyproject.toml, which read every import that is written in `ae`,
`ui`, `hub` and `pages`. What is really loaded is seen here (a library may bring in what it likes),
and so are the few scripts that the linter does not read.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCREEN = {"streamlit", "streamlit_drawable_canvas"}
TRAINING = {"tensorflow", "keras"}
PAGES = sorted(path.parent.name for path in ROOT.glob("pages/*/page.py"))

# Script -> what it may import. To import-linter, app.py and asgi.py are no packages, and of a stub
# and the package of the same name (pages/compare.py, pages/compare/) it reads one.
MAY_IMPORT = {
    "app.py": {"pathlib", "streamlit", "ui", "pages"},
    "asgi.py": {"pathlib", "streamlit", "hub"},
    **{str(path.relative_to(ROOT)): {"streamlit"} for path in sorted(ROOT.glob("pages/*.py"))},
    **{f"pages/{page}/__init__.py": set() for page in PAGES},
}


def core() -> list[str]:
    """Every module of `ae` by its dotted name, but for those that train and those that are run."""
    paths = (path.relative_to(ROOT).with_suffix("") for path in sorted(ROOT.glob("ae/**/*.py")))
    names = [".".join(path.parts).removesuffix(".__init__") for path in paths]
    return [name for name in names if not name.startswith("ae.training") and "__main__" not in name]


def loaded_by(statement: str, suspects: set[str]) -> set[str]:
    """Which of the suspects a fresh interpreter has loaded after this statement."""
    probe = f"import json, sys\n{statement}\nprint(json.dumps([*sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return suspects & set(json.loads(done.stdout))


def imported_by(source: str) -> set[str]:
    """The packages that a script imports, wherever in it."""
    tops = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                tops.update(alias.name.split(".")[0] for alias in names)
            case ast.ImportFrom(module=module, level=level):
                tops.add("." if level else str(module).split(".")[0])
    return tops


@pytest.mark.parametrize("module", core())
def test_importing_the_core_brings_in_no_screen_and_no_tensorflow(module: str) -> None:
    assert loaded_by(f"import {module}", SCREEN | TRAINING | {"plotly"}) == set()


def test_the_core_is_complete() -> None:
    """Or else the test above passes over a module that was moved away from it."""
    named = {"drawing", "evaluation", "families", "mnist", "pca", "weights"}
    assert set(core()) >= {"ae"} | {f"ae.{name}" for name in named}


@pytest.mark.parametrize("module", ["ui.figures", "ui.text"])
def test_importing_figures_and_text_brings_in_no_streamlit(module: str) -> None:
    assert loaded_by(f"import {module}", SCREEN | TRAINING) == set()


def test_the_text_does_without_babel() -> None:
    """Its locales cost the server 6 MB; ui/text.py says what is done instead."""
    statement = "from ui.text import translator; translator('pt').number(1.5, 1)"
    assert loaded_by(statement, {"babel"}) == set()


def test_the_hub_does_without_redis_until_it_is_asked_for() -> None:
    assert loaded_by("from hub.server import Hub; Hub()", {"redis"}) == set()


def test_a_fresh_process_shows_what_it_loaded() -> None:
    assert loaded_by("import plotly", SCREEN | {"plotly"}) == {"plotly"}


@pytest.mark.parametrize("ring", ["ae", "ui", "hub", "pages"])
def test_nothing_is_imported_by_a_name_in_a_string(ring: str) -> None:
    """import-linter reads statements alone."""
    for path in (ROOT / ring).rglob("*.py"):
        assert not re.search(r"\bimport_module\(|\b__import__\(", path.read_text("utf-8")), path


@pytest.mark.parametrize("script", MAY_IMPORT)
def test_a_script_imports_what_it_may(script: str) -> None:
    assert imported_by((ROOT / script).read_text(encoding="utf-8")) <= MAY_IMPORT[script]


def test_no_script_is_passed_over() -> None:
    assert {path.name for path in ROOT.glob("*.py")} == {"app.py", "asgi.py"}
    assert {path.stem for path in ROOT.glob("pages/*.py")} == set(PAGES)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import numpy, keras.layers", {"numpy", "keras"}),
        ("def f():\n    from pages.draw import page", {"pages"}),
        ("from ..compare import page", {"."}),
        ("'import keras'", set()),
    ],
)
def test_an_import_is_seen(source: str, expected: set[str]) -> None:
    assert imported_by(source) == expected
