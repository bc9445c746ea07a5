"""The picture behind each number: what a unit draws, and what it looks for."""

from __future__ import annotations

import numpy as np
import streamlit as st

import ae
from ae import units
from ae.arrays import SIDE, Float32
from ae.model import Model
from ui import downloads, inference, models, pictures
from ui.choices import segments
from ui.comparison import Scene
from ui.components.atoms import Group, atoms
from ui.text import N_, Text

# What the pictures show: title, and what is said of it.
_KINDS = {
    "effect": (
        N_("What it draws"),
        N_(
            "Each number of the code comes from one unit of the net. This is what a unit changes"
            " in the picture of the average code when it goes from zero to a high value."
        ),
    ),
    "part": (
        N_("Its part in my digit"),
        N_("What would be missing in your reconstruction without this unit."),
    ),
    "weights": (
        N_("What it looks for"),
        N_("The encoder's weights: how much each pixel adds to the unit, or takes from it."),
    ),
    "weighed": (
        N_("Weights × my pixels"),
        N_("Add up all pixels and one constant: that sum is what the unit starts from."),
    ),
}


def show(scene: Scene, text: Text) -> None:
    """Show all units of the model that the frame names, and PCA's beside them."""
    _ = text.gettext
    titles = {name: _(title) for name, (title, *_rest) in _KINDS.items()}
    kind = segments(_("Pictures"), titles, "atoms_kind", "effect")
    bends = isinstance(scene.focus, ae.Autoencoder) and len(scene.focus.encoder) > 1
    if scene.digit is None and (kind in ("part", "weighed") or (kind == "weights" and bends)):
        st.caption(_("Draw a digit to see this."))
        return
    sentences = [_(_KINDS[kind][1])]
    if bends and kind in ("weights", "weighed"):
        sentences.append(
            _("A deep encoder weighs every digit differently; this is how it weighs yours.")
        )
    sentences.append(
        _(
            "Blue adds, striped orange takes away, on a scale for each model. The units that are"
            " largest on average stand first."
        )
    )
    st.caption(" ".join(sentences))
    compared = [scene.focus]
    if "pca" in scene.available and scene.focus.name != "pca":
        compared.append(scene.available["pca"])
    groups = [_group(model, kind, scene, text) for model in compared]
    atoms(groups, key="atoms")
    file = downloads.pictures(
        lambda: pictures.sheet([image for group in groups for image in group.images]),
        f"gargalo-units-{scene.focus.name}-{kind}.png",
        text,
    )
    downloads.show([file], text)


def _group(model: Model, kind: str, scene: Scene, text: Text) -> Group:
    _ = text.gettext
    usual = model.statistics
    measured = models.facts().codes.get((model.name, "best"))
    size = np.abs(usual.code_mean) if measured is None else measured.size
    order = np.argsort(-size, kind="stable")
    code = None
    if scene.digit is not None:
        code = (scene.results.get(model.name) or inference.result(model, scene.digit)).code
    images = _pictures(kind, model, scene.digit, code)[order]
    # One scale for all units of a model: a faint unit looks faint.
    scale = float(np.quantile(np.abs(images), 0.999)) or 1.0
    texts = []
    for unit in order:
        lines = [
            _("Unit {unit}", unit=unit + 1),
            _("on average {mean}", mean=text.number(usual.code_mean[unit], 2)),
            _("active in {share} of the digits", share=text.percent(usual.active[unit])),
        ]
        if usual.code_axis[0] < 0:  # where plus and minus cancel out, the mean says little
            lines.append(_("average size {size}", size=text.number(size[unit], 2)))
        if code is not None:
            lines.append(_("in your digit {value}", value=text.number(code[unit], 2)))
        texts.append("\n".join(lines))
    return Group(
        model.name, models.title(model.name, text), [*pictures.signed(images, scale)], texts
    )


def _pictures(kind: str, model: Model, digit: Float32 | None, code: Float32 | None) -> Float32:
    """Give a picture for each unit, (units, 28, 28), signed."""
    if kind == "part" and code is not None:
        return units.parts(model, code)
    if kind == "weights" and digit is None:  # one layer weighs every digit alike
        return model.encoder_weights(np.zeros((SIDE, SIDE), np.float32))
    if kind in ("weights", "weighed") and digit is not None:
        weights = model.encoder_weights(digit)
        return weights * digit if kind == "weighed" else weights
    return units.effects(model)
