"""The map of a model's codes, and how it travels to the browser."""

from __future__ import annotations

import logging

import streamlit as st

import ae
from ae import redrawn
from ae.arrays import Float32
from ae.atlas import Atlas, CodeMap
from ae.model import Autoencoder, Model
from ui import models, names
from ui.components import map_canvas
from ui.state import OwnModel, Visit
from ui.text import N_, Text

NO_MAP = N_("There is no map of this model. The other models have one.")


def of(model: Model, atlas: Atlas, now: Visit) -> CodeMap | None:
    """Give a model's map; None where there is none."""
    own = now.own.get(model.name)
    return atlas.maps.get(model.name) if own is None else _map_of(own, atlas, now)


def note(model: Model, now: Visit, text: Text) -> str:
    """Say, of a map of digits that stand for MNIST's, how well they do; nothing of others."""
    own = now.own.get(model.name)
    if own is None or own.code_map is None or not own.redrawn:
        return ""
    _ = text.gettext
    words = _("MNIST is not at hand, so its digits are redrawn here from what the app has of them.")
    measured = redrawn.measured_for(model.code_size)
    if measured is None:
        return words
    how_well = _(
        "For nets of {n} numbers that moved a code by {far} of the usual distance, and left {kept}"
        " of the ten neighbours as they were.",
        n=measured.units,
        far=text.percent(measured.distance),
        kept=text.percent(measured.kept),
    )
    return f"{words} {how_well}"


def _map_of(own: OwnModel, atlas: Atlas, now: Visit) -> CodeMap | None:
    """Map a model of the visitor's own; the last one's map is kept."""
    if own.code_map is None:
        digits = ae.mnist.first_test_digits(ae.atlas.DIGITS)
        codes = _of_redrawn(own.model, atlas, now) if digits is None else own.model.encode(digits)
        if codes is not None:
            for other in now.own.values():  # up to 2.6 MB each, in every tab
                other.code_map = None
            own.code_map, own.redrawn = ae.atlas.code_map(codes), digits is None
    return own.code_map


def _of_redrawn(model: Autoencoder, atlas: Atlas, now: Visit) -> Float32 | None:
    """Encode MNIST's digits without having them; None where a file is damaged."""
    try:
        pca = models.facts().ladder.pca
    except ae.WeightsError as fault:
        logging.getLogger(__name__).error("%s", fault)
        return None
    net = models.available([redrawn.NET], now).get(redrawn.NET)
    return redrawn.codes(model, atlas, pca, net)


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
