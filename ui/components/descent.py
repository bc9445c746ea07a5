"""Gradient descent in one picture: a ball on a loss that is seen whole, and three ways to step.

To drag the ball, to step and to play asks nothing of the server. It sends the points of
`ae.descent` once, and ``static/descent.js`` steps as that module does. ``static/descent_view.js``
shows it.
"""

from __future__ import annotations

from dataclasses import asdict

from markupsafe import Markup

from ae import descent
from ui import colours
from ui.components import packed
from ui.components.controls import button
from ui.components.module import component
from ui.html import element, void
from ui.text import Text

_PLAYS = "play", "step", "reset"
_FIGURES = "steps", "angle", "loss", "next"


def _way(name: str) -> Markup:
    radio = void("input", type="radio", name="way", value=name)
    return element("label", radio, element("span"), class_=f"way {name}")


def _rate() -> Markup:
    slider = void("input", type="range", min=0)
    title = element("span", class_="title")
    return element("label", title, slider, element("output", aria_hidden="true"), class_="rate")


def _picture(name: str, canvas: Markup) -> Markup:
    return element("figure", element("figcaption", class_="title"), canvas, class_=name)


def _figure(name: str) -> Markup:
    return element("div", element("dt"), element("dd"), class_=name)


_plain, *_others = descent.WAYS
# Everything stands in the HTML before a script has run, so nothing moves when it comes.
_PARTS = (
    element(
        "fieldset",
        element("legend", class_="title"),
        _way(_plain),
        _rate(),
        *map(_way, _others),
        class_="ways",
    ),
    _picture("points", element("canvas", class_="cloud", role="img")),
    _picture("losses", element("canvas", class_="curve", role="slider", tabindex=0)),
    element(
        "div",
        element("div", *map(button, _PLAYS), class_="acts"),
        element("dl", *map(_figure, _FIGURES), class_="figures"),
        class_="bar",
    ),
    element("p", class_="words", role="status"),
)
_HTML = element("div", element("div", *_PARTS, class_="sheet"), class_="descent")

_mount = component(
    "descent", script="descent_view.js", html=_HTML, css=("controls.css", "descent.css")
)


def show(text: Text, *, key: str) -> None:
    """Show the ball, and let the visitor do the rest; it survives every run of the page."""
    _mount(key=key, data=pack(text))


def pack(text: Text) -> bytes:
    """Write all that the browser needs: words, points, and how the ball steps."""
    header = {
        "activations": [],
        "ways": {name: asdict(way) for name, way in descent.WAYS.items()},
        "rates": descent.RATES,
        "recipe": {"rho": descent.RHO, "epsilon": descent.EPSILON},
        "start": descent.START,
        "steps": descent.STEPS,
        "near": descent.ARRIVED,
        "ball": colours.of("linear"),
        "labels": _labels(text),
        "keras": _rates(text),
        "separators": text.separators,
    }
    return packed.pack(header, {"points": descent.points()})


def _rates(text: Text) -> dict[str, str]:
    """Write what Keras took for Adadelta's rate, and takes."""
    then, now = (descent.WAYS[name].rate for name in ("adadelta_then", "adadelta_now"))
    return {"then": text.number(then, 1), "now": text.plain(now)}


def _labels(text: Text) -> dict[str, str]:
    """Say what stands on the controls, and what is said of what the ball does."""
    _, rates = text.gettext, _rates(text)
    return {
        "ways": _("How the ball steps"),
        "plain": _("Plain gradient descent"),
        "rate": _("Learning rate"),
        "adadelta_then": _("Adadelta, rate {then} (2017)", **rates),
        "adadelta_now": _("Adadelta, rate {now} (today)", **rates),
        "points": _("Points and line"),
        "losses": _("The loss at each angle"),
        "line": _("Points, and a line through them at {angle}"),
        "ball": _("The ball on the loss: angle of the line"),
        "at": _("{angle}, loss {loss}"),
        "keys": _("The arrow keys move the ball by one degree, with Shift by ten."),
        "play": _("Play"),
        "pause": _("Pause"),
        "step": _("Step"),
        "reset": _("Start again"),
        "steps": _("Steps"),
        "angle": _("Angle"),
        "loss": _("Loss"),
        "next": _("Next step"),
        "begin": _(
            "The curve is the loss: how badly the line fits at each angle. The ball knows only the"
            " slope beneath it. Drag it, or press Play."
        ),
        "under_way": _("Step {n}: still {left} from the bottom of the valley."),
        "arrived": _("Step {n}: at the bottom. {angle} is what PCA finds at once."),
        "leaps": _("Step {n}: it has jumped over the bottom, and turns back."),
        "jumps": _(
            "After {n} steps it still jumps from slope to slope: this learning rate is too large."
        ),
        "crawls": _("In {n} steps the ball has moved by {moved}: this rate is too small."),
        "recipe": _(
            "In {n} steps the ball has moved by {moved}. So fails an old recipe that names no rate:"
            " for it Keras took {then} in 2017, and takes {now} today."
        ),
        "top": _("On the very top the slope is zero: the ball cannot tell which way is down."),
    }
