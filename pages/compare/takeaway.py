"""The comparison as files, and the few lines of Python that make it again."""

from __future__ import annotations

import io
from collections.abc import Iterable
from textwrap import indent

import numpy as np
import streamlit as st

from ui import downloads, models, own, pictures, snippets
from ui.comparison import Scene
from ui.components.download import File, way_for
from ui.text import Text


def snippet(names: Iterable[str]) -> str:
    """Write Python that shows the lanes again, from the file of `everything_npz`."""
    models = "".join(f'    "{name}": {snippets.load(name)},\n' for name in names)
    return f"""\
{snippets.IMPORTS}
digits = np.load("gargalo-compare.npz")["digits"]
models = {{
{models}}}
rows = []
for name, model in models.items():
    pictures = model.reconstruct(digits)
    print(name, ae.evaluation.mse(digits, pictures))
{indent(snippets.ROW, "    ")}    rows.append(row)
{snippets.show("np.vstack(rows)", "280 * len(rows)")}"""


def show(scene: Scene, text: Text) -> None:
    """Show the downloads and the snippet, behind one button; it needs a drawing."""
    if scene.now.stage:
        return
    _ = text.gettext
    way = way_for("takeaway")
    with st.popover(
        _("Download"),
        icon=":material/download:",
        disabled=not scene.results,
        on_change="rerun",  # a stroke since then has run the lanes alone
        key="take",
    ):
        if not scene.results:
            return
        files = [
            File(_("The figures (CSV)"), "gargalo-compare.csv", lambda: figures_csv(scene)),
            File(_("Everything (NPZ)"), "gargalo-compare.npz", lambda: everything_npz(scene)),
            downloads.pictures(lambda: pictures_png(scene), "gargalo-compare.png", text),
        ]
        files += [
            own.file(name, scene.now, text) for name in scene.now.own if name in scene.results
        ]
        downloads.show(files, text, "takeaway", way)
        snippets.explain(text)
        st.code(snippet(scene.results), language="python")


def figures_csv(scene: Scene) -> bytes:
    """Write a line for each lane: ink, errors, share of test digits that are worse, code.

    That share is empty where the model was not measured on them.
    """
    units = max(model.code_size for model in scene.models.values())
    figures = ("kept", "invented", "mse", "bce", "better_than")
    head = ["model", *figures, *(f"code_{i}" for i in range(1, units + 1))]
    rows = []
    for name, result in scene.results.items():
        values = {figure: getattr(result, figure) for figure in figures}
        if not models.tested_on_mnist(scene.models[name]):
            values["better_than"] = ""
        rows.append((name, *values.values(), *result.code))
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
