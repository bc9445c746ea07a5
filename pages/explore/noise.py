"""The drawing, corrupted: what each model makes of it, and which one has learnt to clean up."""

from __future__ import annotations

import numpy as np
import streamlit as st

from ae.noise import NOISES
from pages.explore import cards
from pages.explore.scene import Scene
from ui import state
from ui.choices import segments, slider
from ui.text import N_, Text

_NAME = "noise"
_ROUND = {"gaussian": 2, "salt_and_pepper": 2, "box": 0}  # decimals of the strength
_STRENGTHS = {
    "gaussian": N_("Strength of the noise (standard deviation)"),
    "salt_and_pepper": N_("Share of the pixels that are hit"),
    "box": N_("Side of the box, in pixels"),
}


def show(scene: Scene, text: Text) -> None:
    """Choose how to corrupt the digit, and see it cleaned."""
    _ = text.gettext
    with st.container(horizontal=True, vertical_alignment="center"):
        titles = {name: _(noise.title) for name, noise in NOISES.items()}
        kind = segments(_("Kind"), titles, "noise_kind")
        st.button(
            _("Roll again"),
            icon=":material/casino:",
            on_click=scene.now.resample,
            args=(_NAME,),
        )
    noise, whole = NOISES[kind], _ROUND[kind] == 0
    strength = slider(
        _(_STRENGTHS[kind]),
        1.0 if whole else 0.0,
        noise.most,
        noise.strength,
        step=1.0 if whole else 0.05,
        format="%d" if whole else "localized",
        key=f"noise_{kind}",
    )
    if scene.digit is None:
        st.info(_("Draw a digit to see it corrupted."))
        return
    random = np.random.default_rng(scene.now.seeds[_NAME])
    corrupted = noise.corrupt(scene.digit[None], strength, random).reshape(1, 28, 28)
    cards.show(state.model_names(scene.now), corrupted[0], scene, text)
    st.caption(_("Below each: squared error against your clean digit."))
    errors = {
        name: code_map.corrupted[kind]
        for name, code_map in scene.atlas.maps.items()
        if name in ("deep", "denoising")
    }
    if len(errors) == 2:
        st.caption(
            _(
                "The deep and the denoising net have the same layers. Over MNIST's 10,000 test"
                " digits, corrupted with strength {strength}, their squared error is {deep} and"
                " {denoising}.",
                strength=text.number(noise.strength, _ROUND[kind]),
                deep=text.number(errors["deep"], 4),
                denoising=text.number(errors["denoising"], 4),
            )
        )
