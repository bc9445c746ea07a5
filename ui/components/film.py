"""Digits above and what becomes of them below, at any moment of a training.

To go back in time asks nothing of the server: the browser keeps the frames that it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from ui.components.charts import without_comments

_CSS = """
.film { color: var(--st-text-color); font-family: var(--st-font); container-type: inline-size }
.film .pairs { display: grid; gap: 4px; min-height: 96px;
  grid-template-columns: repeat(auto-fit, minmax(46px, 1fr)) }
@container (min-width: 560px) {
  .film .pairs { grid-template-columns: repeat(var(--count), minmax(0, 84px)) }
}
.film .pairs div { display: grid; gap: 2px; font-size: 0.75rem; text-align: center;
  align-content: start }
.film i { aspect-ratio: 1; background: #000 0 0 / calc(100% * var(--count)) 100%;
  image-rendering: pixelated; border-radius: 2px }
.film .own i { outline: 1px solid var(--st-primary-color) }
.film .controls { display: flex; align-items: center; gap: 0.6rem; margin-top: 0.5rem }
.film input { flex: 1; min-width: 0; height: 1.8rem; accent-color: var(--st-primary-color) }
.film button { font: inherit; border: 1px solid var(--st-border-color); border-radius: 0.4rem;
  background: none; color: inherit; width: 2.4rem; height: 2.2rem; cursor: pointer }
.film button:disabled { opacity: 0.4; cursor: default }
.film p { margin: 0.2rem 0 0; font-size: 0.85rem; min-height: 2.6em; line-height: 1.3 }
"""


class Frame(NamedTuple):
    """One moment: after how many epochs, the pictures side by side as an address, what is said."""

    at: float
    url: str
    text: str


_mount = st.components.v2.component(
    "gargalo_film",
    html='<div class="film"></div>',
    css=_CSS,
    js=without_comments(Path(__file__).with_suffix(".js").read_text(encoding="utf-8")),
)


def film(
    *,
    reel: int,
    originals: str,
    count: int,
    frames: Sequence[Frame],
    live: Frame | None,
    labels: Mapping[str, str],
    key: str,
) -> None:
    """Show the pictures with their time line.

    Parameters
    ----------
    reel : which training; the browser forgets the frames of another one.
    originals : the digits side by side, as an address.
    count : how many digits that are.
    frames : moments to keep; those that the browser has already are replaced.
    live : the newest moment, shown while the visitor has not gone back.
    labels : "label", "timeline", "play", "waiting" and, for the last digit, "own" ("" if none is).
    """
    _mount(
        key=key,
        data={
            "reel": reel,
            "originals": originals,
            "count": count,
            # Tuples: of a list Streamlit would ask whether it is a data frame, and import pandas.
            "frames": tuple(frame._asdict() for frame in frames),
            "live": live._asdict() if live else None,
            "labels": dict(labels),
        },
    )
