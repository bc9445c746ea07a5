"""What a visitor takes home is what was on the screen."""

from __future__ import annotations

import ast
import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ae
from ae import weights
from ae.cli.parser import build_parser
from ae.plans import OWN
from pages.compare import table
from pages.compare import takeaway as compared
from pages.draw import takeaway
from tests.pages.test_app import look_at, offered, opened, run
from tests.pages.test_train import own_model
from ui import comparison, inference, models, own, pictures, state, strokes
from ui.edits import Edits
from ui.trainings import Desk, Kept

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
    # In the middle of a pixel there may be one of the stripes that mark lost ink.
    painted = pictures.signed(result.reconstruction - result.digit)
    bright, dark = (pictures.laid_on(stripe, painted) for stripe in (pictures.LOST, (0, 0, 0)))
    assert ((error == bright) | (error == dark)).all() and (bright != dark).any()


# What is shown to be run

_SCREEN = """
from PIL import ImageShow

class Screen(ImageShow.Viewer):
    def show_image(self, image, **options):
        image.save("shown.png")
        return 1

ImageShow.register(Screen(), 0)
"""


def ran(*command: str, folder: Path, **environment: str) -> str:
    """Run it in the folder; gives what it prints."""
    run = subprocess.run(
        [sys.executable, "-W", "error", *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def shown(snippet: str, folder: Path) -> tuple[dict[str, float], np.ndarray]:
    """Run a snippet; gives the figures that it prints, by name, and the picture that it shows."""
    (folder / "snippet.py").write_text(f"{_SCREEN}{snippet}")
    lines = ran("snippet.py", folder=folder).splitlines()
    figures = {line[: line.index("[")].strip(): line[line.index("[") :] for line in lines}
    with Image.open(folder / "shown.png") as image:
        pixels = np.asarray(image)[5::10, 5::10].astype(int)
    return {name: float(ast.literal_eval(figure)[0]) for name, figure in figures.items()}, pixels


def wide(result: inference.Result) -> np.ndarray:
    """The three pictures of the screen, side by side."""
    two = [pictures.grey(picture) for picture in (result.digit, result.reconstruction)]
    error = pictures.laid_on(pictures.LOST, pictures.signed(result.error))  # without the stripes
    return np.hstack([*(p[..., None].repeat(3, 2) for p in two), error])


def test_the_snippet_shows_what_was_made_of_an_edited_code(tmp_path: Path) -> None:
    result, drawing = screen("deep")
    (tmp_path / "gargalo-deep.npz").write_bytes(takeaway.everything_npz(result, drawing))
    snippet = takeaway.snippet("deep", result)
    figures, pixels = shown(snippet, tmp_path)
    assert figures[""] == pytest.approx(result.mse, rel=1e-3)
    assert f"# {figures['']:.4f}" in snippet  # what it promises
    assert np.abs(pixels - wide(result)).max() <= 1


def test_with_ones_own_model_the_snippets_on_the_screen_show_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = own_model(tmp_path / f"{own.NAME}.safetensors").read_bytes()
    desk = Desk(kept={OWN: Kept(weights.read_own(raw), raw)})
    monkeypatch.setattr(own, "desk", lambda now: desk)
    app = opened(sample="3b")
    look_at(app, OWN)
    app.switch_page("pages/compare/page.py")
    (snippet,) = (code.value for code in run(app).code if "import ae" in code.value)
    now = app.session_state["visit"]
    names = [*state.FIRST_LANES, OWN]
    monkeypatch.setattr(state, "model_name", lambda: OWN)
    seen = comparison.compare(now, models.available(names, now), names)
    (tmp_path / "gargalo-compare.npz").write_bytes(compared.everything_npz(seen))
    figures, pixels = shown(snippet, tmp_path)
    assert list(figures) == names
    for name, row in zip(names, np.split(pixels, len(names)), strict=True):
        assert figures[name] == pytest.approx(seen.results[name].mse, rel=1e-3)
        assert np.abs(row - wide(seen.results[name])).max() <= 1

    app.switch_page("pages/draw/page.py")
    (snippet,) = (code.value for code in run(app).code if "import ae" in code.value)
    assert [*offered(app).values()][-1] == "My model, 5 numbers (safetensors)"
    everything = takeaway.everything_npz(seen.results[OWN], now.sketch.drawing)
    (tmp_path / f"gargalo-{OWN}.npz").write_bytes(everything)
    figures, pixels = shown(snippet, tmp_path)
    assert figures[""] == pytest.approx(seen.results[OWN].mse, rel=1e-3)
    assert np.abs(pixels - wide(seen.results[OWN])).max() <= 1


def test_the_command_beside_the_table_is_one_of_ours() -> None:
    # What it prints is what the page shows, tests/ae/cli/test_report.py and test_compare.py say.
    python, m, module, *arguments = table._COMMAND.split()
    assert (python, m, module) == ("python", "-m", "ae")
    assert build_parser().parse_args(arguments).command == "evaluate"
