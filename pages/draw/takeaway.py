"""Files that a visitor takes home, and the few lines of Python that show the same pictures."""

from __future__ import annotations

import io

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import downloads, own, pictures, snippets
from ui.components.download import File
from ui.inference import Result
from ui.state import Visit
from ui.strokes import Drawing
from ui.text import Text


def snippet(model: str, result: Result) -> str:
    """Write Python that shows the screen again, from the file of `everything_npz`."""
    return f"""\
{snippets.IMPORTS}
saved = np.load("gargalo-{model}.npz")
digits, model = saved["digits"], {snippets.load(model)}
codes = model.encode(digits)  # (1, {len(result.code)}), before any edits
pictures = model.decode(saved["codes"])  # (1, 28, 28), after them
print(ae.evaluation.mse(digits, pictures))  # {result.mse:.4f}

{snippets.ROW}{snippets.show("row", "280")}"""


def code_csv(result: Result) -> bytes:
    """Write the code as CSV: unit, as encoded, as shown."""
    rows = enumerate(zip(result.encoded, result.code, strict=True), 1)
    return downloads.csv_bytes(["unit", "encoded", "code"], ((unit, *pair) for unit, pair in rows))


def everything_npz(result: Result, drawing: Drawing) -> bytes:
    """Write digit, codes, reconstruction and strokes (one row a point: stroke, x, y).

    The names and the leading axis are those of ``python -m ae``, which reads this file too.
    """
    file = io.BytesIO()
    points = [(i, x, y) for i, stroke in enumerate(drawing.strokes) for x, y in stroke]
    np.savez_compressed(
        file,
        digits=result.digit[None],
        encoded=result.encoded[None],
        codes=result.code[None],
        reconstructions=result.reconstruction[None],
        strokes=np.asarray(points, np.float32).reshape(-1, 3),
    )
    return file.getvalue()


def pictures_png(result: Result) -> bytes:
    """Put digit, reconstruction and error map side by side, ten px to the pixel."""
    digit, reconstruction = map(pictures.grey, (result.digit, result.reconstruction))
    row = [digit, reconstruction, pictures.signed(result.error)]
    return pictures.png(pictures.tiled([row]), scale=10)


def show(result: Result, now: Visit, model: str, text: Text, way: DeltaGenerator) -> None:
    """Show the downloads and the snippet; `way` as for `ui.components.download`."""
    _ = text.gettext
    drawing = now.sketch.drawing
    name = f"gargalo-{model}"
    files = [
        File(_("The code (CSV)"), f"{name}.csv", lambda: code_csv(result)),
        File(_("Everything (NPZ)"), f"{name}.npz", lambda: everything_npz(result, drawing)),
        downloads.pictures(lambda: pictures_png(result), f"{name}.png", text),
    ]
    if model in now.own:
        files.append(own.file(model, now, text))
    downloads.show(files, text, "takeaway", way)
    snippets.explain(text)
    st.code(snippet(model, result), language="python")
