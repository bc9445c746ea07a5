"""How the model works: three sentences and its picture, and then the formulas."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from ae.families import Family
from pages.draw import formulas
from ui import html, machine
from ui.inference import Result
from ui.text import Text


def show(result: Result | None, family: Family, text: Text) -> None:
    """Say how a model works, with its real shapes.

    Parameters
    ----------
    result : what it makes of the drawing that is on the canvas.
    """
    _ = text.gettext
    st.markdown(text.long("draw", "how"))
    ways = machine.ways(result, family, "survives", False, text)
    st.html(html.element("div", *ways, class_="small-machine"))
    st.latex(formulas.forward(family))
    st.markdown("\n".join(f"- {term}" for term in _terms(family, text)))
    st.latex(formulas.loss(family))
    recipe = family.recipes["best"]
    if recipe.loss == "mean_squared_error":
        st.markdown(
            _(
                "**The loss** is what training makes small: the squared error, averaged over the"
                " 784 pixels. PCA, the classical method, makes the very same error smallest, in a"
                " single step."
            )
        )
    else:
        st.markdown(
            _(
                "**The loss** is what training makes small: binary cross-entropy, averaged over the"
                " 784 pixels. The first term counts where there is ink, the second where there is"
                " none."
            )
        )
    for note, applies in (
        ("price", recipe.l1),
        ("variational", family.variational),
        ("noise", recipe.sees == "corrupted"),
    ):
        if applies:
            st.markdown(text.long("draw", note))


def _terms(family: Family, text: Text) -> Iterator[str]:
    """Say what stands in the formulas, of this family and no other."""
    _ = text.gettext
    encoder, decoder = family.activations
    yield _(
        "$x$ is the digit, $z$ the code, $\\hat{x}$ what survives. $W$ and $b$, the weights and the"
        " biases, are the numbers that training finds."
    )
    if encoder[-1] == "relu":
        yield _(
            "$\\mathrm{ReLU}(a) = \\max(a, 0)$. It makes exact zeros: a unit is either silent or"
            " says how much."
        )
    elif "relu" in encoder:
        yield _(
            "$\\mathrm{ReLU}(a) = \\max(a, 0)$. A unit between is either silent or says how much:"
            " so the net can bend."
        )
    if encoder[-1] == "linear":
        yield _(
            "$\\mathrm{id}(a) = a$. Nothing is cut off, so a number of the code can be negative,"
            " and is hardly ever exactly zero."
        )
    if encoder[-1] == "topk":
        yield _(
            "$\\mathrm{{top}}_{{{k}}}$ keeps the {k} largest of the {of} numbers as they are. The"
            " others become exact zeros."
        ).format(k=family.k, of=family.code_size)
    if decoder[-1] == "sigmoid":
        yield _(
            "$\\mathrm{sigmoid}(a) = 1 / (1 + e^{-a})$. It keeps every pixel between 0 (black) and"
            " 1 (white)."
        )
    else:
        yield _(
            "A pixel may leave the range from 0 (black) to 1 (white). It is cut to that range when"
            " it is shown."
        )
