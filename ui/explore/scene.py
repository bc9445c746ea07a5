"""What all views look at: the model, its map, and where the drawing lies."""

from __future__ import annotations

from dataclasses import dataclass

import ae
from ae.arrays import Float32
from ae.atlas import Atlas, Chart
from ae.model import Model
from ae.plans import OWN
from ui import editor, models, strokes
from ui.state import Visit
from ui.text import N_

NO_CHART = N_("There is no map of this model here. The other models have one.")


@dataclass(frozen=True)
class Scene:
    """One run of the page.

    Attributes
    ----------
    now : the visitor.
    model : the one that the frame names.
    atlas : what was measured of MNIST.
    chart : the model's; None where there is none.
    digit : (28, 28), the drawing as the models see it; None while there is none.
    encoded, code : (units,) as the encoder gave it, and after the visitor's edits.
    """

    now: Visit
    model: Model
    atlas: Atlas
    chart: Chart | None
    digit: Float32 | None
    encoded: Float32 | None
    code: Float32 | None


def look(now: Visit, model: Model) -> Scene:
    """Send the drawing through the model.

    Raises
    ------
    ae.WeightsError
        The atlas is missing or damaged.
    """
    atlas = models.atlas()
    chart = _own_chart(now, model) if model.name == OWN else atlas.charts.get(model.name)
    try:
        digit = strokes.digit(now.drawing, normalise=now.normal)
    except ae.EmptyDrawing:
        return Scene(now, model, atlas, chart, None, None, None)
    encoded = model.encode(digit[None])[0]
    return Scene(now, model, atlas, chart, digit, encoded, editor.edited(encoded, now))


def _own_chart(now: Visit, model: Model) -> Chart | None:
    """Map a model of the visitor's own, where MNIST is at hand; once for each of their models."""
    if now.own_chart is None or now.own_chart[0] != now.own_version:
        digits = ae.mnist.first_test_digits(ae.atlas.DIGITS)
        if digits is None:
            return None
        now.own_chart = (now.own_version, ae.atlas.chart(model.encode(digits)))
    return now.own_chart[1]
