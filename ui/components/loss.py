"""The loss of the visitor's own digit: what each pixel costs, in two colours for its two terms.

The numbers are those of `ae.evaluation.bce`; the browser computes them from the digit and its
reconstruction (``static/cross_entropy.js``), those that the server sent or, while the pen moves,
those of ``static/live.js``. To point at a pixel asks nothing of the server.
"""

from __future__ import annotations

import math

from markupsafe import Markup

from ui.components import packed
from ui.components.module import component
from ui.html import element
from ui.inference import Result
from ui.text import Text

_FULL = math.log(2)  # nats at which a pixel's colour is full: what it costs not to know at all
_SIDE = 28


def _picture(name: str) -> Markup:
    canvas = element("canvas", width=_SIDE, height=_SIDE)
    frame = element("div", canvas, element("i"), class_="frame")
    return element("figure", element("figcaption"), frame, class_=name)


def _number(name: str, formula: str) -> Markup:
    key = element("i", class_="key")
    words = element("dt", key, element("span", class_="name"), element("small", formula))
    return element("div", words, element("dd", element("b")), class_=name)


# Everything stands in the HTML before a script has run, so nothing moves when it comes.
_PARTS = (
    element(
        "div",
        *map(_picture, ("digit", "reconstruction", "costs")),
        class_="pictures",
        tabindex=0,
        role="application",
    ),
    element(
        "dl",
        _number("missed", "−x · log x̂"),
        _number("invented", "−(1 − x) · log(1 − x̂)"),
        _number("total", ""),
        _number("copy", ""),
        class_="sums",
    ),
    element("p", class_="words"),
    element("small", class_="formula"),
)
_HTML = element(
    "div", element("div", *_PARTS, class_="sheet"), class_="cross-entropy", data_empty=""
)

_mount = component("loss", html=_HTML, css="loss.css")


def show(result: Result | None, text: Text, *, key: str, model: str | None = None) -> None:
    """Show the loss of a digit, and let the visitor point at its pixels.

    Parameters
    ----------
    result : the digit and what survives of it; None while there is no ink.
    model : whose loss follows the pen, on a page that sends its network (`ui.components.live`).
    """
    _mount(key=key, data=pack(result, text, model))


def pack(result: Result | None, text: Text, model: str | None = None) -> bytes:
    """Write what the browser needs; the pixels as they are, because log magnifies what is small."""
    header: dict[str, object] = {
        "activations": [],
        "model": model,
        "full": _FULL,
        "labels": _labels(text),
        "separators": text.separators,
    }
    pictures = (
        {}
        if result is None
        else {
            "digit": result.digit.ravel(),
            "reconstruction": result.reconstruction.ravel(),
        }
    )
    return packed.pack(header, pictures)


def _labels(text: Text) -> dict[str, str]:
    """Say what stands beside the pictures, and what is said of a pixel."""
    _ = text.gettext
    return {
        "digit": _("Your digit: x"),
        "reconstruction": _("What survives: x̂"),
        "costs": _("Cost per pixel"),
        "missed": _("Ink missed"),
        "invented": _("Ink invented"),
        "total": _("Loss: both together"),
        "copy": _("For a perfect copy"),
        "pictures": _("Your digit, what survives of it, and what each pixel costs"),
        "keys": _("The arrow keys move to a pixel, with Shift by four. Escape: the costliest."),
        "costliest": _(
            "The costliest pixel, row {row}, column {column}: ink {x}, redrawn as {y}. Ink missed"
            " costs {missed}, ink invented {invented}."
        ),
        "pixel": _(
            "Row {row}, column {column}: ink {x}, redrawn as {y}. Ink missed costs {missed}, ink"
            " invented {invented}."
        ),
        "empty": _("Draw a digit to see what each of its pixels costs."),
        "formula": _(
            "Nats per pixel, averaged over all 784; x and x̂ go from 0, paper, to 1, ink. Grey"
            " pixels cost something even in a perfect copy."
        ),
    }
