"""Groups of small pictures, one for each unit; the one under the mouse is shown large.

Hover, click, touch and the arrow keys do the same, and all of it happens in the browser: 64
pictures are two images, and looking at one asks nothing of the server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from ui import pictures
from ui.components.charts import without_comments
from ui.pictures import Pixels

_CSS = """
.atoms { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
  gap: 1rem; color: var(--st-text-color); font-family: var(--st-font) }
.atoms section { display: grid; grid-template-columns: 1fr 112px; gap: 0.25rem 0.75rem;
  align-content: start }
.atoms h4 { grid-column: 1 / -1; margin: 0; font-size: 0.95rem; font-weight: 600 }
.atoms [role=radiogroup] { display: grid; grid-template-columns: repeat(8, 1fr); gap: 3px;
  align-content: start }
.atoms [role=radio], .atoms .large { aspect-ratio: 1; border: 0; padding: 0; background-color: #000;
  background-size: calc(100% * var(--count)) 100%; image-rendering: pixelated; border-radius: 2px }
.atoms [role=radio] { cursor: pointer; touch-action: manipulation }
.atoms [aria-checked=true] { outline: 2px solid var(--st-primary-color); outline-offset: 1px }
.atoms p { margin: 0.3rem 0 0; font-size: 0.8rem; line-height: 1.35; white-space: pre-line;
  min-height: 6.8em }
"""


@dataclass(frozen=True)
class Group:
    """The pictures of one model.

    Attributes
    ----------
    name : which model, the same from run to run.
    title : what stands above them.
    images : uint8 arrays of shape (28, 28, 3), in the order in which they are shown.
    texts : what is said of each; the first line names it.
    """

    name: str
    title: str
    images: Sequence[Pixels]
    texts: Sequence[str]


_mount = st.components.v2.component(
    "gargalo_atoms",
    html='<div class="atoms"></div>',
    css=_CSS,
    js=without_comments(Path(__file__).with_suffix(".js").read_text(encoding="utf-8")),
)


def atoms(groups: Sequence[Group], *, key: str) -> None:
    """Show the groups side by side, or under one another on a phone."""
    _mount(
        key=key,
        # A tuple: of a list Streamlit would ask whether it is a data frame, and import pandas.
        data={"groups": tuple(map(_plain, groups))},
    )


def _plain(group: Group) -> dict[str, object]:
    return {
        "name": group.name,
        "title": group.title,
        "strip": pictures.url(np.hstack(list(group.images))),
        "texts": list(group.texts),
    }
