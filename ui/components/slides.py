"""Pictures on the way from A to B, several ways side by side, with a slider and a film strip.

All of it happens in the browser: to slide or to play asks nothing of the server.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ui.components.module import component
from ui.html import element


class Track(NamedTuple):
    """One way from A to B: what stands above it, the pictures side by side as an address."""

    title: str
    strip: str


_mount = component("slides", html=element("div", class_="slides"), css="slides.css")


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
