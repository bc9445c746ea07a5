"""The map: 5,000 test digits where their codes lie, and the drawing as a star among them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from ae.atlas import DIGITS, NEIGHBOURS, CodeMap
from ae.model import Autoencoder
from ae.plans import OWN
from pages.explore.scene import NO_MAP, Scene
from ui import editor, models
from ui.choices import segments
from ui.components import map_canvas
from ui.text import Text


def show(scene: Scene, text: Text) -> None:
    """Show the map, and the code that moves the star."""
    _ = text.gettext
    chart, model = scene.code_map, scene.model
    if chart is None or not isinstance(model, Autoencoder):
        st.info(_(NO_MAP))
        return
    by = "pca"
    if chart.umap is not None:
        titles = {"umap": _("UMAP: neighbours stay close"), "pca": _("PCA: a plain shadow")}
        by = segments(_("Map"), titles, "map_by")
    star = None
    if scene.code is not None:
        placed = chart.place if by == "umap" else chart.project
        x, y = placed(scene.code[None])[0].tolist()
        star = (x, y)
    map_canvas.show(
        chart=_packed(scene, by),
        star=star,
        code=scene.code,
        labels={
            "label": _(
                "Map of {n} test digits. The arrow keys move a place that is decoded.",
                n=text.number(DIGITS),
            ),
            "language": text.language,
            "yours": _("★ Your digit, decoded"),
            "hint": _("Draw a digit: it becomes a star on the map."),
            "of_digit": _("A test digit: {digit}"),
            "place": _("Nobody's digit: this place, decoded"),
            "zoom_in": _("Closer"),
            "zoom_out": _("Farther"),
            "reset": _("The whole map"),
            "lasso": _("Draw a ring around some digits"),
            "group": _("{n} digits, {share} of them {digit}. Their average code, decoded."),
            "group_empty": _("No digit is inside."),
            "revision": str(scene.now.revision),
        },
        key="map",
    )
    st.caption(_how(chart, by, text))
    # Below the map: who changes a number moves the star.
    editor.show(scene.now, model, scene.result, text, key="map_bars", height=130)


def _how(chart: CodeMap, by: str, text: Text) -> str:
    """Say how a code comes to its place, and how far that can be trusted."""
    _ = text.gettext
    if by == "umap":
        return _(
            "The star lies between its {k} nearest codes. For digits that the map did not know,"
            " that is {error} of the map's width from where UMAP itself puts them (median).",
            k=NEIGHBOURS,
            error=text.percent(chart.umap_error, 1),
        )
    if len(chart.mean) == 2:
        return _("Two numbers are a map by themselves: it is only turned. Nothing is lost.")
    spread = chart.codes - chart.mean
    whole = np.square(spread).sum() or 1  # the codes of a dead net are all the same
    kept = np.square(spread @ chart.axes.T).sum() / whole
    return _(
        "The two directions in which the codes spread most. They hold {share} of the spread; the"
        " rest is not to be seen here.",
        share=text.percent(kept),
    )


def _packed(scene: Scene, by: str) -> bytes:
    """Give the map as the browser wants it."""
    chart, model = scene.code_map, scene.model
    assert chart is not None
    assert isinstance(model, Autoencoder)
    if model.name == OWN:
        return _pack(model, chart, by, scene.atlas.digits)
    return _packed_once(model.name, by)


@st.cache_resource(show_spinner=False, max_entries=16)
def _packed_once(name: str, by: str) -> bytes:
    """Pack what ships; all visitors share it."""
    atlas, model = models.atlas(), models.load(name)
    assert isinstance(model, Autoencoder)
    return _pack(model, atlas.maps[name], by, atlas.digits)


def _pack(model: Autoencoder, chart: CodeMap, by: str, digits: map_canvas.Digits) -> bytes:
    if by == "umap" and chart.umap is not None:
        return map_canvas.pack(model.decoder, chart.codes, chart.umap, digits, None)
    points = chart.project(chart.codes)
    return map_canvas.pack(model.decoder, chart.codes, points, digits, (chart.mean, chart.axes))
