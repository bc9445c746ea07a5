"""The machine: the drawing on its way through the layers, narrow in the middle, and out again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
from markupsafe import Markup

from ae.arrays import PIXELS, Float32
from ae.families import Family
from ae.model import Model
from ui import editor, html, pictures
from ui.inference import Result
from ui.text import Text

# How high things stand, as shares of the machine's height: what the network sees, the code, and
# what survives. A layer's height lies between by the logarithm of its width, because 32 of 784 on a
# straight scale would be a line.
_SEES, _CODE, _SURVIVES = 0.62, 0.5, 0.9


def whole(
    result: Result | None,
    model: Model,
    family: Family,
    shown: str,
    built: bool,
    answer: str,
    text: Text,
) -> Markup:
    """Write all of it but the bars, in one element: each costs a stroke the server's time.

    Parameters
    ----------
    result : what the model makes of the drawing; None while there is none.
    shown : what the result is shown as, "survives", or "changed" for the map of errors.
    built : whether it is another machine than the last one shown.
    answer : what else the page is to know, from `ui.components.live`.
    """
    parts = (
        html.element("div", *ways(result, family, shown, built, text), class_="ways"),
        html.element("div", editor.heading(result, model, text), class_="code-head"),
        html.element("p", " → ".join(map(str, family.widths)), class_="widths"),
    )
    marks = {"data_model": family.name, "data_answer": answer}
    return html.element("div", *parts, class_="machine", **marks)


def ways(
    result: Result | None, family: Family, shown: str, built: bool, text: Text
) -> Sequence[Markup]:
    """Write the way in, the way out, and how much of the ink survives; arguments as for `whole`."""
    note = html.legend(text.gettext("lost"), text.gettext("added"))
    outcome = html.element("small", note if shown == "changed" else html.SPACE), _ink(result, text)
    fresh = " built" if built else ""
    hidden = family.widths[1:-1]
    style = f"--layers: {len(hidden)}; --columns: {sum(map(pictures.columns, hidden))}"
    encoder, decoder = _encoder(result, family, text), _decoder(result, family, shown, text)
    return (
        html.element("div", *encoder, class_=f"half encoder{fresh}", style=style),
        html.element("div", *decoder, class_=f"half decoder{fresh}", style=style),
        html.element("div", *outcome, class_="survived"),
    )


def _encoder(result: Result | None, family: Family, text: Text) -> Sequence[Markup]:
    """Write the 784 pixels, and the layers before the code."""
    _ = text.gettext
    if result is None:
        picture = html.blank("sees")
    else:
        rows, columns = (np.flatnonzero(result.digit.any(axis=axis)) + 1 for axis in (1, 0))
        alt = _(
            "Your digit in 28 by 28 pixels, white on black. Ink from row {top} to {bottom} and"
            " from column {left} to {right}.",
            top=rows[0],
            bottom=rows[-1],
            left=columns[0],
            right=columns[-1],
        )
        picture = pictures.img(pictures.grey(result.digit), alt, "sees")
    title, note = _("What the network sees"), _("28 × 28 = 784 pixels")
    figure = html.figure(title, picture, note, class_="sees")
    hidden = result.encoder_hidden if result else ()
    heights = [_height(width, _SEES, family) for width in family.encoder]
    layers = _layers("encoder", family.encoder[1:-1], hidden, heights, text)
    return _ribbon(1, _SEES), figure, *layers, _waist(result, family, text)


def _decoder(result: Result | None, family: Family, shown: str, text: Text) -> Sequence[Markup]:
    """Write the layers behind the code, and what survives."""
    _ = text.gettext
    if result is None:
        words = _("Draw any digit, large or small, or choose one below the canvas.")
        picture = html.blank(shown, words)
    elif shown == "changed":
        alt = pictures.described(result.error, text)
        picture = pictures.img(pictures.signed(result.error), alt, shown)
    else:
        alt = _(
            "The decoder's drawing from {n} numbers. {share} of the ink survives.",
            n=len(result.code),
            share=text.percent(result.kept),
        )
        picture = pictures.img(pictures.grey(result.reconstruction), alt, shown)
    hidden = result.decoder_hidden if result else ()
    heights = [_height(width, _SURVIVES, family) for width in family.decoder]
    layers = _layers("decoder", family.decoder[1:-1], hidden, heights, text)
    return *layers, html.element("figure", picture, class_="survives")


def _ink(result: Result | None, text: Text) -> Markup:
    """Write how much of the ink survives, and how much was invented: one scale for all models."""
    _ = text.gettext
    kept, invented = (
        (text.percent(result.kept), text.percent(result.invented)) if result else ("–", "–")
    )
    return html.figures(
        (
            ("kept", kept, _("of the ink survives")),
            ("invented", invented, _("more ink was invented")),
        )
    )


def _height(width: int, end: float, family: Family) -> float:
    """Say how high a layer stands whose wide end has the height ``end``."""
    share = math.log(width / family.code_size) / math.log(PIXELS / family.code_size)
    return _CODE + max(share, 0) * (end - _CODE)


def _layers(
    half: str,
    widths: Sequence[int],
    hidden: Sequence[Float32],
    heights: Sequence[float],
    text: Text,
) -> Sequence[Markup]:
    """Write hidden layers as columns of cells, with a ribbon before, between and behind them.

    Parameters
    ----------
    half : "encoder" or "decoder". heights : of the layers and of what stands before and behind.
    """
    parts = [_ribbon(*heights[:2])]
    for i, width in enumerate(widths):
        values = hidden[i] if hidden else np.zeros(width, np.float32)
        alt = text.gettext(
            "A hidden layer: {active} of {n} units are not zero.",
            active=int(np.count_nonzero(values)),
            n=width,
        )
        parts.append(_column(values, f"{half}{i}", heights[i + 1], alt))
        parts.append(_ribbon(*heights[i + 1 : i + 3]))
    return parts


def _column(values: Float32, name: str, height: float, alt: str, class_: str = "layer") -> Markup:
    """Write a layer's units as a column of cells."""
    cells = pictures.cells(values)
    column = pictures.img(cells, alt, "layer", data_layer=name)
    style = f"--high: {height:.3f}; --cells: {cells.shape[1]}"
    number = html.element("small", str(len(values)))
    return html.element("figure", column, number, style=style, class_=class_)


def _waist(result: Result | None, family: Family, text: Text) -> Markup:
    """Write the code as a column, for where the bars have no room between the two ways."""
    code = result.code if result else np.zeros(family.code_size, np.float32)
    return _column(code, "code0", _CODE, text.gettext("The code"), "layer waist")


@cache
def _ribbon(before: float, behind: float) -> Markup:
    return html.element(
        "span", class_="ribbon", style=f"--before: {before:.3f}; --behind: {behind:.3f}"
    )
