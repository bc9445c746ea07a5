"""What all views look at: the model, its map, and where the drawing lies."""

from __future__ import annotations

from dataclasses import dataclass

from ae.arrays import Float32
from ae.atlas import Atlas, CodeMap
from ae.model import Model
from ui import inference, maps, models
from ui.edits import Edits
from ui.inference import Result
from ui.state import Visit


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
    code_map = maps.of(model, atlas, now)
    digit = inference.digit(now.sketch.drawing, normalise=now.normal)
    result = None if digit is None else inference.result(model, digit, edits)
    return Scene(now, model, atlas, code_map, result)
