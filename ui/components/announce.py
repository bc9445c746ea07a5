"""A sentence that is said, once, to those who do not see it appear."""

from __future__ import annotations

from ui.components.module import component

_mount = component("announce")


def say(sentence: str) -> None:
    """Say it politely; the same again only after another one, or on a page that is loaded anew."""
    _mount(key="announce", data={"sentence": sentence}, height=1)
