"""What a visitor takes home is what was on the screen."""

from __future__ import annotations

import ast
import csv
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ae
from pages.draw import takeaway
from ui import inference, pictures, strokes
from ui.edits import Edits

ROOT = Path(__file__).parents[2]
every_family = pytest.mark.parametrize("name", ae.FAMILIES)


def screen(name: str, sample: str = "7b") -> tuple[inference.Result, strokes.Drawing]:
    """A digit, one of whose numbers was changed by hand."""
    drawing = strokes.sample(sample)
    model = ae.load(name)
    digit = strokes.digit(drawing)
    encoded = model.encode(digit[None])[0]
    unit = int(np.argmax(encoded))
    edits = Edits(values={unit: 1.7 * float(encoded[unit])})
    return inference.result(model, digit, edits), drawing


@every_family
def test_csv_holds_the_code_to_the_last_bit(name: str) -> None:
    result, _ = screen(name)
    rows = list(csv.DictReader(io.StringIO(takeaway.code_csv(result).decode())))
    assert [row["unit"] for row in rows] == [str(i + 1) for i in range(ae.FAMILIES[name].code_size)]
    for column, values in (("encoded", result.encoded), ("code", result.code)):
        assert [np.float32(row[column]) for row in rows] == values.tolist()
    assert (result.encoded != result.code).sum() == 1


@every_family
def test_npz_holds_everything(name: str) -> None:
    result, drawing = screen(name)
    raw = takeaway.everything_npz(result, drawing)
    with np.load(io.BytesIO(raw), allow_pickle=False) as saved:
        # A batch of one: the names and shapes that `python -m ae` reads and writes.
        for field, array in (
            ("digits", result.digit),
            ("encoded", result.encoded),
            ("codes", result.code),
            ("reconstructions", result.reconstruction),
        ):
            assert saved[field].dtype == np.float32
            assert saved[field].shape == (1, *array.shape) and (saved[field][0] == array).all()
        points = saved["strokes"]
    assert points.shape == (sum(map(len, drawing.strokes)), 3)
    read = [points[points[:, 0] == i, 1:] for i in range(len(drawing.strokes))]
    for stroke, expected in zip(read, drawing.strokes, strict=True):
        assert (stroke == np.asarray(expected, np.float32)).all()


def test_npz_of_a_picture_has_no_strokes() -> None:
    result, _ = screen("shallow")
    with np.load(io.BytesIO(takeaway.everything_npz(result, strokes.Drawing()))) as saved:
        assert saved["strokes"].shape == (0, 3)


def test_png_shows_the_three_pictures() -> None:
    result, _ = screen("deep")
    with Image.open(io.BytesIO(takeaway.pictures_png(result))) as image:
        assert image.format == "PNG" and image.mode == "RGB"
        row = np.asarray(image)[5::10, 5::10]
    assert len(row) == 28
    digit, reconstruction, error = row[:, :28], row[:, 30:58], row[:, -28:]
    assert (digit == pictures.grey(result.digit)[..., None]).all()
    assert (reconstruction == pictures.grey(result.reconstruction)[..., None]).all()
    assert (error == pictures.signed(result.reconstruction - result.digit)).all()


@every_family
def test_the_snippet_makes_the_same_screen(name: str, tmp_path: Path) -> None:
    result, drawing = screen(name)
    snippet = takeaway.SNIPPET.format(model=name, units=len(result.code), mse=result.mse)
    (tmp_path / f"gargalo-{name}.npz").write_bytes(takeaway.everything_npz(result, drawing))
    arrays = ", ".join(f"{n}={n}" for n in ("codes", "pictures"))
    (tmp_path / "snippet.py").write_text(f"{snippet}\nnp.savez('made.npz', {arrays})\n")

    run = subprocess.run(
        [sys.executable, "-W", "error", "snippet.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    (printed,) = re.findall(r"[\d.]+(?:e-?\d+)?", run.stdout)
    assert float(printed) == pytest.approx(result.mse, rel=1e-3)
    assert f"# {float(printed):.4f}" in snippet  # what it promises
    with np.load(tmp_path / "made.npz") as remade:
        assert remade["codes"][0] == pytest.approx(result.encoded, abs=1e-4)
        assert remade["pictures"][0] == pytest.approx(result.reconstruction, abs=1e-5)


def test_the_snippet_is_short_and_says_what_it_needs() -> None:
    snippet = takeaway.SNIPPET.format(model="deep", units=32, mse=0.0123)
    assert len(snippet.strip().splitlines()) <= 6
    imported = {
        alias.name
        for node in ast.walk(ast.parse(snippet))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert imported == {"ae", "numpy"}
