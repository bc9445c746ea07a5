"""One place each: a family, a page, a view and a language are added to a copy of the sources.

Each is seen wherever it belongs. The copy runs in processes of its own, so that nothing here has
to be put back.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pages.compare.views import VIEWS as COMPARE
from pages.explore.views import VIEWS as EXPLORE
from pages.learn.chapters import CHAPTERS

ROOT = Path(__file__).parent.parent

FAMILY = """\
    Family(
        name="eighth",
        title=N_("The eighth"),
        idea=N_("A net that a test has added."),
        encoder=(784, 48, 12),
        decoder=(12, 48, 784),
        recipes=MappingProxyType({"best": BEST}),
    ),
"""
WIDTHS = "784 → 48 → 12 → 48 → 784"

VIEW = """\
import streamlit as st

def show(scene, text):
    st.write(f"{len(scene.models)} lanes")
"""

PAGE = """\
import streamlit as st
from ui import canvas, state
from ui.components import browser

now = state.visit("extra")
canvas.show(now, state.text())
canvas.tools(now, state.text())
browser.settle(now, state.text(), told="")
st.write(f"The drawing is {now.sketch.drawing.sample}")
"""

# Weights for the family, made on the spot: He's initialisation, measured on the sample digits.
_TRAIN = """
import itertools
import numpy as np
import ae
from ae import checked, evaluation, weights
from ae.metadata import Data, Metadata, Net

family, random = ae.FAMILIES["eighth"], np.random.default_rng(0)
tensors = {
    f"{half}.{i}.{what}": (random.normal(0, (2 / fan_in) ** 0.5, shape)).astype(np.float32)
    for half, widths in (("encoder", family.encoder), ("decoder", family.decoder))
    for i, (fan_in, units) in enumerate(itertools.pairwise(widths))
    for what, shape in (("weights", (fan_in, units)), ("bias", units))
}
digits = np.stack([ae.drawing.from_strokes(each) for each in ae.samples.SAMPLES.values()])
errors, statistics = evaluation.measure(weights.autoencoder(family, tensors), digits)
metadata = Metadata(
    family=family.name,
    parameters=family.parameters,
    net=Net.of(family, "best", family.recipes["best"], seed=0),
    data=Data(name="MNIST", sha256="", digits=len(digits)),
    versions={},
    test=errors,
)
tensors |= weights.statistics_tensors(statistics)
checked.save(weights.locate("eighth"), tensors, metadata.to_header())
"""

# What is written on these screens, for a visitor who opens them by a link.
_VISIT = """
from tests.pages.test_app import opened, run, texts

answer = {}
for page, view in screens:
    app = opened(**query, **({"view": view} if view else {}))
    app.switch_page(f"pages/{page}/page.py")
    run(app)
    assert not app.error and not app.toast, (page, view)
    answer[f"{page}/{view}"] = texts(app)
"""
SCREENS = [
    ("draw", ""),
    *(("learn", chapter.name) for chapter in CHAPTERS if not chapter.model),  # about one net
    *(("compare", view.name) for view in COMPARE),
    *(("explore", view.name) for view in EXPLORE),
    ("train", ""),
    ("room", ""),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What runs, in a folder where it may be changed, and the helpers of the pages' tests."""
    for name in (
        "ae",
        "ui",
        "hub",
        "pages",
        "static",
        "weights",
        ".streamlit",
        "app.py",
        "babel.cfg",
    ):
        source, target = ROOT / name, tmp_path / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    helpers = tmp_path / "tests" / "pages"
    helpers.mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "pages" / "test_app.py", helpers)
    return tmp_path


def insert(path: Path, before: str, text: str) -> None:
    """Put a text before the last place where another one stands."""
    head, middle, tail = path.read_text(encoding="utf-8").rpartition(before)
    assert middle, f"{path} has changed: where is its table?"
    path.write_text(head + text + middle + tail, encoding="utf-8")


def run(copy: Path, *arguments: str) -> str:
    """Run Python in the copy; give what it prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(copy: Path, script: str, **given: Any) -> dict[str, Any]:
    """Run a script that computes an ``answer`` from what it is given."""
    names = "".join(f"{name} = {value!r}\n" for name, value in given.items())
    printed = run(copy, "-c", f"{names}{script}\nimport json; print(json.dumps(answer))")
    answer: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return answer


def test_a_family_is_one_entry_in_the_table(copy: Path) -> None:
    insert(copy / "ae" / "families.py", ")})\n# fmt: on", FAMILY)
    run(copy, "-c", _TRAIN)

    query = {"model": "eighth", "lanes": "pca,eighth"}
    screens = ask(copy, _VISIT, screens=SCREENS, query=query)
    for screen, written in screens.items():
        assert "The eighth" in written, screen
        assert "A net that a test has added." in written, screen
        page = "\n".join(written)
        assert (WIDTHS in page) == (screen == "draw/"), screen
        if screen.startswith("compare/"):
            assert 'data-model="eighth"' in page, screen
    assert "Only 12 numbers of your digit pass." in "\n".join(screens["draw/"])
    assert screens["train/"].count("The eighth") == 2, "the frame has it, and the plan's start"

    assert "eighth" in run(copy, "-m", "ae", "train", "--help")


def test_a_view_is_a_file_and_a_line_in_the_table(copy: Path) -> None:
    folder = copy / "pages" / "compare"
    (folder / "extra.py").write_text(VIEW)
    insert(folder / "views.py", "    first_ten,\n", "    extra,\n")
    insert(folder / "views.py", ")\n", '    View("extra", "One more view", extra.show),\n')

    opened = [("compare", "extra"), ("compare", "table")]
    screens = ask(copy, _VISIT, screens=opened, query={"lanes": "pca,deep"})
    for written in screens.values():
        assert "One more view" in written  # in the menu
    assert "2 lanes" in screens["compare/extra"] and "2 lanes" not in screens["compare/table"]
    assert any("view=extra" in text for text in screens["compare/extra"])


def test_a_page_is_a_folder_a_stub_and_a_line_in_the_table(copy: Path) -> None:
    folder = copy / "pages" / "extra"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "page.py").write_text(PAGE)
    shutil.copy(copy / "pages" / "compare.py", copy / "pages" / "extra.py")
    row = '    ("extra", N_("One more"), (), True),\n'
    insert(copy / "app.py", ")\n\nUI = ", row)

    screens = ask(copy, _VISIT, screens=[("draw", ""), ("extra", "")], query={"sample": "7b"})
    for written in screens.values():
        assert "One more" in written  # in the menu
    assert "The drawing is 7b" in screens["extra/"]
    assert any("sample=7b" in text for text in screens["extra/"])


def test_a_language_is_a_line_in_the_table_and_a_catalogue(copy: Path) -> None:
    german = '        "de": Language("Deutsch", "de", ",."),\n'
    insert(copy / "ui" / "text.py", "    }\n)\n", german)
    run(copy, "-m", "ui.locales")
    catalogue = copy / "ui" / "locales" / "de" / "LC_MESSAGES" / "gargalo.po"
    source = catalogue.read_text(encoding="utf-8")
    old, new = 'msgid "Undo"\nmsgstr ""', 'msgid "Undo"\nmsgstr "Zurück"'
    assert old in source
    catalogue.write_text(source.replace(old, new), encoding="utf-8")
    run(copy, "-m", "ui.locales")

    query = {"lang": "de", "model": "vae2"}
    screens = ask(copy, _VISIT, screens=[("draw", "")], query=query)
    assert {"DE", "Zurück", "Redo"} <= set(screens["draw/"])  # what is not translated is English
    page = "\n".join(screens["draw/"])
    assert "lang=de" in page and "0,3%" in page
