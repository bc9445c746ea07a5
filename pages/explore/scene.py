"""What all views look at: the model, its map, and where the drawing lies."""

from __future__ import annotations

from dataclasses import dataclass

import ae
from ae.arrays import Float32
from ae.atlas import Atlas, CodeMap
from ae.model import Model
from ae.plans import OWN
from ui import editor, models, strokes
from ui.state import Visit
from ui.text import N_

NO_MAP = N_("There is no map of this model here. The other models have one.")


@dataclass(frozen=True)
class Scene:
    """One run of the page.

    Attributes
    ----------
    now : the visitor.
    model : the one that the frame names.
    atlas : what was measured of MNIST.
    code_map : the model's; None where there is none.
    digit : (28, 28), the drawing as the models see it; None while there is none.
    encoded, code : (units,) as the encoder gave it, and after the visitor's edits.
    """

    now: Visit
    model: Model
    atlas: Atlas
    code_map: CodeMap | None
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
    code_map = _own_map(now, model) if model.name == OWN else atlas.maps.get(model.name)
    try:
        digit = strokes.digit(now.drawing, normalise=now.normal)
    except ae.EmptyDrawing:
        return Scene(now, model, atlas, code_map, None, None, None)
    encoded = model.encode(digit[None])[0]
    return Scene(now, model, atlas, code_map, digit, encoded, editor.edited(encoded, now))


def _own_map(now: Visit, model: Model) -> CodeMap | None:
    """Map a model of the visitor's own, where MNIST is at hand; once for each of their models."""
    if now.own_map is None or now.own_map[0] != now.own_version:
        digits = ae.mnist.first_test_digits(ae.atlas.DIGITS)
        if digits is None:
            return None
        now.own_map = (now.own_version, ae.atlas.code_map(model.encode(digits)))
    return now.own_map[1]
