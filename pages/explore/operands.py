"""What one can go from, go to, add and subtract: drawings, samples, and the digits' averages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

import ae
from ae import latent
from ae.arrays import Float32
from ae.atlas import NEIGHBOURS
from pages.explore.scene import Scene
from ui import choices, inference, strokes
from ui.text import Text

DRAWING, ITS_AVERAGE = "drawing", "its_average"
_ASIDE, _MEAN = "aside", "mean"


@dataclass(frozen=True)
class Operand:
    """A code, and the digit that it came from.

    Attributes
    ----------
    title : what it is called.
    code : (units,).
    pixels : (28, 28); of an average code, which no digit had, what the decoder draws of it.
    """

    title: str
    code: Float32
    pixels: Float32


def keep(scene: Scene, text: Text) -> None:
    """Let the visitor put the drawing aside, to have two or more of them."""
    _ = text.gettext
    st.button(
        _("Put my drawing aside"),
        icon=":material/push_pin:",
        help=_("Then clear the canvas and draw another: both can be chosen. The last four stay."),
        on_click=scene.now.sketch.put_aside,
        disabled=scene.digit is None,
    )


def choose(
    label: str, key: str, default: str, sample: str, scene: Scene, text: Text
) -> Operand | None:
    """Let the visitor choose one; None while they have drawn nothing, and chose that.

    Parameters
    ----------
    default : what is chosen at first; ``sample`` if the model has no map, and so no averages.
    """
    aside = [f"{_ASIDE}{i}" for i in scene.now.sketch.aside]
    averages = []
    if scene.code_map is not None:
        averages = [ITS_AVERAGE, *(f"{_MEAN}{digit}" for digit in range(10))]
    options = [DRAWING, *aside, *averages, *ae.samples.SAMPLES]
    titles = {name: _title(name, scene, text) for name in options}
    default = default if default in options else sample
    return _operand(choices.dropdown(label, titles, key, default, scene.now), scene, text)


def means(scene: Scene) -> Float32:
    """Give the average code of each digit, (10, units), over those on the map."""
    assert scene.code_map is not None
    codes, digits = scene.code_map.codes, scene.atlas.digits
    return np.stack([codes[digits == digit].mean(axis=0) for digit in range(10)])


def guess(code: Float32, scene: Scene) -> tuple[int, float] | None:
    """Say which digit a code is by its neighbours' vote, and their share; None without a map."""
    if scene.code_map is None:
        return None
    nearest, _ = latent.neighbours(scene.code_map.codes, code[None], NEIGHBOURS)
    shares = latent.votes(scene.atlas.digits, nearest)[0]
    return int(shares.argmax()), float(shares.max())


def _title(name: str, scene: Scene, text: Text) -> str:
    _ = text.gettext
    if name == DRAWING:
        return _("My drawing")
    if name == ITS_AVERAGE:
        return _("Average of my digit")
    if name.startswith(_ASIDE):
        digit, i = _digit(name, scene), name.removeprefix(_ASIDE)
        guessed = None if digit is None else guess(scene.model.encode(digit[None])[0], scene)
        if guessed is None:
            return _("Put aside {i}", i=i)
        return _("Put aside {i}: looks like {digit}", i=i, digit=guessed[0])
    if name.startswith(_MEAN):
        return _("Average {digit}", digit=name.removeprefix(_MEAN))
    return _("Sample {digit} ({letter})", digit=name[0], letter=name[1:])


def _operand(name: str, scene: Scene, text: Text) -> Operand | None:
    title = _title(name, scene, text)
    if name == DRAWING:
        result = scene.result
        return None if result is None else Operand(title, result.encoded, result.digit)
    if name == ITS_AVERAGE:  # of the digit that its neighbours say it is
        guessed = None if scene.encoded is None else guess(scene.encoded, scene)
        return None if guessed is None else _operand(f"{_MEAN}{guessed[0]}", scene, text)
    if name.startswith(_MEAN):
        code = means(scene)[int(name.removeprefix(_MEAN))]
        return Operand(title, code, scene.model.decode(code[None])[0])
    digit = _digit(name, scene)
    return None if digit is None else Operand(title, scene.model.encode(digit[None])[0], digit)


def _digit(name: str, scene: Scene) -> Float32 | None:
    """Give a sample, or what was put aside; None where all of that lies outside the canvas."""
    if not name.startswith(_ASIDE):
        return strokes.sample_digit(name)
    drawing = scene.now.sketch.aside.get(int(name.removeprefix(_ASIDE)))
    if drawing is None:
        return None
    return inference.digit(drawing, normalise=scene.now.normal)
