"""A sheet of pictures without gaps; the one under the mouse or the finger is shown large.

All of it happens in the browser: the sheet is one image, and looking around on it asks nothing of
the server. The arrow keys do the same; Home and End go to the row's ends, Page Up and Page Down to
the column's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from ui.components.charts import without_comments

# On the sheet the finger moves the choice and not the page, so beside it there must be room to
# scroll. The large picture stands above it on a phone, where the hand does not cover it.
_CSS = """
.sheet-host { container-type: inline-size }
.sheet { color: var(--st-text-color); font-family: var(--st-font); display: grid; gap: 0.75rem;
  justify-content: center }
.sheet .large, .sheet .grid { background: #000 0 0 / calc(100% * var(--columns))
  calc(100% * var(--rows)) }
.sheet .chosen { display: flex; gap: 0.9rem; align-items: center }
.sheet .large { flex: 0 0 140px; aspect-ratio: 1; image-rendering: pixelated; border-radius: 2px }
.sheet p { margin: 0; font-size: 0.875rem; line-height: 1.35; font-variant-numeric: tabular-nums }
.sheet .whole { width: min(480px, 100cqw - 4rem); font-size: 0.875rem; line-height: 1.3 }
.sheet .names { display: flex; justify-content: space-between }
.sheet .grid { position: relative; aspect-ratio: var(--columns) / var(--rows); margin: 3px 0;
  background-size: 100% 100%; cursor: crosshair; touch-action: pinch-zoom; user-select: none;
  -webkit-user-select: none; -webkit-touch-callout: none; border-radius: 2px }
.sheet .grid:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px }
.sheet .mark { position: absolute; pointer-events: none; box-sizing: content-box;
  width: calc(100% / var(--columns)); height: calc(100% / var(--rows)); border-radius: 1px;
  outline: 2px solid var(--st-primary-color); box-shadow: 0 0 0 3px #fff }
@container (min-width: 640px) {
  .sheet { grid-template-columns: auto 168px; gap: 1.5rem }
  .sheet .chosen { order: 1; flex-direction: column; align-items: start; gap: 0.5rem;
    align-self: start; position: sticky; top: 4rem; padding-top: calc(3px + 1.1375rem) }
  .sheet:has(span:empty) .chosen { padding-top: 3px }
  .sheet .large { flex-basis: 168px }
}
"""


_mount = st.components.v2.component(
    "gargalo_sheet",
    html='<div class="sheet-host"><div class="sheet"></div></div>',
    css=_CSS,
    js=without_comments(Path(__file__).with_suffix(".js").read_text(encoding="utf-8")),
)


def sheet(
    *,
    pictures: str,
    rows: int,
    columns: int,
    corners: Sequence[str],
    labels: Mapping[str, str],
    texts: tuple[Sequence[str], Sequence[str]] | None = None,
    key: str,
    revision: int = 0,
) -> None:
    """Show the sheet. The chosen place on it stays when the pictures are replaced by others.

    Parameters
    ----------
    pictures : address of one image, rows × columns pictures of 28 × 28 without gaps.
    corners : what stands at the corners, in reading order; none or four.
    labels : "label" (the sheet's name) and "at", with {row} and {column}.
    texts : what "at" says for each row and for each column; else they are counted from 1.
    revision : comes back as ``data-revision`` once these pictures are there.
    """
    if len(corners) not in (0, 4):
        raise ValueError(f"expected no corners or four, got {len(corners)}")
    if texts and (len(texts[0]), len(texts[1])) != (rows, columns):
        raise ValueError(
            f"expected texts for {rows} rows and {columns} columns, "
            f"got {len(texts[0])} and {len(texts[1])}"
        )
    _mount(
        key=key,
        data={
            "pictures": pictures,
            "rows": rows,
            "columns": columns,
            # Tuples: of a list Streamlit would ask whether it is a data frame, and import pandas.
            "corners": tuple(corners),
            "labels": dict(labels),
            "texts": tuple(map(tuple, texts)) if texts else None,
            "revision": revision,
        },
    )
