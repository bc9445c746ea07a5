"""PCA with more and more components beside the nets, whose codes have a fixed size."""

from __future__ import annotations

import numpy as np
import streamlit as st
from markupsafe import Markup

from ae import evaluation
from ae.arrays import Float32
from ae.facts import Ladder, equivalent_components
from ui import colours, downloads, figures, html, models, pictures
from ui.choices import segments, slider
from ui.comparison import Scene
from ui.components.download import File
from ui.components.plots import plot
from ui.text import Text

_MEASURES = {"mse": evaluation.mse, "bce": evaluation.bce}


def show(scene: Scene, text: Text) -> None:
    """Show what the nets' codes are worth in principal components."""
    _ = text.gettext
    ladder = models.facts().ladder
    titles = {"mse": _("Squared error"), "bce": _("Cross-entropy")}
    measure = segments(_("Error"), titles, "ladder_measure")
    overall: Float32 = getattr(ladder, measure)
    tested = _tested(scene, measure)
    nets = [name for name in scene.models if name != "pca"]
    drawn = {name: float(getattr(scene.results[name], measure)) for name in nets if scene.results}
    if tested:
        st.html(_verdicts(tested, overall, text))
    digits = text.number(models.facts().table["data"]["test_digits"])
    tests, yours = _("Over MNIST's {n} test digits", n=digits), _("Your digit")
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{tests}**")
        _chart("ladder_test", overall, tested, text)
    with right:
        st.markdown(f"**{yours}**")
        if scene.digit is None:
            st.caption(_("Draw a digit to see its own ladder here."))
        else:
            steps = ladder.pca.ladder(scene.digit)
            own = _MEASURES[measure](np.repeat(scene.digit[None], len(steps), axis=0), steps)
            chart = st.container()
            k = _climb(steps, own, text)
            with chart:
                _chart("ladder_own", own, drawn, text, k)
    downloads.show(
        [File(_("The ladder (CSV)"), "gargalo-ladder.csv", lambda: _csv(ladder, scene))], text
    )


def in_hall(scene: Scene, text: Text) -> None:
    """Show it over the test digits alone, where each net's line says what it is worth."""
    ladder, tested = models.facts().ladder, _tested(scene, "mse")
    st.html(_verdicts(tested, ladder.mse, text))
    _chart("ladder_hall", ladder.mse, tested, text, height=216)


def _tested(scene: Scene, measure: str) -> dict[str, float]:
    """Give the nets' test errors: name -> error."""
    # A model that learnt from samples was tested on them too, which compares with nothing here.
    return {
        name: float(getattr(model.metadata.test, measure))
        for name, model in scene.models.items()
        if name != "pca" and models.tested_on_mnist(model)
    }


def _verdicts(tested: dict[str, float], overall: Float32, text: Text) -> Markup:
    """Say for each net how many principal components its code is worth."""
    intro = text.gettext(
        "PCA redraws a digit as a sum of fixed pictures, its principal components. To come as"
        " close as each net, it needs this many:"
    )
    entries = [html.element("li", intro)]
    for name, error in tested.items():
        n = equivalent_components(overall, error)
        count = html.element("b", f"> {len(overall)}" if n is None else str(n))
        entries.append(html.of_model(colours.of(name), models.title(name, text), " ", count))
    return html.element("ul", *entries, class_="verdicts")


def _chart(
    key: str,
    errors: Float32,
    nets: dict[str, float],
    text: Text,
    k: int | None = None,
    height: int = 280,
) -> None:
    titles = {name: models.title(name, text) for name in nets}
    label = text.gettext(
        "The error of PCA with 1 component: {first}, with 32: {middle}, with {n}: {last}. {nets}",
        first=text.number(errors[0], 4),
        middle=text.number(errors[31], 4),
        n=len(errors),
        last=text.number(errors[-1], 4),
        nets="; ".join(f"{titles[name]}: {text.number(error, 4)}" for name, error in nets.items()),
    )
    figure = figures.ladder_figure(errors, nets, titles, text, k)
    plot(figure, label=label, key=key, height=height)


def _climb(steps: Float32, own: Float32, text: Text) -> int:
    """Let the visitor choose how many components, and see that reconstruction."""
    _ = text.gettext
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        k = int(slider(_("Principal components"), 1, len(steps), 32, key="ladder_k"))
        error = text.number(own[k - 1], 4)
        alt = text.ngettext(
            "Your digit from {n} principal component. Error {error}.",
            "Your digit from {n} principal components. Error {error}.",
            k,
            error=error,
        )
        note = _("error {error}", error=error)
        with st.container(key="ladder_step", width="content"):
            st.html(pictures.figure("", pictures.grey(steps[k - 1]), alt, note))
    return k


def _csv(ladder: Ladder, scene: Scene) -> bytes:
    """Write a line for each number of components, and for each net one without a number."""
    own: list[Float32] = []
    if scene.digit is not None:
        steps = ladder.pca.ladder(scene.digit)
        same = np.repeat(scene.digit[None], len(steps), axis=0)
        own = [measure(same, steps) for measure in _MEASURES.values()]
    rows: list[list[object]] = [
        ["pca", i + 1, *errors, *(measured[i] for measured in own)]
        for i, errors in enumerate(zip(ladder.mse, ladder.bce, strict=True))
    ]
    for name, model in scene.models.items():
        if name != "pca":
            test, result = model.metadata.test, scene.results.get(name)
            drawn = (result.mse, result.bce) if result else ()
            rows.append([name, "", test.mse, test.bce, *drawn])
    head = ["model", "components", "test_mse", "test_bce", "drawing_mse", "drawing_bce"]
    return downloads.csv_bytes(head, rows)
