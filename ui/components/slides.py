"""Pictures on the way from A to B, several ways side by side, with a slider and a film strip.

All of it happens in the browser: to slide or to play asks nothing of the server.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from ui.components.charts import without_comments

_CSS = """
.slides { color: var(--st-text-color); font-family: var(--st-font); display: grid; gap: 0.75rem }
.slides .views { display: flex; flex-wrap: wrap; justify-content: center; gap: 0.75rem 1.5rem }
.slides figure { margin: 0; flex: 1 1 130px; max-width: 168px; display: grid; gap: 0.25rem;
  align-content: end; font-size: 0.875rem; line-height: 1.25 }
.slides i, .slides .strip button { display: block; aspect-ratio: 1; image-rendering: pixelated;
  background: #000 0 0 / calc(100% * var(--count)) 100%; border-radius: 2px }
.slides .controls { display: grid; grid-template-columns: auto auto 1fr auto; gap: 0 0.6rem;
  align-items: center }
.slides input { min-width: 0; width: 100%; height: 2.2rem; margin: 0; cursor: pointer;
  accent-color: var(--st-primary-color) }
.slides .play { font: inherit; border: 1px solid var(--st-border-color); border-radius: 0.4rem;
  background: none; color: inherit; width: 2.6rem; height: 2.4rem; padding: 0; cursor: pointer;
  margin-right: 0.2rem }
.slides .play:hover { border-color: var(--st-primary-color); color: var(--st-primary-color) }
.slides svg { display: block; margin: auto; width: 0.8rem; fill: currentColor }
.slides p { grid-column: 3; margin: 0; text-align: center; font-size: 0.8rem; line-height: 1.3;
  font-variant-numeric: tabular-nums }
.slides small { font-size: 0.8rem }
.slides .strip { display: grid; justify-content: space-between; gap: 3px; padding: 3px;
  grid-template-columns: repeat(var(--stops), minmax(0, 64px)) }
.slides .strip button { border: 0; padding: 0; cursor: pointer; touch-action: manipulation }
.slides .strip [aria-current=true] { outline: 2px solid var(--st-primary-color);
  outline-offset: 1px }
"""


class Track(NamedTuple):
    """One way from A to B: what stands above it, the pictures side by side as an address."""

    title: str
    strip: str


_mount = st.components.v2.component(
    "gargalo_slides",
    html='<div class="slides"></div>',
    css=_CSS,
    js=without_comments(Path(__file__).with_suffix(".js").read_text(encoding="utf-8")),
)


def slides(
    *,
    tracks: Sequence[Track],
    count: int,
    ends: tuple[str, str],
    labels: Mapping[str, str],
    key: str,
    revision: int = 0,
) -> None:
    """Show the tracks at one moment, which stays when the pictures are replaced by others.

    Parameters
    ----------
    count : pictures of 28 × 28 in each strip, 2 or more.
    ends : what stands at the slider's two ends.
    labels : "play", "pause", "slider" (its name), "at" with {percent}, and "language": in which
        that number is written.
    revision : comes back as ``data-revision`` once these pictures are there.
    """
    if count < 2:
        raise ValueError(f"expected 2 pictures or more to slide between, got {count}")
    _mount(
        key=key,
        data={
            # Tuples: of a list Streamlit would ask whether it is a data frame, and import pandas.
            "tracks": tuple(track._asdict() for track in tracks),
            "count": count,
            "ends": tuple(ends),
            "labels": dict(labels),
            "revision": revision,
        },
    )
