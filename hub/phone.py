"""The page that a phone opens: a stand-in."""

from __future__ import annotations


def page(code: str, base: str) -> str:
    """Write the page.

    Parameters
    ----------
    code : of the room, as its address has it, or "" if it has none. It may come from anybody.
    base : the path below which everything is served, "" or "/below"; the socket is at
        ``{base}/join/socket``, the scripts are at ``{base}/app/static/``.
    """
    del code, base
    return "<!doctype html><title>Gargalo</title>"
