"""Made data through a bottleneck, trained before one's eyes: PCA, a linear net, a curved one.

To drag a point, to draw some, to choose a start and to train asks nothing of the server. It sends
the points and the nets' starts of all of `ae.simulations` once, and ``static/simulation.js`` trains
on them as that module does. ``static/simulation_view.js`` shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import numpy as np
from markupsafe import Markup

from ae import simulations
from ae.simulations import KINDS, SEEDS, SIMULATIONS
from ui import colours
from ui.components import packed
from ui.components.controls import ICONS, button
from ui.components.module import component
from ui.html import element
from ui.text import Text

# The code's colours, from its least value to its largest. They, and those between them, are seen on
# both grounds (`ui.colours.SEEN`), and none is much lighter than another.
RAMP = "#2478DC", "#128A8A", "#3F8A3C", "#8A7A10", "#C25E12"

# Points, at most: so many are trained on for a thousand epochs in about a second.
MOST = 600

_TOOLS = "move", "draw", "erase"
_LAYERS = "pca", "linear", "curved"


def _choice(name: str) -> Markup:
    return element("label", element("span"), element("select", class_=name))


def _layer(name: str) -> Markup:
    box = element("input", type="checkbox", checked="")
    words = element("span", class_="name")
    return element("label", box, element("i"), words, element("b"), class_=f"layer {name}")


# Everything stands in the HTML before a script has run, so nothing moves when it comes.
_PARTS = (
    element("div", _choice("made"), _choice("seed"), class_="choices"),
    element(
        "div", element("canvas", class_="cloud", tabindex=0, role="application"), class_="stage"
    ),
    element(
        "div",
        element("div", *map(button, ICONS), class_="acts"),
        element("progress", value=0, max=1, aria_hidden="true"),
        element("small", class_="epoch"),
        class_="training",
    ),
    element(
        "div",
        element("p"),
        *map(_layer, _LAYERS),
        element("small"),
        class_="errors",
        role="group",
    ),
    element("p", class_="words", role="status"),
    element(
        "div",
        element("div", *map(button, _TOOLS), class_="modes", role="group"),
        *map(button, ("turn", "restore", "clear")),
        class_="tools",
    ),
)
_HTML = element("div", element("div", *_PARTS, class_="sheet"), class_="simulation")

_mount = component(
    "simulation", script="simulation_view.js", html=_HTML, css=("controls.css", "simulation.css")
)


def show(text: Text, *, key: str, made: str = "half_circle", seed: int | None = None) -> None:
    """Show made data, and let the visitor do the rest.

    What they have chosen, drawn and trained survives every run of the page.

    Parameters
    ----------
    made, seed : what it opens with, a key of `ae.simulations.SIMULATIONS` and a start below
        `ae.simulations.SEEDS`, or None for the one that the data's table names. Others in a later
        run open it anew.

    Raises
    ------
    ValueError
        There is no such data, or no such start.
    """
    if made not in SIMULATIONS:
        raise ValueError(f"made: got {made!r}, expected one of {', '.join(SIMULATIONS)}")
    if seed is not None and seed not in range(SEEDS):
        raise ValueError(f"seed: got {seed}, expected 0 to {SEEDS - 1}")
    _mount(key=key, data=pack(text, made, seed))


def pack(text: Text, made: str, seed: int | None = None) -> bytes:
    """Write all that the browser needs: words, points, starts, and how a net is trained."""
    header = {
        "activations": [],
        "opens": [made, seed],
        "made": [_described(each, text) for each in SIMULATIONS.values()],
        "recipe": {
            "epochs": simulations.EPOCHS,
            "rate": simulations.RATE,
            "meanDecay": simulations.MEAN_DECAY,
            "squareDecay": simulations.SQUARE_DECAY,
            "epsilon": simulations.EPSILON,
        },
        "twice": simulations.TWICE,
        "seeds": SEEDS,
        "most": MOST,
        "ramp": RAMP,
        "linear": colours.of("linear"),
        "labels": _labels(text),
        "separators": text.separators,
    }
    return packed.pack(header, _arrays())


def _described(made: simulations.Simulation, text: Text) -> dict[str, object]:
    return {
        "name": made.name,
        "title": text.gettext(made.title),
        "dimensions": made.dimensions,
        "size": made.code_size,
        "seed": made.seed,
        "best": made.best,
        "failed": made.failed,
        "widths": {kind: made.start(kind).widths for kind in KINDS},
    }


@cache  # the same for everybody, 45 KB
def _arrays() -> Mapping[str, packed.Array]:
    """Give points by the data's name, starts by a net's widths: (seeds, parameters)."""
    arrays: dict[str, packed.Array] = {}
    for made in SIMULATIONS.values():
        arrays[made.name] = made.points()
        for kind in KINDS:
            starts = [made.start(kind, seed) for seed in range(SEEDS)]
            arrays["-".join(map(str, starts[0].widths))] = np.stack(
                [start.parameters for start in starts]
            )
    return MappingProxyType(arrays)


def _labels(text: Text) -> dict[str, str]:
    """Say what stands on the controls, and what is said of what they do."""
    _ = text.gettext
    return {
        "made": _("Data"),
        "seed": _("Starting point"),
        "gets_stuck": _("{seed}: gets stuck"),
        "play": _("Train"),
        "pause": _("Pause"),
        "step": _("Step"),
        "reset": _("Start again"),
        "epoch": _("Epoch {passed} of {epochs}"),
        "move": _("Move"),
        "draw": _("Draw"),
        "erase": _("Erase"),
        "tools": _("What the pointer does to the points"),
        "turn": _("Turn"),
        "restore": _("Original points"),
        "clear": _("Remove all"),
        "errors": _("How far the points are missed"),
        "pca": _("PCA"),
        "linear": _("Linear net"),
        "curved": _("Curved net"),
        "unit": _("Squared distances, on average. Points: {n}"),
        "cloud": _("Points, and what PCA and the nets make of them"),
        "keys": _(
            "The arrow keys move a cross. Enter takes the nearest point and lets it go, or draws or"
            " erases one. Delete erases. Escape lets go."
        ),
        "keys_turn": _("With Shift, the arrow keys turn the points."),
        "untrained": _("The nets are untrained and draw anywhere. Train them."),
        "under_way": _("After {passed} epochs the curved net misses by {curved}, PCA by {pca}."),
        "bends": _(
            "The curved net misses the points by {curved}, PCA by {pca}: {times} times as much."
        ),
        "straight": _(
            "The curved net misses the points by {curved}, PCA by {pca}: there is little to bend"
            " around."
        ),
        "as_pca": _("The linear net has ended where PCA is."),
        "stuck": _(
            "This start got stuck: the curved net misses by {curved}, and from the best of {seeds}"
            " starts by {best}. Try another start."
        ),
        "worse": _(
            "From this start the curved net did worse than PCA: {curved} against {pca}. Try another"
            " start."
        ),
        "nothing_missed": _("PCA misses nothing: the points lie where it draws."),
        "one_place": _("All points are in one place: a code has nothing to tell."),
        "empty": _("No points are left. Draw some, or bring the original ones back."),
        "full": _("No more than {most} points."),
        "cross": _("Cross at {place}."),
        "held": _("A point is held at {place}. The arrow keys move it, Enter lets it go."),
        "drawn": _("A point at {place}. Points: {n}"),
        "erased": _("Erased. Points: {n}"),
        "none_near": _("No point is near the cross."),
    }
