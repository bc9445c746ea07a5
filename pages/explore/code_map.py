"""The map: 5,000 test digits where their codes lie, and the drawing as a star among them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from ae import latent
from ae.arrays import Float32
from ae.atlas import DIGITS, NEIGHBOURS, CodeMap
from ae.model import Autoencoder
from pages.explore.scene import Scene
from ui import editor, maps
from ui.choices import segments
from ui.components import map_canvas
from ui.text import Text


def show(scene: Scene, text: Text) -> None:
    """Show the map, and the code that moves the star."""
    _ = text.gettext
    code_map, model = scene.code_map, scene.model
    if code_map is None or not isinstance(model, Autoencoder):
        st.info(_(maps.NO_MAP))
        return
    by = maps.first(code_map)
    if by == "umap":
        titles = {"umap": _("UMAP: neighbours stay close"), "pca": _("PCA: a flat shadow")}
        by = segments(_("Map"), titles, "map_by")
    # As it is edited: who changes a number moves the star.
    code = None if scene.result is None else scene.result.code
    star, near = None, []
    if code is not None:
        star = _place(code_map, by, code, scene)
        near = latent.neighbours(code_map.codes, code[None], NEIGHBOURS)[0][0].tolist()
    map_canvas.show(
        data=maps.packed(model, code_map, by, scene.atlas.digits),
        star=star,
        near=near,
        code=code,
        revision=scene.now.revision,
        labels={
            "label": _(
                "Map of {n} test digits. The arrow keys move a point, and the decoder draws what"
                " lies there.",
                n=text.number(DIGITS),
            ),
            "language": text.language,
            "yours": _("★ Your digit, decoded"),
            "hint": _("Draw a digit: it becomes a star on the map."),
            "of_digit": _("A test digit: {digit}"),
            "place": _("Nobody wrote this one: the decoder made it up"),
            "zoom_in": _("Zoom in"),
            "zoom_out": _("Zoom out"),
            "reset": _("The whole map"),
            "lasso": _("Draw a ring around some digits"),
            "lasso_hint": _("Drag a ring, or set its corners with the arrows and Enter."),
            "lasso_keys": _(
                "The arrow keys move a cross, Enter sets a corner, Enter on the first corner closes"
                " the ring, Escape ends it."
            ),
            "corner": _("Corner {n}. Enter on the first one closes the ring."),
            "group": _(
                "{n} digits; the most frequent is {digit} ({share}). Their average code, decoded."
            ),
            "group_one": _("One digit is inside, {digit}. Its code, decoded."),
            "group_empty": _("No digit is inside."),
        },
        model=model.name,
        large=scene.now.stage is not None,
        key="map",
    )
    if scene.now.stage:
        return
    lines = _("Thin lines lead to the {k} nearest codes.", k=NEIGHBOURS)
    note = maps.note(model, scene.now, text)
    st.caption(f"{lines} {_how(code_map, by, text)} {note}".strip())
    st.html(editor.heading(scene.result, model, text))
    editor.bars(scene.now, model, scene.result, text, key="map_bars", height=130)
    editor.tools(scene.now, model, scene.result, text)


def _place(code_map: CodeMap, by: str, code: Float32, scene: Scene) -> tuple[float, float]:
    """Say where a code, (units,), lies on a map."""
    if by == "umap":
        x, y = code_map.place(code[None], scene.atlas.digits)[0].tolist()
    else:
        x, y = code_map.project(code[None])[0].tolist()
    return x, y


def _how(code_map: CodeMap, by: str, text: Text) -> str:
    """Say how a code comes to its place, and how far that can be trusted."""
    _ = text.gettext
    if by == "umap":
        return _(
            "The star stands with those that agree which digit it is. Of {n} other test digits,"
            " {stray} ended up elsewhere.",
            n=text.number(DIGITS),
            stray=text.percent(code_map.stray, 1),
        )
    if len(code_map.mean) == 2:
        return _("Two numbers are a map by themselves: it is only turned. Nothing is lost.")
    spread = code_map.codes - code_map.mean
    whole = np.square(spread).sum() or 1  # the codes of a dead net are all the same
    kept = np.square(spread @ code_map.axes.T).sum() / whole
    return _(
        "The two directions in which the codes spread most. They show {share} of the spread; the"
        " rest is hidden here.",
        share=text.percent(kept),
    )
