"""What `python -m ae evaluate` prints, from the facts that ship."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from markupsafe import Markup

from ae.model import Model
from ae.plans import family_of
from ui import downloads, models, state
from ui.choices import dropdown
from ui.comparison import Scene
from ui.components.download import File
from ui.html import element
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
_RECIPES = {"best": N_("thorough"), "tutorial": N_("tutorial")}
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
        columns = {"_".join(column): column for column in _COLUMNS}
        titles = {name: _column_title(column, text) for name, column in columns.items()}
        first = next(iter(columns))
        by = columns[dropdown(_("Sort by"), titles, "table_sort", first, scene.now, 300)]
        falling = not state.on_stage() and st.toggle(
            _("Largest first"), key="table_falling", persist_state="session"
        )
    rows = _rows(table, scene, text)
    # What a row does not have comes last, whichever way round.
    rows.sort(key=lambda row: (by not in row[1], row[1].get(by, 0) * (-1 if falling else 1)))
    st.html(_html(rows, by, "descending" if falling else "ascending", text))
    st.caption(
        _(
            "Averages over MNIST's {digits} test digits. Cross-entropy in nats per pixel (a nat"
            " is 1.44 bits), squared error per pixel; PSNR is the squared error in decibels, and"
            " more is better. This command measures them again:",
            digits=text.number(table["data"]["test_digits"]),
        )
    )
    for name, own in _measured(scene).items():
        # The command knows nothing of it, and a training that was stopped was tested on fewer.
        st.caption(
            _(
                "{model} was measured when it was trained, on {n} of them.",
                model=models.label(name, text),
                n=text.number(own.metadata.tested or 0),
            )
        )
    st.code(_COMMAND, language="bash")
    downloads.show(
        [File(_("The table (CSV)"), "gargalo-evaluation.csv", lambda: _csv(table))], text
    )


def _measured(scene: Scene) -> dict[str, Model]:
    """Give the visitor's own models whose errors compare with the others'."""
    return {
        name: model
        for name, model in scene.available.items()
        if name in scene.now.own and models.tested_on_mnist(model)
    }


def _column_title(column: Column, text: Text) -> str:
    figure, recipe = column
    title, _digits, by_both = _FIGURES[figure]
    translated, by = text.gettext(title), text.gettext(_RECIPES[recipe])
    return f"{translated}, {by}" if by_both else translated


def _rows(
    table: Mapping[str, Any], scene: Scene, text: Text
) -> list[tuple[str, dict[Column, float]]]:
    """Put a model's two recipes into one row; the references stand among them."""
    rows: dict[str, dict[Column, float]] = {name: {} for name in scene.available}
    for record in table["models"]:
        recipe = record["recipe"] or "best"
        if record["name"] in rows:
            rows[record["name"]] |= {
                (figure, recipe): record[figure]
                for figure in _FIGURES
                if (figure, recipe) in _COLUMNS
            }
    for name, model in _measured(scene).items():
        measured = model.metadata.test.as_dict()
        measured["parameters"] = family_of(model.metadata).parameters
        rows[name] = {(key, "best"): measured[key] for key in _FIGURES if key in measured}
    titled = [(models.title(name, text), row) for name, row in rows.items()]
    floor, mean = text.gettext("A perfect copy (the limit)"), text.gettext("The average digit")
    for title, reference in ((floor, table["floor"]), (mean, table["mean"])):
        # JSON has no infinity: nothing is there where the error is zero.
        row = {
            (key, "best"): math.inf if value is None else value for key, value in reference.items()
        }
        titled.append((title, row))
    return titled


def _html(
    rows: Sequence[tuple[str, Mapping[Column, float]]], by: Column, order: str, text: Text
) -> Markup:
    head = element("thead", *_heads(by, order, text))
    body = element("tbody", *(_row(title, row, text) for title, row in rows))
    table = element("table", head, body, class_="evaluation")
    # On a phone it scrolls sideways, by the keyboard too.
    name = text.gettext("The table")
    return element("div", table, class_="wide", tabindex=0, role="region", aria_label=name)


def _heads(by: Column, order: str, text: Text) -> tuple[Markup, Markup]:
    """Write the titles in two rows: the figures, and the recipes below those that both have."""
    _ = text.gettext
    upper, lower = [element("th", _("Model"), rowspan=2)], []
    for figure, (title, _digits, by_both) in _FIGURES.items():
        if by_both:
            upper.append(element("th", _(title), colspan=2, scope="colgroup"))
            for recipe, recipe_title in _RECIPES.items():
                mark = order if (figure, recipe) == by else None
                lower.append(element("th", _(recipe_title), scope="col", aria_sort=mark))
        else:
            mark = order if (figure, "best") == by else None
            upper.append(element("th", _(title), rowspan=2, scope="col", aria_sort=mark))
    return element("tr", *upper), element("tr", *lower)


def _row(title: str, row: Mapping[Column, float], text: Text) -> Markup:
    cells = (element("td", _cell(row, column, text)) for column in _COLUMNS)
    return element("tr", element("th", title, scope="row"), *cells)


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
