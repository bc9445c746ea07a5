"""Do the nets find PCA's subspace? The angles between their atoms and PCA's components."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
import streamlit as st

import ae
from ae.arrays import Float32
from ae.facts import draws_in_one_layer, overlap
from pages.compare.scene import Scene
from ui import downloads, figures, models
from ui.components.plots import plot
from ui.text import N_, Text

Key = tuple[str, str]  # family and recipe


def show(scene: Scene, text: Text) -> None:
    """Show the angles of every net whose decoder is one layer, whatever lanes are open."""
    _ = text.gettext
    angles = models.facts().angles
    titles = {key: _title(*key, text) for key in angles}
    degrees = {key: np.degrees(found) for key, found in angles.items()}
    st.caption(
        _(
            "Before its sigmoid, a decoder of one layer adds up one picture for each number. PCA"
            " does so too. If both add up to the same, all angles are zero. An overlap of 1 is the"
            " same space; with 0 there is nothing in common."
        )
    )
    st.html(_verdicts(angles, titles, text))
    label = _(
        "Principal angles to PCA, smallest first. {angles}",
        angles="; ".join(
            f"{titles[key]}: {text.number(found[0], 1)}° – {text.number(found[-1], 1)}°"
            for key, found in degrees.items()
        ),
    )
    plot(figures.angles_figure(degrees, titles, text), label=label, key="angles", height=300)
    bent = [
        models.title(name, text)
        for name in scene.available
        if name in ae.FAMILIES and not draws_in_one_layer(name)
    ]
    if bent:
        st.caption(
            _(
                "Not in the chart: {names}. A decoder of several layers bends, so that it has no"
                " such space.",
                names=", ".join(bent),
            )
        )
    downloads.button(_("The angles (CSV)"), lambda: _csv(degrees), "gargalo-angles.csv")


def _verdicts(angles: Mapping[Key, Float32], titles: Mapping[Key, str], text: Text) -> str:
    """Say of each net whether it is PCA's space, and how much the two overlap."""
    same = N_("{model}: the same space as PCA, overlap {share}.")
    other = N_("{model}: another space, overlap {share}.")
    lines = ""
    for key, found in angles.items():
        share = overlap(found)
        message = text.gettext(
            same if share >= 0.99 else other, model=titles[key], share=text.number(share, 2)
        )
        colour = figures.COLOURS[key[0]]
        lines += f'<li style="--colour: {colour}" class="model">{escape(message)}</li>'
    return f'<ul class="verdicts">{lines}</ul>'


def _title(name: str, recipe: str, text: Text) -> str:
    title = models.title(name, text)
    if recipe == "best":
        return title
    return text.gettext("{model}, the tutorial's recipe", model=title)


def _csv(degrees: Mapping[Key, Float32]) -> bytes:
    rows = (
        (*key, number, angle)
        for key, found in degrees.items()
        for number, angle in enumerate(found, 1)
    )
    return downloads.csv_bytes(["model", "recipe", "number", "degrees"], rows)
