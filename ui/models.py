"""The only cache: family name -> loaded model, read-only and shared by all visitors."""

from __future__ import annotations

import gc
import threading

import streamlit as st

import ae

_frozen = threading.Event()
_lock = threading.Lock()


@st.cache_resource(show_spinner=False, max_entries=len(ae.MODELS))
def load(name: str) -> ae.Model:
    """Load a model once per process; raises `ae.WeightsError` each time that it cannot."""
    return ae.load(name)


def freeze() -> None:
    """Take what lives for ever out of the garbage collector's sight, once per process.

    Streamlit collects after every run with the interpreter's lock held: 40 ms with Streamlit and
    Plotly loaded, in which every visitor waits. Call it when a first page has run, so that all
    imports and the first inference are behind.
    """
    with _lock:
        if not _frozen.is_set():
            gc.collect()
            gc.freeze()
            _frozen.set()
