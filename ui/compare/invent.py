"""Random codes, decoded: why a plain autoencoder cannot invent digits."""

from __future__ import annotations

import numpy as np
import streamlit as st

import ae
from ae import generation
from ae.arrays import Float32
from ae.model import Model
from ui import downloads, galleries, models, pictures, strokes
from ui.compare.scene import Scene
from ui.galleries import Row
from ui.text import N_, Text

_COUNT = 10
_KINDS = {
    "uniform": N_("Each number alone"),
    "gaussian": N_("Together, as in real codes"),
    "between": N_("Between two digits"),
}
_TOLD = {
    "uniform": N_("Each number is rolled anywhere where it usually lies. The others do not care."),
    "gaussian": N_("The numbers are rolled with the mean and the correlations of real codes."),
    "between": N_("Half the code of one digit plus half the code of another."),
}


def show(scene: Scene, text: Text) -> None:
    """Roll codes and decode them with every model."""
    _ = text.gettext
    with st.container(horizontal=True, vertical_alignment="center"):
        kind = st.segmented_control(
            _("Kind"),
            list(_KINDS),
            format_func=lambda name: _(_KINDS[name]),
            default="uniform",
            key="invent_kind",
            required=True,
            persist_state="session",
            label_visibility="collapsed",
        )
        st.button(_("Roll again"), icon=":material/casino:", on_click=scene.now.roll)
    st.caption(_(_TOLD[kind]))
    random = np.random.default_rng(scene.now.seed)
    pairs = random.permuted(np.tile(list(ae.samples.SAMPLES), (_COUNT, 1)), axis=1)[:, :2]
    sources = [np.stack([strokes.sample_digit(str(name)) for name in column]) for column in pairs.T]
    rows: list[Row] = []
    if kind == "between":
        for title, digits in zip((_("One digit"), _("Another")), sources, strict=True):
            rows.append((title, [(pictures.grey(x), title) for x in digits]))
    for name, model in scene.models.items():
        # The same dice for every model, whichever lanes are open.
        made = model.decode(_codes(kind, model, sources, np.random.default_rng(scene.now.seed)))
        title = models.title(name, text)
        alt = _("{model}: the picture of a code that no digit has.", model=title)
        rows.append((title, [(pictures.grey(x), alt) for x in made]))
    st.html(galleries.html(rows))
    st.caption(
        _(
            "Few of them are digits: nothing in the training asks that the codes between the digits"
            " mean anything."
        )
    )
    downloads.button(
        _("The pictures (PNG)"), lambda: galleries.sheet(rows), f"gargalo-invented-{kind}.png"
    )


def _codes(kind: str, model: Model, sources: list[Float32], random: np.random.Generator) -> Float32:
    if kind == "uniform":
        return generation.uniform(model.statistics, _COUNT, random)
    if kind == "gaussian":
        return generation.gaussian(models.facts().codes[model.name, "best"], _COUNT, random)
    return generation.between(*map(model.encode, sources))
