"""A session that the server has lost, and what the browser still has of it.

After a restart of the server, or an absence longer than Streamlit keeps a session (two minutes),
the browser comes back to a session that knows nothing, and brings along the state of the widgets
on its page. The canvas is one of them: what it shows is the truth.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import strokes
from ui.components import connection
from ui.sketch import CANVAS
from ui.strokes import Drawing, DrawingError, Stroke

# $$ID-hash-key, as Streamlit 1.67 names a widget that has a key.
_KEYED = re.compile(r"\$\$ID-[0-9a-f]+-(.+)")


@dataclass(frozen=True)
class Remains:
    """What the browser brings along.

    Attributes
    ----------
    strokes : all that are on the canvas; None where there is no canvas that says so.
    switches : the key of a toggle -> whether it is on.
    link : the query of the page's address.
    """

    strokes: tuple[Stroke, ...] | None
    switches: Mapping[str, bool]
    link: Mapping[str, str]

    def drawing(self, named: Drawing | None) -> Drawing | None:
        """Give the drawing; None if it is nowhere.

        Parameters
        ----------
        named : the sample that the address names; it is still there if nothing was drawn on it.
        """
        if self.strokes is None or (named and named.strokes == self.strokes):
            return named
        return Drawing(self.strokes)


def remains() -> Remains | None:
    """Read what the browser has sent along with the first run; None if this is a new visit.

    To be called before the first widget is shown, which would then be taken for one of those.
    """
    context = get_script_run_ctx()
    states = context.session_state.get_widget_states() if context else []
    if not states:
        return None
    by_key = {match[1]: state for state in states if (match := _KEYED.fullmatch(state.id))}
    canvases = [state for key, state in by_key.items() if key.startswith(CANVAS)]
    switches = {
        key: state.bool_value
        for key, state in by_key.items()
        if state.WhichOneof("value") == "bool_value"
    }
    address = by_key.get(connection.KEY, WidgetState())
    return Remains(
        _strokes(canvases[-1]) if canvases else None,
        switches,
        connection.link(address.json_value),
    )


def _strokes(canvas: WidgetState) -> tuple[Stroke, ...] | None:
    """Read the canvas's state; it comes from outside, so anything may stand there."""
    try:
        state = json.loads(canvas.json_value)
        drawn = strokes.on_canvas(state)
    except (DrawingError, ValueError, RecursionError):
        return None
    # A picture that lay under them has no strokes, and does not come back.
    return None if state.get("backgroundFit") and not drawn else drawn
