"""Files that a visitor takes home, and the few lines of Python that make the same screen."""

from __future__ import annotations

import io

import numpy as np
import streamlit as st

from ui import downloads, pictures
from ui.inference import Result
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


def show(result: Result, drawing: Drawing, model: str, text: Text) -> None:
    """Show the downloads and the snippet."""
    _ = text.gettext
    with st.container(horizontal=True, key="downloads"):
        downloads.button(_("The code (CSV)"), lambda: code_csv(result), f"gargalo-{model}.csv")
        downloads.button(
            _("Everything (NPZ)"),
            lambda: everything_npz(result, drawing),
            f"gargalo-{model}.npz",
        )
        downloads.pictures(lambda: pictures_png(result), f"gargalo-{model}.png", text)
    st.caption(_("With the NPZ beside it, this Python makes the same screen:"))
    snippet = SNIPPET.format(model=model, units=len(result.code), mse=result.mse)
    st.code(snippet, language="python")
