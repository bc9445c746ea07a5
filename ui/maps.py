"""The map of a model's codes, and how it travels to the browser."""

from __future__ import annotations

import streamlit as st

import ae
from ae.atlas import Atlas, CodeMap
from ae.model import Autoencoder, Model
from ui import models, names
from ui.components import map_canvas
from ui.state import Visit
from ui.text import N_

NO_MAP = N_("There is no map of this model. The other models have one.")


def of(model: Model, atlas: Atlas, now: Visit) -> CodeMap | None:
    """Give a model's map; None where there is none."""
    return _map_of(model.name, now) if model.name in now.own else atlas.maps.get(model.name)


def _map_of(name: str, now: Visit) -> CodeMap | None:
    """Map a model of the visitor's own, where MNIST is at hand; the last one's map is kept."""
    own = now.own[name]
    if own.code_map is None:
        digits = ae.mnist.first_test_digits(ae.atlas.DIGITS)
        if digits is not None:
            for other in now.own.values():  # up to 2.6 MB each, in every tab
                other.code_map = None
            own.code_map = ae.atlas.code_map(own.model.encode(digits))
    return own.code_map


def first(code_map: CodeMap) -> str:
    """Name the projection that a map is shown by where nobody has chosen: "umap" or "pca"."""
    return "pca" if code_map.umap is None else "umap"


def packed(model: Autoencoder, code_map: CodeMap, by: str, digits: map_canvas.Digits) -> bytes:
    """Give a map as the browser wants it.

    Parameters
    ----------
    by : the projection, "umap" or "pca".
    digits : (n,), 0 to 9: which digit each code of the map is of.
    """
    if model.name in names.IDS:
        return _pack(model, code_map, by, digits)
    return _packed_once(model.name, by)


@st.cache_resource(show_spinner=False, max_entries=16)
def _packed_once(name: str, by: str) -> bytes:
    """Pack what ships; all visitors share it."""
    atlas, model = models.atlas(), models.load(name)
    assert isinstance(model, Autoencoder)
    return _pack(model, atlas.maps[name], by, atlas.digits)


def _pack(model: Autoencoder, code_map: CodeMap, by: str, digits: map_canvas.Digits) -> bytes:
    if by == "umap" and code_map.umap is not None:
        return map_canvas.pack(model.decoder, code_map.codes, code_map.umap, digits, None)
    points = code_map.project(code_map.codes)
    return map_canvas.pack(
        model.decoder, code_map.codes, points, digits, (code_map.mean, code_map.axes)
    )
