"""What `python -m ae evaluate` prints, from the facts that ship."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from ae.plans import OWN, family_of
from pages.compare.scene import Scene
from ui import downloads, models
from ui.text import N_, Text

_COMMAND = "python -m ae evaluate"
# Figure -> title, how many decimals (a percentage where it is None), and whether the two recipes
# have it each; the size of a net and of its file is the same by both.
_FIGURES: Mapping[str, tuple[str, int | None, bool]] = {
    "bce": (N_("Cross-entropy"), 4, True),
    "mse": (N_("Squared error"), 4, True),
    "psnr": (N_("PSNR, dB"), 2, True),
    "zeros": (N_("Exact zeros"), None, True),
    "dead": (N_("Dead units"), 0, True),
    "parameters": (N_("Parameters"), 0, False),
    "bytes": (N_("File, bytes"), 0, False),
}
_MADE = {"best": N_("ours"), "tutorial": N_("tutorial")}
Column = tuple[str, str]  # figure and recipe
_COLUMNS: Sequence[Column] = tuple(
    (figure, recipe)
    for figure, (_title, _digits, by_both) in _FIGURES.items()
    for recipe in (("best", "tutorial") if by_both else ("best",))
)


def show(scene: Scene, text: Text) -> None:
    """Show all models, sorted as the visitor wants it, with the command beside it."""
    _ = text.gettext
    table = models.facts().table
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.selectbox(
            _("Sort by"),
            _COLUMNS,
            format_func=lambda column: _column_title(column, text),
            key="table_sort",
            persist_state="session",
            width=300,
        )
        falling = st.toggle(_("Largest first"), key="table_falling", persist_state="session")
    rows = _rows(table, scene, text)
    # What a row does not have comes last, whichever way round.
    rows.sort(key=lambda row: (by not in row[1], row[1].get(by, 0) * (-1 if falling else 1)))
    st.html(_html(rows, by, "descending" if falling else "ascending", text))
    st.caption(
        _(
            "Averages over MNIST's {digits} test digits. Cross-entropy in nats per pixel, squared"
            " error per pixel. This command measures them again:",
            digits=text.number(table["data"]["test_digits"]),
        )
    )
    st.code(_COMMAND, language="bash")
    downloads.button(_("The table (CSV)"), lambda: _csv(table), "gargalo-evaluation.csv")


def _column_title(column: Column, text: Text) -> str:
    figure, recipe = column
    title, _digits, by_both = _FIGURES[figure]
    translated, made = text.gettext(title), text.gettext(_MADE[recipe])
    return f"{translated}, {made}" if by_both else translated


def _rows(
    table: Mapping[str, Any], scene: Scene, text: Text
) -> list[tuple[str, dict[Column, float]]]:
    """Put a model's two recipes into one row; the references stand among them."""
    rows: dict[str, dict[Column, float]] = {name: {} for name in scene.found}
    for record in table["models"]:
        recipe = record["recipe"] or "best"
        if record["name"] in rows:
            rows[record["name"]] |= {
                (figure, recipe): record[figure]
                for figure in _FIGURES
                if (figure, recipe) in _COLUMNS
            }
    for name, model in scene.found.items():
        if name == OWN and models.tested_on_mnist(model):
            said = model.metadata.test.as_dict()
            said["parameters"] = family_of(model.metadata).parameters
            rows[name] = {(key, "best"): said[key] for key in _FIGURES if key in said}
    titled = [(models.title(name, text), row) for name, row in rows.items()]
    floor, mean = text.gettext("A perfect copy (the floor)"), text.gettext("The mean digit")
    for title, reference in ((floor, table["floor"]), (mean, table["mean"])):
        # JSON has no infinity: nothing is there where the error is zero.
        row = {
            (key, "best"): math.inf if value is None else value for key, value in reference.items()
        }
        titled.append((title, row))
    return titled


def _html(
    rows: Sequence[tuple[str, Mapping[Column, float]]], by: Column, order: str, text: Text
) -> str:
    model = text.gettext("Model")
    upper, lower = f'<th rowspan="2">{escape(model)}</th>', ""
    for figure, (title, _digits, by_both) in _FIGURES.items():
        translated = escape(text.gettext(title))
        if by_both:
            upper += f'<th colspan="2" scope="colgroup">{translated}</th>'
            for recipe, name in _MADE.items():
                sub = escape(text.gettext(name))
                lower += f'<th scope="col"{_sorted((figure, recipe), by, order)}>{sub}</th>'
        else:
            mark = _sorted((figure, "best"), by, order)
            upper += f'<th rowspan="2" scope="col"{mark}>{translated}</th>'
    body = ""
    for title, row in rows:
        cells = "".join(f"<td>{_cell(row, column, text)}</td>" for column in _COLUMNS)
        body += f'<tr><th scope="row">{escape(title)}</th>{cells}</tr>'
    return (
        f'<div class="wide"><table class="evaluation"><thead><tr>{upper}</tr><tr>{lower}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>"
    )


def _sorted(column: Column, by: Column, order: str) -> str:
    return f' aria-sort="{order}"' if column == by else ""


def _cell(row: Mapping[Column, float], column: Column, text: Text) -> str:
    if column not in row:
        return "–"
    _title, digits, _by_both = _FIGURES[column[0]]
    value = row[column]
    return text.percent(value, 1) if digits is None else text.number(value, digits)


def _csv(table: Mapping[str, Any]) -> bytes:
    """Write the rows as the command knows them, in full, with the recipe in its own column."""
    head = ["name", "recipe", "bce", "mse", "psnr", "zeros", "dead", "parameters", "bytes"]
    records = [
        {"name": "floor", **table["floor"]},
        *table["models"],
        {"name": "mean", **table["mean"]},
    ]
    return downloads.csv_bytes(head, ([record.get(key) for key in head] for record in records))
