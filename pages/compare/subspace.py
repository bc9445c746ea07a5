"""Do the nets find PCA's subspace? The angles between their atoms and PCA's components."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st
from markupsafe import Markup

import ae
from ae.arrays import Float32
from ae.facts import draws_in_one_layer, overlap
from ui import colours, downloads, figures, html, models
from ui.comparison import Scene
from ui.components.download import File
from ui.components.plots import plot
from ui.text import N_, Text

Key = tuple[str, str]  # family and recipe


def show(scene: Scene, text: Text) -> None:
    """Show the angles of every net whose decoder is one layer, whatever lanes are open."""
    _ = text.gettext
    angles = models.facts().angles
    titles = {key: _title(*key, text) for key in angles}
    degrees = {key: np.degrees(radians) for key, radians in angles.items()}
    st.caption(
        _(
            "A decoder of one layer adds up one picture for each number (and then fits each pixel"
            " between black and white). PCA adds up pictures, too. All that such sums can reach is"
            " a space. In equal spaces all angles are zero and the overlap is 1; with an overlap"
            " of 0 there is nothing in common."
        )
    )
    st.html(_verdicts(angles, titles, text))
    label = _(
        "Principal angles to PCA, smallest first. {angles}",
        angles="; ".join(
            f"{titles[key]}: {text.number(of_net[0], 1)}° – {text.number(of_net[-1], 1)}°"
            for key, of_net in degrees.items()
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
                "Not in the chart: {names}. A decoder of several layers bends, so it has no such"
                " space.",
                names=", ".join(bent),
            )
        )
    downloads.show([File(_("The angles (CSV)"), "gargalo-angles.csv", lambda: _csv(degrees))], text)


def _verdicts(angles: Mapping[Key, Float32], titles: Mapping[Key, str], text: Text) -> Markup:
    """Say of each net whether it is PCA's space, and how much the two overlap."""
    same = N_("{model}: the same space as PCA, overlap {share}.")
    other = N_("{model}: another space, overlap {share}.")
    entries = []
    for key, radians in angles.items():
        share = overlap(radians)
        message = same if share >= 0.99 else other
        sentence = text.gettext(message, model=titles[key], share=text.number(share, 2))
        entries.append(html.of_model(colours.of(key[0]), sentence))
    return html.element("ul", *entries, class_="verdicts")


def _title(name: str, recipe: str, text: Text) -> str:
    title = models.title(name, text)
    if recipe == "best":
        return title
    return text.gettext("{model}, the tutorial's recipe", model=title)


def _csv(degrees: Mapping[Key, Float32]) -> bytes:
    rows = (
        (*key, number, angle)
        for key, of_net in degrees.items()
        for number, angle in enumerate(of_net, 1)
    )
    return downloads.csv_bytes(["model", "recipe", "number", "degrees"], rows)
