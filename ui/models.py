"""What is loaded once per process, read-only and shared by all visitors: models and facts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from itertools import count

import streamlit as st

import ae
from ae.arrays import Float32
from ui import names, state
from ui.components import network
from ui.state import DEFAULT_MODEL, DEFAULT_SAMPLE, OwnModel, Visit
from ui.text import N_, Text


@st.cache_resource(show_spinner=False, max_entries=len(ae.MODELS))
def load(name: str) -> ae.Model:
    """Load a model once per process; raises `ae.WeightsError` each time that it cannot."""
    return ae.load(name)


@st.cache_resource(show_spinner=False, max_entries=len(ae.MODELS))
def tutorial(name: str) -> ae.Model:
    """Load a model as the tutorial trained it; otherwise as `load`."""
    return ae.load(name, recipe="tutorial")


def get(name: str, now: Visit) -> ae.Model:
    """Give a model that ships, or one of the visitor's own."""
    return now.own[name].model if name in now.own else load(name)


def get_or_stop(name: str, now: Visit, text: Text) -> ae.Model:
    """Give a model, or say that its file is missing or damaged, and end the page there."""
    models = available([name], now)
    if not models:
        st.error(
            text.gettext(
                "This model cannot be used: its file is missing or damaged. The others work."
            )
        )
        st.stop()
    return models[name]


def available(names: Iterable[str], now: Visit) -> dict[str, ae.Model]:
    """Load models; one whose file is missing or damaged is left out."""
    models = {}
    for name in names:
        try:
            models[name] = get(name, now)
        except ae.WeightsError as fault:
            # The path and the command that mends it are for whoever runs the server.
            logging.getLogger(__name__).error("%s", fault)
    return models


@st.cache_resource(show_spinner=False, max_entries=1)
def facts() -> ae.facts.Facts:
    """Load what was measured over MNIST; raises `ae.WeightsError` each time that it cannot."""
    return ae.facts.load()


@st.cache_resource(show_spinner=False, max_entries=1)
def atlas() -> ae.atlas.Atlas:
    """Load the map of codes; raises `ae.WeightsError` each time that it cannot."""
    return ae.atlas.load()


def first_test_digits() -> Float32 | None:
    """Give MNIST's first ten test digits, (10, 28, 28), where the data set is at hand."""
    try:
        return _first_test_digits()
    except LookupError:
        return None


@st.cache_resource(show_spinner=False, max_entries=1)
def _first_test_digits() -> Float32:
    digits = ae.mnist.first_test_digits()
    if digits is None:
        raise LookupError("MNIST is not at hand")  # not cached: it may come while the server runs
    digits.setflags(write=False)
    return digits


def weights(name: str, now: Visit, *, decoder: bool = True) -> bytes:
    """Give a model's weights as the browser takes them; without the decoder, half of them."""
    if name in names.IDS:
        return network.pack(get(name, now), decoder=decoder)
    return _weights(name, decoder)


@st.cache_resource(show_spinner=False, max_entries=2 * len(ae.MODELS))
def _weights(name: str, decoder: bool) -> bytes:
    return network.pack(load(name), decoder=decoder)


def tested_on_mnist(model: ae.Model) -> bool:
    """Tell whether a model's test errors compare with the others'; one's own may be on samples."""
    return model.name not in names.IDS or model.metadata.data.name == "MNIST"


def title(name: str, text: Text) -> str:
    """Name a model as the visitor reads it."""
    if name in names.IDS:
        return titles(state.current().own, text)[name]
    return text.gettext(ae.FAMILIES[name].title) if name in ae.FAMILIES else "PCA"


def label(name: str, text: Text) -> str:
    """Name a model where Streamlit reads Markdown; a visitor's title may hold anything."""
    return names.escaped(title(name, text)) if name in names.IDS else title(name, text)


def labels(names: Iterable[str], text: Text) -> Callable[[str], str]:
    """Give what labels models in a menu, now: Streamlit may ask again after the run."""
    known = {name: label(name, text) for name in names}
    return lambda name: known.get(name, name)


def titles(own: Mapping[str, OwnModel], text: Text) -> dict[str, str]:
    """Name the visitor's own models, name -> title, no two of them alike.

    A menu sends back the words on the screen, and would not know which of the two is meant.
    """
    titles = {name: one.title for name, one in own.items()}
    for name, one in own.items():
        if one.title:
            continue
        titles[name] = described = by_nature(one.model, text)
        numbers = count(names.IDS.index(name) + 1)
        others = [title for other, title in titles.items() if other != name]
        while any(names.alike(titles[name], other) for other in others):
            titles[name] = f"{described} ({next(numbers)})"
    return titles


def by_nature(model: ae.Autoencoder, text: Text) -> str:
    """Name a model by what it is: the family whose layers it has, and the size of its code."""
    family = names.family_of(model.metadata)
    net = text.gettext(N_("My model")) if family is None else title(family, text)
    return text.ngettext("{net}, {n} number", "{net}, {n} numbers", model.code_size, net=net)


def warm_up() -> None:
    """Load what every page needs, and use it once: what is imported only then is there as well."""
    digit = ae.drawing.from_strokes(ae.samples.SAMPLES[DEFAULT_SAMPLE])
    for model in available([DEFAULT_MODEL], Visit()).values():
        model.reconstruct(digit[None])
