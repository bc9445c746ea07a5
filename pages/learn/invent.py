"""Invent: codes by chance through a plain net and a variational one, and around the digit's own."""

from __future__ import annotations

import numpy as np
import streamlit as st

import ae
from ae import generation
from ae.arrays import Float32
from pages.learn.question import Question
from ui import galleries, models
from ui.comparison import Scene
from ui.galleries import Row
from ui.text import N_, Text

_NAME, _COUNT = "invent", 8


def show(scene: Scene, text: Text) -> None:
    """Show what each net draws of codes by chance, and the variational one around the digit."""
    _ = text.gettext
    if not scene.models:
        st.caption(_("What do you think? Then the dice are rolled."))
        return
    seed = scene.now.seeds[_NAME]
    rows: list[Row] = []
    for name, model in scene.models.items():
        title = models.title(name, text)
        alts = [
            _("{model}: picture {i} of a random code", model=title, i=i + 1) for i in range(_COUNT)
        ]
        rows.append(galleries.row(title, _rolled(model, seed), alts))
        if (
            (result := scene.results.get(name))
            and isinstance(model, ae.Autoencoder)
            and model.variational
        ):
            alts = [
                _("{model}: picture {i} from near your digit's code", model=title, i=i + 1)
                for i in range(_COUNT)
            ]
            near = model.decode(_around(model, result.digit, seed))
            rows.append(galleries.row(_("Around yours"), near, alts))
    st.html(galleries.html(rows))
    st.button(_("Roll again"), icon=":material/casino:", on_click=scene.now.resample, args=(_NAME,))


def _rolled(model: ae.Model, seed: int) -> Float32:
    """Decode codes by chance; the same seed rolls the same for every model."""
    return model.decode(generation.by_chance(model, _COUNT, np.random.default_rng(seed)))


def _around(model: ae.Autoencoder, digit: Float32, seed: int) -> Float32:
    """Sample codes from the cloud in which the encoder sees a digit, made four times as wide.

    In the cloud itself all are the same digit to the eye.
    """
    mean, log_variance = model.encode_distribution(digit[None])
    dice = generation.prior(model.code_size, _COUNT, 4, np.random.default_rng(seed))
    codes: Float32 = mean + np.exp(log_variance / np.float32(2)) * dice
    return codes


def _answer(scene: Scene, text: Text) -> tuple[str, str]:
    atlas, pca, seed = models.atlas(), models.facts().ladder.pca, scene.now.seeds[_NAME]
    plain, variational = (atlas.near(_rolled(model, seed), pca) for model in scene.models.values())
    sentence = text.gettext(
        "Of these {n}, {plain} of the deep net and {variational} of the variational one lie as near"
        " to a test digit as half of the test digits lie to another.",
        n=_COUNT,
        plain=plain,
        variational=variational,
    )
    return "none" if plain < 2 else "few" if plain < 6 else "most", sentence


QUESTION = Question(
    N_("Eight random codes: how many does the deep net make into digits?"),
    {"none": N_("Hardly any"), "few": N_("About half"), "most": N_("Nearly all")},
    _answer,
)
