"""Random codes, decoded: why a plain autoencoder cannot invent digits."""

from __future__ import annotations

import numpy as np
import streamlit as st

import ae
from ae import generation
from ae.arrays import Float32
from ae.model import Model
from ui import galleries, models, strokes
from ui.choices import segments
from ui.comparison import Scene
from ui.galleries import Row
from ui.text import N_, Text

_NAME = "invent"
_COUNT = 10
# Kind -> its title, how it is made, and what becomes of it.
_KINDS = {
    "uniform": (
        N_("Each number alone"),
        N_("Each number is rolled on its own, anywhere in its usual range."),
        N_("Hardly any result is a digit: the numbers of a real code depend on one another."),
    ),
    "gaussian": (
        N_("Together, as in real codes"),
        N_(
            "The numbers are rolled with the mean and the correlations of real codes, and kept"
            " within their range."
        ),
        N_("A little better, and still few digits: real codes do not lie in a simple cloud."),
    ),
    "between": (
        N_("Between two digits"),
        N_("Half the code of one digit plus half the code of another."),
        N_("Mostly two digits at once: nothing in the training asks for a digit in between."),
    ),
}


def show(scene: Scene, text: Text) -> None:
    """Sample codes and decode them with every model."""
    _ = text.gettext
    with st.container(horizontal=True, vertical_alignment="center"):
        titles = {name: _(title) for name, (title, *_rest) in _KINDS.items()}
        kind = segments(_("Kind"), titles, "invent_kind")
        st.button(
            _("Roll again"),
            icon=":material/casino:",
            on_click=scene.now.resample,
            args=(_NAME,),
        )
    _title, how, verdict = _KINDS[kind]
    st.caption(_(how))
    seed = scene.now.seeds[_NAME]
    pairs = _pairs(seed)
    sources = [np.stack([strokes.sample_digit(name) for name in names]) for names in pairs]
    rows: list[Row] = []
    unmeasured: list[str] = []
    if kind == "between":
        source_titles = _("One digit"), _("Another")
        for title, names, digits in zip(source_titles, pairs, sources, strict=True):
            rows.append(galleries.row(title, digits, [name[0] for name in names]))
    for name, model in scene.models.items():
        # The same dice for every model, whichever lanes are open.
        codes = _codes(kind, model, sources, np.random.default_rng(seed))
        if codes is None:
            unmeasured.append(models.label(name, text))
            continue
        title = models.title(name, text)
        alts = [
            _("{model}: picture {i} of a code that no digit has", model=title, i=i)
            for i in range(1, _COUNT + 1)
        ]
        rows.append(galleries.row(title, model.decode(codes), alts))
    st.html(galleries.html(rows))
    st.caption(_(verdict))
    if unmeasured:
        missing = ", ".join(unmeasured)
        st.caption(_("Not here: {names}. How its codes lie together is not known.", names=missing))
    if any(isinstance(m, ae.Autoencoder) and m.variational for m in scene.models.values()):
        st.caption(_("This holds for the plain nets. A VAE is trained to invent: see Explore."))
    galleries.offer(rows, f"gargalo-invented-{kind}.png", text)


def _pairs(seed: int) -> tuple[list[str], list[str]]:
    """Draw pairs of samples that are two different digits: all first ones, all second ones."""
    random = np.random.default_rng(seed)
    digits = [random.choice(10, 2, replace=False) for _ in range(_COUNT)]
    first, second = (
        [str(random.choice([n for n in ae.samples.SAMPLES if n[0] == str(d)])) for d in column]
        for column in zip(*digits, strict=True)
    )
    return first, second


def _codes(
    kind: str, model: Model, sources: list[Float32], random: np.random.Generator
) -> Float32 | None:
    """Give (10, units), or None where nothing was measured of this model's codes."""
    if kind == "uniform":
        return generation.uniform(model.statistics, _COUNT, random)
    if kind == "between":
        return generation.between(*map(model.encode, sources))
    codes = models.facts().codes.get((model.name, "best"))
    return None if codes is None else generation.gaussian(codes, _COUNT, random)
