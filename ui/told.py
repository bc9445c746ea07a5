"""What is said to those who do not see the page: a sentence for each stroke, edit and code."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ae.arrays import Float32
from ui.edits import Edits
from ui.inference import Result
from ui.text import Text

_LARGEST = 3  # units that are named


def result(result: Result | None, edits: Edits | None, text: Text) -> str:
    """Say what a model has made of the drawing."""
    _ = text.gettext
    if result is None:
        return _("The canvas is empty.")
    sentences = [
        _("{share} of the ink survives.", share=text.percent(result.kept)),
        _(
            "Numbers not zero: {active} of {n}.",
            active=int(np.count_nonzero(result.code)),
            n=len(result.code),
        ),
    ]
    if edits:
        sentences.insert(0, f"{changes(edits, text)}.")
    return " ".join(sentences)


def changes(edits: Edits, text: Text) -> str:
    """Say what the visitor has changed in the code; there is something."""
    changed, said = len(edits.values), []
    if edits.keep is not None:
        kept = text.ngettext("Only the largest kept", "Only the {n} largest kept", edits.keep)
        said.append(kept)
    if changed:
        said.append(text.ngettext("{n} number changed", "{n} numbers changed", changed))
    return " · ".join(said)


def code(code: Float32 | None, text: Text) -> str:
    """Say what the bars show: (units,) -> the units furthest from zero, and how many are zero."""
    _ = text.gettext
    if code is None:
        return _("No code yet")
    largest = np.argsort(-np.abs(code), kind="stable")[: min(_LARGEST, np.count_nonzero(code))]
    units = "; ".join(
        _("unit {unit}: {value}", unit=i + 1, value=text.plain(code[i], 3)) for i in largest
    )
    zeros = _("Exactly zero: {zeros} of {n}.", zeros=int((code == 0).sum()), n=len(code))
    return " ".join((_("The largest: {units}.", units=units), zeros) if units else (zeros,))


def models(errors: Mapping[str, float], text: Text) -> str:
    """Say which models come closest and stray furthest: title -> squared error."""
    _ = text.gettext
    if not errors:
        return _("The canvas is empty.")
    least, most = (pick(errors, key=errors.__getitem__) for pick in (min, max))
    if least == most:
        return _("Squared error {mse}.", mse=text.number(errors[least], 4))
    return _(
        "Closest: {least} with squared error {low}. Furthest: {most} with {high}.",
        least=least,
        low=text.number(errors[least], 4),
        most=most,
        high=text.number(errors[most], 4),
    )
