"""The comparison as files, and the few lines of Python that make it again."""

from __future__ import annotations

import io

import numpy as np
import streamlit as st

from pages.compare.scene import Scene
from ui import downloads, pictures
from ui.text import Text

_SNIPPET = """\
import ae, numpy as np
digits = np.load("gargalo-compare.npz")["digits"]
for name in {names}:
    model = ae.load(name)
    print(name, ae.evaluation.mse(digits, model.reconstruct(digits)))
"""


def show(scene: Scene, text: Text) -> None:
    """Show the downloads and the snippet, behind one button; it needs a drawing."""
    _ = text.gettext
    with st.popover(_("Take it away"), icon=":material/download:", disabled=not scene.results):
        if not scene.results:
            return
        with st.container(horizontal=True, key="downloads"):
            downloads.button(
                _("The figures (CSV)"), lambda: figures_csv(scene), "gargalo-compare.csv"
            )
            downloads.button(
                _("Everything (NPZ)"), lambda: everything_npz(scene), "gargalo-compare.npz"
            )
            downloads.pictures(lambda: pictures_png(scene), "gargalo-compare.png", text)
        st.caption(_("With the NPZ beside it, this Python prints the same squared errors:"))
        st.code(_SNIPPET.format(names=tuple(scene.results)), language="python")


def figures_csv(scene: Scene) -> bytes:
    """Write a line for each lane: errors, the share of test digits that are worse, the code."""
    units = max(model.code_size for model in scene.models.values())
    head = ["model", "mse", "bce", "better_than", *(f"code_{i}" for i in range(1, units + 1))]
    rows = (
        (name, result.mse, result.bce, result.better_than, *result.code)
        for name, result in scene.results.items()
    )
    return downloads.csv_bytes(head, rows)


def everything_npz(scene: Scene) -> bytes:
    """Write the digit, and each model's code and reconstruction; batches of one lead."""
    assert scene.digit is not None
    arrays = {"digits": scene.digit[None]}
    for name, result in scene.results.items():
        arrays[f"codes_{name}"] = result.code[None]
        arrays[f"reconstructions_{name}"] = result.reconstruction[None]
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def pictures_png(scene: Scene) -> bytes:
    """Put a row for each lane under one another: digit, reconstruction, error map."""
    assert scene.digit is not None
    rows = [
        [
            pictures.grey(scene.digit),
            pictures.grey(result.reconstruction),
            pictures.signed(result.error),
        ]
        for result in scene.results.values()
    ]
    return pictures.png(pictures.tiled(rows), scale=6)
