"""When memory is searched for what nobody holds any more: never while a visitor waits.

Streamlit would search after every run, with the interpreter's lock held: 40 ms in which all
visitors wait, and half of a server's time with fifty of them. `.streamlit/config.toml` turns that
off. Instead a thread searches a moment after a session has ended, and after every hundredth run.
"""

from __future__ import annotations

import gc
import itertools
import threading
from collections.abc import Callable

import streamlit as st

RUNS = 100
"""So many runs leave some ten MB of cycles behind, if no session ends meanwhile."""
PAUSE = 2.0
"""Seconds until a search, in which the answer goes out; of all that ask meanwhile it is the one."""

_lock = threading.Lock()
_runs = itertools.count(1)
_asked = threading.Event()
_searcher: threading.Thread | None = None


def count_run(warm_up: Callable[[], object]) -> None:
    """Note that a script run has begun; the frame calls it first of all.

    Parameters
    ----------
    warm_up : imports and loads what every page needs, once per process, before anything of a
        visitor's exists.
    """
    global _searcher
    with _lock:
        if _searcher is None:
            warm_up()
            search()
            _searcher = threading.Thread(target=_search_when_asked, daemon=True)
            _searcher.start()
    if next(_runs) % RUNS == 0:
        _asked.set()
    _session()


def search() -> None:
    """Free what is in cycles, and take the rest out of the collector's sight until the next time.

    Python searches by itself too, now and then; it then has only what is new before it. Nothing is
    out of sight for ever: a visitor's state that is frozen today is searched the next time. That
    takes some 90 ms, of 150,000 objects.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@st.cache_resource(scope="session", show_spinner=False, on_release=lambda _: _asked.set())
def _session() -> object:
    """Streamlit drops it when the browser has gone. That, and nothing else, is what it is for."""
    return object()


def _search_when_asked() -> None:
    while True:
        _asked.wait()
        threading.Event().wait(PAUSE)
        _asked.clear()
        search()
