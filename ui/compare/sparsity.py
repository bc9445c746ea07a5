"""Zeros, dead units, sizes: what the models' codes are like over 10,000 digits."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from ae import weights
from ae.arrays import Float32
from ae.facts import CodeFacts, Facts
from ui import downloads, models
from ui.compare.scene import Scene
from ui.text import N_, Text

_RECIPES = {"best": N_("Our recipe"), "tutorial": N_("The tutorial's recipe")}


def show(scene: Scene, text: Text) -> None:
    """Show a row for each model, by either recipe, and check what the tutorial says."""
    _ = text.gettext
    facts = models.facts()
    recipe = st.segmented_control(
        _("Recipe"),
        list(_RECIPES),
        format_func=lambda name: _(_RECIPES[name]),
        default="best",
        key="sparsity_recipe",
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    st.html(f'<p class="verdict">{escape(_verdict(facts, text))}</p>')
    heads = (
        _("Model"),
        _("Exact zeros in a code"),
        _("Digits by number of zeros"),
        _("All activations that are not zero"),
        _("Dead units: always zero"),
        _("Sum of sizes (L1), median"),
    )
    head = "".join(f"<th>{escape(title)}</th>" for title in heads)
    rows = "".join(
        _row(name, recipe, facts, heads[1:], text)
        for name in scene.models
        if recipe in weights.recipes(name)
    )
    st.html(
        f'<table class="lanes facts"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    )
    downloads.button(_("The figures (CSV)"), lambda: _csv(facts), "gargalo-sparsity.csv")


def _verdict(facts: Facts, text: Text) -> str:
    """Check "it will have more zeros", by both recipes."""
    shares = {
        f"{name}_{recipe}": text.percent(_zeros(facts.codes[name, recipe]), 1)
        for name in ("shallow", "sparse")
        for recipe in _RECIPES
    }
    return text.gettext(
        "The tutorial says of the sparse net: it will have more zeros. It has: {sparse_tutorial}"
        " instead of {shallow_tutorial} by the tutorial's recipe, {sparse_best} instead of"
        " {shallow_best} by ours.",
        **shares,
    )


def _zeros(codes: CodeFacts) -> float:
    """Share of exact zeros in the average code."""
    return float(codes.zeros @ np.arange(len(codes.zeros)) / codes.zeros.sum() / len(codes.size))


def _row(name: str, recipe: str, facts: Facts, heads: tuple[str, ...], text: Text) -> str:
    _ = text.gettext
    codes, title = facts.codes[name, recipe], models.title(name, text)
    share, dead = text.percent(_zeros(codes), 1), str(_dead(codes))
    common = int(codes.zeros.argmax())
    of_zeros = _("{model}: most often {n} zeros in a code.", model=title, n=common)
    low, high = (text.number(codes.edges[end], 1) for end in (0, -1))
    of_sizes = _("{model}: activations from {low} to {high}.", model=title, low=low, high=high)
    cells = (
        ("number", share),
        ("code", _histogram(codes.zeros, "0", str(len(codes.zeros) - 1), of_zeros)),
        ("code", _histogram(codes.counts, low, high, of_sizes)),
        ("number", dead),
        ("number", text.number(codes.l1[50], 1)),
    )
    written = "".join(
        f'<td class="{kind}" data-label="{escape(label)}">{cell}</td>'
        for label, (kind, cell) in zip(heads, cells, strict=True)
    )
    return f'<tr data-model="{name}"><th scope="row">{escape(title)}</th>{written}</tr>'


def _dead(codes: CodeFacts) -> int:
    return int((codes.size == 0).sum())


def _histogram(counts: Float32, low: str, high: str, alt: str) -> str:
    """Draw counts as small bars, the highest full; `low` and `high` stand below the ends."""
    bars = "".join(f'<i style="height:{100 * n:.1f}%"></i>' for n in counts / counts.max())
    return (
        f'<div class="small-bars" role="img" aria-label="{escape(alt)}">{bars}</div>'
        f'<small class="ends"><span>{low}</span><span>{high}</span></small>'
    )


def _csv(facts: Facts) -> bytes:
    head = ["model", "recipe", "zeros", "dead", "l1_p5", "l1_p50", "l1_p95"]
    rows = (
        (*key, _zeros(codes), _dead(codes), *codes.l1[[5, 50, 95]])
        for key, codes in facts.codes.items()
    )
    return downloads.csv_bytes(head, rows)
