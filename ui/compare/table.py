"""What `python -m ae evaluate` prints, from the facts that ship."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from ui import downloads, models
from ui.compare.scene import Scene
from ui.text import N_, Text

_COMMAND = "python -m ae evaluate"
# Key of a row -> head, and how many decimals; a percentage where it is None.
_COLUMNS: Mapping[str, tuple[str, int | None]] = {
    "bce": (N_("Cross-entropy"), 4),
    "bce_tutorial": (N_("… the tutorial's"), 4),
    "mse": (N_("Squared error"), 4),
    "mse_tutorial": (N_("… the tutorial's"), 4),
    "psnr": (N_("PSNR, dB"), 2),
    "psnr_tutorial": (N_("… the tutorial's"), 2),
    "zeros": (N_("Exact zeros"), None),
    "zeros_tutorial": (N_("… the tutorial's"), None),
    "dead": (N_("Dead units"), 0),
    "dead_tutorial": (N_("… the tutorial's"), 0),
    "parameters": (N_("Parameters"), 0),
    "bytes": (N_("File, bytes"), 0),
}
_SORTS = ("bce", "mse", "zeros", "dead", "parameters")


def show(scene: Scene, text: Text) -> None:
    """Show the table, sorted as the visitor wants it, with the command beside it."""
    _ = text.gettext
    table = models.facts().table
    with st.container(horizontal=True, vertical_alignment="center"):
        by = st.segmented_control(
            _("Sort by"),
            _SORTS,
            format_func=lambda key: _(_COLUMNS[key][0]),
            default="bce",
            key="table_sort",
            required=True,
            persist_state="session",
        )
        falling = st.toggle(_("Largest first"), key="table_falling", persist_state="session")
    rows = _rows(table, scene, text)
    # What a row does not have comes last, whichever way round.
    rows.sort(key=lambda row: (row.get(by) is None, (row.get(by) or 0) * (-1 if falling else 1)))
    st.html(_html(rows, by, "descending" if falling else "ascending", text))
    digits = text.number(table["data"]["test_digits"])
    st.caption(
        _(
            "Averages over MNIST's {digits} test digits. Cross-entropy in nats per pixel, squared"
            " error per pixel. This command measures them again:",
            digits=digits,
        )
    )
    st.code(_COMMAND, language="bash")
    downloads.button(_("The table (CSV)"), lambda: _csv(table), "gargalo-evaluation.csv")


def _rows(table: Mapping[str, Any], scene: Scene, text: Text) -> list[dict[str, Any]]:
    """Put a model's two recipes into one row; the references stand among them."""
    _ = text.gettext
    rows: dict[str, dict[str, Any]] = {
        name: {"title": models.title(name, text)} for name in scene.models
    }
    for record in table["models"]:
        if record["name"] in rows:
            tutorial = record["recipe"] == "tutorial"
            rows[record["name"]] |= {
                key + "_tutorial" * tutorial: value for key, value in record.items()
            }
    floor, mean = _("A perfect copy (the floor)"), _("The mean digit")
    return [
        *rows.values(),
        {"title": floor, **table["floor"]},
        {"title": mean, **table["mean"]},
    ]


def _html(rows: Sequence[Mapping[str, Any]], by: str, order: str, text: Text) -> str:
    model = text.gettext("Model")
    head = f"<th>{escape(model)}</th>"
    for key, (title, _digits) in _COLUMNS.items():
        sorted_by = f' aria-sort="{order}"' if key == by else ""
        translated = text.gettext(title)
        head += f"<th{sorted_by}>{escape(translated)}</th>"
    body = ""
    for row in rows:
        cells = "".join(
            f"<td>{_cell(row.get(key), digits, text)}</td>"
            for key, (_title, digits) in _COLUMNS.items()
        )
        body += f'<tr><th scope="row">{escape(row["title"])}</th>{cells}</tr>'
    return (
        f'<div class="wide"><table class="evaluation"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(value: float | None, digits: int | None, text: Text) -> str:
    if value is None:
        return "–"
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
