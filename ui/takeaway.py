"""Files that a visitor takes home, and the few lines of Python that make the same screen."""

from __future__ import annotations

import csv
import io

import numpy as np
import streamlit as st

from ui import pictures
from ui.results import Result
from ui.strokes import Drawing
from ui.text import Text

SNIPPET = """\
import ae, numpy as np
saved = np.load("gargalo-{model}.npz")
model = ae.load("{model}")
codes = model.encode(saved["digits"])  # (1, {units}), before any edits
pictures = model.decode(saved["codes"])  # (1, 28, 28), after them
print(ae.evaluation.mse(saved["digits"], pictures))  # {mse:.4f}
"""


def code_csv(result: Result) -> bytes:
    """Write the code as CSV: unit, as encoded, as shown."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["unit", "encoded", "code"])
    for unit, (encoded, value) in enumerate(zip(result.encoded, result.code, strict=True), 1):
        writer.writerow([unit, encoded, value])
    return file.getvalue().encode()


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
    gap = np.full((28, 2, 3), 128, np.uint8)
    digit, reconstruction = (
        pictures.grey(x)[..., None].repeat(3, axis=2) for x in (result.digit, result.reconstruction)
    )
    row = np.hstack([digit, gap, reconstruction, gap, pictures.signed(result.error)])
    return pictures.png(row, scale=10)


def show(result: Result, drawing: Drawing, model: str, text: Text) -> None:
    """Show the downloads and the snippet."""
    _ = text.gettext
    files = (
        (_("The code (CSV)"), lambda: code_csv(result), "csv", "text/csv"),
        (_("Everything (NPZ)"), lambda: everything_npz(result, drawing), "npz", "application/zip"),
        (_("The pictures (PNG)"), lambda: pictures_png(result), "png", "image/png"),
    )
    with st.container(horizontal=True, key="downloads"):
        for label, make, ending, mime in files:
            st.download_button(
                label,
                make,
                file_name=f"gargalo-{model}.{ending}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
            )
    st.caption(_("With the NPZ beside it, this Python makes the same screen:"))
    snippet = SNIPPET.format(model=model, units=len(result.code), mse=result.mse)
    st.code(snippet, language="python")
