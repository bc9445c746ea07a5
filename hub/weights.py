"""The weights of the models that phones can have, as they fetch them."""

from __future__ import annotations

import gzip
import logging
from dataclasses import dataclass
from functools import lru_cache

import ae
from ui import models
from ui.components import packed
from ui.state import Visit

_MOST = 1_200_000  # parameters: 2.4 MB, which 300 phones have in a minute by 100 Mbit/s

MODELS = tuple(
    name for name in ae.MODELS if name not in ae.FAMILIES or ae.FAMILIES[name].parameters <= _MOST
)
"""Of the models that ship, those that phones can have."""


@dataclass(frozen=True)
class Weights:
    """A packed model.

    Attributes
    ----------
    version : names the content; another model's, or another training's, has another one.
    content : as ``static/network.js`` reads it.
    zipped : the same by gzip, some 10 % less. Made once: for each of 300 phones, Streamlit's own
        compression would take 13 ms for the deep model.
    """

    version: str
    content: bytes
    zipped: bytes


def of(name: str) -> Weights | None:
    """Give a model's weights; None of one that they cannot have, or whose file is damaged."""
    if name not in MODELS:
        return None
    try:
        return _weights(name)
    except ae.WeightsError as fault:
        # The path, and the command that mends it, are for whoever runs the server.
        logging.getLogger(__name__).error("%s", fault)
        return None


@lru_cache(maxsize=len(MODELS))
def _weights(name: str) -> Weights:
    content = models.weights(name, Visit())
    version = content[: packed.ID].decode()
    return Weights(version, content, gzip.compress(content, mtime=0))
