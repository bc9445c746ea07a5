"""Do the nets find PCA's subspace? The angles between what they can draw and what PCA can."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
import streamlit as st

from ae.arrays import Float32
from ae.facts import draws_in_one_layer, overlap
from ui import downloads, figures, models
from ui.compare.scene import Scene
from ui.components.plots import plot
from ui.text import N_, Text


def show(scene: Scene, text: Text) -> None:
    """Show the angles of every net whose decoder is one layer, whatever lanes are open."""
    _ = text.gettext
    angles = {
        key: np.degrees(found)
        for key, found in models.facts().angles.items()
        if key[0] in scene.models
    }
    titles = {(name, recipe): _title(name, recipe, text) for name, recipe in angles}
    shared = {key: overlap(np.radians(found)) for key, found in angles.items()}
    st.caption(
        _(
            "A decoder of one layer mixes one picture for each number, and so does PCA. If both can"
            " draw the same, all angles between them are zero. An overlap of 1 is the same space;"
            " with 0 there is nothing in common."
        )
    )
    lines = []
    for (name, recipe), share in shared.items():
        same = N_("{model}: the same space as PCA, overlap {share}.")
        other = N_("{model}: another space, overlap {share}.")
        message = _(
            same if share >= 0.99 else other,
            model=titles[name, recipe],
            share=text.number(share, 2),
        )
        colour = figures.COLOURS[name]
        lines.append(f'<li style="--colour: {colour}" class="model">{escape(message)}</li>')
    st.html(f'<ul class="verdicts">{"".join(lines)}</ul>')
    label = _(
        "Principal angles to PCA, smallest first. {overlaps}",
        overlaps="; ".join(
            f"{titles[key]}: {text.number(found[0], 1)}° – {text.number(found[-1], 1)}°"
            for key, found in angles.items()
        ),
    )
    plot(figures.angles_figure(angles, titles, text), label=label, key="angles", height=300)
    if any(name != "pca" and not draws_in_one_layer(name) for name in scene.models):
        st.caption(
            _("The deep net is not in the chart: its decoder bends, so it has no such space.")
        )
    downloads.button(_("The angles (CSV)"), lambda: _csv(angles), "gargalo-angles.csv")


def _title(name: str, recipe: str, text: Text) -> str:
    title = models.title(name, text)
    if recipe == "best":
        return title
    return text.gettext("{model}, the tutorial's recipe", model=title)


def _csv(angles: Mapping[tuple[str, str], Float32]) -> bytes:
    rows = (
        (*key, number, angle)
        for key, found in angles.items()
        for number, angle in enumerate(found, 1)
    )
    return downloads.csv_bytes(["model", "recipe", "number", "degrees"], rows)
