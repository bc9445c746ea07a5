"""The page of a second person who moderates: a stand-in."""

from __future__ import annotations


def page(base: str) -> str:
    """Write the page.

    Parameters
    ----------
    base : the path below which everything is served, "" or "/below"; the socket is at
        ``{base}/join/socket``, the scripts are at ``{base}/app/static/``.
    """
    del base
    return "<!doctype html><title>Gargalo</title>"
