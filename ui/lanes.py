"""One lane for each model: its code, what survives, what changed, and how good that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup

from ae.arrays import Float32
from ae.model import Model
from ui import colours, models, names, pictures, tables
from ui.comparison import Scene
from ui.html import blank, element, join, legend
from ui.inference import Result
from ui.tables import Cell
from ui.text import N_, Text

_CLOSEST, _FURTHEST = N_("closest"), N_("furthest")

# The figures of a lane, and those for which a narrower place has room.
FIGURES = "kept", "invented", "mse", "active"
BRIEF = "mse", "active"
_HEADS = {
    "kept": N_("Ink that survives"),
    "invented": N_("Ink invented"),
    "mse": N_("Squared error"),
    "active": N_("Not zero"),
}


def html(scene: Scene, answer: str | None, text: Text, shown: Sequence[str] = FIGURES) -> Markup:
    """Write the table of lanes; the same shapes while there is no drawing, so nothing jumps.

    Parameters
    ----------
    answer : what else the page is to know, from `ui.components.live`; None if it is told elsewhere.
    shown : the figures.
    """
    _ = text.gettext
    heads = (
        _("Model"),
        _("Its numbers, on its own scale"),
        _("What survives"),
        _("What changed"),
        *(_(_HEADS[name]) for name in shown),
    )
    marked = marks({name: result.mse for name, result in scene.results.items()}, text)
    rows = [_own(scene.digit, len(shown), text)]
    for name, model in scene.models.items():
        result = scene.results.get(name)
        title = models.title(name, text)
        cells = (
            _cells(model, title, result, marked.get(name), text)
            if result
            else _empty(model, _("No code yet"))
        )
        cells = [*cells[:3], *(cells[3 + FIGURES.index(figure)] for figure in shown)]
        head = join((title, _yours(name, text)))
        rows.append(tables.row(name, head, cells, heads, current=model is scene.focus))
    words = {f"data_{mark}": _(mark) for mark in (_CLOSEST, _FURTHEST)}  # for static/lanes.js
    says = {"data_revision": scene.now.revision, "data_answer": answer}
    return tables.table(heads, rows, "lanes", **says, **words)


def _yours(name: str, text: Text) -> Markup:
    """Mark a model of the visitor's own, in its colour."""
    if name not in names.IDS:
        return join(())
    style = f"--colour: {colours.of(name)}"
    return element("small", text.gettext("my model"), class_="model", style=style)


def _own(digit: Float32 | None, figures: int, text: Text) -> Markup:
    """Write the lane of the digit itself, with the legend of the two colours."""
    _ = text.gettext
    if digit is None:
        words = _("Draw any digit, large or small, or choose one below the canvas.")
        picture = blank("sees")
    else:
        words = _("28 × 28 = 784 pixels")
        alt = _("Your digit in 28 by 28 pixels, white on black.")
        picture = pictures.img(pictures.grey(digit), alt, "sees")
    cells = (
        element("th", _("Your digit"), scope="row"),
        element("td", words, class_="told"),
        element("td", picture, class_="picture"),
        element("td", legend(_("lost"), _("added")), colspan=1 + figures, class_="legend"),
    )
    return element("tr", *cells, class_="own")


def _cells(
    model: Model, title: str, result: Result, mark: str | None, text: Text
) -> Sequence[Cell]:
    """Give the cells of a lane behind its title."""
    _ = text.gettext
    code, active = result.code, int(np.count_nonzero(result.code))
    numbers = _(
        "{model}: {active} of {n} numbers are not zero; from {low} to {high}.",
        model=title,
        active=active,
        n=len(code),
        low=text.number(code.min(), 1),
        high=text.number(code.max(), 1),
    )
    mse = text.number(result.mse, 4)
    survives = _("{model}: the decoder's drawing. Squared error {mse}.", model=title, mse=mse)
    changed = f"{title}: {pictures.described(result.error, text)}"
    return (
        ("code", bars(code, model.statistics.code_axis, numbers)),
        ("picture", pictures.img(pictures.grey(result.reconstruction), survives, "survives")),
        ("picture", pictures.img(pictures.signed(result.error), changed, "changed")),
        *_figures(
            text.percent(result.kept),
            text.percent(result.invented),
            mse,
            str(active),
            len(code),
            mark=text.gettext(mark) if mark else "",
        ),
    )


def _empty(model: Model, no_code: str) -> Sequence[Cell]:
    code = bars(np.zeros(model.code_size, np.float32), model.statistics.code_axis, no_code)
    blanks = [("picture", blank(part)) for part in ("survives", "changed")]
    return (("code", code), *blanks, *_figures("–", "–", "–", "–", model.code_size))


def _figures(
    kept: str, invented: str, mse: str, active: str, of: int, *, mark: str = ""
) -> Sequence[Cell]:
    """Give the cells of the numbers; `mark` is a word below the squared error."""

    def live(part: str, words: str) -> Markup:
        return element("span", words, data_live=part)

    return (
        ("number", live("kept", kept)),
        ("number", live("invented", invented)),
        ("number", join((live("mse", mse), element("small", mark, class_="mark")))),
        ("number", join((live("active", active), f" / {of}"))),
    )


def bars(code: Float32, axis: tuple[float, float], alt: str) -> Markup:
    """Draw a code as small bars from zero; a bar beyond the ends, `axis`, is cut and marked."""
    bottom, top = axis
    zero = 100 * abs(bottom) / (top - bottom)
    ends = 100 * np.clip((code - bottom) / (top - bottom), 0, 1)
    drawn = [element("b", style=f"bottom:{zero:.1f}%")]  # the axis
    for value, end in zip(code.tolist(), ends.tolist(), strict=True):
        if value:
            style = f"bottom:{min(zero, end):.1f}%;height:{abs(end - zero):.1f}%"
            cut = "cut" if value > top else "cut below" if value < bottom else None
            drawn.append(element("i", class_=cut, style=style))
        else:
            drawn.append(element("i", class_="zero", style=f"bottom:{zero:.1f}%"))
    return tables.small_bars(drawn, alt, data_live="code", data_ends=f"{bottom} {top}")


def marks(errors: Mapping[str, float], text: Text) -> dict[str, str]:
    """Say which lanes come closest and which stray furthest, by the figures that are shown.

    Not by the ink: a smudge keeps all of it.
    """
    written = {name: text.number(error, 4) for name, error in errors.items()}
    if len(set(written.values())) < 2:
        return {}
    least, most = (pick(errors.items(), key=lambda item: item[1])[0] for pick in (min, max))
    words = {written[least]: _CLOSEST, written[most]: _FURTHEST}
    return {name: words[error] for name, error in written.items() if error in words}
