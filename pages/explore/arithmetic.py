"""A − B + C with codes, beside the same with pixels."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st
from markupsafe import Markup

from pages.explore import operands
from pages.explore.operands import Operand
from pages.explore.scene import Scene
from ui import downloads, html, pictures
from ui.text import Text

_SIGNS = ("", "−", "+")
# At first, and where there are no averages.
_DEFAULTS = ((operands.DRAWING, "7b"), (operands.ITS_AVERAGE, "7a"), ("mean9", "9a"))


def show(scene: Scene, text: Text) -> None:
    """Choose three, and see the sum."""
    _ = text.gettext
    st.caption(_("Take away what makes it one digit, and add what makes it another."))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        operands.keep(scene, text)
        chosen = [
            operands.choose(f"{sign} {letter}".strip(), f"sum_{letter}", *default, scene, text)
            for sign, letter, default in zip(_SIGNS, "ABC", _DEFAULTS, strict=True)
        ]
    if None in chosen:
        st.info(_("Draw a digit, or choose something else."))
        return
    terms = [operand for operand in chosen if operand is not None]
    a, b, c = terms
    code = a.code - b.code + c.code
    by_code = scene.model.decode(code[None])[0]
    by_pixels = np.clip(a.pixels - b.pixels + c.pixels, 0, 1)
    guessed = ""
    if guess := operands.guess(code, scene):
        digit, share = guess
        guessed = _("{share} of its neighbours say {digit}", share=text.percent(share), digit=digit)
    of_codes = pictures.figure(
        _("Through the code"), pictures.grey(by_code), _("A − B + C in the code"), guessed
    )
    of_pixels = pictures.figure(
        _("With the pixels"), pictures.grey(by_pixels), _("A − B + C in the pixels")
    )
    parts = [_part(sign, operand) for sign, operand in zip(_SIGNS, terms, strict=True)]
    parts += [_sign("="), of_codes, of_pixels]
    st.html(html.element("div", *parts, class_="sum", data_revision=scene.now.revision))
    row = [pictures.grey(x) for x in (*(term.pixels for term in terms), by_code, by_pixels)]
    png = partial(pictures.png, pictures.tiled([row]), 10)
    downloads.show([downloads.pictures(png, "gargalo-arithmetic.png", text)], text)


def _part(sign: str, operand: Operand) -> Markup:
    picture = pictures.figure(operand.title, pictures.grey(operand.pixels), operand.title)
    return html.element("div", *([_sign(sign)] if sign else []), picture)


def _sign(sign: str) -> Markup:
    return html.element("b", sign, aria_hidden="true")
