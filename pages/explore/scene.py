"""What all views look at: the model, its map, and where the drawing lies."""

from __future__ import annotations

from dataclasses import dataclass

import ae
from ae.arrays import Float32
from ae.atlas import Atlas, CodeMap
from ae.model import Model
from ae.plans import OWN
from ui import inference, models
from ui.edits import Edits
from ui.inference import Result
from ui.state import OwnModel, Visit
from ui.text import N_

NO_MAP = N_("There is no map of this model. The other models have one.")


@dataclass(frozen=True)
class Scene:
    """One run of the page.

    Attributes
    ----------
    now : the visitor.
    model : the one that the frame names.
    atlas : what was measured of MNIST.
    code_map : the model's; None where there is none.
    result : what the model makes of the drawing, edits included; None while there is none.
    """

    now: Visit
    model: Model
    atlas: Atlas
    code_map: CodeMap | None
    result: Result | None

    @property
    def digit(self) -> Float32 | None:
        """The drawing as the models see it, (28, 28)."""
        return None if self.result is None else self.result.digit

    @property
    def encoded(self) -> Float32 | None:
        """The drawing's code, (units,), as the encoder gave it."""
        return None if self.result is None else self.result.encoded


def look(now: Visit, model: Model, edits: Edits | None) -> Scene:
    """Send the drawing through the model, and change its code.

    Raises
    ------
    ae.WeightsError
        The atlas is missing or damaged.
    """
    atlas = models.atlas()
    code_map = _map_of(now.own) if now.own and model.name == OWN else atlas.maps.get(model.name)
    digit = inference.digit(now.sketch.drawing, normalise=now.normal)
    result = None if digit is None else inference.result(model, digit, edits)
    return Scene(now, model, atlas, code_map, result)


def _map_of(own: OwnModel) -> CodeMap | None:
    """Map a model of the visitor's own, where MNIST is at hand; once for each of their models."""
    if own.code_map is None:
        digits = ae.mnist.first_test_digits(ae.atlas.DIGITS)
        if digits is not None:
            own.code_map = ae.atlas.code_map(own.model.encode(digits))
    return own.code_map
