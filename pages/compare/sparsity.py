"""Zeros, dead units, sizes: what the models' codes are like over 10,000 digits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from markupsafe import Markup

from ae.arrays import Float32
from ae.facts import CodeFacts, Facts
from ae.families import FAMILIES
from ae.pca import PCA
from ui import downloads, html, models, tables
from ui.choices import segments
from ui.comparison import Scene
from ui.components.download import File
from ui.text import N_, Text

_RECIPES = {"best": N_("Thorough recipe"), "tutorial": N_("Tutorial's recipe")}


def show(scene: Scene, text: Text) -> None:
    """Show a row for each model, whatever lanes are open, and check what the tutorial says."""
    _ = text.gettext
    facts = models.facts()
    titles = {name: _(title) for name, title in _RECIPES.items()}
    recipe = segments(_("Recipe"), titles, "sparsity_recipe", "best")
    st.html(html.verdict(_verdict(facts, text)))
    heads = (
        _("Model"),
        _("Exact zeros in a code"),
        _("Digits by number of zeros"),
        _("Numbers that are not zero, by size"),
        _("Dead units: always the same"),
        _("Sum of absolute values (L1), median"),
    )
    dead = _dead(facts)
    rows = (
        _row(name, facts.codes[name, recipe], dead[name, recipe], heads, text)
        for name in scene.available
        if (name, recipe) in facts.codes
    )
    st.html(tables.table(heads, rows, "lanes facts"))
    downloads.show(
        [File(_("The figures (CSV)"), "gargalo-sparsity.csv", lambda: _csv(facts))], text
    )


def _verdict(facts: Facts, text: Text) -> str:
    """Set the tutorial's "it will have more zeros" beside the shares, by each recipe."""
    sentences = [
        text.gettext(
            "The tutorial “Construindo Autoencoders” (2017) says that the sparse net has more"
            " zeros."
        )
    ]
    for recipe, title in _RECIPES.items():
        shallow, sparse = (facts.codes.get((name, recipe)) for name in ("shallow", "sparse"))
        if shallow and sparse:
            shares = text.gettext(
                "{recipe}: {sparse} zeros in the sparse net, {shallow} in the shallow one.",
                recipe=text.gettext(title),
                sparse=text.percent(_zeros(sparse), 1),
                shallow=text.percent(_zeros(shallow), 1),
            )
            sentences.append(shares)
    return " ".join(sentences)


def _zeros(codes: CodeFacts) -> float:
    """Share of exact zeros in the average code."""
    return float(codes.zeros @ np.arange(len(codes.zeros)) / codes.zeros.sum() / len(codes.size))


def _row(
    name: str, codes: CodeFacts, dead: Sequence[int], heads: tuple[str, ...], text: Text
) -> Markup:
    _ = text.gettext
    title = models.title(name, text)
    share = text.percent(_zeros(codes), 1)
    of_zeros = text.ngettext(
        "{model}: most often {n} zero in a code.",
        "{model}: most often {n} zeros in a code.",
        int(codes.zeros.argmax()),
        model=title,
    )
    low, high = (text.number(codes.edges[end], 1) for end in (0, -1))
    of_sizes = _("{model}: numbers from {low} to {high}.", model=title, low=low, high=high)
    cells = (
        ("number", share),
        ("code", _histogram(codes.zeros, "0", str(len(codes.zeros) - 1), of_zeros)),
        ("code", _histogram(codes.counts, low, high, of_sizes)),
        ("number", _of_layers(name, dead, text)),
        ("number", text.number(codes.l1[50], 1)),
    )
    return tables.row(name, title, cells, heads)


def _dead(facts: Facts) -> dict[tuple[str, str], Sequence[int]]:
    """Find the dead units of each model's layers; PCA's recipe is "best"."""
    models_of = facts.table["models"]
    return {(row["name"], row["recipe"] or "best"): row["dead_by_layer"] for row in models_of}


def _of_layers(name: str, dead: Sequence[int], text: Text) -> Markup:
    """Say how many of the code's units are dead, and below how many in the layers around it."""
    code = len(dead) // 2  # as many layers before it as behind it
    hidden = [] if name == PCA.name else FAMILIES[name].widths[1:-1]
    elsewhere = sum(dead) - dead[code]
    parts = [str(dead[code])]
    if len(dead) > 1:
        words = text.gettext(
            "hidden layers: {n} of {of}",
            n=text.number(elsewhere),
            of=text.number(sum(hidden) - hidden[code]),
        )
        parts.append(html.element("small", words))
    return html.join(parts)


def _histogram(counts: Float32, low: str, high: str, alt: str) -> Markup:
    """Draw counts as small bars, the highest full; `low` and `high` stand below the ends."""
    most = counts.max() or 1  # a dead net has no activation at all
    bars = (html.element("i", style=f"height:{100 * n:.1f}%") for n in counts / most)
    ends = html.element("small", *(html.element("span", end) for end in (low, high)), class_="ends")
    return html.join((tables.small_bars(bars, alt), ends))


def _csv(facts: Facts) -> bytes:
    head = ["model", "recipe", "zeros", "dead_by_layer", "l1_p5", "l1_p50", "l1_p95"]
    dead = _dead(facts)
    rows = (
        (*key, _zeros(codes), " ".join(map(str, dead[key])), *codes.l1[[5, 50, 95]])
        for key, codes in facts.codes.items()
    )
    return downloads.csv_bytes(head, rows)
