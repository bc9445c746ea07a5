"""A sheet of pictures without gaps; the one under the mouse or the finger is shown large.

All of it happens in the browser: the sheet is one image, and looking around on it asks nothing of
the server. The arrow keys do the same; Home and End go to the row's ends, Page Up and Page Down to
the column's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ui.components.module import component
from ui.html import element

# sheet.css: on the sheet the finger moves the choice and not the page, so beside it there must be
# room to scroll. The large picture stands above it on a phone, where the hand does not cover it.
_mount = component(
    "sheet",
    html=element("div", element("div", class_="sheet"), class_="sheet-host"),
    css="sheet.css",
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
